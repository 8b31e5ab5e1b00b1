"""How the log says the lines of the record: tables, fields, codes and keys, each by a word of the reader's language."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from cmi_core import text
from cmi_core.accounts.roles import may
from cmi_core.calendar.periods import year_label
from cmi_core.store import derived
from cmi_core.store.derived import Difference
from cmi_core.views import audit_log
from pages.components.kpi import kpi_words
from pages.components.shell import words
from pages.components.shell.session import Page
from pages.components.shell.words import escape

UNTOLD = {"geometry", "file_hash", "number", "person_hash", "position", "value_entry"}
_MOST_NEW = 8  # fields told of a thing that is new
_LONGEST = 300
_DAYS = {"starts_on", "ends_on"}
_PERIODS = {"period", "baseline_period", "target_period", "starts_in"}
# Fields whose content is the code of a thing that has a name.
_THINGS = {
    "owner": "organisation", "parent": "node", "supersedes": "framework",
    **{kind: kind for kind in (
        "kpi", "goal", "means", "organisation", "place", "landmark", "proposal", "city", "framework",
        "node", "level", "assessment", "source",
    )},
}  # fmt: skip
# Kinds of things that a KPI, a point or an accepted proposal is tied to, by the name of the kind in their lines.
_TIED = {"index_node": "node"}
# Where the word for a code is; the same field may hold other codes in another table.
_CODED = {
    "quality": "quality", "approval": "kpi_words.approval", "direction": "kpi_words.direction",
    "frequency": "periods.every", "confidence": "confidence", "verdict": "kpi_words.state", "role": "audit_log.role",
    "basis": "audit_log.basis", "area_kind": "area_kind", "measure": "audit_log.measure", "category": "map.category",
    "boundary_kind": "map.boundary", "criterion": "criteria", "theme": "participatory_map.theme",
    "normalise": "method", "aggregate": "method",
    ("kpi_line", "kind"): "kpi_words.kind", ("kpi_link_line", "kind"): "kpi_words.link",
    ("landmark_link_line", "kind"): "map.kind", ("place_line", "kind"): "map.place",
    ("proposal_line", "kind"): "participatory_map.kind", ("proposal_line", "state"): "participatory_map.state",
    ("means_line", "state"): "goal_board.state", ("rebuild_line", "kind"): "audit_log.rebuilt",
}  # fmt: skip
_DOTTED = {"quality", "confidence", "area_kind", "criteria", "method"}


def table(page: Page, name: str) -> str:
    """What the lines of a table are about."""
    return page.t(f"audit_log.{name}")


def change(page: Page, made: audit_log.Change) -> str:
    """One line of an entry: a value before and after, or each field that changed."""
    thing = _thing(page, made)
    if made.table == "kpi_value_line":
        return f"<li><span>{escape(thing)}:</span> {_arrow(_value(page, made.before), _value(page, made.after))}</li>"
    if made.table == "rebuild_line":
        return _rebuilt(page, made)
    fields = [
        name for name in made.fields if name not in UNTOLD and (made.before or made.after[name] is not None)
    ]
    told = "".join(
        f"<div><dt>{escape(field(page, name))}</dt><dd>"
        + _arrow(said(page, made, name, made.before.get(name)), said(page, made, name, made.after[name]))
        + "</dd></div>"
        for name in (fields if made.before else fields[:_MOST_NEW])
    )
    return f"<li><span>{escape(table(page, made.table))} · {escape(thing)}</span><dl>{told}</dl></li>"


def difference(page: Page, found: Difference) -> str:
    """What stands otherwise than the record or the data files say: a value in words, other things by their names."""
    details = dict(derived.sentence(found)["details"])
    if found.what in {"value", "person"}:
        key, stands, says = (_shown(page, cells) for cells in (found.key, found.stands, found.says))
        named = page.t(f"audit_log.rebuilt_{found.what}")
        details = {"name": named, "key": key, "stands": stands, "says": says}
    return page.t(f"error.{found.reason}", **details)


def field(page: Page, name: str) -> str:
    """The name of a field."""
    for key in (f"field.{name}", f"kpi_words.{name}"):
        if key in text.catalogue(page.language):
            return page.t(key)
    return name


def said(page: Page, made: audit_log.Change, name: str, value: Any) -> str:
    """The content of a field in words; a dash where it is empty."""
    if value is None:
        return "–"
    if name == "account":
        return page.who(str(value), made.entry)
    if made.table == "account_line" and name in audit_log.CALLED and not _sees(page, name):
        return page.t("audit_log.kept_back")
    if isinstance(value, bool):
        return page.t(f"kpi_words.{'yes' if value else 'no'}")
    if isinstance(value, float):
        return words.exactly(value)
    if isinstance(value, date):
        return page.say_date(value)
    if name in _PERIODS:
        return words.period(page, value)
    if name == "year":
        return year_label(int(value), page.t)
    if name in _THINGS:
        return _name(page, _THINGS[name], str(value))
    told = _coded(page, made.table, name, str(value))
    return told if len(told) <= _LONGEST else told[: _LONGEST - 1] + "…"


def _sees(page: Page, name: str) -> bool:
    """Whether this reader sees what somebody is called; how to reach them and how they sign in is for administrators."""
    return page.sees_names if name == "name" else may(page.actor, "manage_accounts")


def key_of(table_: str, name: str, code: str) -> str | None:
    """The key of the word for a code in a field, or None where the field holds no codes."""
    group = _CODED.get((table_, name)) or _CODED.get(name)
    if group is None:
        return None
    method = code.partition(":")[0] if group == "method" else code
    return f"{group}.{method}" if group in _DOTTED else f"{group}_{method}"


def _coded(page: Page, table_: str, name: str, value: str) -> str:
    """The word for a code; text that people typed as it is."""
    key = key_of(table_, name, value)
    return page.t(key) if key and key in text.catalogue(page.language) else value


def _thing(page: Page, made: audit_log.Change) -> str:
    """What a line is about: the parts of its key by their names."""
    key = made.key
    parts = []
    for name, code in key.items():
        if name == "target":
            kind = str(key.get("kind", ""))
            parts.append(_name(page, _TIED.get(kind, kind), str(code)))
        elif name == "breakdown":
            parts.append(kpi_words.part(page, code))
        else:
            parts.append(said(page, made, name, code))
    return " · ".join(filter(None, parts))


def _name(page: Page, kind: str, code: str) -> str:
    known = page.read(audit_log.names).get((kind, code))
    return known[page.language] if known else code


def _rebuilt(page: Page, made: audit_log.Change) -> str:
    """What was made anew from the record: what stood there, and what stands now."""
    kind, relation, row = (str(made.key[name]) for name in ("kind", "relation", "row_key"))
    thing = _shown(page, json.loads(row)) if row else relation
    stood, stands = (_states(page, made.after[side]) for side in ("stood", "stands"))
    return f"<li><span>{escape(said(page, made, 'kind', kind))} · {escape(thing)}:</span> {_arrow(stood, stands)}</li>"


def _states(page: Page, written: object) -> str:
    """A state kept as JSON, in words: one row, or several of one key."""
    if written is None:
        return "–"
    rows = json.loads(str(written))
    told = "; ".join(_shown(page, cells) for cells in (rows if isinstance(rows, list) else [rows]))
    return told if len(told) <= _LONGEST else told[: _LONGEST - 1] + "…"


def _shown(page: Page, cells: Mapping[str, Any] | None) -> str:
    """Cells of a value in words: its KPI, period and part by themselves, others after their name."""
    told = [(name, _cell(page, name, cell)) for name, cell in (cells or {}).items()]
    return " · ".join(
        word if name in {"kpi", "period", "breakdown", "sql"} else f"{field(page, name)} {word}"
        for name, word in told
        if word
    )


def _cell(page: Page, name: str, cell: Any) -> str:
    """One of them. What stood there may be anything: what has no word is told as it is."""
    if name == "breakdown":
        return kpi_words.part(page, cell)
    if name == "sql" or (name in _PERIODS and not audit_log.understood(cell)):
        return str(cell)
    if name in _DAYS and isinstance(cell, str):  # as it was kept in the record
        return page.say_date(date.fromisoformat(cell))
    return said(page, audit_log.Change("kpi_value_line", {}, {}, {}), name, cell)


def _value(page: Page, line: dict[str, object]) -> str:
    """A value with its quality, or that it was withdrawn."""
    if not line:
        return "–"
    if line["value"] is None:
        return page.t("audit_log.withdrawn")
    quality = page.t(f"quality.{line['quality']}")
    told = f"{words.exactly(float(str(line['value'])))} ({quality})"
    return told + (
        f" · {page.t('kpi_words.evidence')}" if line["evidence_link"] or line["evidence_file"] else ""
    )


def _arrow(before: str, after: str) -> str:
    return (
        f"<del>{escape(before)}</del> → <ins>{escape(after)}</ins>"
        if before != "–"
        else f"<ins>{escape(after)}</ins>"
    )
