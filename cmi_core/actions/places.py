"""Changing the map: outlines replaced by uploaded ones, points imported, ties to the index set."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from itertools import chain, count
from typing import Any

import pandas as pd
import shapely

from cmi_core.accounts.roles import Account, require
from cmi_core.actions.authority import acting
from cmi_core.errors import ObservationError, StaleEdit
from cmi_core.geography import categories
from cmi_core.geography.boundaries import BoundaryUpload
from cmi_core.geography.point_matching import CHANGED, NEW, Held, Key, key_of, matched
from cmi_core.kpi.confidence import CONFIDENCES
from cmi_core.store import Store, places, record
from cmi_core.tables.questions import Answers
from cmi_core.text.typed import typed

KINDS = ("official", "user")
_TEXTS = ("code", "name_th", "name_en", "category", "place", "note")
_KIND = {"note": "coordinate_source"}
_CODE = re.compile(r"[^a-z0-9]+")


def replace_boundaries(
    store: Store,
    actor: Account | None,
    *,
    upload: BoundaryUpload,
    replaces: Mapping[int, str],
    kind: str | None,
    producer: str,
    title: str,
    licence: str,
    valid_from: date | None,
    accuracy_m: float | None,
    note: str,
    seen: Mapping[str, int],
    at: datetime,
) -> int:
    """
    Put uploaded areas in the place of outlines, as one entry; both stay in the record.

    `replaces` maps a row of the upload to a place, `seen` each place to the entry of the outline that the
    uploader looked at. Raises StaleEdit when another came in between, ObservationError when the choice
    makes no sense, PermissionRefused.
    """
    require(actor, "edit_place")
    _check_choice(store, upload, replaces, kind=kind, licence=licence, producer=producer, title=title)
    with acting(store, actor, "edit_place") as (cursor, by):
        _check_seen(store, replaces, seen)
        source = _add_source(
            cursor, upload.sha256, producer=producer, title=title, licence=licence, on=at.date()
        )
        lines = _outlines(
            upload,
            replaces,
            kind=kind,
            accuracy_m=accuracy_m,
            valid_from=valid_from,
            licence=licence.strip(),
            source=source,
        )
        return record.append(
            cursor, {"boundary_line": lines}, deed="replace_boundary", by=by.account, at=at, note=note
        )


def import_points(
    store: Store,
    actor: Account | None,
    *,
    points: pd.DataFrame,
    category: str = "",
    producer: str,
    title: str,
    licence: str,
    note: str,
    at: datetime,
    answers: Answers | None = None,
    seen: Mapping[str, int] | None = None,
) -> int:
    """
    Add the points of a checked file, or renew those that its source or our own codes name, as one entry.

    Rows that would change nothing are not written. `category` stands in where a row names none; `answers` are those to
    the questions of `point_matching.matched`, `seen` each renewed point's entry as it was shown. Raises StaleEdit where
    another came in between, ObservationError when a row names an unknown place or kind, or a question is open.
    """
    require(actor, "edit_place")
    points = _checked_points(points, category)
    if not (producer.strip() and title.strip() and licence.strip()):
        raise ObservationError("upload_source_missing")
    with acting(store, actor, "edit_place") as (cursor, by):
        _refuse_unknown_places(store, points)
        wanted = _beside_record(store, points, key_of(producer, title), answers or {}, seen)
        about = f"{producer}|{title}|{licence}|{points.to_csv(index=False)}"
        digest = sha256(about.encode()).hexdigest()
        source = _add_source(cursor, digest, producer=producer, title=title, licence=licence, on=at.date())
        known, standing = places.landmark_codes(store), places.points_on_record(store)
        in_use = set(standing[standing["active"]]["landmark"])
        lines = []
        for held in wanted:
            code = held.landmark or _free_code(held.after, in_use)
            in_use.add(code)
            if code not in known:
                places.add_landmark(cursor, code)
                known.add(code)
            lines.append(_landmark(held, code, source=source))
        return record.append(
            cursor, {"landmark_line": lines}, deed="import_points", by=by.account, at=at, note=note
        )


def tie(
    store: Store,
    actor: Account | None,
    *,
    landmark: str,
    wanted: Mapping[tuple[str, str], str],
    note: str,
    at: datetime,
) -> int:
    """
    Say what a point serves: `wanted` maps (kind, target) to the confidence; what is left out is taken back.

    One entry with only what changes. Raises ObservationError when nothing does, or a target is unknown.
    """
    require(actor, "edit_place")
    _check_targets(store, landmark, wanted)
    with acting(store, actor, "edit_place") as (cursor, by):
        held = places.ties(store)
        held = held[held["landmark"] == landmark]
        now = {(row.kind, row.target): row.confidence for row in held.itertuples()}
        lines = [
            _tie(landmark, key, confidence=confidence, active=True)
            for key, confidence in wanted.items()
            if now.get(key) != confidence
        ]
        lines += [_tie(landmark, key, confidence=now[key], active=False) for key in now if key not in wanted]
        if not lines:
            raise ObservationError("tie_same")
        return record.append(
            cursor, {"landmark_link_line": lines}, deed="tie_landmark", by=by.account, at=at, note=note
        )


def code_of(name: str, lon: float, lat: float) -> str:
    """
    A code for a point that brings none: its English name, or its spot where the name has no Latin letters.

    >>> code_of("Wat Ku Tao", 98.9886, 18.8025)
    'wat_ku_tao_822d'
    """
    mark = sha256(f"{name}|{lon:.5f}|{lat:.5f}".encode()).hexdigest()[:4]
    plain = _CODE.sub("_", name.lower()).strip("_")[:40] or "point"
    return f"{plain}_{mark}"


def _check_choice(
    store: Store,
    upload: BoundaryUpload,
    replaces: Mapping[int, str],
    *,
    kind: str | None,
    licence: str,
    producer: str,
    title: str,
) -> None:
    if kind not in KINDS:
        raise ObservationError("boundary_kind")
    if not replaces:
        raise ObservationError("boundary_nothing_chosen")
    if len(set(replaces.values())) < len(replaces):
        raise ObservationError("boundary_chosen_twice")
    if not (licence.strip() and producer.strip() and title.strip()):
        raise ObservationError("upload_source_missing")
    unknown = set(replaces.values()) - places.codes(store)
    if unknown or not set(replaces) <= set(upload.areas["row"]):
        raise ObservationError("district_unknown", place=", ".join(sorted(unknown)) or "-")


def _check_seen(store: Store, replaces: Mapping[int, str], seen: Mapping[str, int]) -> None:
    for place in replaces.values():
        if places.boundary_entry(store, place) != seen.get(place, 0):
            raise StaleEdit("boundary_stale", place=place)


def _add_source(cursor: Any, digest: str, *, producer: str, title: str, licence: str, on: date) -> str:
    """Add what an uploaded file names as its source; its code is returned."""
    code = f"upload_{digest[:12]}"
    told = {
        name: typed(name, said)
        for name, said in (("producer", producer), ("title", title), ("licence", licence))
    }
    places.add_source(cursor, code, accessed=on, **told)
    return code


def _outlines(
    upload: BoundaryUpload,
    replaces: Mapping[int, str],
    *,
    kind: str | None,
    accuracy_m: float | None,
    valid_from: date | None,
    licence: str,
    source: str,
) -> list[dict[str, object]]:
    shapes = dict(zip(upload.areas["row"], upload.areas.geometry, strict=True))
    return [
        {
            "place": place,
            "boundary_kind": kind,
            "geometry": shapely.to_geojson(shapes[row]),
            "accuracy_m": accuracy_m,
            "valid_from": valid_from,
            "licence": licence,
            "file_name": upload.filename,
            "file_hash": upload.sha256,
            "source": source,
        }
        for row, place in replaces.items()
    ]


def _check_targets(store: Store, landmark: str, wanted: Mapping[tuple[str, str], str]) -> None:
    if landmark not in places.landmark_codes(store):
        raise ObservationError("landmark_unknown", landmark=landmark)
    known = {(row.kind, row.target) for row in places.targets(store).itertuples()}
    for key, confidence in wanted.items():
        if key not in known or confidence not in CONFIDENCES:
            raise ObservationError("tie_unknown", target=key[1])


def _checked_points(points: pd.DataFrame, category: str) -> pd.DataFrame:
    """The rows as they are kept, each with a kind that is one of ours."""
    if points.empty:
        raise ObservationError("points_none")
    told = points.assign(
        **{name: [typed(_KIND.get(name, name), text) for text in points[name]] for name in _TEXTS}
    )
    told = told.assign(category=[kind or category for kind in told["category"]])
    for row in told[~told["category"].isin(categories.CATEGORIES)].itertuples():
        raise ObservationError("point_category", row=row.row, category=row.category or "–")
    return told


def _refuse_unknown_places(store: Store, points: pd.DataFrame) -> None:
    in_use = places.codes(store)
    for row in points.itertuples():
        if row.place and row.place not in in_use:
            raise ObservationError("point_place", row=row.row, place=row.place)


def _beside_record(
    store: Store, points: pd.DataFrame, source: Key, answers: Answers, seen: Mapping[str, int] | None
) -> list[Held]:
    """The rows that add or change something, as they stand beside the record at this moment."""
    found = matched(
        points, places.points_on_record(store), places.point_ids(store), source=source, answers=answers
    )
    if found.open:
        raise ObservationError("points_open")
    wanted = [held for held in found.rows if held.state in (NEW, CHANGED)]
    if seen is not None and {held.landmark: held.seen for held in wanted if held.landmark} != dict(seen):
        raise StaleEdit("points_stale")
    if not wanted:
        raise ObservationError("points_same")
    return wanted


def _free_code(after: Mapping[str, Any], in_use: set[str]) -> str:
    """A code for a new point; that of one that was taken back is used again, that of another one is not."""
    code = code_of(after["name_en"], after["lon"], after["lat"])
    return next(
        each for each in chain([code], (f"{code}_{number}" for number in count(2))) if each not in in_use
    )


def _landmark(held: Held, code: str, *, source: str) -> dict[str, object]:
    return {
        "landmark": code, **held.after, "active": True, "basis": "stated", "source": source,
    }  # fmt: skip


def _tie(landmark: str, key: tuple[str, str], *, confidence: str, active: bool) -> dict[str, object]:
    kind, target = key
    return {
        "landmark": landmark, "kind": kind, "target": target, "confidence": confidence, "active": active,
        "basis": "inferred", "source": "own_analysis",
    }  # fmt: skip
