"""Searching in Thai and English: what looks the same to a reader is the same."""

import re
import unicodedata

from cmi_core.text.numbers import THAI_DIGITS

_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
# A tone mark may be typed after the circle of SARA AM; readers see no difference.
_TONE_AFTER_CIRCLE = re.compile("\u0e4d([\u0e48-\u0e4b])")


def plain(text: str) -> str:
    """
    The text with its ways of writing made one: case, Thai digits, composed letters, unseen characters.

    >>> plain("นํ้า ๒๕๖๒") == plain("น้ำ 2562"), plain("Smart  NIMMAN")
    (True, 'smart nimman')
    """
    folded = unicodedata.normalize("NFKC", text.translate(_UNSEEN)).casefold().translate(THAI_DIGITS)
    ordered = _TONE_AFTER_CIRCLE.sub("\\1\u0e4d", folded).replace("\u0e40\u0e40", "\u0e41")
    return " ".join(ordered.split())


def found(words: str, text: str) -> bool:
    """
    Whether every word of `words` stands somewhere in `text`; no words are found everywhere.

    >>> found("ขนส่ง green", "ระบบขนส่งมวลชน Green city"), found("grab", "FOOD Panda")
    (True, False)
    """
    searched = plain(text)
    return all(word in searched for word in plain(words).split())
