"""What would a file of points add or change? Everything in it beside the record, before anything is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import pandas as pd
from shapely.geometry.base import BaseGeometry

from cmi_core.errors import CmiError
from cmi_core.geography.gis_files import Note
from cmi_core.geography.point_matching import CHANGED, NEW, SAME, Matched, key_of, matched
from cmi_core.geography.points import PointsFile, read_points
from cmi_core.store import Store, places
from cmi_core.tables.questions import Answers, LeftOut, Question
from cmi_core.text.spelling import same
from cmi_core.views.versioned_cache import VersionedCache

REFUSED = "refused"
_READ = VersionedCache(6)
_BESIDE = VersionedCache(6)


@dataclass(frozen=True)
class Preview:
    """A file of points beside the record; `open` are the questions without which nothing may be kept."""

    points: pd.DataFrame
    beside: Matched
    problems: tuple[CmiError, ...]
    questions: tuple[Question, ...]
    left_out: tuple[LeftOut, ...]
    understood: Mapping[str, object]
    notes: tuple[Note, ...]
    open: tuple[Question, ...]
    drawn: Mapping[str, list[BaseGeometry]]

    def rows(self) -> list[dict[str, Any]]:
        """Each row of the file with what it would do; `before` and `after` hold the fields of a point."""
        told: list[dict[str, Any]] = [
            {
                "row": held.row, "state": held.state, "key": held.landmark or held.after["source_id"] or "",
                "before": None if held.before is None else dict(held.before), "after": dict(held.after), "reason": None,
            }
            for held in self.beside.rows
        ]  # fmt: skip
        told += [
            {
                "row": problem.details.get("row"),
                "state": REFUSED,
                "key": "",
                "before": None,
                "after": None,
                "reason": problem,
            }
            for problem in self.problems
        ]
        return sorted(told, key=lambda row: int(row["row"] or 0))

    def count(self, state: str) -> int:
        """How many rows are in a state: new, changed, same, left or refused."""
        return len(self.problems) if state == REFUSED else self.beside.count(state)

    @property
    def wanted(self) -> int:
        """How many points would be written."""
        return self.count(NEW) + self.count(CHANGED)

    @property
    def seen(self) -> dict[str, int]:
        """Each point that would be renewed, with the entry that was looked at."""
        return {held.landmark: held.seen for held in self.beside.rows if held.landmark and held.state != SAME}


def preview(
    store: Store,
    data: bytes,
    *,
    filename: str,
    answers: Answers | None = None,
    producer: str = "",
    title: str = "",
) -> Preview:
    """
    Read a file and hold it against what stands; nothing is changed. Raises FileRefused where it cannot be used.

    `producer` and `title` name its source: points of the same source are renewed, those of another one are not. Before it is
    named nothing is asked about points on record.
    """
    answers = dict(answers or {})
    key = ("points", filename, sha256(data).hexdigest(), tuple(sorted(answers.items())))
    read = _READ.get(
        store, key, lambda: _in_our_places(store, read_points(data, filename=filename, answers=answers))
    )
    beside = _BESIDE.get(
        store,
        (*key, producer, title),
        lambda: matched(
            read.points,
            places.points_on_record(store),
            places.point_ids(store),
            source=key_of(producer, title),
            answers=answers,
        ),
    )
    if not (producer.strip() and title.strip()):
        # What is of another source cannot be told before there is one.
        beside = replace(beside, questions=(), open=())
    return Preview(
        read.points,
        beside,
        read.problems,
        (*read.questions, *beside.questions),
        read.left_out,
        read.understood,
        read.notes,
        (*read.open, *beside.open),
        read.drawn,
    )


def sources(store: Store) -> pd.DataFrame:
    """The sources that points came from by files: producer, title, licence and how many points, the newest first."""
    return places.point_sources(store)


def _in_our_places(store: Store, read: PointsFile) -> PointsFile:
    """The districts that rows name, by our codes; a name that is none of ours is listed and not taken."""
    known = {
        same(name): row.place
        for row in places.every(store).itertuples()
        for name in (row.name_th, row.name_en, row.place)
        if name
    }
    left = [
        LeftOut("cell", str(row.row), "read_points.place_unknown", {"place": row.place[:80]})
        for row in read.points.itertuples()
        if row.place and same(row.place) not in known
    ]
    told = read.points.assign(place=[known.get(same(place), "") for place in read.points["place"]])
    return replace(read, points=told, left_out=(*read.left_out, *left))
