"""The executives' page holds printed figures as printed and says what it was made from."""

import json
from datetime import date, datetime

import pytest

from cmi_core.accounts.roles import Account
from cmi_core.actions import goals as deeds
from cmi_core.store import record
from cmi_core.views import one_page
from tests.views.readers import who

TODAY, NOW = date(2026, 11, 22), datetime(2026, 11, 22, 7, 0)


@pytest.mark.parametrize(("language", "day"), [("th", "22 พ.ย. 2569"), ("en", "22 Nov 2026")])
def test_the_date_is_in_the_reader_s_era(store, language, day):
    facts = one_page.facts(store, language, TODAY, NOW, who=who(store, language))

    assert facts["date"] == day
    assert day in facts["footer"]


def test_scores_and_levels_are_as_printed(store):
    facts = one_page.facts(store, "en", TODAY, NOW, who=who(store, "en"))

    assert (facts["index"]["score"], facts["index"]["level"]) == ("67.13", "Potential Innovative City")
    assert [one["score"] for one in facts["dimensions"]] == ["88.33", "85.18", "74.07", "25.93"]
    assert [one["lowest"] for one in facts["dimensions"]] == [False, False, False, True]
    assert "68.38" in facts["index"]["note"]


def test_every_kpi_is_counted_once(store):
    strategies = one_page.facts(store, "en", TODAY, NOW, who=who(store, "en"))["strategies"]

    assert [one["total"] for one in strategies] == [18, 8, 10]
    for one in strategies:
        assert sum(count["count"] for count in one["counts"]) == one["total"]


def test_the_lowest_dimension_leads_to_goals_places_and_people(store):
    weakest = one_page.facts(store, "en", TODAY, NOW, who=who(store, "en"))["weakest"]

    assert "25.93" in weakest["title"]
    assert [len(one["items"]) > 0 for one in weakest["lists"]] == [True, True, True]
    assert "RMUTL" in weakest["lists"][2]["items"]


def test_it_names_the_head_of_the_record(store):
    before = one_page.facts(store, "en", TODAY, NOW, who=who(store, "en"))["seal"]
    deeds.update_means(
        store, Account("nok", "Nok", "editor"), means="d1_m01", state="done", owner=None, starts_on=None,
        ends_on=None, note="done", seen=0, at=datetime(2026, 1, 5),
    )  # fmt: skip
    after = one_page.facts(store, "en", TODAY, NOW, who=who(store, "en"))

    assert after["seal"] != before
    assert "".join(after["seal_lines"]) == record.head(store)[1]
    assert after["means"] == "Done 1 · nobody has stated how far 52 of 53 means are"


@pytest.mark.parametrize(("names", "told"), [(True, "nok-1 · "), (False, "the server's operator · ")])
def test_who_did_something_lately_is_told_as_the_reader_may_see_them(store, names, told):
    deeds.update_means(
        store, Account("nok-1", "Nok", "editor"), means="d1_m01", state="done", owner=None, starts_on=None,
        ends_on=None, note="done", seen=0, at=datetime(2026, 1, 5),
    )  # fmt: skip
    facts = one_page.facts(store, "en", TODAY, NOW, who=who(store, names=names))

    assert facts["lately"][0]["when"].startswith(told)


@pytest.mark.parametrize("language", ["th", "en"])
def test_the_demonstration_is_marked_and_all_is_plain(store, language):
    facts = one_page.facts(store, language, TODAY, NOW, who=who(store, language), demonstration=True)

    assert facts["demonstration"]
    assert json.loads(json.dumps(facts, allow_nan=False)) == facts
