"""Changing the map: outlines replaced by uploaded ones, points imported, ties to the index set."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Any

import pandas as pd
import shapely

from cmi_core.accounts.roles import Account, require
from cmi_core.actions.authority import acting
from cmi_core.errors import ObservationError, StaleEdit
from cmi_core.geography.boundaries import BoundaryUpload
from cmi_core.kpi.confidence import CONFIDENCES
from cmi_core.store import Store, places, record
from cmi_core.text.typed import typed

KINDS = ("official", "user")
_TEXTS = ("code", "name_th", "name_en", "category", "place", "note")
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
    category: str,
    producer: str,
    title: str,
    licence: str,
    note: str,
    at: datetime,
) -> int:
    """
    Add the points of a checked file, or renew those whose code is known, as one entry.

    `category` stands in where a row names none. Raises ObservationError when a row names an unknown place.
    """
    require(actor, "edit_place")
    if points.empty:
        raise ObservationError("points_none")
    points = points.assign(**{name: [typed(name, text) for text in points[name]] for name in _TEXTS})
    if not (producer.strip() and title.strip() and licence.strip()):
        raise ObservationError("upload_source_missing")
    with acting(store, actor, "edit_place") as (cursor, by):
        known, in_use = places.landmark_codes(store), places.codes(store)
        digest = sha256(points.to_csv(index=False).encode()).hexdigest()
        source = _add_source(cursor, digest, producer=producer, title=title, licence=licence, on=at.date())
        lines = []
        for row in points.itertuples():
            if row.place and row.place not in in_use:
                raise ObservationError("point_place", row=row.row, place=row.place)
            code = row.code or code_of(row.name_en or row.name_th, row.lon, row.lat)
            if code not in known:
                places.add_landmark(cursor, code)
                known.add(code)
            lines.append(_landmark(row, code, category=category, source=source))
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


def _landmark(row: Any, code: str, *, category: str, source: str) -> dict[str, object]:
    accuracy = row.accuracy_m
    return {
        "landmark": code,
        "name_th": row.name_th or row.name_en,
        "name_en": row.name_en or row.name_th,
        "category": row.category or category,
        "place": row.place or None,
        "lon": row.lon,
        "lat": row.lat,
        "accuracy_m": None if accuracy != accuracy else accuracy,
        "coordinate_source": row.note or None,
        "active": True,
        "basis": "stated",
        "source": source,
    }


def _tie(landmark: str, key: tuple[str, str], *, confidence: str, active: bool) -> dict[str, object]:
    kind, target = key
    return {
        "landmark": landmark, "kind": kind, "target": target, "confidence": confidence, "active": active,
        "basis": "inferred", "source": "own_analysis",
    }  # fmt: skip
