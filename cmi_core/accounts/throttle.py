"""Guessing is slowed down: after some wrong tries the wait doubles, for an account, an address, and the two together."""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from cmi_core.errors import AccountError

FREE_TRIES = 5
LONGEST = 15 * 60.0
_KEPT = 10_000


@dataclass(frozen=True)
class Rule:
    """How many wrong tries are free, and the longest wait in seconds that they lead to."""

    free: int = FREE_TRIES
    longest: float = LONGEST


PAIR = Rule()
# One who changes addresses guesses no faster; the wait is short, so that nobody is locked out by others' guesses.
ACCOUNT = Rule(free=50, longest=60.0)
# Behind one address there may be a whole office.
ADDRESS = Rule(free=50)


class Throttle:
    """Wrong tries per key of this process."""

    def __init__(self) -> None:
        self._tries: OrderedDict[Hashable, tuple[int, float]] = OrderedDict()
        self._proven: OrderedDict[Hashable, None] = OrderedDict()
        self._lock = threading.Lock()

    def sign_in(self, account: str, address: str, now: float) -> None:
        """
        Count a try to sign in, before it is made.

        Where an account has signed in before, others' guesses do not bar it. Raises AccountError.
        """
        pair = (account, address)
        with self._lock:
            rules: dict[Hashable, Rule] = {pair: PAIR}
            if pair not in self._proven:
                rules |= {("account", account): ACCOUNT, ("address", address): ADDRESS}
            self._attempt(rules, now)

    def signed_in(self, account: str, address: str) -> None:
        """The try was right: it does not count, and this account may come from this address again."""
        pair = (account, address)
        with self._lock:
            self._tries.pop(pair, None)
            if pair not in self._proven:
                # Only this try: the wrong ones of others, or at other accounts, stay counted.
                self._take_back(("account", account))
                self._take_back(("address", address))
            _put(self._proven, pair, None)

    def attempt(self, key: Hashable, now: float) -> None:
        """
        Count a try before it is made, so that many at once count too.

        Raises AccountError with the seconds to wait while the key is barred.
        """
        with self._lock:
            self._attempt({key: PAIR}, now)

    def _attempt(self, rules: Mapping[Hashable, Rule], now: float) -> None:
        barred = max(self._tries.get(key, (0, now))[1] for key in rules)
        if now < barred:
            raise AccountError("throttled", seconds=int(barred - now) + 1)
        for key, rule in rules.items():
            tries, barred_until = self._tries.get(key, (0, now))
            tries = 1 if now - barred_until > LONGEST else tries + 1
            # The exponent is bounded, or the power would overflow after a thousand tries.
            wait = min(rule.longest, 2.0 ** min(tries - rule.free, 20)) if tries >= rule.free else 0.0
            _put(self._tries, key, (tries, now + wait))

    def _take_back(self, key: Hashable) -> None:
        if key in self._tries:
            tries, barred_until = self._tries[key]
            self._tries[key] = tries - 1, barred_until


def _put(kept: OrderedDict, key: Hashable, value: object) -> None:
    """Put it last, and forget the first where there are too many."""
    kept.pop(key, None)
    kept[key] = value
    while len(kept) > _KEPT:
        kept.popitem(last=False)
