"""Guessing is slowed down: after five wrong tries the wait doubles each time, up to fifteen minutes."""

import threading
from collections.abc import Hashable

from cmi_core.errors import AccountError

FREE_TRIES = 5
LONGEST = 15 * 60.0
_KEPT = 10_000


class Throttle:
    """Wrong tries per key (account and origin) of this process."""

    def __init__(self) -> None:
        self._tries: dict[Hashable, tuple[int, float]] = {}
        self._lock = threading.Lock()

    def check(self, key: Hashable, now: float) -> None:
        """Raise AccountError with the seconds to wait while the key is barred."""
        with self._lock:
            _, barred_until = self._tries.get(key, (0, 0.0))
        if now < barred_until:
            raise AccountError("throttled", seconds=int(barred_until - now) + 1)

    def failed(self, key: Hashable, now: float) -> None:
        """Count a wrong try."""
        with self._lock:
            tries = self._tries.pop(key, (0, 0.0))[0] + 1
            wait = min(LONGEST, 2.0 ** (tries - FREE_TRIES)) if tries >= FREE_TRIES else 0.0
            self._tries[key] = (tries, now + wait)
            while len(self._tries) > _KEPT:
                del self._tries[next(iter(self._tries))]

    def succeeded(self, key: Hashable) -> None:
        """Forget the wrong tries of a key."""
        with self._lock:
            self._tries.pop(key, None)
