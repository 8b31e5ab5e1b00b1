"""What a file would change, in plain values: the pages' own readers, for the command line and the channel beside a server."""

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Protocol

import numpy as np
import pandas as pd
import shapely

from cmi_core import text
from cmi_core.accounts.roles import Account
from cmi_core.actions import definition_import, imports
from cmi_core.calendar import clock
from cmi_core.errors import CmiError, FileRefused
from cmi_core.geography.boundaries import Standing, read_boundaries
from cmi_core.store import Store, accounts
from cmi_core.tables.questions import LeftOut, Question
from cmi_core.views import district_map, index_import, point_import

KINDS = ("values", "definitions", "framework", "scores", "points", "boundaries")
# Who runs commands on the server's machine may read whatever it holds.
OPERATOR = Account("operator", "operator", "admin")


class Read(Protocol):
    """What every door's reader gives."""

    @property
    def questions(self) -> Iterable[Question]: ...
    @property
    def left_out(self) -> Iterable[LeftOut]: ...
    @property
    def understood(self) -> Mapping[str, object]: ...
    def rows(self) -> Iterable[Mapping[str, object]]: ...


def preview(
    store: Store,
    kind: str,
    data: bytes,
    *,
    name: str,
    answers: Mapping[str, str] | None = None,
    language: str = "en",
    **more: Any,
) -> dict[str, object]:
    """
    What the page would show of a file, ready for JSON: `read`, `questions`, `rows`, `left_out`; nothing is changed.

    `more` is what a page asks beside the file: `account` whose KPIs are taken (`values`), `framework` and `year` (`scores`),
    `producer` and `title` (`points`). Raises FileRefused where the file cannot be used at all.
    """
    if kind not in _READERS:
        raise FileRefused("preview_kind", kind=kind, known=", ".join(KINDS))
    found = _READERS[kind](
        store, data, name, dict(answers or {}), {each: said for each, said in more.items() if said}
    )
    translate = text.translator(language)
    return {
        "read": _plain(found.understood),
        "questions": [_question(question, translate) for question in found.questions],
        "rows": [_row(row, translate) for row in _rows(found, store, kind)],
        "left_out": [
            {"kind": item.kind, "where": item.where, "reason": translate(item.reason, **item.details)}
            for item in found.left_out
        ],
    }


def _values(store: Store, data: bytes, name: str, answers: dict[str, str], more: dict[str, Any]) -> Read:
    by = accounts.find(store, more["account"]) if "account" in more else OPERATOR
    return imports.preview(store, by, data=data, name=name, at=clock.now(), answers=answers)


def _definitions(store: Store, data: bytes, name: str, answers: dict[str, str], _: dict[str, Any]) -> Read:
    return definition_import.preview(store, OPERATOR, data=data, name=name, at=clock.now(), answers=answers)


def _framework(store: Store, data: bytes, name: str, answers: dict[str, str], _: dict[str, Any]) -> Read:
    return index_import.preview_framework(store, data, name, answers)


def _scores(store: Store, data: bytes, name: str, answers: dict[str, str], more: dict[str, Any]) -> Read:
    if "framework" not in more:
        raise FileRefused("preview_framework")
    year = int(more["year"]) if "year" in more else None
    return index_import.preview_scores(
        store, data, name, framework=more["framework"], year=year, answers=answers
    )


def _points(store: Store, data: bytes, name: str, answers: dict[str, str], more: dict[str, Any]) -> Read:
    source = {each: str(more.get(each, "")) for each in ("producer", "title")}
    return point_import.preview(store, data, filename=name, answers=answers, **source)


def _boundaries(_: Store, data: bytes, name: str, answers: dict[str, str], __: dict[str, Any]) -> Read:
    return read_boundaries(data, filename=name, answers=answers)


_READERS: dict[str, Callable[[Store, bytes, str, dict[str, str], dict[str, Any]], Read]] = {
    "values": _values,
    "definitions": _definitions,
    "framework": _framework,
    "scores": _scores,
    "points": _points,
    "boundaries": _boundaries,
}


def _rows(found: Any, store: Store, kind: str) -> Iterable[Mapping[str, object]]:
    if kind != "boundaries":
        return found.rows()
    standing = [
        Standing(
            row["place"],
            tuple(name for name in (row["name_th"], row["name_en"]) if isinstance(name, str)),
            shapely.from_geojson(row["geometry"]) if isinstance(row["geometry"], str) else None,
        )
        for row in district_map.every(store).to_dict("records")
    ]
    return found.rows(standing)


def _question(question: Question, translate: text.Translate) -> dict[str, object]:
    return {
        "id": question.id,
        "why": translate(question.why, **question.details),
        "asked": question.asked,
        "default": question.default,
        "candidates": [
            {
                "answer": candidate.answer,
                "told": candidate.told or translate(candidate.say),
                "sample": list(candidate.sample),
            }
            for candidate in question.candidates
        ],
    }


def _row(row: Mapping[str, object], translate: text.Translate) -> dict[str, object]:
    reason = row["reason"]
    told = (
        " ".join(text.refusal(translate, each) for each in (reason, *reason.problems))
        if isinstance(reason, CmiError)
        else None
    )
    return {name: _plain(value) for name, value in row.items()} | {"reason": told}


def _plain(value: object) -> Any:
    """A value as JSON has it; unknown is null."""
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value if isinstance(value, str | bool | int | float) else str(value)
