"""Values are recorded, corrected, withdrawn and verified by the rules, or refused in words."""

from datetime import date, datetime, timedelta

import pytest

from cmi_core.accounts.roles import Account
from cmi_core.actions import accounts, kpi_definitions, kpis, undo
from cmi_core.errors import CmiError, ObservationError, PermissionRefused, StaleEdit
from cmi_core.store import kpis as stored
from cmi_core.store import opening, record

AT = datetime(2026, 7, 1, 3, 0)
EDITOR = Account("ed", "Ed", "editor")
NOK = Account("nok", "Nok", "coordinator")
LEK = Account("lek", "Lek", "coordinator")
ADMIN = Account("root", "Root", "admin")
KPI = "k_d1_saifi"  # yearly, lower is better


@pytest.fixture
def store():
    store = opening.open_store(":memory:")
    accounts.prepare(store)
    for who in (EDITOR, NOK, LEK):
        with store.writing() as cursor:
            line = {"account": who.account, "name": who.name, "role": who.role, "active": True}
            record.append(
                cursor, {"account_line": [line]}, deed="create_account", by="root", at=AT, note="test"
            )
    kpi_definitions.assign(store, EDITOR, kpi=KPI, account="nok", role="coordinator", note="her KPI", at=AT)
    yield store
    store.close()


def save(store, actor=NOK, **given):
    return kpis.record_value(
        store,
        actor,
        **{"kpi": KPI, "period": "2025", "value": 1.5, "quality": "measured", "note": "meter", "at": AT}
        | given,
    )


def refused(store, reason, error=ObservationError, **given):
    before = store.version
    with pytest.raises(error) as told:
        save(store, **given)
    assert told.value.reason == reason
    assert store.version == before
    return told.value


def test_a_value_stands_after_it_was_recorded(store):
    entry = save(store)
    assert kpis.newest(store, KPI, "2025")[:3] == (entry, 1.5, "measured")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"kpi": "k_none"}, "kpi_unknown"),
        ({"period": "2025-13"}, "period_month_unknown"),
        ({"period": "2025-05"}, "period_wrong_frequency"),
        ({"period": "ค.ศ. 2568"}, "period_year_out_of_range"),
        ({"period": "2027"}, "period_not_begun"),
        ({"period": ""}, "period_missing"),
        ({"value": "many"}, "number_is_text"),
        ({"value": float("inf")}, "number_not_finite"),
        ({"value": float("nan")}, "number_not_finite"),
        ({"value": None}, "number_missing"),
        ({"quality": "guess"}, "quality_unknown"),
        ({"quality": "withdrawn"}, "quality_unknown"),
        ({"note": "  "}, "note_missing"),
        ({"note": "x" * 2001}, "text_too_long"),
        ({"evidence_link": "javascript:alert(1)"}, "evidence_link_malformed"),
        ({"evidence_file": "0" * 64}, "evidence_file_unknown"),
        ({"breakdown": "sex:female"}, "breakdown_unknown"),
    ],
)
def test_bad_input_is_refused_and_changes_nothing(store, given, reason):
    refused(store, reason, **given)


def test_a_value_for_a_period_that_runs_is_taken(store):
    assert save(store, period="2026") == store.version


@pytest.mark.parametrize(
    ("actor", "reason"),
    [(None, "sign_in_needed"), (LEK, "not_assigned"), (Account("v", "V", "viewer"), "not_permitted")],
)
def test_only_the_assigned_record(store, actor, reason):
    refused(store, reason, PermissionRefused, actor=actor)


def test_a_stand_in_records_until_their_last_day(store):
    ends = date(2026, 7, 3)
    kpi_definitions.assign(
        store, EDITOR, kpi=KPI, account="lek", role="stand_in", ends_on=ends, note="leave", at=AT
    )
    save(store, actor=LEK)
    after = AT + timedelta(days=3)
    refused(store, "not_assigned", PermissionRefused, actor=LEK, period="2024", at=after)


def test_the_same_again_is_refused_as_a_repeat(store):
    entry = save(store)
    assert refused(store, "value_repeated").details["entry"] == entry
    refused(store, "value_repeated", expected_version=entry)


def test_two_people_at_once_the_second_sees_both_and_chooses(store):
    first = save(store, actor=EDITOR, value=2.0)
    told = refused(store, "value_changed", StaleEdit, value=1.5).details
    assert (told["theirs"], told["mine"], told["who"], told["when"]) == ("2", "1.5", EDITOR.account, "10:00")
    assert save(store, value=1.5, expected_version=told["entry"]) == first + 1


def test_a_correction_keeps_what_it_corrects(store):
    first = save(store)
    second = kpis.correct_value(
        store,
        NOK,
        kpi=KPI,
        period="2025",
        value=1.4,
        quality="measured",
        note="typing error",
        at=AT,
        expected_version=first,
    )
    lines = store.rows("SELECT entry, value FROM kpi_value_line ORDER BY entry")
    assert lines == [(first, 1.5), (second, 1.4)]
    assert store.rows("SELECT deed FROM entry WHERE entry = $e", e=second) == [("correct_value",)]


def test_a_correction_of_nothing_is_refused(store):
    with pytest.raises(ObservationError, match="value_not_there"):
        kpis.correct_value(
            store,
            NOK,
            kpi=KPI,
            period="2025",
            value=1,
            quality="measured",
            note="x",
            at=AT,
            expected_version=1,
        )


def test_a_withdrawn_value_no_longer_counts_and_stays_in_the_record(store):
    first = save(store)
    kpis.withdraw_value(store, NOK, kpi=KPI, period="2025", note="wrong meter", at=AT, expected_version=first)
    assert stored.values(store, KPI).empty
    assert len(store.rows("SELECT 1 FROM kpi_value_line")) == 2
    with pytest.raises(ObservationError, match="value_not_there"):
        kpis.withdraw_value(store, NOK, kpi=KPI, period="2025", note="again", at=AT, expected_version=first)


def four_eyes(store):
    kpi_definitions.define_kpi(
        store, EDITOR, kpi=KPI, fields={"four_eyes": True}, note="second person", at=AT,
        expected_version=stored.definition(store, KPI)["entry"],
    )  # fmt: skip
    kpi_definitions.assign(store, EDITOR, kpi=KPI, account="lek", role="coordinator", note="second", at=AT)


def verdict(store, deed, actor, entry):
    return deed(store, actor, kpi=KPI, period="2025", expected_version=entry, note="checked", at=AT)


def test_nobody_verifies_their_own_value(store):
    four_eyes(store)
    entry = save(store)
    with pytest.raises(PermissionRefused, match="own_value"):
        verdict(store, kpis.verify_value, NOK, entry)
    verdict(store, kpis.verify_value, LEK, entry)
    assert stored.values(store, KPI)["state"].tolist() == ["verified"]


def test_a_value_counts_only_once_verified(store):
    four_eyes(store)
    entry = save(store)
    (row,) = stored.latest(store)
    assert (row["count_values"], row["count_waiting"], row["waiting_period"]) == (0, 1, "2025")
    verdict(store, kpis.verify_value, LEK, entry)
    (row,) = stored.latest(store)
    assert (row["count_values"], row["count_waiting"], row["period"]) == (1, 0, "2025")


def test_a_correction_of_a_verified_value_waits_again(store):
    four_eyes(store)
    entry = save(store)
    verdict(store, kpis.verify_value, LEK, entry)
    save(store, value=1.2, expected_version=entry)
    assert stored.values(store, KPI)["state"].tolist() == ["waiting"]


def test_a_value_sent_back_can_be_explained_and_recorded_again(store):
    four_eyes(store)
    entry = save(store)
    verdict(store, kpis.send_back, LEK, entry)
    assert len(stored.sent_back(store)) == 1
    again = save(store, note="read twice, it is right", expected_version=entry)
    assert stored.values(store, KPI)["state"].tolist() == ["waiting"]
    with pytest.raises(StaleEdit):
        verdict(store, kpis.verify_value, LEK, entry)
    verdict(store, kpis.verify_value, LEK, again)


def test_undo_puts_back_the_value_and_its_verdict(store):
    four_eyes(store)
    entry = save(store)
    verdict(store, kpis.verify_value, LEK, entry)
    wrong = save(store, value=99.0, expected_version=entry)
    undo.undo(store, NOK, entry=wrong, note="typed into the wrong field", at=AT)
    row = stored.values(store, KPI).iloc[0]
    assert (row["value"], row["state"]) == (1.5, "verified")
    assert record.first_broken(store) is None


def test_undo_of_a_first_value_withdraws_it(store):
    entry = save(store)
    undo.undo(store, NOK, entry=entry, note="not mine", at=AT)
    assert stored.values(store, KPI).empty


def test_undo_is_refused_once_somebody_built_on_it(store):
    first = save(store)
    save(store, value=2.0, expected_version=first)
    with pytest.raises(StaleEdit, match="undo_changed_since"):
        undo.undo(store, NOK, entry=first, note="x", at=AT)


@pytest.mark.parametrize("entry", [1, 2, 999])
def test_what_cannot_be_undone_says_so(store, entry):
    with pytest.raises(CmiError, match=r"undo_not_possible|entry_unknown"):
        undo.undo(store, EDITOR, entry=entry, note="x", at=AT)


def test_a_coordinator_undoes_only_their_own(store):
    entry = save(store, actor=EDITOR)
    with pytest.raises(PermissionRefused):
        undo.undo(store, NOK, entry=entry, note="x", at=AT)
    undo.undo(store, EDITOR, entry=entry, note="x", at=AT)
