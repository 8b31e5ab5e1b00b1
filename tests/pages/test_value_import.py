"""A sheet goes in by a preview, one entry and one click back."""

import pytest
from streamlit.testing.v1 import AppTest

from cmi_core.store import kpis as stored

KPI = "k_d1_saifi"


def press(at, start):
    return next(each for each in at.button if each.label.startswith(start)).click().run()


@pytest.mark.parametrize(("language", "title"), [("th", "นำเข้าค่า"), ("en", "Value import")])
def test_it_opens_with_a_template(open_page, language, title):
    at = open_page("value_import", language, "editor")

    assert [at.title[0].value, list(at.exception)] == [title, []]
    assert len(at.get("download_button")) == 1


def uploaded(at: AppTest, text: str) -> AppTest:
    at.get("file_uploader")[0].upload("values.csv", text.encode(), "text/csv")
    return at.run()


def test_preview_commit_and_undo(open_page, city):
    at = uploaded(
        open_page("value_import", "en", "editor"), f"kpi,period,value\n{KPI},2025,5\n{KPI},2024,x\n"
    )
    assert not at.exception
    assert stored.values(city, KPI).empty
    assert at.dataframe[0].value["Result"].tolist() == ["✕ Refused", "+ New"]
    at.text_input[0].set_value("yearly report")
    press(at, "Record 1 value")
    assert stored.values(city, KPI)["value"].tolist() == [5.0]
    press(at, "Undo the import")
    assert stored.values(city, KPI).empty


def test_a_hostile_file_earns_a_sentence(open_page, city):
    at = uploaded(open_page("value_import", "en", "editor"), "<html><script>alert(1)</script>")
    assert "not a table" in at.error[0].value
