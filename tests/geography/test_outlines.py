"""The project's own geography: codes agree, shapes are sound, points lie where they say."""

import csv
import json
from itertools import combinations
from pathlib import Path

import geopandas
import pytest
import shapely

from cmi_core.geography.measures import area_km2

ROOT = Path(__file__).parents[2]
PLAN_FACTS = ROOT.parent / "shared" / "reference" / "plan_facts.yaml"
CONTEXT_KINDS = {"moat", "river", "canal", "road"}


def table(name):
    with (ROOT / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def outlines():
    return geopandas.read_file(ROOT / "geo" / "places.geojson").set_index("code").geometry


def test_every_outline_is_a_place_called_indicative(outlines):
    document = json.loads((ROOT / "geo" / "places.geojson").read_text(encoding="utf-8"))
    drawn = {feature["properties"]["code"]: feature["properties"] for feature in document["features"]}
    assert set(drawn) == set(outlines.index) <= {row["place"] for row in table("place")}
    assert {about["boundary_kind"] for about in drawn.values()} == {"indicative"}
    assert all(about["positional_uncertainty_m"] > 0 for about in drawn.values())


def test_outlines_have_the_areas_they_were_published_with(outlines):
    """As listed when they were drawn; measured geodesically."""
    listed = {"suan_dok": 1.01, "nimman": 1.25, "mae_kha": 2.28, "mae_hia": 1.22, "old_town": 2.67,
              "smart_cmu": 2.45, "doi_saket_craft": 27.1, "mae_on_craft": 19.8, "maejo_agri": 4.3}  # fmt: skip
    for code, shape in outlines.items():
        assert area_km2(shape) == pytest.approx(listed[code], abs=0.05 if listed[code] > 3 else 0.005)


def test_outlines_are_valid_counter_clockwise_and_apart(outlines):
    assert outlines.is_valid.all()
    assert all(shapely.is_ccw(shape.exterior) for shape in outlines)
    assert all(area_km2(a.intersection(b)) <= 1e-6 for a, b in combinations(outlines, 2))


def test_every_landmark_lies_in_the_place_it_names(outlines):
    landmarks = table("landmark_line")
    assert len(landmarks) == len({row["landmark"] for row in landmarks}) == 60
    for row in landmarks:
        assert row["basis"] in {"stated", "inferred"}
        if row["place"]:
            point = shapely.Point(float(row["lon"]), float(row["lat"]))
            assert outlines[row["place"]].covers(point), row["landmark"]


def test_context_lines_have_names_and_kinds():
    context = geopandas.read_file(ROOT / "geo" / "context.geojson")
    assert set(context["kind"]) == CONTEXT_KINDS
    assert (context["kind"] == "road").sum() == 11
    assert context[["code", "name_th", "name_en", "accuracy_m"]].notna().all(axis=None)


def test_places_are_told_in_both_languages():
    for row in table("place_line"):
        for name in ("name", "focus", "lead", "status", "extent"):
            assert bool(row[f"{name}_th"]) == bool(row[f"{name}_en"]), (row["place"], name)


def test_every_reference_is_kept():
    places = {row["place"] for row in table("place")}
    sources = {row["source"] for row in table("source")}
    for name in ("place_organisation", "place_means", "landmark_line"):
        assert {row["place"] for row in table(name)} - {""} <= places, name
    for name in ("place_line", "place_organisation", "place_means", "landmark_line"):
        assert {row["source"] for row in table(name)} <= sources, name


def test_every_geojson_carries_its_licence_and_note():
    for name in ("places", "context"):
        document = json.loads((ROOT / "geo" / f"{name}.geojson").read_text(encoding="utf-8"))
        assert "OpenStreetMap contributors" in document["licence"]
        assert "indicative" in document["note"]


@pytest.mark.skipif(not PLAN_FACTS.exists(), reason="the report's transcription is not beside this tree")
def test_organisations_and_means_are_the_reports():
    facts = PLAN_FACTS.read_text(encoding="utf-8")
    named = {row["organisation"] for row in table("place_organisation")}
    named |= {row["means"] for row in table("place_means")}
    assert all(f"{{id: {code}," in facts for code in named)
