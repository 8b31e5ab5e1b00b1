"""Outlines are replaced by files as GIS software writes them, points come in, and all of it can be undone."""

import json
import math
import zipfile
from datetime import datetime
from io import BytesIO
from pathlib import Path

import geopandas
import pandas as pd
import pytest
import shapely

from cmi_core.accounts.roles import Account
from cmi_core.actions import criteria, places, proposals
from cmi_core.actions.undo import undo
from cmi_core.errors import ObservationError, PermissionRefused, StaleEdit
from cmi_core.geography import export, measures
from cmi_core.geography.boundaries import read_boundaries
from cmi_core.geography.points import read_points
from cmi_core.store import criteria as stored_criteria
from cmi_core.store import opening, record
from cmi_core.store import places as stored_places
from cmi_core.views import criteria as criteria_views
from cmi_core.views import district_map, geometry, point_import, take_away

EDITOR = Account("nok", "นก", "editor")
COORDINATOR = Account("fah", "ฟ้า", "coordinator")
AT = datetime(2026, 11, 22, 3, 0)
SHAPE = shapely.box(98.965, 18.786, 98.978, 18.796)
SOURCE = {"producer": "เทศบาลนครเชียงใหม่", "title": "แนวเขตย่าน", "licence": "CC BY 4.0"}


@pytest.fixture
def store():
    opened = opening.open_store(":memory:")
    yield opened
    opened.close()


def written(tmp_path, *, kind, crs, encoding="UTF-8"):
    """A file of one area as real GIS software writes it."""
    frame = geopandas.GeoDataFrame({"name_th": ["สวนดอก"]}, geometry=[SHAPE], crs=4326).to_crs(crs)
    if kind == "shapefile":
        frame.to_file(tmp_path / "area.shp", encoding=encoding)
        packed = BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for part in tmp_path.glob("area.*"):
                archive.write(part, part.name)
        return packed.getvalue()
    driver = {"gpkg": "GPKG", "geojson": "GeoJSON", "kml": "KML"}[kind]
    frame.to_file(tmp_path / f"area.{kind}", driver=driver)
    return (tmp_path / f"area.{kind}").read_bytes()


def replace(store, upload, actor=EDITOR, **changed):
    given = {
        "upload": upload, "replaces": {1: "suan_dok"}, "kind": "official", "valid_from": None, "accuracy_m": 5.0,
        "note": "ประกาศของเทศบาล", "seen": {"suan_dok": 1}, "at": AT,
    } | SOURCE | changed  # fmt: skip
    return places.replace_boundaries(store, actor, **given)


@pytest.mark.parametrize(
    ("kind", "crs", "encoding"),
    [
        ("geojson", 4326, "UTF-8"),
        ("gpkg", 32647, "UTF-8"),
        ("gpkg", 24047, "UTF-8"),
        ("kml", 4326, "UTF-8"),
        ("shapefile", 32647, "UTF-8"),
        ("shapefile", 4326, "CP874"),
    ],
)
def test_an_uploaded_boundary_replaces_the_outline_and_is_undone(store, tmp_path, kind, crs, encoding):
    before = district_map.card(store, "suan_dok")
    upload = read_boundaries(written(tmp_path, kind=kind, crs=crs, encoding=encoding), filename=f"เขต.{kind}")
    entry = replace(store, upload)

    after = district_map.card(store, "suan_dok")
    assert after.about["boundary_kind"] == "official"
    assert after.about["file_hash"] == upload.sha256
    assert after.about["licence"] == "CC BY 4.0"
    assert not after.area.approximate
    drawn = next(f for f in geometry.outlines(store)["features"] if f["properties"]["place"] == "suan_dok")
    # Indian 1975 is moved to WGS84 within a few metres.
    assert shapely.hausdorff_distance(shapely.geometry.shape(drawn["geometry"]), SHAPE) < 1e-4
    assert upload.areas["name_th"].tolist() == ["สวนดอก"]

    undo(store, EDITOR, entry=entry, note="ผิดไฟล์", at=AT)
    back = district_map.card(store, "suan_dok")
    assert back.about["geometry"] == before.about["geometry"]
    assert back.about["boundary_kind"] == "indicative"
    assert len(stored_places.boundary_history(store, "suan_dok")) == 3
    assert record.first_broken(store) is None


@pytest.fixture
def upload(tmp_path):
    return read_boundaries(written(tmp_path, kind="geojson", crs=4326), filename="area.geojson")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"replaces": {}}, "boundary_nothing_chosen"),
        ({"replaces": {1: "atlantis"}}, "district_unknown"),
        ({"replaces": {7: "suan_dok"}}, "district_unknown"),
        ({"kind": "indicative"}, "boundary_kind"),
        ({"licence": " "}, "upload_source_missing"),
        ({"note": " "}, "note_missing"),
    ],
)
def test_a_choice_that_makes_no_sense_changes_nothing(store, upload, changed, reason):
    with pytest.raises(ObservationError, match=reason):
        replace(store, upload, **changed)

    assert store.version == 1
    assert store.rows("SELECT count(*) FROM source WHERE source LIKE 'upload%'") == [(0,)]


def test_who_looked_at_an_older_outline_is_told(store, upload):
    replace(store, upload)

    with pytest.raises(StaleEdit, match="boundary_stale"):
        replace(store, upload)


@pytest.mark.parametrize("actor", [None, COORDINATOR, Account("v", "V", "viewer")])
def test_only_editors_change_the_map(store, upload, actor):
    with pytest.raises(PermissionRefused):
        replace(store, upload, actor=actor)
    with pytest.raises(PermissionRefused):
        places.tie(store, actor, landmark="maharaj", wanted={}, note="x", at=AT)


def imported(store, text, **changed):
    found = read_points(text.encode())
    given = (
        {"points": found.points, "category": "laboratory", "note": "สำรวจ พ.ศ. 2569", "at": AT}
        | SOURCE
        | changed
    )
    return places.import_points(store, EDITOR, **given)


def test_points_come_in_by_one_entry_and_go_by_one(store):
    text = (
        "name_en,lon,lat,place,category\nBio lab,98.9745,18.7900,suan_dok,\nClinic,98.9720,18.7890,,clinic\n"
    )
    entry = imported(store, text)
    points = district_map.landmarks(store).set_index("name_en")

    assert len(points) == 62
    assert points.loc["Bio lab", "category"] == "laboratory"
    assert points.loc["Clinic", "family"] == "health"
    undo(store, EDITOR, entry=entry, note="ซ้ำ", at=AT)
    assert len(district_map.landmarks(store)) == 60


CASES = Path(__file__).parents[1] / "cases" / "points"
HEAD = "id,name,lat,lon,type\n"


def named(store):
    """The points that came from files, by their name."""
    rows = district_map.landmarks(store)
    return rows[rows["source"].str.startswith("upload_")].set_index("name_th")


def of_case(store, start, **changed):
    file = next(CASES.glob(f"{start}_*"))
    return imported(store, file.read_text(encoding="utf-8-sig"), **changed)


def beside(store, text, **asked):
    told = {"producer": SOURCE["producer"], "title": SOURCE["title"]} | asked
    return point_import.preview(store, text.encode(), filename="points.csv", **told)


def test_the_ids_of_two_sources_never_meet(store):
    of_case(store, "p01a", title="โรงพยาบาล")
    of_case(store, "p01b", title="ตลาด")

    points = named(store)
    assert sorted(points["category"]) == ["hospital"] * 3 + ["market"] * 3
    assert points["landmark"].nunique() == 6
    assert len(district_map.landmarks(store)) == 66


def test_a_newer_file_of_a_source_renews_its_own_points(store):
    imported(store, HEAD + "1,ก,18.79,98.97,park\n2,ข,18.8,98.98,park\n")
    code = named(store).loc["ก", "landmark"]
    text = HEAD + "1,ก้าว,18.795,98.97,park\n2,ข,18.8,98.98,park\n3,ค,18.81,98.99,market\n"

    told = beside(store, text, producer=" เทศบาลนครเชียงใหม่ ")
    assert [row["state"] for row in told.rows()] == ["changed", "same", "new"]
    first = told.rows()[0]
    assert first["key"] == code
    assert (first["before"]["name_th"], first["after"]["name_th"]) == ("ก", "ก้าว")
    assert told.beside.rows[0].changes == {
        "name_th": ("ก", "ก้าว"), "name_en": ("ก", "ก้าว"), "lat": (18.79, 18.795),
    }  # fmt: skip
    entry = imported(store, text, seen=told.seen)
    assert store.rows("SELECT count(*) FROM landmark_line WHERE entry = $e", e=entry) == [(2,)]
    assert named(store).loc["ก้าว", "landmark"] == code
    undo(store, EDITOR, entry=entry, note="ผิดไฟล์", at=AT)
    assert named(store).loc["ก", "lat"] == 18.79
    assert record.first_broken(store) is None


def test_the_same_file_again_changes_nothing_and_says_so(store):
    imported(store, HEAD + "1,ก,18.79,98.97,park\n")

    assert [row["state"] for row in beside(store, HEAD + "1,ก,18.79,98.97,park\n").rows()] == ["same"]
    with pytest.raises(ObservationError, match="points_same"):
        imported(store, HEAD + "1,ก,18.79,98.97,park\n")


def test_points_without_ids_are_known_within_their_source_by_name(store):
    imported(store, "name,lat,lon,type\nก,18.79,98.97,park\nข,18.8,98.98,park\nข,18.81,98.99,park\n")

    moved = "name,lat,lon,type\nก,18.791,98.97,park\nข,18.8,98.98,park\nข,18.82,98.99,park\n"
    told = beside(store, moved)
    assert [row["state"] for row in told.rows()] == ["changed", "same", "new"]
    assert told.beside.absent == ("ข",)
    with_ids = "id,name,lat,lon,type\n7,ก,18.79,98.97,park\n"
    assert beside(store, with_ids).beside.rows[0].changes == {"source_id": (None, "7")}
    assert [row["state"] for row in beside(store, with_ids, title="อื่น", answers={"twins": "new"}).rows()] == [
        "new"
    ]


def test_what_a_newer_file_leaves_empty_stays(store):
    imported(store, "id,name,name_en,lat,lon,type,accuracy\n1,ก,One,18.79,98.97,park,30\n")
    imported(store, "id,name,lat,lon,type,accuracy\n1,กก,18.79,98.97,park,\n")

    assert named(store).loc["กก", ["name_en", "accuracy_m"]].tolist() == ["One", 30]


def test_an_id_that_comes_later_is_kept_from_then_on(store):
    imported(store, "name,lat,lon,type\nก,18.79,98.97,park\n")
    imported(store, HEAD + "7,ก,18.79,98.97,park\n")
    imported(store, "name,lat,lon,type\nก,18.791,98.97,park\n")
    imported(store, HEAD + "7,ข,18.8,98.98,park\n")

    assert named(store).index.tolist() == ["ข"]


def test_the_product_s_own_codes_renew_its_points(store):
    name = district_map.landmarks(store).set_index("landmark").loc["maharaj", "name_en"]
    imported(store, f"code,name_en,lon,lat,type\nmaharaj,{name},98.9741,18.7906,hospital\n")

    assert len(district_map.landmarks(store)) == 60
    assert district_map.landmarks(store).set_index("landmark").loc["maharaj", "lon"] == 98.9741


def test_an_id_that_is_a_code_of_ours_under_another_name_is_asked(store):
    text = "code,name_en,lon,lat,type\nmaharaj,Maharaj,98.9741,18.7906,hospital\n"
    with pytest.raises(ObservationError, match="points_open"):
        imported(store, text)
    told = beside(store, text)
    assert [(question.id, question.default) for question in told.open] == [("own_codes", None)]
    assert [row["state"] for row in beside(store, text, answers={"own_codes": "theirs"}).rows()] == ["new"]
    imported(store, text, answers={"own_codes": "ours"})

    assert len(district_map.landmarks(store)) == 60
    assert district_map.landmarks(store).set_index("landmark").loc["maharaj", "name_en"] == "Maharaj"


def test_what_the_map_gives_away_comes_back_unchanged(store):
    given = take_away.points(store)
    for data, name in (
        (export.to_csv(given, licence="CC BY 4.0", note=""), "points.csv"),
        (export.to_geojson(given, name="points", licence="CC BY 4.0", note=""), "points.geojson"),
    ):
        told = point_import.preview(store, data, filename=name, producer="x", title="y")
        assert {row["state"] for row in told.rows()} == {"same"}, name
        assert (len(told.rows()), told.open) == (60, ())


def test_points_from_before_ids_were_kept_are_renewed_by_their_source(store):
    imported(store, HEAD + "1,ก,18.79,98.97,park\n")
    with store.writing() as cursor:
        cursor.execute("INSERT INTO landmark VALUES ('old_7')")
        line = store.dictionaries("SELECT * FROM landmark_line WHERE entry = 2")[0] | {
            "landmark": "old_7", "name_th": "เก่า", "name_en": "เก่า", "lat": 18.7, "source_id": None,
        }  # fmt: skip
        lines = {"landmark_line": [{name: each for name, each in line.items() if name != "entry"}]}
        record.append(cursor, lines, deed="import_points", by="nok", at=AT, note="ก่อน")

    told = beside(store, HEAD + "old_7,ใหม่,18.7,98.97,park\n")
    assert [(row["state"], row["key"]) for row in told.rows()] == [("changed", "old_7")]


def test_an_import_that_was_undone_can_be_made_again(store):
    entry = imported(store, HEAD + "1,ก,18.79,98.97,park\n")
    code = named(store).loc["ก", "landmark"]
    undo(store, EDITOR, entry=entry, note="พลาด", at=AT)
    assert [row["state"] for row in beside(store, HEAD + "1,ก,18.79,98.97,park\n").rows()] == ["new"]
    imported(store, HEAD + "1,ก,18.79,98.97,park\n")

    assert named(store).loc["ก", "landmark"] == code


def test_a_point_that_stands_already_from_another_source_is_asked(store):
    imported(store, HEAD + "1,ก,18.79,98.97,park\n")
    again = HEAD + "9,ก,18.79,98.97,market\n"

    (question,) = beside(store, again, title="อื่น").open
    assert (question.id, question.default) == ("twins", None)
    with pytest.raises(ObservationError, match="points_open"):
        imported(store, again, title="อื่น")
    assert [row["state"] for row in beside(store, again, title="อื่น", answers={"twins": "out"}).rows()] == [
        "left"
    ]
    imported(store, again, title="อื่น", answers={"twins": "renew"})
    assert named(store).loc["ก", "category"] == "market"
    # Both sources know it by their own id from now on.
    assert [row["state"] for row in beside(store, HEAD + "1,ก,18.79,98.97,market\n").rows()] == ["same"]


def test_the_same_points_under_another_source_keep_both_sources(store):
    text = HEAD + "1,ก,18.79,98.97,park\n"
    imported(store, text, title="หนึ่ง")
    imported(store, text, title="สอง", answers={"twins": "new"})

    assert set(point_import.sources(store)["title"]) == {"หนึ่ง", "สอง"}
    assert district_map.landmarks(store)["landmark"].is_unique
    assert len(district_map.landmarks(store)) == 62


def test_who_looked_at_older_points_is_told(store):
    imported(store, HEAD + "1,ก,18.79,98.97,park\n")
    seen = beside(store, HEAD + "1,ข,18.79,98.97,park\n").seen
    imported(store, HEAD + "1,ค,18.79,98.97,park\n")

    with pytest.raises(StaleEdit, match="points_stale"):
        imported(store, HEAD + "1,ข,18.79,98.97,park\n", seen=seen)


def test_no_kind_that_nobody_knows_is_kept(store):
    with pytest.raises(ObservationError, match="point_category"):
        imported(store, "name,lat,lon\nก,18.79,98.97\n", category="")
    with pytest.raises(ObservationError, match="point_category"):
        imported(store, "name,lat,lon\nก,18.79,98.97\n", category="volcano")

    assert store.version == 1


def test_a_district_is_known_by_its_name_and_another_one_is_listed(store):
    name = district_map.every(store).set_index("place").loc["suan_dok", "name_th"]
    told = beside(store, f"name,lat,lon,type,ย่าน\nก,18.79,98.97,park,{name}\nข,18.8,98.98,park,ดาวอังคาร\n")

    assert [row["after"]["place"] for row in told.rows()] == ["suan_dok", None]
    assert ("cell", "3", "ดาวอังคาร") in {
        (item.kind, item.where, item.details.get("place")) for item in told.left_out
    }


def test_the_sources_of_points_are_known_by_their_newest_licence(store):
    imported(store, HEAD + "1,ก,18.79,98.97,park\n", licence="CC0")
    imported(store, HEAD + "1,ข,18.79,98.97,park\n2,ค,18.7,98.9,park\n", licence="CC BY 4.0")

    known = point_import.sources(store)
    assert known[["title", "licence", "points"]].values.tolist() == [["แนวเขตย่าน", "CC BY 4.0", 2]]


def test_an_unknown_district_refuses_the_whole_file(store):
    with pytest.raises(ObservationError, match="point_place"):
        imported(store, "name_en,lon,lat,place\nA,98.97,18.79,\nB,98.97,18.79,atlantis\n")

    assert len(district_map.landmarks(store)) == 60
    assert store.version == 1


def test_ties_are_changed_by_what_differs_only(store):
    goal, node = ("goal", "s1_thematic_districts"), ("index_node", "isc_inclusive")
    places.tie(store, EDITOR, landmark="maharaj", wanted={goal: "medium", node: "high"}, note="ทบทวน", at=AT)

    held = stored_places.ties(store)
    held = held[held["landmark"] == "maharaj"]
    assert set(zip(held["target"], held["confidence"], strict=True)) == {
        ("s1_thematic_districts", "medium"),
        ("isc_inclusive", "high"),
    }
    # The tie that stayed as it was is not written again.
    assert store.rows("SELECT count(*) FROM landmark_link_line WHERE entry = 2") == [(2,)]
    with pytest.raises(ObservationError, match="tie_same"):
        places.tie(
            store, EDITOR, landmark="maharaj", wanted={goal: "medium", node: "high"}, note="อีกครั้ง", at=AT
        )
    with pytest.raises(ObservationError, match="tie_unknown"):
        places.tie(store, EDITOR, landmark="maharaj", wanted={("goal", "x"): "high"}, note="x", at=AT)


def proposed(store, geometry, actor=COORDINATOR, **changed):
    given = {
        "geometry": geometry, "title": "ห้องแล็บชุมชน", "comment": "", "theme": "idea", "organisation": "nia", "workshop": "",
        "note": "เวที", "at": AT,
    } | changed  # fmt: skip
    return proposals.propose(store, actor, **given)


POINT = json.dumps({"type": "Point", "coordinates": [98.97, 18.79]})
LINE = json.dumps({"type": "LineString", "coordinates": [[98.97, 18.79], [98.98, 18.79]]})
AREA = json.dumps(
    {"type": "Polygon", "coordinates": [[[98.97, 18.80], [98.97, 18.79], [98.98, 18.79], [98.97, 18.80]]]}
)
CHECKED = {"proposal": "p1", "name_en": "Community lab", "note": "ตรวจแล้ว", "at": AT}
AS_PLACE = CHECKED | {"corridor_m": 25.0, "accuracy_m": 30.0, "extent": ("วาดบนแผนที่", "Drawn on the map")}


def as_point(store, seen, **changed):
    return proposals.accept_as_landmark(store, EDITOR, category="laboratory", seen=seen, **CHECKED | changed)


def as_place(store, seen, **changed):
    return proposals.accept_as_place(store, EDITOR, seen=seen, **AS_PLACE | changed)


def test_a_proposal_is_no_fact_until_an_editor_accepts_it(store):
    entry = proposed(store, POINT)
    assert len(district_map.landmarks(store)) == 60
    assert [f["properties"]["title"] for f in geometry.proposed(store)["features"]] == ["ห้องแล็บชุมชน"]

    as_point(store, entry)
    assert "Community lab" in set(district_map.landmarks(store)["name_en"])
    assert geometry.proposed(store)["features"] == []
    with pytest.raises(StaleEdit, match="proposal_stale"):
        proposals.decline(store, EDITOR, proposal="p1", note="ไม่ชัด", seen=entry, at=AT)


def test_a_declined_proposal_stays_in_the_record_and_off_the_map(store):
    entry = proposed(store, LINE)
    proposals.decline(store, EDITOR, proposal="p1", note="ไม่ชัด", seen=entry, at=AT)

    assert geometry.proposed(store)["features"] == []
    assert store.rows("SELECT state FROM proposal_current") == [("declined",)]


def test_an_accepted_area_is_a_place_with_the_boundary_that_was_drawn(store):
    before = store.version
    entry = as_place(store, proposed(store, AREA))

    assert entry == before + 2  # the proposal, and one entry for its acceptance
    place = district_map.every(store).set_index("place").loc["p1_place"]
    assert (place["boundary_kind"], place["rank_group"], place["accuracy_m"]) == ("user", 3, 30.0)
    assert (place["name_th"], place["name_en"]) == ("ห้องแล็บชุมชน", "Community lab")
    assert shapely.from_geojson(place["geometry"]).equals(shapely.from_geojson(AREA))
    assert place["source"] == place["boundary_source"] == "proposal_p1"
    assert store.rows("SELECT producer, title FROM source WHERE source = 'proposal_p1'") == [
        ("สำนักงานนวัตกรรมแห่งชาติ (องค์การมหาชน)", "ห้องแล็บชุมชน")
    ]
    assert store.rows("SELECT state, became FROM proposal_current") == [("accepted", "p1_place")]
    assert geometry.proposed(store)["features"] == []
    assert "p1_place" in {f["properties"]["place"] for f in geometry.outlines(store)["features"]}


@pytest.mark.parametrize(
    ("changed", "organisation", "producer"),
    [
        ({"workshop": "เวทีแม่ข่า"}, None, "เวทีแม่ข่า"),
        ({}, "chiang_mai_municipality", "เทศบาลนครเชียงใหม่"),
        ({}, None, "แผนที่จากเวทีประชุม"),
    ],
)
def test_nobody_s_name_becomes_the_producer_of_a_source(store, changed, organisation, producer):
    entry = proposed(store, POINT, organisation=None, **changed)
    by = Account(EDITOR.account, EDITOR.name, EDITOR.role, organisation)
    proposals.accept_as_landmark(store, by, category="laboratory", seen=entry, **CHECKED)

    assert store.rows("SELECT producer FROM source WHERE source = 'proposal_p1'") == [(producer,)]


def test_an_accepted_line_is_the_ground_beside_it(store):
    as_place(store, proposed(store, LINE))
    place = district_map.every(store).set_index("place").loc["p1_place"]
    line, shape = shapely.from_geojson(LINE), shapely.from_geojson(place["geometry"])

    # 25 m to either side of about 1,054 m, and half a circle at each end.
    length = measures.distance(line.coords[0], line.coords[1], accuracy_m=(1, 1)).metres
    expected = (2 * 25 * length + math.pi * 25**2) / 1e6
    assert measures.area_km2(shape) == pytest.approx(expected, rel=2e-3)
    assert shape.contains(line)


def test_an_acceptance_is_undone_and_may_be_made_again(store):
    for shape, accept, code in ((AREA, as_place, "p1_place"), (POINT, as_point, "p2_laboratory")):
        proposal = code.partition("_")[0]
        accepted = accept(store, proposed(store, shape), proposal=proposal)
        undo(store, EDITOR, entry=accepted, note="พลาด", at=AT)

        assert code not in set(district_map.every(store)["place"]) | set(
            district_map.landmarks(store)["landmark"]
        )
        assert proposal in {f["properties"]["proposal"] for f in geometry.proposed(store)["features"]}
        seen = store.rows("SELECT entry FROM proposal_current WHERE proposal = $p", p=proposal)[0][0]
        accept(store, seen, proposal=proposal)
        assert code in set(district_map.every(store)["place"]) | set(
            district_map.landmarks(store)["landmark"]
        )
    assert record.first_broken(store) is None


@pytest.mark.parametrize(
    ("shape", "accept", "changed", "reason"),
    [
        (POINT, as_place, {}, "proposal_is_point"),
        (AREA, as_point, {}, "proposal_not_point"),
        (AREA, as_place, {"accuracy_m": None}, "proposal_accuracy"),
        (AREA, as_place, {"accuracy_m": math.nan}, "proposal_accuracy"),
        (LINE, as_place, {"corridor_m": None}, "proposal_corridor"),
        (LINE, as_place, {"corridor_m": -1.0}, "proposal_corridor"),
        (LINE, as_place, {"corridor_m": math.inf}, "proposal_corridor"),
        (AREA, as_place, {"note": " "}, "note_missing"),
    ],
)
def test_an_acceptance_that_lacks_something_is_refused(store, shape, accept, changed, reason):
    entry = proposed(store, shape)
    with pytest.raises(ObservationError, match=reason):
        accept(store, entry, **changed)

    assert store.version == entry


def test_only_editors_decide_on_proposals(store):
    entry = proposed(store, AREA)
    with pytest.raises(PermissionRefused):
        proposals.accept_as_place(store, COORDINATOR, seen=entry, **AS_PLACE)
    with pytest.raises(PermissionRefused):
        proposals.decline(store, COORDINATOR, proposal="p1", note="x", seen=entry, at=AT)


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        ("", "proposal_geometry"),
        ('{"type": "Point", "coordinates": [18.79, abc]}', "proposal_geometry"),
        ('{"type": "Point", "coordinates": [18.79, 98.97]}', "proposal_outside"),
        ('{"type": "Polygon", "coordinates": [[[98.9,18.7],[99,18.8],[99,18.7],[98.9,18.8],[98.9,18.7]]]}', "proposal_geometry"),
        (json.dumps({"type": "LineString", "coordinates": [[98 + i / 1e4, 18] for i in range(2500)]}), "proposal_large"),
    ],
)  # fmt: skip
def test_a_drawing_that_is_none_is_refused_in_words(store, shape, reason):
    with pytest.raises(ObservationError, match=reason):
        proposed(store, shape)

    assert store.version == 1


def test_viewers_do_not_propose(store):
    with pytest.raises(PermissionRefused):
        proposed(store, POINT, actor=Account("v", "V", "viewer"))


def scored(store, place, criterion, value, **changed):
    given = {
        "quality": "estimate",
        "evidence": "รายงาน",
        "evidence_link": "",
        "note": "ประชุม",
        "seen": 0,
        "at": AT,
    } | changed
    return criteria.score(store, EDITOR, place=place, criterion=criterion, score=value, **given)


def test_nobody_has_scored_and_so_there_is_no_rank(store):
    assert criteria_views.ranking(store, tuple((name, 1) for name in criteria.CRITERIA)).empty


def test_weights_decide_between_districts_and_gaps_are_not_zero(store):
    scored(store, "suan_dok", "critical_mass", 9)
    scored(store, "suan_dok", "leadership", 3)
    scored(store, "mae_kha", "leadership", 8)
    scored(store, "mae_kha", "critical_mass", 2)
    scored(store, "nimman", "leadership", 5)

    mass = criteria_views.ranking(store, (("critical_mass", 3), ("leadership", 1))).set_index("place")
    lead = criteria_views.ranking(store, (("critical_mass", 1), ("leadership", 3))).set_index("place")
    assert mass["score"].to_dict() == pytest.approx({"suan_dok": 7.5, "mae_kha": 3.5, "nimman": 5.0})
    assert lead["score"].to_dict() == pytest.approx({"suan_dok": 4.5, "mae_kha": 6.5, "nimman": 5.0})
    assert mass.index[0] == "suan_dok"
    assert lead.index[0] == "mae_kha"
    assert mass.loc["nimman", ["given", "asked"]].tolist() == [1, 2]
    assert (mass["rank_lower"] <= mass["rank"]).all()
    assert (mass["rank"] <= mass["rank_upper"]).all()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"value": 11}, "criterion_range"),
        ({"value": float("nan")}, "criterion_range"),
        ({"value": None}, "criterion_range"),
        ({"quality": None}, "quality_unknown"),
        ({"criterion": "beauty"}, "criterion_unknown"),
        ({"evidence": " "}, "criterion_evidence"),
        ({"evidence_link": "javascript:alert(1)"}, "criterion_link"),
    ],
)
def test_a_score_without_sense_or_evidence_is_refused(store, changed, reason):
    given = {"place": "suan_dok", "criterion": "leadership", "value": 5} | changed
    with pytest.raises(ObservationError, match=reason):
        scored(store, given.pop("place"), given.pop("criterion"), given.pop("value"), **given)


def test_two_who_score_at_once_lose_neither(store):
    scored(store, "suan_dok", "leadership", 5)

    with pytest.raises(StaleEdit):
        scored(store, "suan_dok", "leadership", 6)
    assert stored_criteria.scores(store)["score"].tolist() == [5]


def test_a_withdrawn_score_counts_no_more(store):
    entry = scored(store, "suan_dok", "leadership", 5)
    undo(store, EDITOR, entry=entry, note="พลาด", at=AT)

    assert stored_criteria.scores(store).empty
    assert isinstance(stored_criteria.scores(store), pd.DataFrame)
