"""The index breakdown shows what was printed, in both languages, to everybody."""

from datetime import datetime

import pytest

from cmi_core import text
from cmi_core.accounts.roles import Account
from cmi_core.actions import index_settings
from cmi_core.store import indices


@pytest.mark.parametrize(("language", "title"), [("th", "องค์ประกอบของดัชนี"), ("en", "Index breakdown")])
@pytest.mark.parametrize("role", [None, "editor"])
def test_it_opens(open_page, language, title, role):
    at = open_page("index_breakdown", language, role)

    assert [at.title[0].value, list(at.exception), list(at.error)] == [title, [], []]


def test_the_choices_of_the_url_stay(open_page):
    at = open_page("index_breakdown", "en", look="bw")

    assert at.query_params["look"] in ("bw", ["bw"])


def test_a_signed_in_reader_is_named(open_page, account_of):
    at = open_page("index_breakdown", "en", "editor")

    assert any(account_of("editor").name in caption.value for caption in at.sidebar.caption)


def test_a_number_corrected_meanwhile_is_shown_before_it_is_corrected_again(open_page, city):
    at = open_page("index_breakdown", "en", "editor")
    at.session_state["correct"] = True
    at.run()
    held = indices.values_of(city, "isc_chiang_mai_2019").set_index("node")
    index_settings.correct_score(
        city, Account("ed", "Ed", "editor"), assessment="isc_chiang_mai_2019", city="chiang_mai", node="isc_basic",
        value="83.33", note="a misprint", at=datetime(2026, 7, 1), expected_version=int(held.loc["isc_basic", "entry"]),
    )  # fmt: skip

    def save(**typed):
        for key, value in typed.items():
            fields = [*at.selectbox, *at.text_input]
            next(field for field in fields if (field.key or "").endswith(f"_0_{key}")).set_value(value)
        say = text.translator("en")("index_import.commit_correct")
        next(button for button in at.button if button.label == say).click()
        at.run()
        return indices.values_of(city, "isc_chiang_mai_2019").set_index("node").loc["isc_basic", "value"]

    assert save(node="isc_basic", value="84", note="another print") == 83.33
    assert "83.33" in at.warning[-1].value
    assert save() == 84
