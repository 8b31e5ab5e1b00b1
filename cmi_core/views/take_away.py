"""The map as files: outlines and points with their licence and their caution inside."""

import json
from collections.abc import Callable
from typing import Any

import geopandas
import pandas as pd
import shapely

from cmi_core.geography import export
from cmi_core.store import Store, sources
from cmi_core.views import district_map, geometry

Say = Callable[..., str]
OUTLINE_COLUMNS = (
    "place", "kind", "name_th", "name_en", "focus_th", "focus_en", "lead_th", "lead_en", "rank_group", "status_th", "status_en",
    "extent_th", "extent_en", "boundary_kind", "accuracy_m", "valid_from", "licence", "basis", "source", "boundary_source",
)  # fmt: skip
POINT_COLUMNS = (
    "landmark", "name_th", "name_en", "category", "family", "place", "accuracy_m", "coordinate_source", "basis", "source",
)  # fmt: skip


def outlines(store: Store, *, only: tuple[str, ...] = ()) -> geopandas.GeoDataFrame:
    """Every drawn place with its shape; `only` names some of them."""
    rows = district_map.drawn(store)
    if only:
        rows = rows[rows["place"].isin(only)]
    shapes = [shapely.from_geojson(text) for text in rows["geometry"]]
    made = rows[list(OUTLINE_COLUMNS)].assign(
        boundary_producer=_of_source(store, rows["boundary_source"], "producer")
    )
    return geopandas.GeoDataFrame(made, geometry=shapes, crs=4326)


def points(store: Store) -> geopandas.GeoDataFrame:
    """Every landmark as a point."""
    rows = district_map.landmarks(store)
    shapes = geopandas.points_from_xy(rows["lon"], rows["lat"])
    made = rows[list(POINT_COLUMNS)].assign(
        producer=_of_source(store, rows["source"], "producer"),
        licence=_of_source(store, rows["source"], "licence"),
    )
    return geopandas.GeoDataFrame(made, geometry=shapes, crs=4326)


def outlines_geojson(store: Store, say: Say) -> bytes:
    """The outlines as GeoJSON."""
    return export.to_geojson(outlines(store), name=say("map.file_outlines"), **_notes(say))


def outlines_csv(store: Store, say: Say) -> bytes:
    """The outlines' facts as CSV, with a point inside each."""
    return export.to_csv(outlines(store), **_notes(say))


def points_geojson(store: Store, say: Say) -> bytes:
    """The landmarks as GeoJSON."""
    return export.to_geojson(points(store), name=say("map.file_points"), **_notes(say))


def points_csv(store: Store, say: Say) -> bytes:
    """The landmarks as CSV."""
    return export.to_csv(points(store), **_notes(say))


def picture_features(store: Store, language: str) -> list[dict[str, Any]]:
    """
    All shapes of the still picture as Vega rows: kind (road, moat, canal, river, a district, area, a family), name, order.

    Vega reads rings clockwise, the other way round than GeoJSON: an outline wound the GeoJSON way would fill the globe.
    """
    rows = [_row(feature, feature["properties"]["kind"], "") for feature in geometry.context()["features"]]
    for feature in geometry.outlines(store)["features"]:
        about = feature["properties"]
        kind = about["place"] if about["place"] in district_map.IN_FRONT else "area"
        rows.append(
            _row(feature, kind, about[f"name_{language}"].split(" (")[0])
            | {"lon": about["lon"], "lat": about["lat"], "boundary": about["boundary"]}
        )
    rows += [
        _row(feature, feature["properties"]["family"], "") for feature in geometry.points(store)["features"]
    ]
    return rows


def _of_source(store: Store, codes: pd.Series, column: str) -> pd.Series:
    """What the sources of these codes say of themselves: whoever takes a file away has to name them."""
    return codes.map(sources.every(store).set_index("source")[column])


def _row(feature: dict[str, Any], kind: str, name: str) -> dict[str, Any]:
    shape = shapely.from_geojson(json.dumps(feature["geometry"]))
    turned = (
        shapely.orient_polygons(shape, exterior_cw=True) if shape.geom_type.endswith("Polygon") else shape
    )
    return {"type": "Feature", "geometry": json.loads(shapely.to_geojson(turned)), "kind": kind, "name": name}


def _notes(say: Say) -> dict[str, str]:
    return {"licence": say("map.file_licence"), "note": say("map.file_note")}
