"""Boundary files a reader uploads, as `gis_files` reads them -> checked areas, with what is asked, said and left out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import geopandas
from shapely.geometry.base import BaseGeometry

from cmi_core.errors import FileRefused
from cmi_core.geography.gis_files import Features, Note, read_features
from cmi_core.geography.measures import area_km2
from cmi_core.geography.name_columns import columns
from cmi_core.tables.questions import Answers, LeftOut, Question, open_ones
from cmi_core.text.spelling import same
from cmi_core.text.typed import shown

COLUMNS = ("row", "code", "name_th", "name_en", "area_km2", "attributes", "geometry")


class Standing(NamedTuple):
    """A place of the record that an area may be the new outline of: its code, its names, and its outline if it has one."""

    place: str
    names: tuple[str, ...]
    geometry: BaseGeometry | None = None


@dataclass(frozen=True)
class BoundaryUpload:
    """
    A file as understood.

    `areas` (EPSG:4326) has `row` (its number in the file, from 1), `code`, `name_th`, `name_en` (empty where
    the file has none), `area_km2` (geodesic), `attributes` (the file's own fields as text) and the geometry. It is empty while a
    question is open, so that nothing can be kept that nobody has settled; `shown` has what the likeliest answers would give.
    """

    areas: geopandas.GeoDataFrame
    shown: geopandas.GeoDataFrame
    warnings: tuple[Note, ...]
    sha256: str
    filename: str
    format: str
    source_crs: str
    layer: str | None
    encoding: str | None
    fields: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    drawn: Mapping[str, list[BaseGeometry]] = field(default_factory=dict)
    answers: Answers = field(default_factory=dict)

    @property
    def open(self) -> list[Question]:
        """The questions without which nothing may be kept yet."""
        return open_ones(self.questions, self.answers)

    @property
    def understood(self) -> dict[str, Any]:
        """How the file was read, in plain values."""
        settled = {question.id: question.settled(self.answers) for question in self.questions}
        return {
            "format": self.format,
            "encoding": self.encoding,
            "crs": self.source_crs,
            "layer": self.layer,
            "fields": list(self.fields),
            "columns": {name: settled.get(name) or "" for name in ("name_th", "name_en", "code")},
        }

    def rows(self, standing: Sequence[Standing] = ()) -> list[dict[str, Any]]:
        """
        What each area would change: `before` and `after` of the place that it is the outline of.

        The place is the answer `place_ROW`, else the one that goes by its code or names. An area without one is refused.
        """
        known = {place.place: place for place in standing}
        return [self._row(area, standing, known) for area in self.shown.itertuples()]

    def _row(self, area: Any, standing: Sequence[Standing], known: Mapping[str, Standing]) -> dict[str, Any]:
        names = (area.code, area.name_th, area.name_en)
        place = known.get(self.answers.get(f"place_{area.row}", likely(names, standing)))
        after = {
            "code": area.code, "name_th": area.name_th, "name_en": area.name_en, "area_km2": round(area.area_km2, 4),
        }  # fmt: skip
        told = {"row": int(area.row), "key": place.place if place else "", "before": None, "after": after}
        if place is None:
            return {**told, "state": "refused", "reason": FileRefused("area_unplaced", row=int(area.row))}
        if place.geometry is None:
            return {**told, "state": "new", "reason": None}
        before = {"names": list(place.names), "area_km2": round(area_km2(place.geometry), 4)}
        state = "same" if place.geometry.equals(area.geometry) else "changed"
        return {**told, "before": before, "state": state, "reason": None}


def read_boundaries(data: bytes, *, filename: str, answers: Answers | None = None) -> BoundaryUpload:
    """
    What an uploaded file holds of areas; FileRefused where it cannot be used at all.

    The name is recorded, never opened or trusted. `questions` of the result has what the file leaves open (`layer`, `crs`,
    `encoding`, `name_th`, `name_en`, `code`), and `answers` what was said to it.
    """
    answers = dict(answers or {})
    found = read_features(data, filename=filename, answers=answers, wanted="Polygon", areas=True)
    named = columns(found.fields, [row.attributes for row in found.rows], answers)
    questions = (*found.questions, *named.questions)
    table = _frame(found, named.of)
    return BoundaryUpload(
        areas=table[:0] if open_ones(questions, answers) else table,
        shown=table,
        warnings=found.notes,
        sha256=found.sha256,
        filename=found.filename,
        format=found.format,
        source_crs=found.source_crs,
        layer=found.layer,
        encoding=found.encoding,
        fields=found.fields,
        questions=questions,
        left_out=(*found.left_out, *named.left_out),
        drawn=found.drawn,
        answers=answers,
    )


def likely(names: Iterable[str], standing: Iterable[Standing]) -> str:
    """
    The one place that goes by a code or one of its names, as an area does; empty where none or several do.

    >>> likely(("", "ย่านนิมมาน"), [Standing("nimman", ("นิมมาน (ย่าน)", "Nimman"))])
    'nimman'
    """
    told = {_bare(name) for name in names if _bare(name)}
    found = [
        place.place for place in standing if told & {_bare(name) for name in (place.place, *place.names)}
    ]
    return found[0] if len(found) == 1 else ""


def _bare(name: str) -> str:
    """A name without what stands in brackets, and without the word for district before it."""
    return same(name).partition(" (")[0].strip().removeprefix("ย่าน").strip()


def _frame(found: Features, of: Any) -> geopandas.GeoDataFrame:
    rows = []
    for area in found.rows:
        # What a reader chooses rows by; none of it is kept.
        told = zip(("code", "name_th", "name_en"), map(shown, of(area.attributes)), strict=True)
        rows.append(
            {
                "row": area.row, **dict(told), "area_km2": area_km2(area.geometry),
                "attributes": {name: shown(text) for name, text in area.attributes.items()},
                "geometry": area.geometry,
            }
        )  # fmt: skip
    return geopandas.GeoDataFrame(rows, columns=list(COLUMNS), geometry="geometry", crs=4326)
