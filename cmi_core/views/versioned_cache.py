"""Heavy answers kept in memory for as long as the record stays as it is."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any
from weakref import WeakKeyDictionary

from cmi_core.store import Store, derived


class VersionedCache:
    """
    The last few answers per store, forgotten once the record has a newer entry.

    Unlike the pages' own cache, what is kept here is handed out as it is, not as a copy: it must not be changed.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._lock = threading.Lock()
        self._answers: WeakKeyDictionary[Store, OrderedDict] = WeakKeyDictionary()

    def get(self, store: Store, key: Hashable, compute: Callable[[], Any], *, stamp: Hashable = None) -> Any:
        """
        The answer for `key`, computed when it is not there.

        It holds for the record's present version, or for as long as `stamp` stays the same where one is given and
        nothing was made anew from the record: a view that was altered may have answered before.
        """
        whole = ((derived.renewed(store), stamp if stamp is not None else store.version), key)
        with self._lock:
            answers = self._answers.setdefault(store, OrderedDict())
            if whole in answers:
                answers.move_to_end(whole)
                return answers[whole]
        found = compute()
        with self._lock:
            answers[whole] = found
            for old in [each for each in answers if each[1] == key and each[0] != whole[0]]:
                del answers[old]
            while len(answers) > self.most:
                answers.popitem(last=False)
        return found
