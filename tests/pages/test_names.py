"""Who people are: no page and no download tells it to somebody who has not signed in, nor of an account that is closed."""

import json
import zipfile
from io import BytesIO

import pytest
import streamlit as st
from streamlit.elements.widgets.button import ButtonMixin

from cmi_core import text
from cmi_core.actions import accounts
from cmi_core.documents import reports
from cmi_core.errors import CmiError
from cmi_core.store import people, record
from cmi_core.views.people import ABOUT_AN_ACCOUNT
from cmi_core.web import geography
from pages.components.shell import layout
from pages.components.shell.registry import PAGES
from tests import signing
from tests.actions import proper_deeds
from tests.actions.proper_deeds import KPI, OTHER, PROPER, SOMEBODY
from tests.pages.conftest import ADMIN, AT
from tests.pages.test_hostile_names import elements, offered  # noqa: F401 - a fixture

# What the people of the deeds are called here, so that a trace of them is found wherever it is.
CODES = {"other": "zzcodeother", "somebody": "zzcodesome", "nok": "zzcodenok"}
NAMES = {"อื่น": "ZznameOther", "ใคร": "ZznameSome", "นก": "ZznameNok", "ดาว": "ZznameDao"}
MARKS = ("zzcode", "Zzname", "zzmail", "zzsign", "zzoperator", "48151623")
ORGANISATION = "chiang_mai_municipality"
# One on the same thing is refused after another: of these deeds the record has an entry all the same.
FIRST = ("kpis.send_back", "proposals.accept_as_landmark", "indices.import_scores")
OPENINGS = [
    *[(entry.code, {}) for entry in PAGES if entry.deed is None],
    ("kpi_tracking", {"kpi": KPI}),
    ("audit_log", {"page": "2"}),
    ("audit_log", {"about": KPI}),
    *[("district_map", {"part": part}) for part in ("criteria", "infrastructure", "table", "files")],
    *[("method_sources", {"part": part}) for part in ("sources", "data")],
]


def do_everything(store):
    """Every deed by people with marks of their own; what a deed of before stands in the way of is an entry without lines."""
    last = ("accounts.close_for_good", "accounts.change")
    for name in (*FIRST, *(name for name in PROPER if name not in (*FIRST, *last)), "accounts.change"):
        try:
            PROPER[name](store)(SOMEBODY if "own" in name or name.startswith("second_factor") else OTHER)
        except CmiError:
            continue
    done = {deed for (deed,) in store.rows("SELECT DISTINCT deed FROM entry")}
    known = {key.partition(".")[2] for key in text.catalogue("en") if key.startswith("deed.")}
    with store.writing() as cursor:
        for deed in sorted(known - done):
            about = "nok" if deed in ABOUT_AN_ACCOUNT else ""
            record.append(cursor, {}, deed=deed, by="other", at=AT, note="why", about=about)
        record.append(cursor, {}, deed="rebuild", by="zzoperator", at=AT, note="why")


def mark(store):
    """Give the people of the deeds their marks, past the program: in the record and beside it."""
    columns = store.rows(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE data_type = 'VARCHAR' AND NOT internal AND table_name IN"
        " (SELECT table_name FROM duckdb_tables() WHERE NOT internal)"
    )
    for table, column in columns:
        told = CODES if column in {"account", "recorded_by", "added_by"} else NAMES
        for was, now in told.items():
            if store.rows(f'SELECT 1 FROM "{table}" WHERE "{column}" = $was LIMIT 1', was=was):
                store._connection.execute(
                    f'UPDATE "{table}" SET "{column}" = ? WHERE "{column}" = ?', [now, was]
                )
    for was, now in CODES.items():
        store._connection.execute(
            "UPDATE entry SET note = replace(note, ?, ?) WHERE starts_with(note, ?)",
            [f"{was}: ", f"{now}: ", f"{was}: "],
        )
        for table in ("account_line", "person"):
            store._connection.execute(
                f"UPDATE \"{table}\" SET email = 'zzmail' || account || '@city.example' WHERE account = ?",
                [now],
            )
    store._connection.execute("UPDATE person SET sign_in = 'zzsign' WHERE account LIKE 'zzcode%'")


@pytest.fixture
def filled(city, monkeypatch):
    """A city in which marked people have done everything, one of them with a number as code."""
    monkeypatch.setattr(people, "FIRST_NUMBER", 4815162342)
    monkeypatch.setattr(proper_deeds, "AT", AT)
    do_everything(city)
    mark(city)
    made = accounts.create(
        city, ADMIN, sign_in="zzsignnew", name="ZznameNew", role="editor", password="a long enough word",
        organisation=ORGANISATION, email="zzmailnew@city.example", note="new", at=AT,
    )  # fmt: skip
    assert made.startswith("48151623")
    signing.own_passwords(city)
    signing.old_account(
        city, "zzcodelast", name="ZznameLast", role="coordinator", password="a long enough word", at=AT,
        organisation=ORGANISATION, email="zzmaillast@city.example",
    )  # fmt: skip
    accounts.end_sessions(city, ADMIN, account=made, note="lost", at=AT)
    with city.writing() as cursor:
        record.append(cursor, {}, deed="undo", by=made, at=AT, note="why")
    return city


@pytest.fixture
def taken(monkeypatch):
    """What every download of the pages that are opened holds, also where a table is folded; the report as its words."""
    found: list[bytes] = []

    def noticed(draw):
        def drawn(*given, **named):
            data = named.get("data", given[-1] if given else b"")
            content = data() if callable(data) else data
            found.append(content.encode() if isinstance(content, str) else content)
            return draw(*given, **named)

        return drawn

    def folded(_page, made, **_named):
        table, columns = made()
        found.append(table[list(columns)].to_csv().encode())

    monkeypatch.setattr(st, "download_button", noticed(st.download_button))
    monkeypatch.setattr(ButtonMixin, "download_button", noticed(ButtonMixin.download_button))
    monkeypatch.setattr(layout, "folded_table", folded)
    monkeypatch.setattr(reports, "one_page", lambda facts, *_: json.dumps(facts).encode())
    return found


def unpacked(content):
    """A file as it is read: what an archive or a workbook holds."""
    if not zipfile.is_zipfile(BytesIO(content)):
        return content
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def told(at, taken):
    """Everything that a page sent to the browser, its address and its downloads."""
    assert not at.exception
    parts = [proto.SerializeToString() for proto in elements(at._tree)]
    parts += [json.dumps(dict(at.query_params), default=str).encode(), *map(unpacked, taken)]
    taken.clear()
    return b"\n".join(parts)


def marks_in(content):
    return {mark for mark in MARKS if mark.encode() in content}


def shown(open_page, taken, openings, language, role=None):
    """The marks on each page that is opened, where there are any."""
    found = {
        (name, *choices.items()): marks_in(told(open_page(name, language, role, **choices), taken))
        for name, choices in openings
    }
    return {opening: marks for opening, marks in found.items() if marks}


def close_all(store):
    """Close for good the account of everybody who has marks."""
    codes = [code for (code,) in store.rows("SELECT account FROM account_current WHERE closed IS NULL")]
    for code in codes:
        if any(mark in code for mark in MARKS):
            accounts.close_for_good(store, ADMIN, account=code, note="left", at=AT)


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_who_has_not_signed_in_sees_nobody_s_name(filled, open_page, taken, language):
    assert shown(open_page, taken, OPENINGS, language) == {}
    shapes = {name: made(filled) for name, made in geography._WHAT.items()}
    assert not marks_in(json.dumps(shapes).encode())


@pytest.mark.parametrize("language", [text.LANGUAGES[0], pytest.param("en", marks=pytest.mark.proof)])
def test_who_signed_in_sees_no_name_of_an_account_that_is_closed_for_good(filled, open_page, taken, language):
    everywhere = [(entry.code, {}) for entry in PAGES]
    before = shown(open_page, taken, [("audit_log", {}), ("audit_log", {"page": "2"})], language, "admin")
    assert set().union(*before.values()) >= {"Zzname", "zzmail", "zzsign"}
    close_all(filled)

    after = shown(open_page, taken, [*everywhere, *OPENINGS[len(everywhere) :]], language, "admin")
    # Who runs commands on the server may sign by any name: no account is behind it.
    assert {opening: marks for opening, marks in after.items() if marks != {"zzoperator"}} == {}


def test_an_operator_may_show_names_to_everybody(filled, open_page, taken, monkeypatch):
    """And so each of these pages has somebody on it, whom it does not name otherwise."""
    monkeypatch.setenv("CMI_PUBLIC_NAMES", "true")
    found = shown(open_page, taken, OPENINGS, "en")

    assert {name for (name, *_), marks in found.items() if "Zzname" in marks} == {
        "audit_log", "city_overview", "district_map", "index_breakdown", "kpi_tracking", "participatory_map",
    }  # fmt: skip
    assert not set().union(*found.values()) & {"zzmail", "zzsign", "48151623"}


def test_the_log_is_not_narrowed_to_somebody_for_who_may_not_know_them(filled, open_page):
    def found(role=None, **choices):
        at = open_page("audit_log", "en", role, **choices)
        number = "".join(block.proto.body for block in at.get("html")).partition(" entries")[0].split(">")[-1]
        return at, int(number)

    everything = found("viewer")[1]
    at, count = found(by=CODES["other"])
    assert (count, "by" in at.query_params, len(at.selectbox)) == (everything, False, 3)
    at, count = found("viewer", by=CODES["other"])
    assert (0 < count < everything, len(at.selectbox)) == (True, 4)
    entries_of_theirs = count

    number = accounts.close_for_good(filled, ADMIN, account=CODES["other"], note="left", at=AT)
    at, count = found("viewer", by=CODES["other"])
    assert (count, "by" in at.query_params) == (everything + 1, False)
    at, count = found("viewer", by=f"closed:{number}")
    assert (count, at.query_params["by"]) == (entries_of_theirs, f"closed:{number}")
    assert f"former user no. {number}" in at.selectbox[0].options
    assert not [option for option in at.selectbox[0].options if CODES["other"] in option]


def test_an_administrator_sees_what_an_account_was_called_before_and_after(city, open_page):
    made = accounts.create(
        city,
        ADMIN,
        sign_in="nok.c",
        name="Nok",
        role="editor",
        password="a long enough word",
        note="new",
        at=AT,
    )
    accounts.change(
        city,
        ADMIN,
        account=made,
        name="Nok Chan",
        role="editor",
        active=True,
        email="nok@city.example",
        note="x",
        at=AT,
    )

    def log(role=None):
        return "".join(block.proto.body for block in open_page("audit_log", "en", role).get("html"))

    assert "<del>Nok</del> → <ins>Nok Chan</ins>" in log("admin")
    assert "<ins>nok@city.example</ins>" in log("admin")
    assert "<del>Nok</del> → <ins>Nok Chan</ins>" in log("viewer")
    assert not {"nok@city.example", "nok.c"} & set(log("viewer").replace("<", ">").split(">"))
    assert "Nok" not in log()

    accounts.close_for_good(city, ADMIN, account=made, note="left", at=AT)
    assert "Nok" not in log("admin")
    assert "Accounts closed for good · former user no. 1" in log("admin")
    assert "editor" in log()


@pytest.mark.proof
@pytest.mark.parametrize("name", [entry.code for entry in PAGES if entry.deed is None])
def test_no_choice_of_a_page_shows_a_name_either(filled, open_page, taken, offered, name):  # noqa: F811
    """Every choice that the page itself offers to somebody who has not signed in."""
    offered[1].append(True)
    waiting, seen, found = [{}], set(), {}
    while waiting:
        choices = waiting.pop()
        offered[0].clear()
        found[tuple(choices.items())] = marks_in(told(open_page(name, "en", **choices), taken))
        for key, option in {
            (key, option) for key, options in offered[0].items() for option in options
        } - seen:
            seen.add((key, option))
            waiting.append(choices | {key: option})

    assert not {choices: marks for choices, marks in found.items() if marks}
