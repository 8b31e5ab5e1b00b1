"""The button for the executives' page stands on any page and makes the file only when asked."""

from streamlit.testing.v1 import AppTest


def script() -> None:
    from pages.components.overview import reports
    from pages.components.shell import session

    reports.one_page(session.begin("city_overview"))


def test_the_button_is_offered(city):
    at = AppTest.from_function(script, default_timeout=300).run()

    assert not at.exception
    assert [button.proto.label for button in at.get("download_button")] == ["หน้าเดียวสำหรับผู้บริหาร (PDF)"]
