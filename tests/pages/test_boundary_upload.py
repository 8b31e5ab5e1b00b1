"""Uploading a boundary: the file's questions are asked one by one, the choice is saved as one entry and undone."""

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


def test_a_file_with_two_open_questions_asks_both(open_page, tmp_path):
    """Several layers, in metres of an unnamed system: the layer is asked first, then the system."""
    data = written(tmp_path, "two.gpkg", ("old", table("ก")), ("new", table("สวนดอก", "แม่เหียะ")), silent=True)
    at = upload(open_page("boundary_upload", "en", "editor"), data)

    assert [radio.label for radio in at.radio] == ["Which layer?"]
    at.radio[0].set_value("new").run()
    assert len(at.radio) == 2
    at.radio[1].set_value(24047).run()
    assert not at.exception
    assert "EPSG:24047" in "".join(text.value for text in at.markdown)
    assert one(at.multiselect, "Rows to use").value == [1, 2]


def test_an_answer_holds_for_its_own_file_only(open_page, tmp_path):
    """The next file asks again: one system for another would move a district by 600 m."""
    at = open_page("boundary_upload", "en", "editor")
    upload(at, written(tmp_path, "a.gpkg", ("a", table("ก")), silent=True))
    at.radio[0].set_value(24047).run()
    upload(at, written(tmp_path, "b.gpkg", ("b", table("ข")), silent=True), name="b.gpkg")

    assert at.radio[0].value is None


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
    assert [button for button in at.button if button.label in {"Save", "บันทึกขอบเขต"}] == []
