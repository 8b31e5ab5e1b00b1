"""The letters of a text file: in which encoding they were written, told by the bytes, and where they are damaged."""

import re
from dataclasses import dataclass

from cmi_core.errors import FileRefused
from cmi_core.tables.questions import Answers, Candidate, Question

MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
OTHER_FILES = (b"%PDF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"RIFF", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")
DAMAGED = "\ufffd"
SAMPLES = 3
_SEEN = 2_000_000  # bytes looked at where more would tell no more
_THAI_UTF8 = re.compile(b"\xe0[\xb8\xb9][\x80-\xbf]")
_WORD = re.compile("[^\\W\\d_]*[^\x00-\x7f][\u0e31-\u0e4e\\w]*")
_THAI = re.compile("[\u0e01-\u0e5b]")
# A Thai vowel sign or tone stands on a consonant or on another sign; elsewhere it was no Thai.
_STRAY = re.compile("(?<![\u0e01-\u0e2e\u0e31-\u0e4e])[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]")


@dataclass(frozen=True)
class Decoded:
    """A text with the encoding it was read in; `question` lets a reader correct it, None where a mark says it."""

    text: str
    encoding: str
    question: Question | None = None


def decoded(data: bytes, answers: Answers) -> Decoded:
    """
    The text of a file. Raises FileRefused `file_not_table` for what is no text and `file_encoding_unknown`.

    >>> decoded("เชียงใหม่".encode("cp874"), {}).text
    'เชียงใหม่'
    """
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return Decoded(_text(data[len(mark) :], encoding), encoding)
    if data.startswith(OTHER_FILES):
        raise FileRefused("file_not_table")
    if data.isascii() and b"\0" not in data:
        return Decoded(_text(data, "utf-8"), "utf-8")
    fitting, sure = _fitting(data)
    candidates = tuple(
        Candidate(each, say=f"reading.encoding_{each}", sample=_samples(data, each)) for each in fitting
    )
    question = Question("encoding", "reading.ask_encoding", candidates, default=fitting[0], asked=not sure)
    chosen = str(question.settled(answers))
    return Decoded(_text(data, chosen), chosen, question)


def _fitting(data: bytes) -> tuple[list[str], bool]:
    """The encodings in which the bytes can be read, the likeliest first, and whether that one is beyond doubt."""
    if b"\0" in data:
        wide = [each for each in ("utf-16-le", "utf-16-be") if _readable(data, each)]
        if not wide:
            raise FileRefused("file_not_table")
        return wide, len(wide) == 1
    seen = data[:_SEEN]
    if _strictly(data, "utf-8"):
        return ["utf-8", *(["cp874"] if _strictly(data, "cp874") else [])], True
    thai = len(_THAI_UTF8.findall(seen))
    broken = seen.decode("utf-8", "replace").count(DAMAGED)
    if thai > 3 * broken or (thai and not _strictly(data, "cp874")):
        return ["utf-8", *(["cp874"] if _strictly(data, "cp874") else [])], True
    if not _strictly(data, "cp874"):
        if _western(seen):
            return ["cp1252"], False
        raise FileRefused("file_encoding_unknown")
    text = seen.decode("cp874")
    if len(_STRAY.findall(text)) * 5 > len(_THAI.findall(text)) and _western(seen):
        return ["cp1252", "cp874"], False
    return ["cp874"], True


def _strictly(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _western(data: bytes) -> bool:
    """Whether CP1252 gives words as Western languages write them: accents among plain letters."""
    if not _strictly(data, "cp1252"):
        return False
    text = data.decode("cp1252")
    accents = [place for place, letter in enumerate(text) if letter > "\x7f"]
    among = sum(any("a" <= near.lower() <= "z" for near in text[max(0, at - 1) : at + 2]) for at in accents)
    return among * 2 > len(accents)


def _readable(data: bytes, encoding: str) -> bool:
    """Whether UTF-16 without its mark gives letters that people write: Latin, Thai and signs."""
    if len(data) % 2 or not _strictly(data, encoding):
        return False
    text = data[: 2 * (_SEEN // 2)].decode(encoding, "replace")
    known = sum(
        letter < "\u0250" or "\u0e00" <= letter < "\u0e80" or "\u2000" <= letter < "\u2070" for letter in text
    )
    return "\0" not in text and known > 0.9 * len(text)


def _samples(data: bytes, encoding: str) -> tuple[str, ...]:
    """The first words of the file that show the difference."""
    text = data[:_SEEN].decode(encoding, "replace")
    words = dict.fromkeys(word[:40] for word in _WORD.findall(text))
    return tuple(list(words)[:SAMPLES])


def _text(data: bytes, encoding: str) -> str:
    text = data.decode(encoding, "replace")
    if re.match(r"\s*<(?:!doctype|html|\?xml|svg|script)", text, re.IGNORECASE) or "\0" in text:
        raise FileRefused("file_not_table")
    return text
