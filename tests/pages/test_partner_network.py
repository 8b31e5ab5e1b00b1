"""The partner network says what it is and is not, and shows one organisation whole."""

import pytest


def html_of(at) -> str:
    return "".join(block.proto.body for block in at.get("html"))


@pytest.mark.parametrize("role", [None, "editor"])
@pytest.mark.parametrize(("language", "title"), [("th", "เครือข่ายภาคี"), ("en", "Partner network")])
def test_it_opens_and_says_that_the_list_is_a_floor(open_page, language, title, role):
    at = open_page("partner_network", language, role)

    assert [at.title[0].value, list(at.exception), len(at.info)] == [title, [], 1]
    assert len(at.dataframe[0].value) == 31


def test_a_link_to_an_organisation_opens_it(open_page):
    at = open_page("partner_network", "en", org="cmu_step")

    assert "<h2>Science Park, Chiang Mai University (STeP)</h2>" in html_of(at)
    assert len(at.dataframe[0].value) == 6


def test_states_choose_links(open_page):
    at = open_page("partner_network", "en", link_state="committed,interest")

    assert at.dataframe[0].value["Partner"].tolist() == ["No single partner named"] * 2


def test_the_other_table(open_page):
    at = open_page("partner_network", "th", table="organisations")

    assert len(at.dataframe[0].value) == 39
