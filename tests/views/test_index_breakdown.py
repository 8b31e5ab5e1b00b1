"""What the report printed, what its parts add up to, and what was put right since."""

from datetime import datetime

import pytest

from cmi_core.accounts.roles import Account
from cmi_core.actions import index_settings
from cmi_core.views import index_breakdown as views

AT = datetime(2026, 7, 1, 3, 0)
ED = Account("ed", "บรรณาธิการ", "editor")


def test_the_report_is_shown_as_printed(store):
    rows = views.printed(store, *views.HOME).set_index("node")

    assert rows["value"].to_dict() == {
        "isc_overall": 67.13,
        "isc_basic": 88.33,
        "isc_connected": 85.18,
        "isc_sustainable": 74.07,
        "isc_inclusive": 25.93,
    }
    assert rows["depth"].to_dict()["isc_overall"] == 0
    assert set(rows.drop("isc_overall")["depth"]) == {1}


def test_contributions_add_up_to_the_plain_mean_and_not_to_the_printed_total(store):
    rows = views.printed(store, *views.HOME)
    both = next(views.mean_of_children(store, *views.HOME).itertuples())

    assert rows["contribution"].sum() == pytest.approx(68.3775)
    assert (both.value, both.mean, both.count, both.agrees) == (67.13, pytest.approx(68.3775), 4, False)


def test_the_lowest_comes_first(store):
    assert views.weakest(store, *views.HOME)["node"].tolist() == [
        "isc_inclusive",
        "isc_sustainable",
        "isc_connected",
        "isc_basic",
    ]
    assert views.lowest(store, *views.HOME).node == "isc_inclusive"


def test_a_number_put_right_is_told_with_what_stood_before(store):
    assert views.corrections(store, *views.HOME).empty
    seen = views.printed(store, *views.HOME).set_index("node").loc["isc_basic", "entry"]
    index_settings.correct_score(
        store, ED, assessment=views.HOME[0], city=views.HOME[1], node="isc_basic", value=83.33,
        note="SPP CMU confirmed a misprint", expected_version=int(seen), at=AT,
    )  # fmt: skip
    told = next(views.corrections(store, *views.HOME).itertuples())
    both = next(views.mean_of_children(store, *views.HOME).itertuples())

    assert (told.node, told.before, told.value, told.note) == (
        "isc_basic",
        88.33,
        83.33,
        "SPP CMU confirmed a misprint",
    )
    assert both.agrees


def test_the_city_and_its_own_index_come_first(store):
    assert views.assessments(store)["assessment"].iloc[0] == views.HOME[0]
    assert views.places(store, views.HOME[0])["city"].tolist() == [views.HOME[1]]
