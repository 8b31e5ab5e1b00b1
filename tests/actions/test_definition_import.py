"""KPI definitions from one sheet: what would change is shown KPI by KPI, recorded as one entry or not at all, taken back by another."""

import csv
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from cmi_core import text
from cmi_core.accounts.roles import Account
from cmi_core.actions import definition_import, kpi_definitions, undo
from cmi_core.errors import FileRefused, ObservationError, PermissionRefused, StaleEdit
from cmi_core.store import kpis, record
from cmi_core.tables import safe_csv
from cmi_core.views import definition_sheet

AT = datetime(2026, 11, 29, 3, 0)
ED = Account("editor", "Ed", "editor")
CASES = Path(__file__).parents[1] / "cases" / "definitions"
SAIFI, WATER, SPEED, STOP = "k_d1_saifi", "k_d1_tap_water", "k_d1_internet_speed", "k_d2_pop_near_stop"


@pytest.fixture
def held(store):
    """A fresh installation with five people."""
    with (CASES / "SETUP_accounts.csv").open(encoding="utf-8-sig") as file:
        lines = [
            {"account": row["account"], "name": row["name"], "role": row["role"], "active": True}
            for row in csv.DictReader(file)
        ]
    lines.append({"account": "reader", "name": "ผู้อ่าน คนหนึ่ง", "role": "viewer", "active": True})
    lines.append({"account": "gone", "name": "ออก ไปแล้ว", "role": "coordinator", "active": False})
    with store.writing() as cursor:
        record.append(cursor, {"account_line": lines}, deed="create_account", by="root", at=AT, note="test")
    return store


def see(store, content, name="sheet.csv", **answers):
    data = content if isinstance(content, bytes) else content.encode()
    return definition_import.preview(store, ED, data=data, name=name, at=AT, answers=answers)


def case(store, name, **answers):
    path = next(CASES.glob(f"{name}_*"))
    return see(store, path.read_bytes(), path.name, **answers)


def keep(store, seen):
    return definition_import.import_definitions(store, ED, changes=seen.changes, note="one sitting", at=AT)


def changed(seen):
    return {change.kpi: dict(change.after) for change in seen.changes if change.state in ("new", "changed")}


def refused(seen):
    return {change.row.row: change.problem.reason for change in seen.changes if change.state == "refused"}


def asked(seen):
    return {question.id: question.default for question in seen.questions if question.asked}


def left(seen):
    return [(item.where, item.reason.partition(".")[2]) for item in seen.left_out]


def recorders(store, kpi):
    return [each[1:] for each in kpis.people_assigned(store) if each[0] == kpi]


def plan(baseline, since, target, until, **more):
    told = {"baseline": baseline, "baseline_period": since, "target": target, "target_period": until}
    return {name: value for name, value in told.items() if value is not None} | more


def book(*rows, merged=()):
    made = Workbook()
    for row in rows:
        made.active.append(list(row))
    for area in merged:
        made.active.merge_cells(area)
    out = BytesIO()
    made.save(out)
    return out.getvalue()


# ------------------------------------------------------------------------------------------------ files as people have them


def test_owners_targets_and_people_stand_in_one_sheet(held):
    seen = case(held, "d01")

    assert changed(seen) == {
        SAIFI: plan(5.2, "2019", 3, "2027", data_owner="กฟภ. เชียงใหม่", coordinator=("somchai",)),
        WATER: plan(92.5, "2024-Q4", 98, "2027-Q4", data_owner="กปภ. เชียงใหม่", coordinator=("pim",)),
        SPEED: plan(210.5, "2024-Q4", 400, "2027-Q4", data_owner="depa ภาคเหนือ", coordinator=("somchai",)),
        STOP: plan(31, "2019", 50, "2027", data_owner="เทศบาลนครเชียงใหม่", coordinator=("pim",))
        | {"baseline_period": "2024"},
    }
    assert (refused(seen), asked(seen)) == ({}, {"column:C": "data_owner"})
    owned = case(held, "d01", **{"column:C": "owner"})
    assert changed(owned)[STOP]["owner"] == "chiang_mai_municipality"
    assert "data_owner" not in changed(owned)[STOP]
    assert {"organisation:กฟภ. เชียงใหม่", "organisation:depa ภาคเหนือ"} <= set(asked(owned))


def test_the_last_of_the_years_is_the_target(held):
    seen = case(held, "d02")

    assert changed(seen) == {
        SAIFI: plan(5.2, "2024", 3, "2027") | {"milestone 2025": 4.5, "milestone 2026": 3.8},
        STOP: plan(31, "2024", 50, "2027") | {"milestone 2025": 35, "milestone 2026": 42},
    }
    assert (asked(seen), [each.default for each in seen.questions if each.id == "last_target"]) == (
        {},
        ["target"],
    )
    assert "target" not in changed(case(held, "d02", last_target="milestone"))[SAIFI]


def test_people_are_found_by_name_and_none_is_made_an_account(held):
    seen = case(held, "d03")

    assert changed(seen) == {
        SAIFI: {"coordinator": ("somchai",)},
        SPEED: {"stand_in": (("somchai", date(2026, 12, 29)),)},
    }
    assert asked(seen) == {"person:มาลีรักงาน(สมมติ)": None, "stand_in_until": "30"}
    assert left(seen) == [("B4", "left_person_unknown")]
    told = case(held, "d03", **{"person:มาลีรักงาน(สมมติ)": "malee2", "stand_in_until": "7"})
    assert changed(told)[WATER] == {"coordinator": ("malee2",)}
    assert changed(told)[SPEED] == {"stand_in": (("somchai", date(2026, 12, 6)),)}


def test_what_contradicts_itself_is_refused_and_the_rest_is_taken(held):
    seen = case(held, "d04")

    assert refused(seen) == {
        2: "target_against_direction",
        4: "target_not_after_baseline",
        5: "definition_new_open",
    }
    assert asked(seen) == {"new": None, "above_100": None}
    assert changed(seen)[SPEED] == plan(210.5, "2024-Q4", 400, "2027-Q4")
    told = text.refusal(text.translator("en"), seen.changes[0].problem)
    assert "target of 6 is worse than the baseline of 5.2" in told
    without = case(held, "d04", new="leave", above_100="leave")
    assert left(without) == [("5", "left_new"), ("E3", "left_above_100")]
    assert changed(without)[WATER] == {"baseline": 92.5, "baseline_period": "2024-Q4"}


def test_an_empty_cell_erases_nothing(held):
    seen = case(held, "d05")

    assert changed(seen) == {SAIFI: {"target": 3, "target_period": "2027"}}


def test_kpis_are_found_by_name_below_the_lines_of_their_groups(held):
    seen = case(held, "d06")

    assert changed(seen) == {
        SAIFI: plan(5.2, "2024", 3, "2027"),
        SPEED: plan(210.5, "2024-Q4", 400, "2027-Q4"),
        STOP: plan(31, "2024", 50, "2027"),
    }
    assert asked(seen) == {"new": None, "year_as": "last"}
    assert left(seen) == [("A", "left_column"), ("3", "left_group"), ("6", "left_group")]
    making = case(held, "d06", new="make")
    assert asked(making)["goal:การเดินทาง"] == "d2_connected_transit"  # as the KPI above it
    assert refused(making) == {8: "kpi_field_missing"}


def test_rows_of_years_below_each_other_make_a_path(held):
    seen = see(
        held,
        f"รหัส,ปี,เป้าหมาย\n{SAIFI},2570,3\n{SAIFI},2568,4.5\n{SAIFI},2569,3.8\n{STOP},2570,50\n",
    )

    assert changed(seen) == {
        SAIFI: {"target": 3, "target_period": "2027", "milestone 2025": 4.5, "milestone 2026": 3.8},
        STOP: {"target": 50, "target_period": "2027"},
    }


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("KPI", "Baseline", "Target"), (SAIFI, "5.2 (2562)", "3 (2570)")], plan(5.2, "2019", 3, "2027")),
        ([("Indicator", "Baseline 2024", "Target 2027"), (SAIFI, 5.2, 3)], plan(5.2, "2024", 3, "2027")),
        (
            [("รหัส", "เป้าหมาย", None, "ค่าฐาน"), (None, "2569", "2570", "2567"), (SAIFI, 4, 3, 5.2)],
            plan(5.2, "2024", 3, "2027") | {"milestone 2026": 4},
        ),
        (
            [("ตัวชี้วัด", "ค่าฐาน", "ปีฐาน", "เป้าหมาย", "ปีเป้าหมาย"), (SAIFI, "๕.๒", "พ.ศ. ๒๕๖๒", "3 ครั้ง/ราย/ปี", "2570")],
            plan(5.2, "2019", 3, "2027"),
        ),
    ],
)  # fmt: skip
def test_other_ways_of_writing_the_same(held, rows, expected):
    assert changed(see(held, book(*rows), "sheet.xlsx")) == {SAIFI: expected}


def test_what_a_column_is_can_be_said(held):
    sheet = f"รหัส,ผู้ที่กรอกให้,2570\n{SAIFI},somchai,3\n"
    seen = see(held, sheet)

    assert left(seen) == [("B", "left_column")]
    assert asked(seen) == {"column:C": None}
    told = see(held, sheet, **{"column:B": "coordinator", "column:C": "target"})
    assert changed(told) == {SAIFI: {"target": 3, "target_period": "2027", "coordinator": ("somchai",)}}


def test_a_word_nobody_told_us_is_asked_once(held):
    sheet = f"รหัส,ความถี่\n{SAIFI},นานๆ ที\n{STOP},นานๆ ที\n"

    assert asked(see(held, sheet)) == {"word:frequency:นานๆ ที": None}
    told = see(held, sheet, **{"word:frequency:นานๆ ที": "fiscal-yearly"})
    assert changed(told) == {kpi: {"frequency": "fiscal-yearly"} for kpi in (SAIFI, STOP)}


def test_another_name_beside_a_code_renames_only_where_that_is_said(held):
    sheet = f"รหัส,ชื่อภาษาไทย\n{SAIFI},ไฟดับ\n"

    seen = see(held, sheet)
    assert (asked(seen), changed(seen)) == ({"names": "keep"}, {})
    assert changed(see(held, sheet, names="take")) == {SAIFI: {"name_th": "ไฟดับ"}}
    twice = see(held, f"รหัส,ชื่อภาษาไทย\n{SAIFI},{kpis.definition(held, STOP)['name_th']}\n")
    assert refused(twice) == {2: "sheet_kpi_contradicts"}


def test_rows_that_contradict_each_other_are_refused_both(held):
    seen = see(held, f"รหัส,เป้าหมาย 2570,หน่วยงานที่มีข้อมูล\n{SAIFI},3,ก\n{SAIFI},3,ข\n{STOP},50,ก\n")

    assert refused(seen) == {2: "sheet_rows_contradict", 3: "sheet_rows_contradict"}
    assert changed(see(held, f"รหัส,เป้าหมาย 2570\n{SAIFI},3\n{SAIFI},3\n")) == {
        SAIFI: {"target": 3, "target_period": "2027"}
    }


def test_who_cannot_record_is_named_and_left_out(held):
    seen = see(held, f"รหัส,ผู้บันทึก\n{SAIFI},reader\n{STOP},ออก ไปแล้ว\n{SPEED},pim; somchai\n")

    assert left(seen) == [("B2", "left_person_reader"), ("B3", "left_person_closed")]
    assert changed(seen) == {SPEED: {"coordinator": ("pim", "somchai")}}


def test_whether_somebody_takes_the_place_of_another_is_asked(held):
    kpi_definitions.assign(held, ED, kpi=SAIFI, account="pim", role="coordinator", note="hers", at=AT)
    sheet = f"รหัส,ผู้บันทึก\n{SAIFI},somchai\n"

    seen = see(held, sheet)
    assert asked(seen) == {"people": "replace"}
    assert seen.changes[0].before == {"coordinator": ("pim",)}
    assert changed(seen) == {SAIFI: {"coordinator": ("somchai",)}}
    assert changed(see(held, sheet, people="add")) == {SAIFI: {"coordinator": ("pim", "somchai")}}


def test_what_is_hidden_or_measured_is_not_taken_unasked(held):
    made = Workbook()
    made.active.append(["รหัส", "เป้าหมาย 2570", "ผล 2567", "หน่วยงานที่มีข้อมูล"])
    made.active.append([SAIFI, 3, 5.2, "ก"])
    made.active.append([STOP, 50, 31, "ข"])
    made.active.row_dimensions[3].hidden = True
    made.active.column_dimensions["D"].hidden = True
    out = BytesIO()
    made.save(out)

    seen = see(held, out.getvalue(), "sheet.xlsx")

    assert changed(seen) == {SAIFI: {"target": 3, "target_period": "2027"}}
    assert set(asked(seen)) == {"column:D", "hidden_rows"}
    assert left(seen) == [("C", "left_measured"), ("D", "left_column_hidden"), ("3", "left_hidden_row")]


def test_every_cell_that_means_nothing_is_named(held):
    rows = [
        ("รหัส", "เป้าหมาย 2570", "ทศนิยม", "หน่วยงานที่มีข้อมูล"),
        (SAIFI, "สาม", 2.5, "=1+1"),
        (STOP, "#N/A", "-", "ก"),
        (SPEED, "=A1", None, None),
        (WATER, 98, None, "ก" * 301),
    ]
    seen = see(held, book(*rows), "sheet.xlsx", year_as="last")

    problems = {
        change.row.row: [
            (each.reason, each.details.get("cell")) for each in (change.problem, *change.problem.problems)
        ]
        for change in seen.changes
        if change.problem
    }
    assert problems == {
        2: [("number_not_whole", "C2"), ("sheet_formula", "D2"), ("number_is_text", "B2")],
        4: [("sheet_formula", "B4")],
        5: [("text_too_long", None)],
    }
    assert left(seen) == [("C3", "left_gap"), ("B3", "left_gap")]
    assert changed(seen) == {STOP: {"data_owner": "ก"}}


def test_a_day_stands_for_the_period_it_lies_in(held):
    rows = [("รหัส", "เป้าหมาย", "ปีเป้าหมาย"), (SAIFI, 3, date(2027, 12, 31)), (SPEED, 400, "31/12/2570")]
    seen = see(held, book(*rows), "sheet.xlsx")

    assert asked(seen) == {"days": "day_first"}
    assert {kpi: after["target_period"] for kpi, after in changed(seen).items()} == {
        SAIFI: "2027",
        SPEED: "2027-Q4",
    }


@pytest.mark.parametrize("content", ["a,b\n1,2\n", "kpi,period,value\nx,2024,1\n", "รหัส\nk_d1_saifi\n"])
def test_a_file_without_definitions_is_refused_in_words(held, content):
    with pytest.raises(FileRefused) as refusal:
        see(held, content)

    assert refusal.value.reason == "definitions_no_table"


# ------------------------------------------------------------------------------------------------ one entry, one undo


def test_new_kpis_are_made_as_drafts_and_taken_back(held):
    sheet = (
        "เป้าประสงค์,รหัส,ชื่อภาษาไทย,ชื่อภาษาอังกฤษ,หน่วยภาษาไทย,หน่วยภาษาอังกฤษ,ผู้บันทึก\n"
        "ขนส่งมวลชนที่เชื่อมต่อ,,รถเมล์,Buses,คัน,buses,pim\n"
        "ขนส่งมวลชนที่เชื่อมต่อ,k_own,เรือ,Boats,ลำ,boats,\n"
    )
    seen = see(held, sheet, new="make")
    before = kpis.next_position(held)
    entry = keep(held, seen)

    made = {code: kpis.definition(held, code) for code in ("k_buses", "k_own")}
    assert [each["name_th"] for each in made.values()] == ["รถเมล์", "เรือ"]
    assert {(each["goal"], each["approval"]) for each in made.values()} == {("d2_connected_transit", "draft")}
    assert [each["position"] for each in made.values()] == [before, before + 1]
    assert recorders(held, "k_buses") == [("pim", "coordinator", None)]
    undo.undo(held, ED, entry=entry, note="not yet", at=AT)
    assert {kpis.definition(held, code)["approval"] for code in made} == {"retired"}
    assert recorders(held, "k_buses") == []


def test_a_sheet_is_one_entry_and_one_more_takes_it_back(held):
    codes = (SAIFI, WATER, SPEED, STOP)
    before = [{**kpis.definition(held, code), "entry": 0} for code in codes]
    entry = keep(held, case(held, "d01"))

    assert held.version == entry
    assert kpis.definition(held, SPEED)["target"] == 400
    assert recorders(held, WATER) == [("pim", "coordinator", None)]
    assert changed(case(held, "d01")) == {}
    undo.undo(held, ED, entry=entry, note="wrong file", at=AT)
    assert [{**kpis.definition(held, code), "entry": 0} for code in codes] == before
    assert recorders(held, WATER) == []


def test_only_what_changes_is_written(held):
    keep(held, case(held, "d02"))
    entry = keep(held, see(held, f"รหัส,เป้าหมายรายทาง 2568\n{SAIFI},4.6\n{STOP},35\n"))

    lines = {
        table: held.rows(f"SELECT kpi FROM {table} WHERE entry = {entry}")
        for table in ("kpi_line", "kpi_milestone_line", "kpi_assignment_line")
    }
    assert lines == {"kpi_line": [], "kpi_milestone_line": [(SAIFI,)], "kpi_assignment_line": []}


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda store: kpi_definitions.set_target(
            store, ED, kpi=SAIFI, note="x", at=AT, expected_version=kpis.definition(store, SAIFI)["entry"], baseline=9, baseline_period="2020",
        ),
        lambda store: kpi_definitions.assign(store, ED, kpi=SAIFI, account="malee", role="coordinator", note="x", at=AT),
    ],
    ids=["definition", "people"],
)  # fmt: skip
def test_what_changed_since_the_preview_stops_it_all(held, meanwhile):
    seen = case(held, "d01")
    meanwhile(held)
    version = held.version

    with pytest.raises(StaleEdit) as refusal:
        keep(held, seen)

    assert (refusal.value.reason, held.version) == ("definitions_changed_since", version)


def test_an_account_that_was_switched_off_meanwhile_counts(held):
    seen = case(held, "d01")
    with held.writing() as cursor:
        line = {"account": "pim", "name": "พิมพ์ใจ", "role": "coordinator", "active": False}
        record.append(cursor, {"account_line": [line]}, deed="change_account", by="root", at=AT, note="left")

    with pytest.raises(StaleEdit):
        keep(held, seen)


def test_nothing_to_record_no_reason_and_no_right_are_refused(held):
    with pytest.raises(ObservationError, match="definitions_empty"):
        keep(held, see(held, f"รหัส,เป้าหมาย 2570\n{SAIFI},\n"))
    with pytest.raises(ObservationError, match="note_missing"):
        definition_import.import_definitions(held, ED, changes=case(held, "d01").changes, note=" ", at=AT)
    with pytest.raises(PermissionRefused):
        definition_import.preview(held, Account("nok", "Nok", "coordinator"), data=b"x", name="x.csv", at=AT)


# ------------------------------------------------------------------------------------------------ out and in again


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_the_sheet_as_it_is_handed_out_changes_nothing(held, language):
    keep(held, case(held, "d02"))
    keep(held, case(held, "d03", **{"person:มาลีรักงาน(สมมติ)": "malee2"}))
    kpi_definitions.assign(
        held, ED, kpi=STOP, account="pim", role="stand_in", ends_on=date(2026, 7, 31), note="summer", at=datetime(2026, 7, 1),
    )  # fmt: skip
    sheet = definition_sheet.sheet(held, language, text.translator(language), AT.date())
    for data, name in (
        (safe_csv.write_xlsx({"a": sheet}), "sheet.xlsx"),
        (safe_csv.write_csv(sheet), "sheet.csv"),
    ):
        seen = see(held, data, name)

        assert {change.state for change in seen.changes} == {"same"}
        assert len(seen.changes) == len(sheet) == 36
        assert (seen.left_out, asked(seen)) == ((), {})


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_what_is_filled_into_it_is_understood(held, language):
    translate = text.translator(language)
    data = safe_csv.write_xlsx({"a": definition_sheet.sheet(held, language, translate, AT.date())})
    made = load_workbook(BytesIO(data))
    heads = {cell.value: cell.column for cell in made.active[1]}
    row = next(each for each in made.active.iter_rows(min_row=2) if each[0].value == SAIFI)[0].row
    for field, cell in {
        "baseline": 5.2, "baseline_period": "2567" if language == "th" else 2024, "target": 3, "target_period": "2570" if language == "th" else "2027",
        "coordinator": "pim", "owner": kpis.choices(held, "organisation")[f"name_{language}"].iloc[3],
    }.items():  # fmt: skip
        made.active.cell(row, heads[translate(f"definition_sheet.field_{field}")], cell)
    out = BytesIO()
    made.save(out)

    seen = see(held, out.getvalue(), "sheet.xlsx")

    owner = kpis.choices(held, "organisation")["code"].iloc[3]
    assert changed(seen) == {SAIFI: plan(5.2, "2024", 3, "2027", owner=owner, coordinator=("pim",))}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from([SAIFI, STOP]),
        st.tuples(
            st.decimals(0, 50, places=2), st.integers(2015, 2024), st.decimals(51, 99, places=1), st.integers(2026, 2035),
        ),
        min_size=1,
    ),
    st.sampled_from(["be", "ce", "thai", "bracketed"]),
    st.sampled_from(["utf-8-sig", "cp874", "utf-16"]),
    st.sampled_from([",", ";", "\t"]),
    st.integers(0, 3),
)  # fmt: skip
def test_a_sheet_in_any_spelling_reads_back_as_the_same_definitions(held, told, era, encoding, mark, titles):
    def year(number):
        written = str(number if era == "ce" else number + 543)
        return written.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")) if era == "thai" else written

    lines = ["แผน" for _ in range(titles)]
    if era == "bracketed":
        lines.append(mark.join(["รหัสตัวชี้วัด", "ทิศทาง", "ค่าฐาน", "ค่าเป้าหมาย"]))
    else:
        lines.append(mark.join(["รหัสตัวชี้วัด", "ทิศทาง", "ค่าฐาน", "ปีฐาน", "ค่าเป้าหมาย", "ปีเป้าหมาย"]))
    for kpi, (baseline, since, target, until) in told.items():
        cells = (
            [f"{baseline} ({year(since)})", f"{target} ({year(until)})"]
            if era == "bracketed"
            else [f"{baseline}", year(since), f"{target}", year(until)]
        )
        lines.append(mark.join([kpi, "มากดี", *cells]))

    seen = see(held, "\n".join(lines).encode(encoding))

    meant = {
        kpi: plan(float(baseline), str(since), float(target), str(until))
        for kpi, (baseline, since, target, until) in told.items()
    }
    shares = next((each for each in seen.questions if each.id == "shares"), None)
    if shares is not None:  # a share of one may be per cent: it was asked
        seen = see(held, "\n".join(lines).encode(encoding), shares="as_is")
    assert {
        kpi: {name: value for name, value in fields.items() if name != "direction"}
        for kpi, fields in changed(seen).items()
    } == meant
