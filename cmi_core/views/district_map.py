"""Which districts are there, what is known of each, and what infrastructure stands in and around it?"""

from dataclasses import dataclass
from typing import Any

import pandas as pd
import shapely

from cmi_core.geography import categories
from cmi_core.geography.measures import (
    NEAR_METRES,
    PointIndex,
    ShownArea,
    area_km2,
    area_uncertainty_km2,
    perimeter_km,
    shown_area,
)
from cmi_core.store import Store, places
from cmi_core.views.versioned_cache import VersionedCache

# The order in which the founding report's candidates are shown; others follow by rank and name.
IN_FRONT = ("suan_dok", "nimman", "mae_kha", "mae_hia")
INSIDE = 0
WITHIN = (INSIDE, *NEAR_METRES)
ALL = "all"
# Every card asks for the counts of all places: with thousands of points they are worth keeping.
_COUNTED = VersionedCache(most=32)


@dataclass(frozen=True)
class Card:
    """What is known of one place. Tables are empty where nothing is known."""

    about: Any
    area: ShownArea | None
    area_km2: float | None
    perimeter_km: float | None
    area_uncertainty_km2: float | None
    organisations: pd.DataFrame
    means: pd.DataFrame
    kpis: pd.DataFrame
    findings: pd.DataFrame
    events: pd.DataFrame
    evidence: pd.DataFrame
    counts: pd.DataFrame
    source_codes: tuple[str, ...]


def every(store: Store) -> pd.DataFrame:
    """All places, the candidate districts in front in the report's order, with their measured areas."""
    rows = places.every(store)
    front = {place: number for number, place in enumerate(IN_FRONT)}
    order = [
        (rank, front.get(place, len(front)), place)
        for rank, place in zip(rows["rank_group"], rows["place"], strict=True)
    ]
    measured = [_area(row) for row in rows.itertuples()]
    rows = rows.assign(
        order=pd.Series(order, dtype=object),
        measured_km2=[found[0] for found in measured],
        shown_km2=[found[1].km2 if found[1] else None for found in measured],
        shown_rai=[found[1].rai if found[1] else None for found in measured],
        approximate=[bool(found[1] and found[1].approximate) for found in measured],
    )
    return rows.sort_values("order", kind="stable").drop(columns="order").reset_index(drop=True)


def drawn(store: Store) -> pd.DataFrame:
    """The places that have an outline."""
    rows = every(store)
    return rows[rows["geometry"].notna()].reset_index(drop=True)


def card(store: Store, place: str) -> Card:
    """All that is known of one place. Raises KeyError when there is no such place."""
    rows = every(store)
    found = rows[rows["place"] == place]
    if found.empty:
        raise KeyError(place)
    about = next(found.itertuples(index=False, name="Place"))
    shape = shapely.from_geojson(about.geometry) if isinstance(about.geometry, str) else None
    measured, shown = _area(about)
    tied = {
        "organisations": _of(places.organisations(store), place),
        "means": _of(places.means(store), place),
        "kpis": _of(places.kpis(store), place),
        "evidence": _of(places.evidence(store), place),
    }
    counts = infrastructure(store)
    named = _names(about)
    return Card(
        about=dict(zip(found.columns, about, strict=True)),
        area=shown,
        area_km2=measured,
        perimeter_km=perimeter_km(shape) if shape else None,
        area_uncertainty_km2=area_uncertainty_km2(shape, accuracy_m=about.accuracy_m)
        if shape and about.accuracy_m
        else None,
        findings=_naming(places.findings(store), named, ("name_th", "name_en")),
        events=_naming(places.events(store), named, ("name_th", "name_en")),
        counts=counts[counts["place"] == place],
        source_codes=_sources(about, tied),
        **tied,
    )


def landmarks(store: Store) -> pd.DataFrame:
    """Every landmark with its family and the name of its district."""
    rows = places.landmarks(store)
    names = places.every(store)[["place", "name_th", "name_en"]].set_axis(
        ["place", "place_th", "place_en"], axis=1
    )
    rows = rows.assign(family=[categories.family(category) for category in rows["category"]])
    return rows.merge(names, on="place", how="left")


def targets(store: Store) -> pd.DataFrame:
    """The dimensions, goals and means that something on the map serves, with how many points do."""
    tied = places.ties(store).groupby(["kind", "target"], as_index=False).agg(points=("landmark", "size"))
    return places.targets(store).merge(tied, on=["kind", "target"], how="inner")


def infrastructure(store: Store, serves: str = ALL) -> pd.DataFrame:
    """
    How many landmarks lie in each outline and within 500 m and 1 km of it: place, family, metres, count.

    `metres` 0 is inside the outline; families without a landmark there are counted as 0. `serves`
    ("index_node:isc_connected", "goal:d3_green_city") counts only points tied to that.
    """
    return _COUNTED.get(store, serves, lambda: _counted(store, serves))


def _counted(store: Store, serves: str) -> pd.DataFrame:
    points = _serving(store, serves)
    outlines = drawn(store)
    index = PointIndex(list(zip(points["lon"], points["lat"], strict=True)))
    families = points["family"].to_numpy()
    rows = []
    for place in outlines.itertuples():
        shape = shapely.from_geojson(place.geometry)
        for metres in WITHIN:
            near = index.inside(shape) if metres == INSIDE else index.near(shape, metres)
            found = pd.Series(families[near]).value_counts()
            rows += [
                {"place": place.place, "family": family, "metres": metres, "count": int(found.get(family, 0))}
                for family in categories.ALL
            ]
    return pd.DataFrame(rows, columns=["place", "family", "metres", "count"])


def served(store: Store, serves: str = ALL) -> pd.DataFrame:
    """Per place: how many points serve the choice inside its outline and within 500 m and 1 km."""
    totals = infrastructure(store, serves).groupby(["place", "metres"])["count"].sum().unstack("metres")
    totals = totals.rename(columns={metres: f"within_{metres}" for metres in WITHIN}).reset_index()
    names = drawn(store)[["place", "name_th", "name_en", "rank_group", "boundary_kind"]]
    return names.merge(totals, on="place", how="left")


def strategy_findings(store: Store) -> pd.DataFrame:
    """Strengths and challenges that the workshops found for all districts: the strategy Driving Spaces."""
    rows = places.findings(store)
    return rows[
        (rows["strategy"] == "driving_spaces") & rows["kind"].isin(["strength", "challenge", "opportunity"])
    ]


def _serving(store: Store, serves: str) -> pd.DataFrame:
    points = landmarks(store)
    if serves == ALL:
        return points
    kind, _, target = serves.partition(":")
    tied = places.ties(store)
    wanted = tied[(tied["kind"] == kind) & (tied["target"] == target)]["landmark"]
    return points[points["landmark"].isin(wanted)].reset_index(drop=True)


def _area(row: Any) -> tuple[float | None, ShownArea | None]:
    """The measured area, and as it may be shown; without an outline there is neither."""
    if not isinstance(row.geometry, str):
        return None, None
    shape = shapely.from_geojson(row.geometry)
    measured = area_km2(shape)
    known = row.accuracy_m is not None and row.accuracy_m == row.accuracy_m
    off = area_uncertainty_km2(shape, accuracy_m=row.accuracy_m) if known else 0.0
    convention = row.basis == "inferred"
    return measured, shown_area(
        measured, boundary_kind=row.boundary_kind, uncertainty=off, is_convention=convention
    )


def _of(rows: pd.DataFrame, place: str) -> pd.DataFrame:
    return rows[rows["place"] == place].reset_index(drop=True)


def _names(about: Any) -> tuple[str, ...]:
    """Names by which the report's sentences would call the place: without what stands in brackets."""
    return tuple(name.split(" (")[0] for name in (about.name_th, about.name_en))


def _naming(rows: pd.DataFrame, names: tuple[str, ...], columns: tuple[str, ...]) -> pd.DataFrame:
    """The rows whose own wording names the place: nothing is attributed that the source does not say."""
    said = [
        any(name in (getattr(row, column) or "") for name, column in zip(names, columns, strict=True))
        for row in rows.itertuples()
    ]
    return rows[pd.Series(said, index=rows.index, dtype=bool)].reset_index(drop=True)


def _sources(about: Any, tied: dict[str, pd.DataFrame]) -> tuple[str, ...]:
    codes = {about.source, *(code for rows in tied.values() for code in rows["source"])}
    return tuple(sorted(code for code in codes | {about.boundary_source} if isinstance(code, str)))
