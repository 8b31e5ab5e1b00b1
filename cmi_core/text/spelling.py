"""
One spelling for what readers cannot tell apart, in texts that come from outside.

Letters are composed (NFC) and Thai marks put in order; nothing is exchanged for what looks different. NFKC would take ำ
apart and make ² a 2, so full-width forms are exchanged by a table of their own.
"""

import re
import unicodedata
from functools import lru_cache

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_ZERO_WIDTH = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
# Nikhahit, with its tone before or after it, and sara aa: what keyboards and old programs write for sara am.
_SARA_AM = re.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32|([\u0e48-\u0e4b])\u0e4d\u0e32")
# A tone typed after sara am stands before it; two sara e are one sara ae.
_TONE_AFTER = re.compile("\u0e33[\u0e33\u0e48-\u0e4b]*[\u0e48-\u0e4b]")


def composed(text: str) -> str:
    """
    The text with each letter in its one form: NFC, and sara am with its tone before it.

    >>> composed("นํ้า") == composed("น้ํา") == "น้ำ"
    True
    """
    plain = unicodedata.normalize("NFC", text)
    if plain.isascii():
        return plain
    plain = _SARA_AM.sub(lambda found: f"{found[1] or found[2] or ''}\u0e33", plain)
    return _TONE_AFTER.sub(_tones_first, plain).replace("\u0e40\u0e40", "\u0e41")


def _tones_first(found: re.Match[str]) -> str:
    """Every tone of a run before its sara am, however often both were typed."""
    tones = found[0].replace("\u0e33", "")
    return tones + "\u0e33" * (len(found[0]) - len(tones))


def tidy(text: str) -> str:
    """
    The text as its reader sees it: composed, full-width letters and digits plain, zero-width signs out, edges trimmed.

    >>> tidy(" ２０２４\\u200b "), tidy("m²")
    ('2024', 'm²')
    """
    if text.isascii():
        return text.strip()
    return composed(text.translate(_ZERO_WIDTH).translate(_FULL_WIDTH)).strip()


def written(content: object) -> str:
    """
    A cell as whoever typed it reads it: a whole number without decimals, nothing for none.

    >>> written(2567.0), written(0.5), written(None)
    ('2567', '0.5', '')
    """
    if isinstance(content, float) and content.is_integer():
        return str(int(content))
    return str("" if content is None else content)


def same(content: object) -> str:
    """
    What two cells have in common that a reader would call the same: `tidy`, one space between words, no case.

    >>> same("  ผล\\nจริง "), same(None)
    ('ผล จริง', '')
    """
    return _same(content) if isinstance(content, str) else _same("" if content is None else str(content))


@lru_cache(maxsize=20_000)
def _same(text: str) -> str:
    return " ".join(tidy(text).split()).casefold()
