"""The network is what the text of the report states, and no more."""

from itertools import pairwise
from math import hypot

import pytest

from cmi_core.views import partner_network as views


def test_39_organisations_and_31_links_in_four_states(store):
    assert len(views.organisations(store)) == len(views.names(store)) == 39
    assert len(views.links(store)) == 31
    assert views.by_state(store).set_index("state").to_dict() == {
        "links": {"existing": 20, "committed": 1, "interest": 1, "proposed": 9},
        "unnamed": {"existing": 0, "committed": 1, "interest": 1, "proposed": 0},
    }


def test_links_that_name_no_partner_are_listed_and_not_drawn(store):
    unnamed = set(views.links(store).loc[lambda rows: rows["to_organisation"].isna(), "link"])

    assert unnamed == {"l30", "l31"}
    assert unnamed.isdisjoint(views.curves(store)["link"])
    assert views.curves(store)["link"].nunique() == 29


def test_states_choose_links(store):
    assert set(views.links(store, ("interest",))["link"]) == {"l31"}
    assert views.curves(store, ("interest",)).empty


def test_everybody_has_a_place_of_their_own_on_the_circle(store):
    spots = views.circle(store)

    assert [round(hypot(x, y), 9) for x, y in zip(spots["x"], spots["y"], strict=True)] == [1.0] * 39
    assert len({(round(x, 3), round(y, 3)) for x, y in zip(spots["x"], spots["y"], strict=True)}) == 39
    assert spots["angle"].between(-90, 90).all()  # no name stands on its head


def test_a_sector_stands_together(store):
    sectors = views.circle(store)["sector"].tolist()
    changes = sum(first != second for first, second in pairwise(sectors))

    assert changes == len(set(sectors)) - 1


def test_the_picture_is_the_same_every_time(store):
    assert views.curves(store).equals(views.curves(store))


def test_a_curve_ends_at_its_two_organisations(store):
    spots = views.circle(store).set_index("organisation")
    points = views.curves(store).set_index(["link", "step"])
    for row in views.links(store).dropna(subset=["to_organisation"]).itertuples():
        assert points.loc[(row.link, 0), "x"] == pytest.approx(spots.loc[row.from_organisation, "x"])
        assert points.loc[(row.link, 15), "y"] == pytest.approx(spots.loc[row.to_organisation, "y"])


def test_one_organisation_whole(store):
    found = views.partner(store, "cmu_step")

    assert found.row.name_en == "Science Park, Chiang Mai University (STeP)"
    assert set(found.links["link"]) == {"l05", "l10", "l20", "l24", "l26", "l27"}
    assert set(found.means["means"]) == {"s1_m01", "s1_m05"}


def test_nobody_of_that_code(store):
    assert views.partner(store, "nobody") is None


@pytest.mark.parametrize("counted", ["links", "means", "workshops", "places"])
def test_the_counts_are_the_lengths_of_the_lists(store, counted):
    for row in views.organisations(store).itertuples():
        rows = getattr(views.partner(store, row.organisation), counted)
        listed = rows["workshop"].nunique() if counted == "workshops" else len(rows)

        assert getattr(row, counted) == listed, row.organisation
