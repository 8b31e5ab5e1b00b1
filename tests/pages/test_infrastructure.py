"""Points from a file: what is open is asked, what would change is shown, one entry, and the next file starts fresh."""

import pytest

from cmi_core.text import translator
from cmi_core.views import district_map

SAY = translator("en")
HEAD = "id,name,lat,lon,type\n"
ONE = HEAD + "1,ก,18.79,98.97,park\n2,ข,18.8,98.98,วัด\n"


def opened(open_page, language="en"):
    return open_page("infrastructure", language, "editor", work="import")


def upload(at, text, name="points.csv"):
    at.get("file_uploader")[0].upload(
        name, text.encode() if isinstance(text, str) else text, "text/csv"
    ).run()
    assert not at.exception
    return at


def one(fields, begin):
    return next(field for field in fields if field.label.startswith(begin))


def fill(at, title="Points of the city", licence="CC BY 4.0"):
    for label, told in (("Produced by", "เทศบาล"), ("Title of the data", title), ("Licence", licence)):
        one(at.text_input, label).input(told).run()
    return at


def save(at, note="survey"):
    one(at.text_input, "Reason").input(note)
    one(at.button, "Import").click().run()
    assert not at.exception
    return at


def told(at):
    return [each.value for kind in (at.markdown, at.info, at.error, at.warning, at.caption) for each in kind]


def test_a_file_is_compared_saved_and_the_next_one_starts_fresh(open_page, city):
    at = upload(opened(open_page), ONE)
    assert any("Name the source first" in each for each in told(at))
    assert not [button for button in at.button if button.label.startswith("Import")]
    save(fill(at))

    assert len(district_map.landmarks(city)) == 62
    assert at.success[0].value == SAY("infrastructure.imported", count=2)
    assert not [field for field in at.text_input if field.value]
    assert not [button for button in at.button if button.label.startswith("Import")]
    assert SAY("infrastructure.nothing_yet") in told(at)


def test_a_newer_file_of_a_source_shows_old_names_and_values(open_page, city):
    save(fill(upload(opened(open_page), ONE)))
    at = upload(opened(open_page), HEAD + "1,ก้าว,18.79,98.975,park\n")
    one(at.selectbox, "Of which source").select(("เทศบาล", "Points of the city")).run()

    shown = " ".join(told(at))
    assert "**ก**" in shown
    assert "ก → ก้าว" in shown
    assert "98.97 → 98.975" in shown
    assert "ข" in next(each for each in told(at) if "not in the file" in each)
    assert one(at.text_input, "Licence").value == "CC BY 4.0"
    save(at)
    assert district_map.landmarks(city).set_index("name_th").loc["ก้าว", "lon"] == 98.975
    assert len(district_map.landmarks(city)) == 62


@pytest.mark.parametrize("language", ["th", "en"])
def test_a_kind_that_is_not_told_is_asked_with_nothing_chosen(open_page, language):
    at = upload(opened(open_page, language), "name,lat,lon\nศาลา,18.79,98.97\n")
    say = translator(language)

    asked = one(at.selectbox, say("read_points.ask_kind_missing", count=1, rows="2"))
    assert asked.value is None
    assert any(say("read_points.ask_kind_missing", count=1, rows="2") in each for each in told(at))
    asked.select("landmark").run()
    assert not at.exception
    assert say("infrastructure.kind_open") not in str(at.dataframe[0].value.to_dict())


def test_metres_are_asked_and_drawn(open_page):
    at = upload(opened(open_page), "name,x,y,type\nศาลา,499000,2078000,park\n")
    at = fill(at)
    assert one(at.selectbox, SAY("gis_files.crs_silent", crs="")).value is None
    assert at.get("vega_lite_chart")
    assert not [button for button in at.button if button.label.startswith("Import")]


def test_an_answer_that_fits_no_more_is_forgotten(open_page):
    text = "name,lat,lon,kind one,kind two\nA,18.79,98.97,mystery,park\n"
    at = upload(opened(open_page), text)
    one(at.selectbox, "Column of the name").select("A").run()
    one(at.selectbox, "Which row is the heading").select("2").run()

    assert not at.exception


@pytest.mark.parametrize(
    ("name", "data", "begin"),
    [("a.csv", b"\xef\xbb\xbf", "The file is empty"), ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "The file is from an old Excel")],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_in_words(open_page, name, data, begin):
    at = upload(opened(open_page), data, name)

    assert at.error[0].value.startswith(begin)
    assert not [button for button in at.button if button.label.startswith("Import")]


def test_what_is_left_out_and_refused_is_told(open_page):
    text = "no,name,lat,lon,type\n1,A,18.79,98.97,park\n2,A,18.79,98.97,park\n3,B,,98.97,park\n"
    at = upload(opened(open_page), text)

    assert any("there are no coordinates" in each for each in told(at))
    assert at.dataframe[-1].value.values.tolist() == [
        ["column", "no", SAY("read_points.column_unused", sample="1, 2, 3")],
        ["row", "3", SAY("read_points.again", first=2)],
    ]
