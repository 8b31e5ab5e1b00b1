"""The dry run says of every cell what would become of it, and changes nothing."""

from pathlib import Path

import pandas as pd
import pytest

from cmi_core.errors import FileRefused
from cmi_core.store import indices as reads
from cmi_core.tables.sheets import write_csv, write_xlsx
from cmi_core.views import index_import as views
from tests.index import comparison_data as data

CASES = Path(__file__).parents[1] / "cases" / "index"


@pytest.fixture
def code(store):
    return data.made(store)


def preview(store, code, table, write=write_csv, name="s.csv", **more):
    return views.preview_scores(
        store, write(table), name, framework=code, year=more.pop("year", 2025), **more
    )


def wide(**more):
    return pd.DataFrame(
        {"city": ["c1", "c9"], "name_th": ["เมือง c1", "เมืองใหม่"], "trees": [8.0, 3.0], "jobs": [91.0, None]}
        | more
    )


@pytest.mark.parametrize(
    ("write", "name"), [(write_csv, "s.csv"), (lambda t: write_xlsx({"s": t}), "s.xlsx")]
)
def test_every_cell_has_its_verdict(store, code, write, name):
    before = store.version
    found = preview(store, code, wide(), write, name)

    verdicts = found.cells.set_index(["city", "node"])["verdict"].to_dict()
    assert verdicts == {("c1", "trees"): "same", ("c1", "jobs"): "changed", ("c9", "trees"): "new"}
    assert found.counts == {"new": 1, "changed": 1, "same": 1, "refused": 0}
    assert found.places.set_index("city")["new"].to_dict() == {"c1": False, "c9": True}
    assert store.version == before


def test_differences_carry_addresses_and_names(store, code):
    table = views.differences(preview(store, code, wide()), reads.nodes(store, code), "changed", 10)

    assert table[["cell", "name_th", "node_name_th", "before", "value"]].to_numpy().tolist() == [
        ["D2", "เมือง c1", "งาน", 90.0, 91.0]
    ]


def test_refused_cells_are_counted_at_their_address(store, code):
    found = preview(store, code, wide(jobs=["มาก", "inf"]))

    assert [(problem.cell, problem.reason.reason) for problem in found.problems] == [
        ("D2", "number_is_text"),
        ("D3", "number_not_finite"),
    ]
    assert found.counts["refused"] == 2


def test_a_preview_tells_how_far_it_is(store, code):
    told = []
    preview(store, code, wide(), progress=told.append)

    assert (told[0] < 0.1, told[-1], told == sorted(told)) == (True, 1.0, True)


def test_a_score_template_is_read_back_without_a_problem(store, code):
    for language in ("th", "en"):
        template = views.score_template(store, code, language)
        template.iloc[:, 4] = 1.0
        found = preview(store, code, template, year=None)
        assert found.problems == ()
        assert set(found.cells["node"]) == {"trees"}


def test_a_framework_template_is_read_back_as_the_same_tree(store, code):
    sheet = views.preview_framework(store, write_csv(views.framework_template(store, code)), "f.csv")

    assert sheet.problems == ()
    assert sheet.nodes["code"].tolist() == ["top", "green", "trees", "smoke", "fair", "jobs", "schools"]
    assert sheet.nodes["weight"].tolist()[1:] == [2.0, 1.0, 1.0, 1.0, 1.0, 3.0]


def test_an_empty_template_is_refused_in_words(store):
    with pytest.raises(FileRefused, match="table_empty"):
        views.preview_framework(store, write_csv(views.framework_template(store, None)), "f.csv")


def test_imports_are_listed_with_what_became_of_them(store, code):
    from cmi_core.actions import indices as actions

    actions.undo(store, data.EDITOR, entry=store.version, note="n", at=data.AT)
    table = reads.imports(store, 10).set_index("deed")

    assert table["undone_by"].notna().to_dict() == {"import_scores": True, "import_framework": False}
    assert (table.loc["import_scores", "cells"], table.loc["import_scores", "places"]) == (38, 5)


def test_what_a_file_computes_is_one_row_per_part_from_the_whole_down(store):
    name = "i01_hdi_framework.csv"
    sheet = views.preview_framework(store, (CASES / name).read_bytes(), name)
    facts = {row["name"]: row for row in views.node_facts(sheet.nodes, "en")}

    assert list(facts) == [
        "HDI",
        "Life expectancy",
        "Education",
        "Expected years",
        "Mean years",
        "GNI per head",
    ]
    gni = facts["GNI per head"]
    assert [gni[key] for key in ("transform", "lower", "upper", "direction")] == [
        "log",
        100.0,
        75000.0,
        "higher",
    ]
    # A part is scored by the method of the nearest above it.
    assert (facts["Mean years"]["normalise"], facts["Mean years"]["depth"]) == ("goalposts:1", 2)
    assert (facts["Education"]["parts"], facts["HDI"]["total"]) == (2, 1.0)


def test_a_preview_follows_the_answers(store, code):
    text = b'city,name_th,trees,jobs\nc1,\xe0\xb9\x80\xe0\xb8\xa1\xe0\xb8\xb7\xe0\xb8\xad\xe0\xb8\x87 c1,8,"1,234"\n'
    given = {"framework": code, "year": 2025}
    asked = views.preview_scores(store, text, "s.csv", **given)
    decimal = views.preview_scores(store, text, "s.csv", answers={"comma": "decimal"}, **given)

    assert [question.id for question in asked.questions if question.asked] == ["comma"]
    assert dict(zip(decimal.cells["node"], decimal.cells["value"], strict=True)) == {
        "trees": 8.0,
        "jobs": 1.234,
    }


def marked(value, quality="measured"):
    return {"value": value, "quality": quality}


def test_another_mark_is_a_change_and_none_keeps_the_one_on_record(store, code):
    table = wide(jobs=[90.0, None])
    alike = preview(store, code, table).cells.query("city == 'c1'")
    assert set(alike["verdict"]) == {"same"}
    marks = preview(store, code, table.assign(quality="estimate")).cells.query("city == 'c1'")
    assert set(marks["verdict"]) == {"changed"}
    assert set(zip(marks["before_quality"], marks["quality"], strict=True)) == {("measured", "estimate")}


def test_every_row_is_told_with_what_stands_and_what_would(store, code):
    rows = list(preview(store, code, wide(jobs=["91", "มาก"])).rows())

    assert [(row["state"], row["key"], row["before"], row["after"]) for row in rows] == [
        ("same", "c1 trees 2025", marked(8.0), marked(8.0)),
        ("changed", "c1 jobs 2025", marked(90.0), marked(91.0)),
        ("new", "c9 trees 2025", None, marked(3.0, None)),
        ("refused", None, None, None),
    ]
    assert rows[-1]["reason"].reason == "number_is_text"
