"""Uploading a boundary: the file's questions are asked, the choice is saved as one entry and undone."""

import json
import warnings

import geopandas
import pyogrio
import pytest
import shapely

from cmi_core.views import district_map

SUAN_DOK = shapely.box(98.965, 18.787, 98.975, 18.795)
OTHER = shapely.box(98.93, 18.755, 98.945, 18.765)


def written(folder, name, *layers, crs=32647, silent=False) -> bytes:
    """A GeoPackage of one or more layers, with or without saying its system."""
    path = folder / name
    for number, (layer, table) in enumerate(layers):
        moved = table.to_crs(crs)
        with warnings.catch_warnings():
            # pyogrio: a file without a coordinate system is what is tested
            warnings.filterwarnings("ignore", message="'crs' was not provided", category=UserWarning)
            pyogrio.write_dataframe(
                moved.set_crs(None, allow_override=True) if silent else moved,
                path,
                layer=layer,
                append=number > 0,
            )
    return path.read_bytes()


def table(*names, shapes=(SUAN_DOK, OTHER)):
    return geopandas.GeoDataFrame({"name_th": list(names)}, geometry=list(shapes)[: len(names)], crs=4326)


def upload(at, data, name="areas.gpkg"):
    at.get("file_uploader")[0].upload(name, data, "application/octet-stream").run()
    assert not at.exception
    return at


def one(fields, begin):
    return next(field for field in fields if field.label.startswith(begin))


def save(at, note="มติ"):
    one(at.selectbox, "Kind of boundary").select("official")
    for label, text in (
        ("Produced by", "เทศบาล"),
        ("Title of the data", "แนวเขต"),
        ("Licence", "CC BY 4.0"),
        ("Reason", note),
    ):
        one(at.text_input, label).input(text)
    one(at.button, "Save").click().run()
    assert not at.exception


def answer(at, begin, value):
    """To a question of the file, whether its answers stand side by side or in a list."""
    one([*at.radio, *at.selectbox], begin).set_value(value).run()
    assert not at.exception


def saving(at):
    return [button for button in at.button if button.label in {"Save the boundaries", "บันทึกขอบเขต"}]


def asked(at):
    return [field.label for field in (*at.radio, *at.selectbox) if field.label.endswith(("?", ")"))]


def test_a_file_with_two_open_questions_asks_both(open_page, tmp_path):
    """Several layers, in metres of an unnamed system: the layer is asked first, then the system."""
    data = written(tmp_path, "two.gpkg", ("old", table("ก")), ("new", table("สวนดอก", "แม่เหียะ")), silent=True)
    at = upload(open_page("boundary_upload", "en", "editor"), data)

    assert asked(at) == ["The file has 2 layers. Which one?"]
    assert "Which one?" in at.warning[-1].value
    answer(at, "The file has 2 layers", "new")
    assert saving(at) == []
    answer(at, "Coordinates are in metres", "24047")
    assert "EPSG:24047" in "".join(text.value for text in at.markdown)
    assert one(at.multiselect, "Rows to use").value == [1, 2]
    # Another layer is another file as far as its columns go; what was said of the system stands.
    answer(at, "The file has 2 layers", "old")
    assert one(at.multiselect, "Rows to use").options == ["Row 1: ก (0.934 km²)"]


def test_an_answer_holds_for_its_own_file_only(open_page, tmp_path):
    """The next file asks again: one system for another would move a district by 600 m."""
    at = open_page("boundary_upload", "en", "editor")
    upload(at, written(tmp_path, "a.gpkg", ("a", table("ก")), silent=True))
    answer(at, "Coordinates are in metres", "24047")
    assert saving(at)
    upload(at, written(tmp_path, "b.gpkg", ("b", table("ข")), silent=True), name="b.gpkg")

    assert one([*at.radio, *at.selectbox], "Coordinates are in metres").value is None
    assert saving(at) == []


def test_an_answer_to_what_is_no_longer_asked_is_let_go(open_page, tmp_path):
    """The name's column was chosen in a layer that the next one does not have."""
    other = table("ค", "ง").rename(columns={"name_th": "ชื่อย่าน"}).assign(นอก=["ก", "ข"])
    data = written(tmp_path, "two.gpkg", ("new", other), ("old", table("ก", "ข")))
    at = upload(open_page("boundary_upload", "en", "editor"), data)
    answer(at, "The file has 2 layers", "new")
    answer(at, "Which column is the Thai name", "นอก")
    assert one(at.multiselect, "Rows to use").options[0].startswith("Row 1: ก")
    answer(at, "The file has 2 layers", "old")

    assert not at.error
    assert one(at.multiselect, "Rows to use").options[0].startswith("Row 1: ก")
    assert one(at.selectbox, "Which column is the Thai name").value == "name_th"


def test_a_saved_file_leaves_nothing_behind_for_the_next(open_page, city, tmp_path):
    at = open_page("boundary_upload", "en", "editor")
    data = written(tmp_path, "a.gpkg", ("a", table("ย่านสวนดอก", "ที่อื่น")))
    upload(at, data)
    save(at)
    assert "Saved new boundaries" in at.success[0].value
    assert not at.get("file_uploader")[0].value
    assert (saving(at), [field.label for field in at.text_input]) == ([], [])

    version = city.version
    for next_ in (data, written(tmp_path, "b.gpkg", ("b", table("ย่านนิมมาน", "ที่อื่น")))):
        upload(at, next_, name="b.gpkg")
        assert {field.value for field in at.text_input} == {""}
        assert one(at.selectbox, "Kind of boundary").value is None
    assert city.version == version


def test_what_is_no_area_is_listed_and_the_files_own_fields_are_shown(open_page):
    own = {"ชั้น": "ริมน้ำ", "OBJECTID": 7}
    features = [
        {
            "type": "Feature",
            "properties": own | {"หมายเหตุ": note},
            "geometry": shapely.geometry.mapping(shape),
        }
        for shape, note in ((SUAN_DOK, "ก"), (OTHER, "ข"), (shapely.Point(98.97, 18.79), "ค"))
    ]
    data = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    at = upload(open_page("boundary_upload", "en", "editor"), data, name="a.geojson")

    tables = [frame.value for frame in at.dataframe]
    assert "a point, not an area; the page of infrastructure takes points" in tables[0]["Why"].tolist()
    assert tables[1][["ชั้น", "OBJECTID", "หมายเหตุ"]].values.tolist() == [
        ["ริมน้ำ", "7", "ก"],
        ["ริมน้ำ", "7", "ข"],
    ]
    assert one(at.multiselect, "Rows to use").options[0].startswith("Row 1: ก")


def test_any_of_many_rows_can_be_chosen(open_page, city, tmp_path):
    names = [f"ตำบล {number}" for number in range(204)]
    shapes = [
        shapely.box(98.9 + number * 1e-3, 18.7, 98.9005 + number * 1e-3, 18.7005) for number in range(204)
    ]
    at = upload(
        open_page("boundary_upload", "en", "editor"),
        written(tmp_path, "many.gpkg", ("t", table(*names, shapes=shapes))),
    )
    rows = one(at.multiselect, "Rows to use")
    assert rows.value == []

    rows.set_value([201]).run()
    one(at.selectbox, "Row 201").select("mae_hia").run()
    save(at)
    held = district_map.every(city).set_index("place").loc["mae_hia"]
    moved = shapely.from_geojson(held["geometry"]).symmetric_difference(shapes[200]).area
    assert moved < 1e-3 * shapes[200].area
    assert held["boundary_kind"] == "official"


def test_what_goes_by_the_name_of_a_district_is_guessed_and_its_kind_is_asked(open_page, city, tmp_path):
    data = written(tmp_path, "a.gpkg", ("a", table("ย่านสวนดอก", "ที่อื่น")))
    at = upload(open_page("boundary_upload", "en", "editor"), data)
    assert one(at.multiselect, "Rows to use").value == [1]
    assert one(at.selectbox, "Row 1").value == "suan_dok"

    one(at.button, "Save").click().run()
    assert "official boundary or one sent in" in at.error[0].value
    before = city.version
    save(at)
    assert city.version == before + 1
    assert "Saved new boundaries for 1" in at.success[0].value

    one(at.button, "Undo").click().run()
    assert not at.exception
    assert district_map.every(city).set_index("place").loc["suan_dok", "boundary_kind"] == "indicative"


@pytest.mark.parametrize("language", ["th", "en"])
def test_a_refused_file_is_told_and_nothing_else_is_offered(open_page, language):
    at = upload(
        open_page("boundary_upload", language, "editor"), b"\x89PNG\r\n\x1a\n" + bytes(50), name="a.geojson"
    )

    assert len(at.error) == 1
    assert saving(at) == []
