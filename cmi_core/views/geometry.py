"""Places, landmarks and context as GeoJSON for the map: names in both languages, so that a switch fetches nothing."""

import json
from functools import cache
from typing import Any

import shapely

from cmi_core.geography.categories import family
from cmi_core.geography.measures import NEAR_METRES, buffer
from cmi_core.store import Store, places, proposals
from cmi_core.store.opening import ROOT

CONTEXT = ROOT / "geo" / "context.geojson"
DECIMALS = 6  # about 10 cm


def outlines(store: Store) -> dict[str, Any]:
    """The outline in force of every place that has one; `lon` and `lat` say where its name stands."""
    features = []
    for row in _drawn(store):
        shape = shapely.from_geojson(row.geometry)
        inside = shapely.get_point(shapely.maximum_inscribed_circle(shape), 0)
        features.append(
            _feature(
                json.loads(row.geometry),
                place=row.place,
                name_th=row.name_th,
                name_en=row.name_en,
                kind=row.kind,
                rank=int(row.rank_group),
                boundary=row.boundary_kind,
                accuracy_m=row.accuracy_m,
                lon=round(inside.x, DECIMALS),
                lat=round(inside.y, DECIMALS),
            )
        )
    return _collection(features)


def reach(store: Store) -> dict[str, Any]:
    """The ground within 500 m and 1 km of each outline."""
    return _collection(
        [
            _feature(
                json.loads(shapely.to_geojson(shapely.set_precision(buffer(shape, metres), 1e-6))),
                place=row.place,
                metres=metres,
            )
            for row in _drawn(store)
            for shape in [shapely.from_geojson(row.geometry)]
            for metres in NEAR_METRES
        ]
    )


def points(store: Store) -> dict[str, Any]:
    """Every landmark with its family and what it serves."""
    serves: dict[str, list[str]] = {}
    for tie in places.ties(store).itertuples():
        serves.setdefault(tie.landmark, []).append(f"{tie.kind}:{tie.target}")
    return _collection(
        [
            _feature(
                {"type": "Point", "coordinates": [row.lon, row.lat]},
                landmark=row.landmark,
                name_th=row.name_th,
                name_en=row.name_en,
                category=row.category,
                family=family(row.category),
                accuracy_m=row.accuracy_m,
                serves=serves.get(row.landmark, []),
            )
            for row in places.landmarks(store).itertuples()
        ]
    )


def proposed(store: Store) -> dict[str, Any]:
    """What people propose: apart from places and landmarks, and never counted with them."""
    return _collection(
        [
            _feature(
                json.loads(row.geometry),
                proposal=row.proposal,
                title=row.title,
                state=row.state,
                theme=row.theme,
                by_th=row.organisation_th or row.workshop,
                by_en=row.organisation_en or row.workshop,
            )
            for row in proposals.every(store).itertuples()
            if row.state == "open"
        ]
    )


@cache
def context() -> dict[str, Any]:
    """Moat, river, canal and roads, as drawn by the project."""
    return json.loads(CONTEXT.read_text(encoding="utf-8"))


def bounds(store: Store) -> tuple[float, float, float, float]:
    """West, south, east, north around the candidate districts; around everything where there is none."""
    drawn = _drawn(store)
    front = [row for row in drawn if row.rank_group == 1] or drawn
    return tuple(shapely.total_bounds([shapely.from_geojson(row.geometry) for row in front]).tolist())


def _drawn(store: Store) -> list[Any]:
    return [row for row in places.every(store).itertuples() if isinstance(row.geometry, str)]


def _feature(geometry: dict[str, Any], **properties: object) -> dict[str, Any]:
    known = {name: value for name, value in properties.items() if value is not None and value == value}
    return {"type": "Feature", "properties": known, "geometry": geometry}


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}
