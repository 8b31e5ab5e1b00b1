"""Guessing is slowed down: from the fifth wrong try on, the wait doubles up to fifteen minutes."""

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

    def attempt(self, key: Hashable, now: float) -> None:
        """
        Count a try before it is made, so that many at once count too; `succeeded` forgets it.

        Raises AccountError with the seconds to wait while the key is barred.
        """
        with self._lock:
            tries, barred_until = self._tries.get(key, (0, now))
            if now < barred_until:
                raise AccountError("throttled", seconds=int(barred_until - now) + 1)
            tries = 1 if now - barred_until > LONGEST else tries + 1
            # The exponent is bounded, or the power would overflow after a thousand tries.
            wait = min(LONGEST, 2.0 ** min(tries - FREE_TRIES, 20)) if tries >= FREE_TRIES else 0.0
            self._tries.pop(key, None)
            self._tries[key] = (tries, now + wait)
            while len(self._tries) > _KEPT:
                del self._tries[next(iter(self._tries))]

    def succeeded(self, key: Hashable) -> None:
        """Forget the wrong tries of a key."""
        with self._lock:
            self._tries.pop(key, None)
