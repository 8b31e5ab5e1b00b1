"""A sheet is shown cell by cell, recorded as one entry or not at all, and taken back by another."""

from datetime import datetime

import pandas as pd
import pytest

from cmi_core.accounts.roles import Account
from cmi_core.actions import imports, kpi_definitions, kpis, undo
from cmi_core.errors import FileRefused, ObservationError, PermissionRefused, StaleEdit
from cmi_core.store import kpis as stored
from cmi_core.store import record
from cmi_core.tables import safe_csv

AT = datetime(2026, 7, 1, 3, 0)
ED = Account("ed", "Ed", "editor")
NOK = Account("nok", "Nok", "coordinator")
KPI = "k_d1_saifi"


@pytest.fixture
def held(store):
    with store.writing() as cursor:
        line = {"account": "nok", "name": "Nok", "role": "coordinator", "active": True}
        record.append(cursor, {"account_line": [line]}, deed="create_account", by="root", at=AT, note="test")
    kpi_definitions.assign(store, ED, kpi=KPI, account="nok", role="coordinator", note="hers", at=AT)
    return store


def save(store, period, value):
    return kpis.record_value(
        store, ED, kpi=KPI, period=period, value=value, quality="measured", note="x", at=AT
    )


def read(store, text, actor=NOK):
    return imports.preview(store, actor, data=text.encode(), name="values.csv", at=AT)


def state(store):
    rows = stored.values(store, KPI)
    return sorted(zip(rows["period"], rows["value"], rows["quality"], rows["state"], strict=True))


def test_each_cell_says_what_it_would_do(held):
    save(held, "2023", 3)
    save(held, "2024", 4)
    seen = read(
        held,
        "kpi,period,value\n"
        f"{KPI},2022,2\n{KPI},2023,3\n{KPI},2024,4.5\n{KPI},2025,many\nk_x,2025,1\nk_d1_tap_water,2025-Q1,1\n{KPI},2030,1\n",
    )
    told = {cell.cell: (cell.state, cell.problem and cell.problem.reason) for cell in seen.cells}
    assert told == {
        "C2": ("new", None),
        "C3": ("same", None),
        "C4": ("changed", None),
        "C5": ("refused", "number_is_text"),
        "A6": ("refused", "sheet_kpi_unknown"),
        "A7": ("refused", "sheet_kpi_unknown"),
        "B8": ("refused", "period_not_begun"),
    }


def test_the_values_are_one_entry_and_one_more_takes_them_back(held):
    save(held, "2024", 4)
    before = state(held)
    seen = read(held, f"kpi,period,value,note\n{KPI},2024,4.5,read again\n{KPI},2025,5,\n")
    entry = imports.import_values(held, NOK, cells=seen.wanted, note="quarterly report", at=AT)
    assert entry == held.version
    assert [row[:2] for row in state(held)] == [("2024", 4.5), ("2025", 5.0)]
    assert "read again" in held.rows("SELECT note FROM entry WHERE entry = $e", e=entry)[0][0]
    undo.undo(held, NOK, entry=entry, note="wrong file", at=AT)
    assert state(held) == before
    assert record.first_broken(held) is None


def test_what_changed_since_the_preview_stops_it_all(held):
    seen = read(held, f"kpi,period,value\n{KPI},2024,4\n{KPI},2025,5\n")
    save(held, "2025", 7)
    before = held.version
    with pytest.raises(StaleEdit, match="import_changed_since"):
        imports.import_values(held, NOK, cells=seen.wanted, note="x", at=AT)
    assert held.version == before


def test_nothing_to_record_and_no_reason_are_refused(held):
    seen = read(held, f"kpi,period,value\n{KPI},2025,5\n")
    with pytest.raises(ObservationError, match="note_missing"):
        imports.import_values(held, NOK, cells=seen.wanted, note=" ", at=AT)
    with pytest.raises(ObservationError, match="import_empty"):
        imports.import_values(held, NOK, cells=[], note="x", at=AT)


def test_an_assignment_that_ended_meanwhile_counts(held):
    seen = read(held, f"kpi,period,value\n{KPI},2025,5\n")
    kpi_definitions.assign(held, ED, kpi=KPI, account="nok", role="none", note="left", at=AT)
    with pytest.raises(PermissionRefused, match="not_assigned"):
        imports.import_values(held, NOK, cells=seen.wanted, note="x", at=AT)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"%PDF-1.7", "values.csv"),
        (b"<html><script>alert(1)</script>", "values.csv"),
        (b"PK\x03\x04broken", "values.xlsx"),
        (b"kpi,period,value\n", "../../values.csv"),
        (b"", "values.csv"),
        (b"a,b\n1,2\n", "values.csv"),
    ],
)
def test_hostile_files_earn_a_sentence(held, data, name):
    before = held.version
    with pytest.raises(FileRefused):
        imports.preview(held, NOK, data=data, name=name, at=AT)
    assert held.version == before


def test_a_formula_is_text_on_the_way_in_and_out(held):
    seen = read(held, f"kpi,period,value,note\n{KPI},2025,5,'=HYPERLINK(1)\n")
    imports.import_values(held, NOK, cells=seen.wanted, note="=1+1", at=AT)
    out = safe_csv.write_csv(pd.DataFrame({"note": [held.rows("SELECT max(note) FROM entry")[0][0], "=1+1"]}))
    assert b"\r\n'=1+1" in out


def test_a_file_without_marks_changes_no_mark(held):
    for period, value in (("2018", 7), ("2023", 120)):
        kpis.record_value(held, ED, kpi=KPI, period=period, value=value, quality="estimate", note="x", at=AT)
    seen = read(held, f"kpi,period,value\n{KPI},2018,70\n{KPI},2023,120\n{KPI},2020,11\n")
    assert [(cell.state, cell.before_quality, cell.quality) for cell in seen.cells] == [
        ("changed", "estimate", "estimate"),
        ("same", "estimate", "estimate"),
        ("new", "", "measured"),
    ]
    imports.import_values(held, NOK, cells=seen.wanted, note="read", at=AT)
    assert [row[:3] for row in state(held)] == [
        ("2018", 70.0, "estimate"),
        ("2020", 11.0, "measured"),
        ("2023", 120.0, "estimate"),
    ]


def test_a_mark_in_the_file_is_a_change_that_is_shown(held):
    save(held, "2023", 3)
    (cell,) = read(held, f"kpi,period,value,quality\n{KPI},2023,3,estimate\n").cells
    assert (cell.state, cell.before_quality, cell.quality) == ("changed", "measured", "estimate")


def test_new_values_get_the_mark_that_was_chosen_for_them(held):
    text = f"kpi,period,value\n{KPI},2023,3\n"
    seen = imports.preview(
        held, NOK, data=text.encode(), name="values.csv", at=AT, answers={"unmarked": "survey"}
    )
    assert [cell.quality for cell in seen.cells] == ["survey"]


def test_a_note_to_a_value_that_stands_is_not_lost_in_silence(held):
    save(held, "2023", 3)
    seen = read(held, f"kpi,period,value,note\n{KPI},2023,3,seen again\n")
    assert [(item.where, item.reason) for item in seen.left_out] == [("D2", "read_values.left_note_same")]


def test_a_preview_tells_every_row_in_plain_terms(held):
    save(held, "2023", 3)
    rows = read(held, f"kpi,period,value\n{KPI},2023,4\nk_x,2023,many\n").rows()
    assert [(row["row"], row["state"], row["key"]) for row in rows] == [
        (2, "changed", f"{KPI} 2023"),
        (3, "refused", "k_x 2023"),
    ]
    assert rows[0]["before"] == {"value": 3.0, "quality": "measured"}
    assert rows[0]["after"] == {"value": 4.0, "quality": "measured", "note": ""}
    assert rows[1]["reason"].reason == "sheet_kpi_unknown"


def test_shares_are_judged_by_what_is_on_record(held):
    assert imports._recordable(held, NOK, AT.date())[KPI].largest is None
    save(held, "2023", -30)
    assert imports._recordable(held, NOK, AT.date())[KPI].largest == 30


def test_what_was_answered_is_remembered_for_the_organisation_s_next_file(held):
    text = f"รายการ,งวด,ที่นับได้,ที่คาด,คุณภาพข้อมูล\n{KPI},2023,3,9,เกรดเอ\n"
    answers = {"column:value": "C", "quality:เกรดเอ": "survey"}
    first = read(held, text)
    assert {question.id: question.default for question in first.questions if question.asked}[
        "column:value"
    ] is None
    seen = imports.preview(held, NOK, data=text.encode(), name="values.csv", at=AT, answers=answers)
    imports.import_values(held, NOK, cells=seen.wanted, note="read", at=AT, learnt=seen.learnt)
    again = read(held, text.replace("2023,3", "2024,4"))
    assert not [question.id for question in again.questions if question.asked]
    assert [(cell.period, cell.value, cell.quality) for cell in again.cells] == [("2024", 4.0, "survey")]
    assert not again.learnt
