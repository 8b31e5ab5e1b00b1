"""Boundary files: what GIS software writes is read; what is broken or hostile is answered by its sentence."""

import json
import subprocess
import sys
import tempfile

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon, Polygon, box

from cmi_core.errors import FileRefused
from cmi_core.geography import (
    boundary_files,
    boundary_rules,
    boundary_shapes,
    boundary_worker,
    gis_features,
    gis_files,
)
from cmi_core.geography.boundaries import read_boundaries
from cmi_core.store.opening import ROOT
from cmi_core.text import catalogue, translator
from tests.geography.boundary_corpus import (
    BOW_TIE,
    MAE_HIA,
    SUAN_DOK,
    TRIANGLE,
    broken,
    districts,
    false,
    geojson,
    holes_shapefile,
    kml,
    large,
    many_vertices_shapefile,
    placemark,
    shapefile,
    written,
    zipped,
)

GEOD = pyproj.Geod(ellps="WGS84")


def codes(upload):
    return [warning.code for warning in upload.warnings]


def moved_m(result, expected):
    """The farthest any corner lies from the nearest expected one, in metres."""
    corners = shapely.get_coordinates(expected)
    return max(
        min(GEOD.inv(*corner, *other)[2] for other in corners) for corner in shapely.get_coordinates(result)
    )


def asked(data, tmp_path, **answers):
    """The worker's answer without a new process: fast, for the rules."""
    asking = boundary_files.Asking(answers)
    (tmp_path / "upload.bin").write_bytes(data)
    return ruled(
        boundary_shapes.shapes(boundary_files.unpacked(tmp_path / "upload.bin", asking), asking), asking
    )


def ruled(found, asking=None):
    return boundary_rules.accepted(gis_features.features(found, asking or boundary_files.Asking()))


def note(result, code):
    return next(note for note in result.notes if note["code"] == code)


@pytest.fixture(autouse=True)
def leftovers(tmp_path_factory, monkeypatch):
    """Every test here also checks that no temporary file stays behind."""
    folder = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


# ---------------------------------------------------------------- what GIS software writes


def files_of_gis_software(folder):
    table = districts()
    plain_kml = written(table, folder, "b.kml", driver="LIBKML")
    return {
        ("geojson", "EPSG:4326"): written(table, folder, "a.geojson"),
        ("gpkg", "EPSG:32647"): written(table.to_crs(32647), folder, "a.gpkg"),
        ("kml", "EPSG:4326"): plain_kml,
        ("kmz", "EPSG:4326"): zipped({"doc.kml": plain_kml}),
        ("shapefile", "EPSG:4326"): shapefile(table, folder / "s0"),
        ("shapefile", "EPSG:24047"): shapefile(
            table.to_crs(24047), folder / "s1", encoding="CP874", drop=(".cpg",)
        ),
        ("shapefile", "EPSG:32648"): shapefile(table.to_crs(32648), folder / "s2"),
        ("gpkg", "EPSG:24048"): written(table.to_crs(24048), folder, "b.gpkg"),
        ("geojson", "EPSG:32647"): written(table.to_crs(32647), folder, "c.geojson"),
    }


def test_every_format_and_system_gives_the_same_areas(tmp_path):
    for (kind, crs), data in files_of_gis_software(tmp_path).items():
        upload = read_boundaries(data, filename="C:\\maps\\wrong.txt")
        assert (upload.format, upload.source_crs, upload.filename) == (kind, crs, "wrong.txt")
        assert upload.areas.crs.to_epsg() == 4326
        assert list(upload.areas["code"]) == ["area_0", "area_1"], kind
        assert list(upload.areas["name_th"]) == ["ย่านสวนดอก", "ย่านแม่เหียะ"], kind
        for result, expected in zip(upload.areas.geometry, (SUAN_DOK, MAE_HIA), strict=True):
            assert moved_m(result, expected) < 0.05, (kind, crs)


def test_thai_windows_names_are_read_and_said(tmp_path):
    silent = asked(shapefile(districts(), tmp_path / "a", encoding="CP874", drop=(".cpg",)), tmp_path)
    assert silent.rows[0].attributes["name_th"] == "ย่านสวนดอก"
    assert note(silent, "encoding_assumed")["encoding"] == "CP874"
    stated = asked(shapefile(districts(), tmp_path / "b", encoding="CP874"), tmp_path)
    assert (stated.rows[0].attributes["name_th"], stated.notes) == ("ย่านสวนดอก", ())


def test_utf8_names_need_no_code_page(tmp_path):
    result = asked(shapefile(districts(), tmp_path / "a", drop=(".cpg",)), tmp_path)
    assert (result.rows[1].attributes["name_th"], result.notes) == ("ย่านแม่เหียะ", ())


def test_indian_1975_read_as_wgs84_would_lie_600_m_away(tmp_path):
    data = shapefile(districts().to_crs(24047), tmp_path / "a", drop=(".prj",))
    right = asked(data, tmp_path, crs="24047").rows[0].geometry
    wrong = asked(data, tmp_path, crs="32647").rows[0].geometry
    assert moved_m(right, SUAN_DOK) < 0.05
    assert 500 < moved_m(wrong, SUAN_DOK) < 700


def test_the_datum_shift_is_the_one_pyproj_registers(tmp_path):
    data = shapefile(districts().to_crs(24047), tmp_path / "a")
    eastings, northings = districts().to_crs(24047).geometry[0].exterior.coords.xy
    change = pyproj.Transformer.from_crs(24047, 4326, always_xy=True, allow_ballpark=False)
    expected = Polygon(zip(*change.transform(eastings, northings), strict=True))
    assert moved_m(asked(data, tmp_path).rows[0].geometry, expected) < 0.05


def test_areas_are_pyproj_geodesics(tmp_path):
    upload = read_boundaries(geojson(SUAN_DOK, MAE_HIA), filename="a.geojson")
    for area, shape in zip(upload.areas["area_km2"], upload.areas.geometry, strict=True):
        assert area == pytest.approx(abs(GEOD.geometry_area_perimeter(shape)[0]) / 1e6, rel=1e-6)


# ---------------------------------------------------------------- coordinate systems


def test_silent_metres_are_asked_about_and_the_answer_is_used(tmp_path):
    """Only systems that put the shapes into Thailand are offered; nothing can be kept before one is chosen."""
    data = shapefile(districts().to_crs(32648), tmp_path / "a", drop=(".prj",))
    upload = read_boundaries(data, filename="a.zip")
    (question,) = upload.open
    assert [candidate.answer for candidate in question.candidates] == ["32648", "24048", "23948"]
    assert upload.areas.empty
    assert len(upload.shown) == 2
    upload = read_boundaries(data, filename="a.zip", answers={"crs": "32648"})
    assert (upload.open, upload.source_crs) == ([], "EPSG:32648")
    assert moved_m(upload.areas.geometry[0], SUAN_DOK) < 0.05


def test_silent_degrees_are_taken_as_wgs84_and_said(tmp_path):
    result = asked(shapefile(districts(), tmp_path / "a", drop=(".prj",)), tmp_path)
    assert (result.source_crs, [told["code"] for told in result.notes]) == ("EPSG:4326", ["crs_assumed"])


def test_an_answer_does_not_overrule_what_the_file_says(tmp_path):
    assert asked(geojson(SUAN_DOK), tmp_path, crs="24047").source_crs == "EPSG:4326"


@pytest.mark.parametrize("swap_in", [4326, 32647])
def test_swapped_axes_are_put_right_and_said(tmp_path, swap_in):
    shape = districts(SUAN_DOK).to_crs(swap_in).geometry[0]
    swapped = shapely.transform(shape, lambda pairs: pairs[:, ::-1])
    crs = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{swap_in}"}}
    result = asked(geojson(swapped, crs=crs), tmp_path)
    assert moved_m(result.rows[0].geometry, SUAN_DOK) < 0.05
    assert result.notes == ({"code": "axes_swapped"},)


def test_a_crs_link_is_never_followed(tmp_path):
    link = {"type": "link", "properties": {"href": "http://127.0.0.1:9/crs", "type": "proj4"}}
    assert refusal_of(geojson(SUAN_DOK, crs=link), tmp_path) == "crs_unknown"


# ---------------------------------------------------------------- validity


def test_a_crossed_ring_is_repaired_with_reason_and_both_areas(tmp_path):
    result = asked(geojson(SUAN_DOK, BOW_TIE), tmp_path)
    told = note(result, "repaired")
    assert (told["row"], told["reason"], told["place"]) == (2, "Self-intersection", "98.97 18.79")
    assert told["before"] == pytest.approx(0, abs=0.001)  # its two loops run against each other
    assert told["after"] == pytest.approx(2.334, abs=0.001)
    assert result.rows[1].geometry.is_valid


def test_what_is_not_a_crossing_is_not_called_one(tmp_path):
    hole = Polygon(SUAN_DOK.exterior, [box(98.99, 18.78, 98.995, 18.785).exterior.coords])
    told = note(asked(geojson(hole), tmp_path), "repaired_rings")
    assert told["reason"] == "Hole lies outside shell"


def test_heights_go_and_zeros_are_not_worth_a_word(tmp_path):
    high = asked(geojson(shapely.force_3d(SUAN_DOK, 310.0)), tmp_path)
    assert [told["code"] for told in high.notes] == ["height_dropped"]
    assert not high.rows[0].geometry.has_z
    assert asked(geojson(shapely.force_3d(SUAN_DOK, 0.0)), tmp_path).notes == ()


def test_overlaps_above_100_m2_are_told(tmp_path):
    beside = box(98.975, 18.787, 98.98, 18.795)
    assert asked(geojson(SUAN_DOK, beside), tmp_path).notes == ()
    told = note(asked(geojson(SUAN_DOK, beside, box(98.97, 18.79, 98.972, 18.792)), tmp_path), "overlap")
    assert (told["first"], told["second"]) == (1, 3)
    assert told["area"] == pytest.approx(0.0467, abs=0.001)


def test_tiny_parts_and_empty_rows_are_told(tmp_path):
    speck = box(98.98, 18.8, 98.9802, 18.8002)
    result = asked(geojson(MultiPolygon([SUAN_DOK, speck]), Polygon(), MAE_HIA), tmp_path)
    assert note(result, "small_part")["count"] == 1
    assert [(item.where, item.reason) for item in result.left_out] == [("2: n1", "gis_files.shape_none")]
    assert [area.row for area in result.rows] == [1, 3]


def test_a_place_in_another_province_is_let_in_with_a_word(tmp_path):
    assert note(asked(geojson(box(100.5, 13.7, 100.6, 13.8)), tmp_path), "outside_province")["row"] == 1


def test_a_collection_keeps_its_polygons_only(tmp_path):
    mixed = shapely.GeometryCollection([SUAN_DOK, LineString([(98.9, 18.7), (99, 18.8)])])
    assert asked(geojson(mixed), tmp_path).rows[0].geometry.geom_type == "Polygon"


@pytest.mark.parametrize(
    ("codes", "kept"), [(["0", "0"], ["", ""]), (["a", "a"], ["", ""]), (["0", "7"], ["", "7"])]
)
def test_zero_is_no_code_and_a_repeated_one_is_no_reason_to_refuse(tmp_path, codes, kept):
    upload = read_boundaries(written(districts(code=codes), tmp_path, "a.gpkg"), filename="a.gpkg")
    assert list(upload.areas["code"]) == kept


corner = st.tuples(st.floats(98.9, 99.1), st.floats(18.7, 18.9))


@settings(max_examples=60, deadline=None)
@given(st.lists(corner, min_size=4, max_size=12))
def test_whatever_is_drawn_comes_out_valid_or_is_left_out(ring):
    shapes = [SUAN_DOK, Polygon(ring)]
    found = boundary_shapes.Shapes("geojson", [], [{}, {}], shapes, None, standard_crs=True)
    for area in ruled(found).rows:
        assert area.geometry.is_valid
        assert area.geometry.geom_type in {"Polygon", "MultiPolygon"}
        assert shapely.is_ccw(shapely.get_exterior_ring(shapely.get_parts(area.geometry))).all()


# ---------------------------------------------------------------- broken and hostile files


MEASURED = """
import json, resource, sys, time
from pathlib import Path
from cmi_core.geography.boundaries import read_boundaries
from cmi_core.errors import FileRefused
from cmi_core.store.opening import ROOT
from cmi_core.text import refusal, translator

answers = {}
for file in Path(sys.argv[1]).iterdir():
    began = time.monotonic()
    try:
        upload = read_boundaries(file.read_bytes(), filename=f"{file.name}.geojson")
        said = (" ".join(["asks", *(question.id for question in upload.open)]) if upload.open else "accepted", [])
    except FileRefused as refused:
        said = (refused.reason, [refusal(translator(language), refused) for language in ("th", "en")])
    answers[file.name] = (*said, time.monotonic() - began)
print(json.dumps([answers, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))
"""


def refusal_of(data, tmp_path, **options):
    with pytest.raises(FileRefused) as refused:
        asked(data, tmp_path, **options)
    return refused.value.reason


@pytest.mark.parametrize("corpus", [broken, false, pytest.param(large, marks=pytest.mark.proof)])
def test_each_bad_file_is_answered_by_its_sentence(tmp_path, corpus):
    """Within 10 seconds and 1 GB each, the server unharmed, nothing left behind."""
    uploads, expected = tmp_path / "uploads", {}
    uploads.mkdir()
    for name, (data, reason) in corpus(tmp_path).items():
        (uploads / name).write_bytes(data)
        expected[name] = reason
    # A process of its own: what other tests have started does not count.
    told = subprocess.run(
        [sys.executable, "-c", MEASURED, uploads], capture_output=True, text=True, check=True, cwd=ROOT
    )
    answers, kilobytes = json.loads(told.stdout)

    assert {name: reason for name, (reason, *_) in answers.items()} == expected
    assert all(sentence for _, sentences, _ in answers.values() for sentence in sentences)
    assert {name: seconds for name, (*_, seconds) in answers.items() if seconds >= 10} == {}
    assert kilobytes < 1_000_000 * (1024 if sys.platform == "darwin" else 1)


@pytest.mark.proof
def test_a_kml_that_would_fill_the_memory_is_stopped():
    style = '<Style id="s{}"><LineStyle><color>{:08x}</color></LineStyle></Style>'
    many = "".join(style.format(number, number * 2654435761 % 2**32) for number in range(1_150_000))
    with pytest.raises(FileRefused) as refused:
        read_boundaries(zipped({"doc.kml": kml(many)}), filename="a.kmz")
    assert refused.value.reason in {
        "file_broken",
        "file_crashed",
        "file_memory",
        "file_slow",
    }  # as it happens to fail


def test_a_tangle_that_would_take_minutes_is_stopped(monkeypatch):
    monkeypatch.setattr(gis_files, "SECONDS", 2)
    rng = np.random.default_rng(1)
    tangles = [Polygon(rng.uniform((98.9, 18.7), (99.1, 18.9), (1_500, 2))) for _ in range(60)]
    with pytest.raises(FileRefused, match="file_slow"):
        read_boundaries(geojson(*tangles), filename="a.geojson")


def test_folders_are_read_together_unless_one_is_chosen(tmp_path):
    data = zipped(
        {"doc.kml": kml("".join(f"<Folder><name>{n}</name>{placemark(TRIANGLE)}</Folder>" for n in "AB"))}
    )
    upload = read_boundaries(data, filename="a.kmz")
    (question,) = (question for question in upload.questions if question.id == "layer")
    assert [candidate.answer for candidate in question.candidates] == ["*", "A", "B"]
    assert (question.asked, upload.open) == (True, [])
    assert [area["folder"] for area in upload.areas["attributes"]] == ["A", "B"]
    one = read_boundaries(data, filename="a.kmz", answers={"layer": "B"})
    assert (one.layer, len(one.areas)) == ("B", 1)
    assert [(item.kind, item.where) for item in one.left_out] == [("sheet", "A")]
    assert refusal_of(data, tmp_path, layer="C") == "answer_unknown"


def test_of_the_layers_of_other_files_one_is_asked_for(tmp_path):
    points = districts(SUAN_DOK.centroid)
    written(points, tmp_path, "two.gpkg", layer="pins")
    data = written(districts(MAE_HIA), tmp_path, "two.gpkg", layer="areas", append=True)
    upload = read_boundaries(data, filename="two.gpkg")
    (question,) = upload.open
    assert [candidate.answer for candidate in question.candidates] == [
        "areas",
        "pins",
    ]  # what holds areas first
    assert upload.areas.empty
    assert upload.shown.empty
    chosen = read_boundaries(data, filename="two.gpkg", answers={"layer": "areas"})
    assert [item.where for item in chosen.left_out] == ["pins"]
    assert moved_m(chosen.areas.geometry[0], MAE_HIA) < 0.05


def test_a_zip_with_two_shapefiles_reads_the_chosen_one(tmp_path):
    written(districts(SUAN_DOK), tmp_path, "one.shp")
    written(districts(MAE_HIA), tmp_path, "two.shp")
    members = {f"folder/{path.name}": path.read_bytes() for path in tmp_path.iterdir()}
    result = asked(zipped({**members, "__MACOSX/._one.shp": b"x"}), tmp_path, layer="two")
    assert moved_m(result.rows[0].geometry, MAE_HIA) < 0.05


def test_a_slow_worker_is_stopped(monkeypatch):
    monkeypatch.setattr(gis_files, "SECONDS", 0.05)
    with pytest.raises(FileRefused, match="file_slow"):
        read_boundaries(geojson(SUAN_DOK), filename="a.geojson")


def test_a_worker_that_dies_is_a_refusal(monkeypatch):
    def killed(*_, **__):
        raise subprocess.CalledProcessError(-9, "worker")

    monkeypatch.setattr(subprocess, "run", killed)
    with pytest.raises(FileRefused, match="file_crashed"):
        read_boundaries(geojson(SUAN_DOK), filename="a.geojson")


def test_a_worker_without_an_answer_is_a_refusal(monkeypatch):
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: None)
    with pytest.raises(FileRefused, match="file_crashed"):
        read_boundaries(geojson(SUAN_DOK), filename="a.geojson")


def test_the_worker_sees_no_secret_of_the_server(monkeypatch, tmp_path):
    monkeypatch.setenv("CMI_PASSWORD", "hunter2")
    assert "hunter2" not in str(gis_files._environment(tmp_path))


def test_want_of_memory_is_a_sentence(monkeypatch, tmp_path):
    def greedy(*_, **__):
        raise MemoryError

    monkeypatch.setattr(boundary_worker, "_read", greedy)
    assert boundary_worker.answer(tmp_path, {})["refused"] == "file_memory"


# ---------------------------------------------------------------- sentences


def test_every_warning_has_its_sentence_in_both_languages(tmp_path):
    mixed = geojson(BOW_TIE, box(98.96, 18.78, 98.9602, 18.7802), Polygon(), box(100.5, 13.7, 100.6, 13.8))
    upload = read_boundaries(mixed, filename="a.geojson")
    assert codes(upload) == ["repaired", "small_part", "overlap", "outside_province"]
    for warning in upload.warnings:
        for language in ("th", "en"):
            assert translator(language)(warning.say, **warning.details)


def test_both_languages_have_the_same_sentences():
    for group in ("boundaries.", "error."):
        thai, english = (
            {key for key in catalogue(language) if key.startswith(group)} for language in ("th", "en")
        )
        assert thai == english


def test_a_long_shapefile_is_refused_before_it_is_built(tmp_path):
    """Whatever the machine does meanwhile: nothing of it is handed to GDAL."""
    for data in (holes_shapefile(60_000), many_vertices_shapefile(200_001)):
        (tmp_path / "upload.bin").write_bytes(data)
        with pytest.raises(FileRefused) as refused:
            boundary_files.unpacked(tmp_path / "upload.bin")
        assert refused.value.reason == "vertices"


def test_a_shapefile_at_the_limit_is_read(tmp_path):
    result = asked(holes_shapefile(2_000), tmp_path)

    assert len(result.rows[0].geometry.interiors) == 2_000


def test_more_records_than_are_read_are_refused_before_they_are_built(tmp_path):
    data = shapefile(districts(*[SUAN_DOK] * 501), tmp_path / "many")
    (tmp_path / "upload.bin").write_bytes(data)
    with pytest.raises(FileRefused) as refused:
        boundary_files.unpacked(tmp_path / "upload.bin")

    assert refused.value.reason == "features"
