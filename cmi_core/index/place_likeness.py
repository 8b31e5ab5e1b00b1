"""Names that may mean the same place though they are not written alike."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher

from cmi_core.index.sheet import plain

ALIKE = 0.72
MOST = 3
_COMMON = 300  # three letters that stand in more names than that tell none of them apart
_LOOKED_AT = 8
_THAI_KIND = re.compile(r"^(จังหวัด|เทศบาลนคร|เทศบาลเมือง|เทศบาลตำบล|เทศบาล|องค์การบริหารส่วนตำบล|อำเภอ|ตำบล|เมือง|นคร|จ\.|อ\.|ต\.|อบต\.|ทน\.|ทม\.|ทต\.)\s*")  # fmt: skip
_KIND = re.compile(r"\b(city|province|municipality|district|town|of|the|republic|kingdom|state|states|federation|democratic|people s|people)\b")  # fmt: skip
_SIGNS = re.compile(r"[^\w\u0e31\u0e34-\u0e3a\u0e47-\u0e4e ]+")


class Likeness:
    """Places by what their names have in common; looked up for names that no place has."""

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        self.names = [
            (city, core)
            for city, given in names.items()
            for core in {each for n in given for each in cores(n)}
        ]
        self.threes: dict[str, list[int]] = {}
        for number, (_, core) in enumerate(self.names):
            for three in _threes(core):
                self.threes.setdefault(three, []).append(number)

    def of(self, name: str) -> list[str]:
        """The places whose names are most like this one, the likest first."""
        found: dict[str, float] = {}
        for core in cores(name):
            counts: Counter[int] = Counter()
            for three in _threes(core):
                held = self.threes.get(three, [])
                if len(held) <= _COMMON:
                    counts.update(held)
            for number, _ in counts.most_common(_LOOKED_AT):
                city, other = self.names[number]
                found[city] = max(found.get(city, 0.0), likeness(core, other))
        ordered = sorted(found, key=lambda city: -found[city])
        return [city for city in ordered if found[city] >= ALIKE][:MOST]


def cores(name: str) -> set[str]:
    """
    What of a name tells the place: without its kind, accents, signs and spaces; the words as they stand and in order.

    >>> cores("Korea (Republic of)") == cores("Republic of Korea"), cores("เทศบาลนครเชียงใหม่")
    (True, {'เชียงใหม่'})
    """
    bare = "".join(
        sign for sign in unicodedata.normalize("NFD", plain(name)) if not "\u0300" <= sign <= "\u036f"
    )
    bare = _THAI_KIND.sub("", unicodedata.normalize("NFC", bare))
    words = _KIND.sub(" ", _SIGNS.sub(" ", bare)).split() or bare.split()
    return {"".join(words), "".join(sorted(words))} - {""}


def likeness(one: str, other: str) -> float:
    """How alike two names are, from 0 to 1; names with other digits are other places."""
    if re.sub(r"\D", "", one) != re.sub(r"\D", "", other):
        return 0.0
    short, long = sorted((one, other), key=len)
    if len(short) >= 4 and short in long:
        return 0.9
    found = SequenceMatcher(None, one, other)
    return found.ratio() if found.quick_ratio() >= ALIKE else 0.0


def _threes(core: str) -> set[str]:
    digits = re.sub(r"\D", "", core)  # names are only ever alike among those of the same digits
    return {f"{digits}|{core[at : at + 3]}" for at in range(max(1, len(core) - 2))}
