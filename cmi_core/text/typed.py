"""
What a text that people typed may be: the bounds of every field, and what is refused or taken out of it.

A column of the record has one kind wherever it stands, so a deed to come is held to the same bounds. Nothing here changes
what a reader sees: letters are composed (NFC, sara am as one), never exchanged for others (NFKC would make ² a 2 and ① a 1, and ำ two letters).
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from cmi_core.errors import ObservationError
from cmi_core.text.spelling import composed


class Kind(NamedTuple):
    """At most so many characters, in one line or in several."""

    most: int
    lines: bool = False


NAME, SHORT, CODE, LINK = Kind(300), Kind(120), Kind(200), Kind(1_000)
NOTE, LONG = Kind(2_000, lines=True), Kind(4_000, lines=True)
# What a program writes: shapes, seals, and what was found altered, which is kept as it was found.
MADE = None

_MADE = ("geometry", "file_hash", "evidence_file", "person_hash", "row_key", "stood", "stands")
_KINDS: dict[Kind | None, tuple[str, ...]] = {
    MADE: _MADE,
    NAME: (
        "alias", "coordinate_source", "data_owner", "file_name", "focus_en", "focus_th", "idea_from", "lead_en", "lead_th",
        "level_as_printed", "licence", "name", "name_en", "name_th", "printed", "producer", "producer_en", "producer_th", "status_en", "status_th",
        "title", "title_en", "title_th", "unit_en", "unit_th", "workshop",
    ),
    SHORT: ("country", "page", "published", "release", "supersedes"),
    CODE: (
        "account", "aggregate", "approval", "area_kind", "assessment", "baseline_period", "basis", "became", "boundary_kind",
        "category", "city", "code", "confidence", "criterion", "direction", "email", "framework", "frequency", "goal",
        "index_code", "kind", "kpi", "landmark", "level", "means", "measure", "node", "normalise", "organisation", "owner", "parent",
        "period", "place", "proposal", "quality", "recorded_by", "reference", "relation", "role", "scale", "sign_in", "source", "source_id", "starts_in", "state",
        "target", "target_period", "theme", "transform", "verdict",
    ),
    LINK: ("breakdown", "evidence_link", "url"),
    NOTE: ("evidence", "extent_en", "extent_th", "flag_en", "flag_th", "note", "value"),
    LONG: ("comment", "definition_en", "definition_th", "remark_en", "remark_th"),
}  # fmt: skip
FIELDS = {field: kind for kind, fields in _KINDS.items() for field in fields}

# Signs that turn what follows around: `gpj.exe` reads as `exe.jpg`. A text in a right-to-left script needs none of them.
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
# What no form of ours can send by hand; \ud800 to \udfff and the last two of each plane are no characters at all.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_HIDDEN = re.compile(f"{_TURNS.pattern}|{_CONTROL.pattern}")
_BREAKS = re.compile("\r\n|[\r\x85\u2028\u2029]")
# Signs without a picture of their own. In a name they would make two that look alike; ZWSP between Thai words, where
# a browser may break the line, says nothing else.
_UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2065\u206a-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_NOT_SEEN = re.compile(f"[{_UNSEEN}]")
_SEEN = re.compile(f"[^\\s\u2800{_UNSEEN}]")
# In a name an emoji keeps its colour (FE0F) and a composed one its parts together (ZWJ between two pictures).
_OF_A_PICTURE = re.compile("(?<=[\u2190-\u2bff\u3030\u303d\U0001f000-\U0001faff])\ufe0f|(?<=[\ufe0f\U0001f000-\U0001faff])\u200d(?=[\u2640-\u27bf\U0001f000-\U0001faff])")  # fmt: skip
_PLAIN = re.compile("[a-z0-9_.:-]{0,60}")


def typed(field: str, written: str, *, most: int | None = None) -> str:
    """
    The text as it is kept: composed, trimmed, in one line where the field has one; zero-width signs go from names.

    >>> typed("name_th", "  คลอง\\u200bแม่ข่า ")
    'คลองแม่ข่า'
    >>> typed("note", "คลอง\\u200bแม่ข่า") == "คลอง\\u200bแม่ข่า"
    True

    Raises ObservationError: `text_control` (NUL and the like), `text_turns` (U+202A…), `text_unseen` (nothing but signs
    that nobody sees) or `text_too_long`. `most` is for a field of its own bound.
    """
    if _PLAIN.fullmatch(written):
        return written
    kind = FIELDS[field]
    if kind is MADE:
        return written
    for signs, reason in ((_CONTROL, "text_control"), (_TURNS, "text_turns")):
        if found := signs.search(written):
            raise ObservationError(reason, field=field, sign=f"U+{ord(found[0]):04X}", at=found.start() + 1)
    kept = _kept(written, kind)
    if written.strip() and not _SEEN.search(written):
        raise ObservationError("text_unseen", field=field)
    limit = kind.most if most is None else most
    if len(kept) > limit:
        raise ObservationError("text_too_long", field=field, length=len(kept), limit=limit)
    return kept


def shown(written: str, *, most: int = 1_000) -> str:
    """
    A text from anywhere as it can be shown among others: what nobody sees or what turns the direction is named.

    >>> shown("invoice\\u202egpj.exe")
    'invoice⟨U+202E⟩gpj.exe'
    """
    cut = written if len(written) <= most else written[: most - 1] + "…"
    return _HIDDEN.sub(lambda sign: f"⟨U+{ord(sign[0]):04X}⟩", cut)


def row(told: Mapping[str, object]) -> dict[str, object]:
    """A row with each of its texts as it is kept; a column that is none of `FIELDS` fails with KeyError."""
    return {name: typed(name, cell) if isinstance(cell, str) else cell for name, cell in told.items()}


def _kept(written: str, kind: Kind) -> str:
    text = _BREAKS.sub("\n", composed(written))
    if kind.lines:
        return text.strip()
    parts = [match.span() for match in _OF_A_PICTURE.finditer(text)]
    kept = {start for start, _ in parts}
    shown = "".join(sign for at, sign in enumerate(text) if at in kept or not _NOT_SEEN.fullmatch(sign))
    return re.sub(r"[\t\n]+ *", " ", shown).strip()
