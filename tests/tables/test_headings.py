"""Headings of one line and of two, merged and spread, compared as their readers compare them."""

import pytest

from cmi_core.tables.headings import bare, bracketed, fill_down, heading_texts, samples, texts_across
from cmi_core.tables.table import Table


@pytest.mark.parametrize("heading", ["ค่า", " ค่า* ", "ค่า (ครั้ง)", "ค่า\n[ครั้ง]", "ค่\u200bา", "ค่า:"])
def test_what_reads_alike_is_alike(heading):
    assert bare(heading) == "ค่า"


def test_what_stands_in_brackets_is_kept_apart():
    assert bracketed("ผล (คน) [พ.ศ.]") == ("คน", "พ.ศ.")


def test_a_heading_above_spreads_over_what_is_merged_with_it():
    table = Table({1: {1: "ตัวชี้วัด", 2: "ผล"}, 2: {2: "แผน", 3: "จริง"}}, merged=("A1:A2", "B1:C1"))
    assert heading_texts(table, 1, lines=2) == {1: "ตัวชี้วัด", 2: "ผล แผน", 3: "ผล จริง"}


def test_a_heading_above_spreads_over_empty_cells_that_have_one_below():
    table = Table({1: {1: "KPI", 2: "2566", 4: "2567"}, 2: {2: "Q1", 3: "Q2", 4: "Q1", 5: "Q2"}})
    assert heading_texts(table, 1, lines=2) == {
        1: "KPI",
        2: "2566 Q1",
        3: "2566 Q2",
        4: "2567 Q1",
        5: "2567 Q2",
    }


def test_what_is_merged_downward_holds_for_each_row():
    table = Table({2: {1: "a"}, 5: {1: "b"}}, merged=("A2:A4", "A5:B6", "$B$2:$B$3"))
    assert fill_down(table, 2, [1, 2]) == {(3, 1): "a", (4, 1): "a"}


def test_text_merged_across_columns_is_no_row_of_values():
    table = Table({2: {1: "x", 2: 1}, 5: {1: "ลงชื่อ"}}, merged=("A5:C6", "A2:B2"))
    assert texts_across(table, 2) == {5, 6}


def test_samples_are_the_first_cells_below():
    rows = {1: {1: "h"}, 2: {1: "a\nb"}, 3: {2: 1}, 4: {1: 5}, 5: {1: "x" * 90}, 6: {1: "no"}}
    assert samples(rows, 1, 1) == ("a b", "5", "x" * 39 + "…")
