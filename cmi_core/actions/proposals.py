"""Participatory mapping: somebody proposes, an editor decides."""

import json
from datetime import datetime

import shapely

from cmi_core.errors import ObservationError, StaleEdit
from cmi_core.measures import THAILAND_ROUGHLY
from cmi_core.roles import Account, require
from cmi_core.store import Store, places, proposals, record

THEMES = ("infrastructure", "space", "problem", "idea", "heritage", "green")
_KINDS = {"Point": "point", "LineString": "line", "Polygon": "area"}
_MOST_CORNERS = 2_000


def propose(
    store: Store,
    actor: Account | None,
    *,
    geometry: str,
    title: str,
    comment: str,
    theme: str,
    organisation: str | None,
    workshop: str,
    note: str,
    at: datetime,
) -> int:
    """Keep a drawn point, line or area (GeoJSON) as an open proposal; one entry. Raises ObservationError."""
    by = require(actor, "propose_place")
    shape = drawn_shape(geometry)
    if not title.strip():
        raise ObservationError("proposal_title")
    if theme not in THEMES:
        raise ObservationError("proposal_theme", theme=theme)
    with store.writing() as cursor:
        line = {
            "proposal": proposals.add_code(cursor),
            "kind": _KINDS[shape.geom_type],
            "geometry": shapely.to_geojson(shape),
            "title": title.strip(),
            "comment": comment.strip() or None,
            "theme": theme,
            "organisation": organisation,
            "workshop": workshop.strip() or None,
            "state": "open",
        }
        return record.append(
            cursor, {"proposal_line": [line]}, deed="propose_place", by=by.account, at=at, note=note
        )


def decide(
    store: Store,
    actor: Account | None,
    *,
    proposal: str,
    accept: bool,
    category: str,
    name_en: str,
    note: str,
    seen: int,
    at: datetime,
) -> int:
    """
    Accept a proposed point as a landmark, or decline any proposal; one entry.

    Raises StaleEdit when somebody decided meanwhile, ObservationError when a line or area is to become a point.
    """
    by = require(actor, "edit_place")
    with store.writing() as cursor:
        held = proposals.line_of(store, proposal)
        if not held or held["entry"] != seen or held["state"] != "open":
            raise StaleEdit("proposal_stale", proposal=proposal)
        line = {name: _plain(value) for name, value in held.items() if name != "entry"}
        if not accept:
            lines = {"proposal_line": [line | {"state": "declined"}]}
            return record.append(cursor, lines, deed="decline_proposal", by=by.account, at=at, note=note)
        if held["kind"] != "point":
            raise ObservationError("proposal_not_point")
        code = f"{proposal}_{category}"
        places.add_landmark(cursor, code)
        lines = {
            "proposal_line": [line | {"state": "accepted", "became": code}],
            "landmark_line": [_landmark(line, code, category=category, name_en=name_en)],
        }
        return record.append(cursor, lines, deed="accept_proposal", by=by.account, at=at, note=note)


def drawn_shape(geometry: str) -> shapely.Geometry:
    """A point, line or area that can be kept. Raises ObservationError with what is wrong."""
    try:
        shape = shapely.from_geojson(json.dumps(json.loads(geometry)))
    except (ValueError, TypeError, shapely.errors.GEOSException) as cause:
        raise ObservationError("proposal_geometry") from cause
    if shape is None or shape.is_empty or shape.geom_type not in _KINDS or not shape.is_valid:
        raise ObservationError("proposal_geometry")
    west, south, east, north = THAILAND_ROUGHLY
    low_x, low_y, high_x, high_y = shape.bounds
    if not (west <= low_x <= high_x <= east and south <= low_y <= high_y <= north):
        raise ObservationError("proposal_outside")
    if shapely.get_num_coordinates(shape) > _MOST_CORNERS:
        raise ObservationError("proposal_large", limit=_MOST_CORNERS)
    return shapely.force_2d(shape)


def _landmark(line: dict[str, object], code: str, *, category: str, name_en: str) -> dict[str, object]:
    point = shapely.from_geojson(str(line["geometry"]))
    return {
        "landmark": code,
        "name_th": line["title"],
        "name_en": name_en.strip() or line["title"],
        "category": category,
        "lon": point.x,
        "lat": point.y,
        "coordinate_source": line["workshop"],
        "active": True,
        "basis": "inferred",
        "source": "own_digitisation",
    }


def _plain(value: object) -> object:
    return None if value != value else value
