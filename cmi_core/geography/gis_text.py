"""
How the text of a GIS file is written, told by its bytes and held against what the file says of itself.

A reader of such a file reads it as Latin-1, which keeps each byte; `understood` says what the bytes are, and `Text.read` reads
them so. One name that was cut in the middle of a letter does not make a file another file.
"""

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from cmi_core.tables.questions import Answers, Candidate, Question

UTF8, THAI_WINDOWS, LATIN = "UTF-8", "CP874", "CP1252"
SAMPLES = 3
LOOKED_AT = 20_000  # more would tell no more, and take long
SAMPLE_LENGTH = 40
_THAI = re.compile("[\u0e01-\u0e5b]{2,}")
# A mark that stands on no letter, and Thai letters that run into Latin ones: no word of any language.
_NO_WORD = re.compile(
    "(?<![\u0e01-\u0e2e\u0e31-\u0e3a\u0e45\u0e47-\u0e4e])[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]|[a-zà-ÿ][\u0e01-\u0e5b]|[\u0e01-\u0e5b][a-z]",
    re.IGNORECASE,
)
_SPELT_TWICE = re.compile("เธ.|เน.")  # what Thai letters in UTF-8 look like to Thai Windows


@dataclass(frozen=True)
class Text:
    """What the bytes are, with what has to be asked or said about it; `declared` is the file's own word, if any."""

    encoding: str = UTF8
    questions: tuple[Question, ...] = ()
    notes: tuple[dict[str, Any], ...] = ()
    given: bool = True  # False where the text came as Latin-1 and is still to be read

    def read(self, text: str) -> str:
        """A text that was read as Latin-1, as it is written; the mark U+FFFD stands where it is damaged."""
        return text if self.given else _read(text, self.encoding)


@dataclass
class _Bytes:
    """The texts with letters beyond ASCII, and how well each encoding reads them."""

    texts: list[str]
    whole: dict[str, int] = field(default_factory=dict)
    thai: dict[str, int] = field(default_factory=dict)

    def weigh(self, encoding: str) -> None:
        """Count the texts that are whole in this encoding, and those that hold Thai words."""
        read = [told for text in self.texts if (told := _strictly(text, encoding)) is not None]
        self.whole[encoding] = len(read)
        self.thai[encoding] = sum(map(_is_thai, read))

    def damaged(self, encoding: str) -> list[str]:
        """The texts that are not whole in this encoding."""
        return [text for text in self.texts if _strictly(text, encoding) is None]


def understood(texts: Iterable[str], *, declared: str | None, answers: Answers) -> Text:
    """What texts read as Latin-1 are written in; `declared` is the name that the file gives for it."""
    beyond = (text for text in dict.fromkeys(texts) if _bytes(text))
    found = _Bytes(list(islice(beyond, LOOKED_AT)))
    stated = known_encoding(declared)
    if not found.texts:
        return Text(stated or UTF8, given=False)
    tried = list(dict.fromkeys([UTF8, THAI_WINDOWS, *([stated] if stated else []), LATIN]))
    for encoding in tried:
        found.weigh(encoding)
    best = _best(found, tried, stated)
    question = _question(found, tried, best, stated=stated, declared=declared)
    settled = question.settled(answers)
    chosen = settled or best
    notes = _notes(found, chosen, stated=stated, declared=declared) if settled else []
    return Text(chosen, (question,), tuple(notes), given=False)


def known_encoding(named: str | None) -> str | None:
    """
    An encoding by any of the names that GIS software gives it; None where it is not known.

    >>> known_encoding("ANSI 874"), known_encoding("TIS-620"), known_encoding("88591"), known_encoding("?")
    ('CP874', 'CP874', 'ISO8859-1', None)
    """
    plain = re.sub(r"[\s_]+", "-", (named or "").strip().lower())
    if re.fullmatch(
        r"(ansi|oem|cp|windows|ms|x-windows|ibm)?-?874|tis-?620(-\d+)?|(iso-?)?8859-?11|thai", plain
    ):
        return THAI_WINDOWS
    plain = re.sub(r"^(?:iso-?)?8859-?(\d{1,2})$", r"iso8859-\1", plain)
    plain = re.sub(r"^(?:ansi|oem|windows|ms)?-?(\d{3,4})$", r"cp\1", plain)
    plain = {"cp65001": "utf-8", "65001": "utf-8"}.get(plain, plain)
    try:
        name = codecs.lookup(plain).name if plain else ""
        "a".encode(name or "undefined")
    except (LookupError, UnicodeError, ValueError):
        return None
    return name.upper().replace("CP65001", UTF8)


def _best(found: _Bytes, tried: list[str], stated: str | None) -> str:
    """Where one encoding gives Thai words, the one that gives most; else what is stated, if it fits, else the first that does."""
    likely = max(
        tried, key=lambda encoding: (found.thai[encoding], found.whole[encoding], -tried.index(encoding))
    )
    if found.thai[likely]:
        return likely
    fitting = [encoding for encoding in tried if found.whole[encoding] == len(found.texts)]
    return stated if stated in fitting else next(iter(fitting), likely)


def _question(
    found: _Bytes, tried: list[str], best: str, *, stated: str | None, declared: str | None
) -> Question:
    """The question how the text is written: open where what the file says fits too, folded away where all is plain."""
    damaged = found.damaged(best)
    shown = (damaged + [text for text in found.texts if text not in damaged])[:SAMPLES]
    told: dict[tuple[str, ...], Candidate] = {}
    for encoding in (best, *tried):
        if encoding in (best, stated) or found.whole[encoding]:
            sample = tuple(_read(text, encoding)[:SAMPLE_LENGTH] for text in shown)
            told.setdefault(sample, Candidate(encoding, *_called(encoding), sample))
    candidates = tuple(told.values())
    details = {"declared": (declared or "")[:SAMPLE_LENGTH], "encoding": best, "count": len(damaged)}
    doubtful = stated not in (None, best) and found.whole[stated] == len(found.texts)
    if doubtful:
        return Question("encoding", "gis_files.encoding_doubtful", candidates, None, True, details)
    if not found.thai[best] and best not in (UTF8, stated):
        return Question("encoding", "gis_files.encoding_unknown", candidates, None, True, details)
    if damaged:
        return Question("encoding", "gis_files.encoding_damaged", candidates, best, True, details)
    return Question("encoding", "gis_files.encoding", candidates, best, False, details)


def _called(encoding: str) -> tuple[str, str]:
    """An encoding in its own word, or in the sentence that says it better."""
    known = encoding in (UTF8, THAI_WINDOWS, LATIN)
    return ("", f"reading.encoding_{encoding.lower()}") if known else (encoding, "")


def _notes(found: _Bytes, chosen: str, *, stated: str | None, declared: str | None) -> list[dict[str, Any]]:
    notes: list[dict[str, Any]] = []
    if declared and stated != chosen:
        said = {"declared": declared.strip()[:SAMPLE_LENGTH], "encoding": chosen}
        notes.append({"code": "encoding_wrong", **said})
    elif not declared and chosen != UTF8:
        notes.append({"code": "encoding_assumed", "encoding": chosen})
    if damaged := found.damaged(chosen):
        said = ", ".join(_read(text, chosen)[:SAMPLE_LENGTH] for text in damaged[:SAMPLES])
        notes.append({"code": "text_damaged", "count": len(damaged), "sample": said})
    return notes


def _bytes(text: str) -> bytes:
    """The bytes beyond ASCII; none where the text was written as an escape, so that nothing is open about it."""
    try:
        return b"" if text.isascii() else text.encode("latin-1")
    except UnicodeEncodeError:
        return b""


def _read(text: str, encoding: str) -> str:
    data = _bytes(text)
    return data.decode(encoding, "replace") if data else text


def _strictly(text: str, encoding: str) -> str | None:
    try:
        return _bytes(text).decode(encoding)
    except UnicodeError:
        return None


def _is_thai(text: str) -> bool:
    """Whether a text holds Thai words: not marks without letters, nor what comes of reading it wrongly."""
    if not _THAI.search(text) or _NO_WORD.search(text):
        return False
    twice = sum(map(len, _SPELT_TWICE.findall(text)))
    return twice < 0.8 * sum(not letter.isascii() for letter in text)
