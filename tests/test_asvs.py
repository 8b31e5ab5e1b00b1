"""The list of requirements of ASVS names each of them once, and only tests and files that are there."""

import csv
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
LIST = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
STANDARD = ROOT.parent / "shared" / "reference" / "asvs" / "asvs_5.0.0_en.csv"
ANSWERS = ("met", "not applicable", "not met")
COPIED = 8  # words in a row that are nobody's own any more


class Row(NamedTuple):
    """One requirement as the list has it."""

    number: str
    level: str
    asks: str
    answer: str
    where: str

    @property
    def place(self) -> tuple[int, ...]:
        return tuple(int(part) for part in self.number.split("."))


def rows() -> list[Row]:
    """Every line of a table but the headings; one that has lost a cell is a fault here already."""
    lines = [line for line in LIST.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [Row(*each) for each in cells if each[0] != "number" and set(each[0]) != {"-"}]


ROWS = rows()
NAMED = sorted(
    {named for row in ROWS for named in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", row.where)}
)
FILES = sorted(
    {named for row in ROWS for named in re.findall(r"`([\w.]+/[\w./-]+|\w+\.(?:md|toml))`", row.where)}
)
# Made by the operator, never by us.
MADE_ELSEWHERE = {".streamlit/secrets.toml"}


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def standard() -> dict[str, dict[str, str]]:
    """The requirements of levels 1 and 2 as published, by number."""
    with STANDARD.open(encoding="utf-8-sig", newline="") as file:
        return {
            line["req_id"].removeprefix("V"): line for line in csv.DictReader(file) if line["L"] in {"1", "2"}
        }


beside = pytest.mark.skipif(not STANDARD.exists(), reason="the standard does not lie beside the repository")


def test_numbers_are_well_formed_sorted_and_unique():
    assert [row.number for row in ROWS if not re.fullmatch(r"[1-9]\d?\.[1-9]\d?\.[1-9]\d?", row.number)] == []
    assert [row.place for row in ROWS] == sorted({row.place for row in ROWS})


def test_a_row_stands_in_its_chapter_and_says_what_is_asked_and_why():
    chapter, told = "", []
    for line in LIST.splitlines():
        if heading := re.match(r"## (\d+) ", line):
            chapter = heading[1]
        elif number := re.match(r"\| (\d+)\.", line):
            told.append(number[1] == chapter)

    assert len(told) == len(ROWS)
    assert all(told)
    assert [row.number for row in ROWS if len(row.asks) < 4 or len(row.where) < 8] == []


def test_each_row_has_one_of_three_answers():
    assert {row.answer for row in ROWS} == set(ANSWERS)
    assert {row.level for row in ROWS} == {"1", "2"}


def test_the_counts_are_those_of_the_rows():
    answers, levels = Counter(row.answer for row in ROWS), Counter(row.level for row in ROWS)

    assert (
        f"\n{len(ROWS)} requirements, {levels['1']} of level 1 and {levels['2']} of level 2: {answers['met']} met, "
        f"{answers['not applicable']} not applicable, {answers['not met']} not met.\n"
    ) in LIST


def test_what_is_met_names_what_holds_it():
    named = re.compile(r"`tests/[\w/]+\.py::test_\w+`|`[\w./-]+\.\w+`|`Makefile`|`static/`")

    assert [row.number for row in ROWS if row.answer == "met" and not named.search(row.where)] == []


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_a_test_that_is_named_is_there(file, test):
    code = (ROOT / file).read_text(encoding="utf-8")

    assert not test or re.search(rf"^ *(?:async )?def {test}\(", code, re.MULTILINE)


@pytest.mark.parametrize("file", FILES)
def test_a_file_that_is_named_is_there(file):
    assert file in MADE_ELSEWHERE or (ROOT / file).exists()


def test_every_test_is_named_in_the_form_that_is_looked_up():
    """A test that is named in another way would never be looked for."""
    loose = re.sub(r"`tests/[\w/]+\.py(?:::\w+)?`", "", " ".join(row.where for row in ROWS))

    assert len(NAMED) > 50
    assert re.findall(r"\btest_\w+|\w+::\w+", loose) == []


def test_the_page_on_security_leads_there():
    assert "](asvs.md)" in (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


@beside
def test_every_requirement_of_the_two_levels_stands_once_with_its_level():
    assert {row.number: row.level for row in ROWS} == {
        number: line["L"] for number, line in standard().items()
    }


@beside
def test_no_sentence_of_the_standard_is_copied():
    def runs(text: str) -> set[tuple[str, ...]]:
        said = words(text)
        return {tuple(said[at : at + COPIED]) for at in range(len(said) - COPIED + 1)}

    published = standard()

    assert [
        row.number
        for row in ROWS
        if runs(f"{row.asks} {row.where}") & runs(published[row.number]["req_description"])
    ] == []
