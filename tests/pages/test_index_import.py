"""The import page: who may, every deed opens, and a correction reaches the breakdown."""

import pytest

from pages.components.index.index_import import DEEDS
from tests.index import comparison_data as data


@pytest.mark.parametrize("role", [None, "viewer", "coordinator"])
@pytest.mark.parametrize("language", ["th", "en"])
def test_others_are_told_why_not(open_page, language, role):
    at = open_page("city_overview", language, role)
    if at.exception:
        return
    offered = [button.label for button in at.sidebar.button]
    assert "Import an index" not in offered


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("deed", DEEDS)
def test_every_deed_opens_for_an_editor(open_page, city, language, deed):
    data.made(city)
    at = open_page("index_import", language, "editor", deed=deed)

    assert [list(at.exception), list(at.error)] == [[], []]


def test_an_import_is_undone_from_the_page(open_page, city):
    data.made(city)
    at = open_page("index_import", "en", "editor", deed="done")
    at.text_input[0].input("wrong file")
    at.button[0].click().run()

    assert not at.exception
    assert city.rows("SELECT count(*) FROM undone") == [(1,)]


def test_a_correction_is_made_and_shown(open_page, city):
    from cmi_core.actions import index_settings
    from cmi_core.store import indices as reads

    held = reads.values_of(city, "isc_chiang_mai_2019").set_index("node")
    index_settings.correct_score(
        city,
        data.EDITOR,
        assessment="isc_chiang_mai_2019",
        city="chiang_mai",
        node="isc_basic",
        value="83.33",
        note="SPP confirms a misprint",
        at=data.AT,
        expected_version=int(held.loc["isc_basic", "entry"]),
    )
    at = open_page("index_breakdown", "en", "editor")

    assert any("corrected from 88.33 to 83.33" in info.value for info in at.info)
    assert not [warning for warning in at.warning if "68.38" in warning.value]
