"""Guessing is slowed down: after some wrong tries the wait doubles."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from ipaddress import IPv6Address, ip_address, ip_network

from cmi_core.errors import AccountError

FREE_TRIES = 5
LONGEST = 15 * 60.0
_KEPT = 10_000


class Throttle:
    """
    Wrong tries per key of this process.

    A key names who guesses at what: a browser that an account has signed in with before, or an account from one
    network. No key is an account alone, since then anybody could keep its owner out, and none an address alone, since a
    whole meeting room has one. (What is asked rather than guessed may be bounded otherwise.)

    After `free` tries a key waits for `first` seconds, after each further one for twice as long, up to `longest`; one
    that is left alone for as long as that begins anew.
    """

    def __init__(self, free: int = FREE_TRIES, first: float = 1.0, longest: float = LONGEST) -> None:
        self._free, self._first, self._longest = free, first, longest
        self._tries: OrderedDict[Hashable, tuple[int, float]] = OrderedDict()
        self._lock = threading.Lock()

    def attempt(self, key: Hashable, now: float) -> None:
        """
        Count a try before it is made, so that many at once count too.

        Raises AccountError with the seconds to wait while the key is barred.
        """
        with self._lock:
            tries, barred = self._tries.get(key, (0, now))
            if now < barred:
                raise AccountError("throttled", seconds=int(barred - now) + 1)
            tries = 1 if now - barred > self._longest else tries + 1
            # The exponent is bounded, or the power would overflow after a thousand tries.
            doubled = self._first * 2.0 ** min(tries - self._free, 20)
            wait = min(self._longest, doubled) if tries >= self._free else 0.0
            self._tries.pop(key, None)
            self._tries[key] = tries, now + wait
            while len(self._tries) > _KEPT:
                self._tries.popitem(last=False)

    def forget(self, key: Hashable) -> None:
        """The try was right: what was wrong before it does not count any more."""
        with self._lock:
            self._tries.pop(key, None)


def network(address: str) -> str:
    """
    What counts as one place to guess from: an IPv4 address, or the /64 of an IPv6 address, which is one household's.

    >>> network("2001:db8::1") == network("2001:db8::ffff:2"), network("::ffff:10.0.0.7"), network("forwarded")
    (True, '10.0.0.7', 'forwarded')
    """
    try:
        read = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(read, IPv6Address):
        mapped = read.ipv4_mapped
        return str(mapped or ip_network((int(read) >> 64 << 64, 64)))
    return str(read)
