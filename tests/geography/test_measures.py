"""Measures on the ground, compared with pyproj and with what the geography's own note states."""

import time
from pathlib import Path

import geopandas
import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from cmi_core.geography import measures

GEOD = pyproj.Geod(ellps="WGS84")
PLACES = Path(__file__).parents[2] / "geo" / "places.geojson"
STATED_KM2 = {
    "suan_dok": 1.01,
    "nimman": 1.25,
    "mae_kha": 2.28,
    "mae_hia": 1.22,
    "old_town": 2.67,
    "smart_cmu": 2.45,
    "doi_saket_craft": 27.1,
    "mae_on_craft": 19.8,
    "maejo_agri": 4.3,
}


@pytest.fixture(scope="module")
def places():
    return geopandas.read_file(PLACES).set_index("code")


def test_the_outlines_have_the_areas_their_note_states(places):
    assert set(places.index) == set(STATED_KM2)
    for code, stated in STATED_KM2.items():
        digits = len(str(stated).partition(".")[2])
        assert round(measures.area_km2(places.geometry[code]), digits) == stated, code


def test_areas_are_pyproj_geodesics(places):
    for shape in places.geometry:
        expected = abs(GEOD.geometry_area_perimeter(shape)[0]) / 1e6
        assert measures.area_km2(shape) == pytest.approx(expected, rel=1e-6)


@settings(deadline=None)  # the machine may be shared
@given(st.floats(98, 99.5), st.floats(17.5, 20), st.floats(0.001, 0.3), st.floats(0.001, 0.3))
def test_area_is_the_geodesic_one_whichever_way_the_ring_runs(west, south, width, height):
    shape = box(west, south, west + width, south + height)
    expected = abs(GEOD.geometry_area_perimeter(shape)[0]) / 1e6
    assert measures.area_km2(shape) == pytest.approx(expected, rel=1e-6)
    assert measures.area_km2(shape.reverse()) == pytest.approx(expected, rel=1e-6)


def test_holes_come_off_and_parts_add_up():
    whole, hole = box(98.9, 18.7, 99, 18.8), box(98.94, 18.74, 98.96, 18.76)
    rest = measures.area_km2(whole) - measures.area_km2(hole)
    assert measures.area_km2(Polygon(whole.exterior, [hole.exterior.coords])) == pytest.approx(rest, rel=1e-9)
    assert measures.area_km2(whole.difference(hole)) == pytest.approx(rest, rel=1e-6)
    pair = MultiPolygon([whole, box(99.1, 18.7, 99.2, 18.8)])
    assert measures.area_km2(pair) == pytest.approx(2 * measures.area_km2(whole), rel=1e-9)
    assert measures.area_km2(Point(99, 18)) == 0


def test_utm_would_be_short_and_mercator_long():
    """Why areas are geodesic: 0.08 % and 12 % at Chiang Mai (k = 0.9996 squared; secant of 18.8 squared)."""
    shape = geopandas.GeoSeries([box(98.99, 18.79, 99.0, 18.8)], crs=4326)
    true = measures.area_km2(shape[0])
    assert shape.to_crs(32647).area[0] / 1e6 / true == pytest.approx(0.9992, abs=0.0001)
    assert shape.to_crs(3857).area[0] / 1e6 / true == pytest.approx(1.12, abs=0.01)


def test_perimeter_counts_every_ring():
    whole = box(98.9, 18.7, 99, 18.8)
    assert measures.perimeter_km(whole) == pytest.approx(GEOD.geometry_length(whole.exterior) / 1e3)
    ring = Polygon(whole.exterior, [box(98.94, 18.74, 98.96, 18.76).exterior.coords])
    assert measures.perimeter_km(ring) > measures.perimeter_km(whole)


def test_a_rai_is_1600_square_metres():
    assert measures.rai(1) == 1_000_000 / 1_600


# ---------------------------------------------------------------- never finer than known


@settings(deadline=None)  # the machine may be shared
@given(st.floats(0.01, 1e6), st.floats(0.001, 1e5))
def test_rounding_keeps_the_place_of_the_uncertainty_and_no_finer(value, uncertainty):
    place = 10 ** np.floor(np.log10(uncertainty))
    shown = measures.rounded(value, uncertainty=uncertainty)
    assert abs(shown - value) <= place / 2 * (1 + 1e-6) + 1e-9
    assert shown / place == pytest.approx(round(shown / place), abs=1e-6)


def test_a_convention_is_shown_to_one_figure():
    shown = measures.shown_area(27.091, boundary_kind="indicative")
    assert (shown.km2, shown.rai, shown.approximate) == (30.0, 20_000.0, True)


def test_a_drawn_physical_line_is_shown_as_finely_as_it_was_drawn(places):
    moat = places.geometry["old_town"]
    uncertainty = measures.area_uncertainty_km2(moat, accuracy_m=40)
    assert uncertainty == pytest.approx(0.26, abs=0.01)
    shown = measures.shown_area(
        2.671, boundary_kind="indicative", uncertainty=uncertainty, is_convention=False
    )
    assert (shown.km2, shown.rai, shown.approximate) == (2.7, 1700.0, True)


def test_an_official_outline_is_shown_in_full():
    shown = measures.shown_area(40.216, boundary_kind="official")
    assert (shown.km2, shown.rai, shown.approximate) == (40.216, pytest.approx(25_135), False)


# ---------------------------------------------------------------- distances, buffers, neighbours


def test_distance_between_two_points_of_150_m_is_known_to_210_m():
    found = measures.distance((98.9742, 18.7905), (98.9854, 18.7883), accuracy_m=(150, 150))
    assert found.metres == pytest.approx(GEOD.inv(98.9742, 18.7905, 98.9854, 18.7883)[2])
    assert round(found.uncertainty_m, -1) == 210
    assert found.shown_m == round(found.metres, -2)


def test_a_buffer_is_as_wide_as_asked():
    around = measures.buffer(Point(98.98, 18.79), 1_000)
    reach = [GEOD.inv(98.98, 18.79, *corner)[2] for corner in around.exterior.coords]
    assert min(reach) == pytest.approx(1_000, rel=0.001)
    assert max(reach) == pytest.approx(1_000, rel=0.001)
    corridor = measures.buffer(LineString([(98.98, 18.79), (98.98, 18.80)]), 150)
    assert measures.area_km2(corridor) == pytest.approx(0.3 * 1.1068 + np.pi * 0.15**2, rel=0.005)


def test_near_counts_points_inside_and_around():
    area = box(98.97, 18.79, 98.98, 18.80)
    east = [(98.98 + metres / 105_400, 18.795) for metres in (-10, 400, 900, 1_100)]
    assert measures.near(east, area, 500) == 2
    assert measures.PointIndex(east).counts(area) == {500: 2, 1_000: 3}
    assert measures.PointIndex(east).inside(area) == [0]
    assert measures.near([], area, 500) == 0


def test_near_agrees_with_geodesics_at_the_edge():
    rng = np.random.default_rng(7)
    points = [tuple(pair) for pair in rng.uniform((98.9, 18.7), (99.1, 18.9), (400, 2))]
    index = measures.PointIndex(points)
    for metres in (500, 1_000, 5_000):
        found = set(index.near(Point(99.0, 18.8), metres))
        true = {n for n, pair in enumerate(points) if GEOD.inv(99.0, 18.8, *pair)[2] <= metres}
        within_scale = {
            n for n in found ^ true if abs(GEOD.inv(99.0, 18.8, *points[n])[2] / metres - 1) < 0.001
        }
        assert found ^ true == within_scale


def test_7000_points_and_nine_districts_are_counted_at_once(places):
    rng = np.random.default_rng(7)
    points = [tuple(pair) for pair in rng.uniform((98.9, 18.7), (99.3, 18.95), (7_000, 2))]
    began = time.process_time()
    index = measures.PointIndex(points)
    counted = [index.counts(shape) for shape in places.geometry]
    assert time.process_time() - began < 1
    assert all(counts[500] <= counts[1_000] for counts in counted)


def test_each_point_finds_its_district():
    areas = [box(98.97, 18.79, 98.98, 18.80), box(98.98, 18.79, 98.99, 18.80)]
    points = [(98.975, 18.795), (98.985, 18.795), (98.98, 18.795), (99.5, 18.5)]
    assert measures.PointIndex(points).districts(areas) == [0, 1, 0, None]
    assert shapely.covers(areas[0], Point(points[2]))
