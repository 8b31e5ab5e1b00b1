"""Participatory mapping: somebody proposes, an editor decides."""

import json
from datetime import datetime
from typing import Any

import shapely

from cmi_core import text
from cmi_core.accounts.roles import Account, require
from cmi_core.actions.authority import acting
from cmi_core.errors import ObservationError, StaleEdit
from cmi_core.geography.measures import THAILAND_ROUGHLY, buffer
from cmi_core.store import Store, places, proposals, record
from cmi_core.tables.outside_json import read_json
from cmi_core.text.typed import typed

THEMES = ("infrastructure", "space", "problem", "idea", "heritage", "green")
_KINDS = {"Point": "point", "LineString": "line", "Polygon": "area"}
_MOST_CORNERS = 2_000
MOST_METRES = 5_000
GRID_DEGREES = 1e-7  # about 1 cm, as uploaded boundaries are kept
# The page's own name in the language of the data, where nobody else is known to have proposed something.
_ON_THE_MAP = text.translator(text.LANGUAGES[0])("participatory_map.title")
SINCE_THE_PLAN = 3  # the rank group of what came after the report


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
    require(actor, "propose_place")
    shape = drawn_shape(geometry)
    if not title.strip():
        raise ObservationError("proposal_title")
    if theme not in THEMES:
        raise ObservationError("proposal_theme", theme=theme)
    with acting(store, actor, "propose_place") as (cursor, by):
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


def accept_as_landmark(
    store: Store,
    actor: Account | None,
    *,
    proposal: str,
    category: str,
    name_en: str,
    note: str,
    seen: int,
    at: datetime,
) -> int:
    """A proposed point becomes a landmark, as one entry. Raises StaleEdit when somebody decided meanwhile."""
    with acting(store, actor, "edit_place") as (cursor, by):
        line = _open_line(store, proposal, seen)
        if line["kind"] != "point":
            raise ObservationError("proposal_not_point")
        code = f"{proposal}_{category}"
        if code not in places.landmark_codes(store):  # an acceptance that was undone has left its code
            places.add_landmark(cursor, code)
        source = _source(store, cursor, line, by, at)
        lines = {
            "proposal_line": [line | {"state": "accepted", "became": code}],
            "landmark_line": [_landmark(line, code, category=category, name_en=name_en, source=source)],
        }
        return record.append(cursor, lines, deed="accept_proposal", by=by.account, at=at, note=note)


def accept_as_place(
    store: Store,
    actor: Account | None,
    *,
    proposal: str,
    name_en: str,
    corridor_m: float | None,
    accuracy_m: float | None,
    extent: tuple[str, str],
    note: str,
    seen: int,
    at: datetime,
) -> int:
    """
    A proposed line or area becomes a place with a boundary of kind `user`, as one entry.

    A line becomes the ground within `corridor_m` of it. `accuracy_m` says how far the drawn line may be off;
    `extent` how the boundary was set, in Thai and English. Raises ObservationError where either is missing.
    """
    with acting(store, actor, "edit_place") as (cursor, by):
        line = _open_line(store, proposal, seen)
        if line["kind"] == "point":
            raise ObservationError("proposal_is_point")
        if accuracy_m is None or not 0 < accuracy_m <= MOST_METRES:
            raise ObservationError("proposal_accuracy", limit=MOST_METRES)
        area = _area(line, corridor_m)
        code = f"{proposal}_place"
        places.add_place(cursor, code)
        source = _source(store, cursor, line, by, at)
        boundary = {
            "place": code, "boundary_kind": "user", "geometry": shapely.to_geojson(area), "accuracy_m": float(accuracy_m),
            "source": source,
        }  # fmt: skip
        lines = {
            "proposal_line": [line | {"state": "accepted", "became": code}],
            "place_line": [_place(line, code, name_en=name_en, extent=extent, source=source)],
            "boundary_line": [boundary],
        }
        return record.append(cursor, lines, deed="accept_proposal", by=by.account, at=at, note=note)


def decline(store: Store, actor: Account | None, *, proposal: str, note: str, seen: int, at: datetime) -> int:
    """Keep a proposal as declined, as one entry. Raises StaleEdit when somebody decided meanwhile."""
    with acting(store, actor, "edit_place") as (cursor, by):
        line = _open_line(store, proposal, seen)
        lines = {"proposal_line": [line | {"state": "declined"}]}
        return record.append(cursor, lines, deed="decline_proposal", by=by.account, at=at, note=note)


def drawn_shape(geometry: str) -> shapely.Geometry:
    """A point, line or area that can be kept. Raises ObservationError with what is wrong."""
    drawn = read_json(geometry, ObservationError("proposal_geometry"))
    try:
        shape = shapely.from_geojson(json.dumps(drawn))
    except (ValueError, TypeError, RecursionError, shapely.errors.GEOSException) as cause:
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


def _open_line(store: Store, proposal: str, seen: int) -> dict[str, object]:
    """The proposal as it stands, if it is the one that was looked at and nobody has decided."""
    held = proposals.line_of(store, proposal)
    if not held or held["entry"] != seen or held["state"] != "open":
        raise StaleEdit("proposal_stale", proposal=proposal)
    return {name: _plain(value) for name, value in held.items() if name != "entry"}


def _area(line: dict[str, object], corridor_m: float | None) -> shapely.Geometry:
    shape = shapely.from_geojson(str(line["geometry"]))
    if line["kind"] == "line":
        if corridor_m is None or not 0 < corridor_m <= MOST_METRES:
            raise ObservationError("proposal_corridor", limit=MOST_METRES)
        shape = shapely.set_precision(buffer(shape, corridor_m), GRID_DEGREES)
    return shapely.orient_polygons(shape)


def _source(store: Store, cursor: Any, line: dict[str, object], by: Account, at: datetime) -> str:
    """The proposal as the source of what it becomes."""
    source = f"proposal_{line['proposal']}"
    places.add_source(
        cursor, source, producer=typed("producer", _proposed_by(store, line, by)), title=typed("title", str(line["title"])),
        licence=None, accessed=at.date(),
    )  # fmt: skip
    return source


def _proposed_by(store: Store, line: dict[str, object], by: Account) -> str:
    """
    Who proposed it: the organisation, else the meeting, else the organisation of whoever accepts, else people on the map.

    A source stays for good and is read by everybody: nobody's name stands in it.
    """
    named = proposals.organisation_name(store, line["organisation"]) or line["workshop"]
    return str(named or proposals.organisation_name(store, by.organisation) or _ON_THE_MAP)


def _place(
    line: dict[str, object], code: str, *, name_en: str, extent: tuple[str, str], source: str
) -> dict[str, object]:
    return {
        "place": code,
        "kind": "innovation_area",
        "name_th": line["title"],
        "name_en": name_en.strip() or line["title"],
        "rank_group": SINCE_THE_PLAN,
        "extent_th": extent[0],
        "extent_en": extent[1],
        "active": True,
        "basis": "stated",
        "source": source,
    }


def _landmark(
    line: dict[str, object], code: str, *, category: str, name_en: str, source: str
) -> dict[str, object]:
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
        "basis": "stated",
        "source": source,
    }


def _plain(value: object) -> object:
    return None if value != value else value
