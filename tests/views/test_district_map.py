"""What the map, its card and its counts say is what the record and the geometry say."""

import math

import pyproj
import pytest
import shapely
import shapely.ops

from cmi_core.geography import categories
from cmi_core.store import opening, places
from cmi_core.views import district_map, geometry


@pytest.fixture(scope="module")
def store():
    opened = opening.open_store(":memory:")
    yield opened
    opened.close()


def test_the_candidate_districts_stand_in_front_in_the_order_of_the_report(store):
    assert tuple(district_map.every(store)["place"][:4]) == district_map.IN_FRONT


def test_areas_are_geodesic_and_shown_no_finer_than_the_convention_allows(store):
    rows = district_map.drawn(store).set_index("place")
    for place, listed in {
        "suan_dok": 1.01,
        "nimman": 1.25,
        "mae_kha": 2.28,
        "mae_hia": 1.22,
        "old_town": 2.67,
    }.items():
        shape = shapely.from_geojson(rows.loc[place, "geometry"])
        geodesic = abs(pyproj.Geod(ellps="WGS84").geometry_area_perimeter(shape)[0]) / 1e6
        assert rows.loc[place, "measured_km2"] == pytest.approx(geodesic, rel=1e-6)
        assert rows.loc[place, "measured_km2"] == pytest.approx(listed, abs=0.005)
    assert rows.loc["nimman", "shown_km2"] == 1.0
    assert rows.loc["nimman", "approximate"]
    # 2.67 ± 0.26 km2: the first decimal is the last one known.
    assert rows.loc["old_town", "shown_km2"] == 2.7


def test_a_card_holds_what_is_tied_to_the_place_and_nothing_else(store):
    card = district_map.card(store, "suan_dok")

    assert set(card.means["means"]) == {"d2_m02"}
    assert set(card.kpis["kpi"]) == {"k_d2_areas_served", "k_s1_firms", "k_s1_investment"}
    assert set(card.organisations["organisation"]) == {"nia", "cmu_faculty_medicine", "cmu"}
    assert "smid_opened" in set(card.events["event"])
    assert card.area.approximate
    assert set(card.evidence["source"]) <= set(card.source_codes)


def test_findings_are_given_only_to_the_place_their_wording_names(store):
    assert set(district_map.card(store, "mae_kha").findings["finding"]) == {"f_s_a5", "f_s_s5"}
    assert district_map.card(store, "nimman").findings.empty


def test_a_place_without_outline_has_no_area_and_no_counts(store):
    card = district_map.card(store, "walking_street")

    assert card.area is None
    assert card.area_km2 is None
    assert card.counts.empty


def test_an_unknown_place_is_a_key_error(store):
    with pytest.raises(KeyError):
        district_map.card(store, "atlantis")


def test_counts_grow_with_the_distance_and_agree_with_a_plain_search(store):
    counts = district_map.infrastructure(store)
    wide = counts.pivot_table(index=["place", "family"], columns="metres", values="count")

    assert (wide[0] <= wide[500]).all()
    assert (wide[500] <= wide[1000]).all()
    shape = shapely.from_geojson(district_map.drawn(store).set_index("place").loc["suan_dok", "geometry"])
    inside = [
        row.landmark
        for row in places.landmarks(store).itertuples()
        if shape.covers(shapely.Point(row.lon, row.lat))
    ]
    assert counts[(counts["place"] == "suan_dok") & (counts["metres"] == 0)]["count"].sum() == len(inside) > 5


def test_a_choice_counts_only_what_serves_it(store):
    everything = district_map.served(store).set_index("place")
    connected = district_map.served(store, "index_node:isc_connected").set_index("place")

    assert (connected["within_1000"] <= everything["within_1000"]).all()
    assert connected.loc["nimman", "within_0"] == 3  # Rincome, UNISERV, the co-working cluster
    assert district_map.served(store, "goal:d2_connected_transit")["within_1000"].sum() == 0


def test_every_tie_names_something_that_exists(store):
    known = {(row.kind, row.target) for row in places.targets(store).itertuples()}

    assert {(row.kind, row.target) for row in places.ties(store).itertuples()} <= known
    assert len(places.ties(store)) == 85


def test_every_category_in_the_record_has_a_family_of_its_own(store):
    assert categories.OTHER not in {
        categories.family(row.category) for row in places.landmarks(store).itertuples()
    }


def test_the_map_gets_every_outline_with_its_name_inside_it(store):
    features = geometry.outlines(store)["features"]

    assert len(features) == 9
    for feature in features:
        about = feature["properties"]
        shape = shapely.from_geojson(shapely.to_geojson(shapely.geometry.shape(feature["geometry"])))
        assert shape.covers(shapely.Point(about["lon"], about["lat"]))
        assert about["boundary"] == "indicative"


def test_reach_lies_the_stated_metres_outside_the_outline(store):
    ring = next(
        f
        for f in geometry.reach(store)["features"]
        if f["properties"] == {"place": "suan_dok", "metres": 500}
    )
    outline = next(f for f in geometry.outlines(store)["features"] if f["properties"]["place"] == "suan_dok")
    lon, lat = max(ring["geometry"]["coordinates"][0], key=lambda pair: pair[1])
    near = shapely.ops.nearest_points(shapely.geometry.shape(outline["geometry"]), shapely.Point(lon, lat))[0]
    metres = pyproj.Geod(ellps="WGS84").inv(lon, lat, near.x, near.y)[2]

    assert math.isclose(metres, 500, rel_tol=0.01)


def test_points_carry_what_they_serve(store):
    features = {f["properties"]["landmark"]: f["properties"] for f in geometry.points(store)["features"]}

    assert len(features) == 60
    assert features["rail_station"]["serves"] == ["goal:d2_connected_transit", "index_node:isc_connected"]
    assert features["maharaj"]["family"] == "health"
