"""Methods and sources: every part opens in both languages and tells what the rules and tables hold."""

import pytest

from cmi_core.kpi import progress
from pages.components.method.method_sources import PARTS


def html_of(at) -> str:
    return "".join(block.proto.body for block in at.get("html"))


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("language", ["th", "en"])
def test_every_part_opens(open_page, language, part):
    at = open_page("method_sources", language, part=part)

    assert [list(at.exception), list(at.error)] == [[], []]


def test_the_rule_shows_the_thresholds_in_force(open_page):
    at = open_page("method_sources", "en", part="progress")
    shown = html_of(at) + " ".join(text.value for text in at.markdown)

    assert f"{progress.RULE.substantial:.0%}" in shown
    assert f"{progress.RULE.moderate:.0%}" in shown


def test_what_is_not_a_fact_is_said_without_its_figure(open_page):
    at = open_page("method_sources", "en", part="city")

    assert "Not shown as a fact" in at.warning[0].value
    assert "2,500,000" not in html_of(at) + at.warning[0].value


def test_all_questions_stand(open_page):
    assert html_of(open_page("method_sources", "en", part="questions")).count("<li>") == 7


def test_a_table_is_explained(open_page):
    at = open_page("method_sources", "en", part="data", data_table="link")

    (table,) = [block.proto.body for block in at.get("html") if "cmi-words" in block.proto.body]
    assert '<td data-head="Column">collective</td>' in table
    assert "<script" not in table
