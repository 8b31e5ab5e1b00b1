"""The map's pages open for everybody in both languages, and offer their deeds to those who may."""

from datetime import datetime

import pytest
from streamlit.testing.v1 import AppTest

from cmi_core import text
from cmi_core.actions import criteria
from cmi_core.views import district_map


def html_of(at: AppTest) -> str:
    return "".join(block.proto.body for block in at.get("html"))


@pytest.mark.parametrize("part", ["compare", "infrastructure", "criteria", "table", "files"])
@pytest.mark.parametrize("language", ["th", "en"])
def test_every_part_opens_in_both_languages(open_page, language, part):
    at = open_page("district_map", language, part=part, place="suan_dok")

    assert [list(at.exception), list(at.error)] == [[], []]
    assert {"th": "สวนดอก", "en": "Suan Dok"}[language] in html_of(at)


@pytest.mark.parametrize(
    "place", [*district_map.IN_FRONT, "walking_street", "old_town", "chiang_mai_city_municipality"]
)
def test_every_place_has_a_card(open_page, place):
    at = open_page("district_map", "en", place=place)

    assert not at.exception
    assert 'class="cmi-place"' in html_of(at)


def test_a_link_compares_two_districts(open_page):
    shown = html_of(open_page("district_map", "en", compare="suan_dok,mae_hia"))

    assert shown.count('<th scope="col" style=') == 2
    assert "Not available" in shown


def test_an_unknown_choice_in_the_link_is_forgotten(open_page):
    at = open_page("district_map", "en", place="atlantis", part="x", compare="atlantis")

    assert [list(at.exception), list(at.error)] == [[], []]


def test_nobody_has_scored_is_said_not_shown_as_zero(open_page):
    at = open_page("district_map", "en", part="criteria")

    assert any("Nobody has scored" in info.value for info in at.info)
    assert "cmi-ranks" not in html_of(at)


def test_an_editor_scores_and_the_rank_shows(open_page, city, account_of):
    criteria.score(
        city, account_of("editor"), place="nimman", criterion="leadership", score=7, quality="survey", evidence="เวที",
        evidence_link="", note="ประชุม", seen=0, at=datetime(2026, 1, 6),
    )  # fmt: skip
    shown = html_of(open_page("district_map", "en", "editor", part="criteria"))

    assert "cmi-ranks" in shown
    assert "1 of 6 criteria" in shown


def test_a_refusal_about_something_else_lets_nobody_score_over_what_they_have_not_seen(
    open_page, city, account_of
):
    said = text.translator("en")
    at = open_page("district_map", "en", "editor", part="criteria", scored="nimman", by="leadership")
    criteria.score(
        city, account_of("editor"), place="nimman", criterion="leadership", score=7, quality="survey", evidence="*forum*",
        evidence_link="", note="ประชุม", seen=0, at=datetime(2026, 1, 6),
    )  # fmt: skip

    def save(**typed):
        for key, value in typed.items():
            fields = [*at.number_input, *at.selectbox, *at.text_input]
            next(field for field in fields if (field.key or "").endswith(f"_0_{key}")).set_value(value)
        next(button for button in at.button if button.label == said("criteria.save")).click()
        at.run()
        return [score for (score,) in city.rows("SELECT score FROM criterion_score_current")]

    assert save(score=2.0, q="survey", note="visit") == [7]
    assert "evidence" in at.error[0].value.lower()
    assert save(evidence="photographs") == [7]
    assert len(at.warning) == 1
    assert any(rf"7.0 · {said('quality.survey')} · \*forum\*" in each.value for each in at.markdown)
    assert save() == [2]
    assert [each.value for each in at.toast] == [said("criteria.saved")]


@pytest.mark.parametrize("page", ["boundary_upload", "infrastructure"])
@pytest.mark.parametrize("language", ["th", "en"])
def test_editors_open_their_pages_and_others_do_not(open_page, page, language):
    at = open_page(page, language, "editor")
    assert [list(at.exception), list(at.error)] == [[], []]
    assert len(at.title) == 1
