"""Hostile files and text do nothing but earn a sentence, in a real browser on a running server."""

import csv
import io
import re
import zipfile
from datetime import UTC, datetime

import pandas as pd
import pytest
from openpyxl import Workbook
from playwright.sync_api import expect

from cmi_core.accounts.roles import Account
from cmi_core.actions import kpi_definitions, kpis, proposals
from cmi_core.store import kpis as stored
from cmi_core.tables import safe_csv
from tests.journeys.conftest import people, running

pytestmark = pytest.mark.browser
PATIENCE = 90_000
KPI = "k_d1_saifi"
EDITOR = Account("1002", "เอก แผน", "editor")
SCRIPT = "<script>window.ran=1</script><img src=x onerror='window.ran=1'>"
MARKUP = f"{SCRIPT} ![p](https://evil.example/p.png) [a](javascript:window.ran=1) :red[b] $x$ =1+1"


def spoilt(store) -> None:
    """Accounts, and a KPI whose every text is hostile, with values that are owed, waiting and sent back."""
    people(store)
    at = datetime.now(UTC).replace(tzinfo=None)
    seen = stored.definition(store, KPI)["entry"]
    fields = {name: f"{name} {MARKUP}"[:300] for name in ("name_th", "name_en", "unit_th", "unit_en")}
    fields |= dict.fromkeys(("definition_th", "definition_en", "data_owner"), MARKUP)
    fields |= {"four_eyes": True, "baseline": 9, "baseline_period": "2020", "breakdown": f"x:{SCRIPT}|b"}
    fields["breakdown"] = fields["breakdown"].replace("=", "≡").replace("'", "")
    kpi_definitions.define_kpi(
        store, EDITOR, kpi=KPI, fields=fields, note=MARKUP, at=at, expected_version=seen
    )
    kpi_definitions.assign(store, EDITOR, kpi=KPI, account="1003", role="coordinator", note=MARKUP, at=at)
    for period in ("2021", "2022"):
        entry = kpis.record_value(
            store, EDITOR, kpi=KPI, period=period, value=5, quality="measured", note=MARKUP, at=at,
            evidence_link="https://example.org/%3Cscript%3E?a='><img src=x onerror=window.ran=1>".replace(" ", "+"),
        )  # fmt: skip
    kpis.send_back(
        store,
        Account("1001", "อรุณ", "admin"),
        kpi=KPI,
        period="2022",
        expected_version=entry,
        note=MARKUP,
        at=at,
    )


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    with running(tmp_path_factory.mktemp("hostile") / "data", prepare=spoilt) as served:
        yield served


def quiet(window):
    """Notice whatever a page runs or asks that it should not."""
    window.set_default_timeout(PATIENCE)
    window.on("dialog", lambda dialog: dialog.dismiss())


def at_rest(window):
    expect(window.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE)
    expect(window.locator("[data-testid=stSkeleton], [data-stale=true]")).to_have_count(0, timeout=PATIENCE)


@pytest.mark.parametrize("language", ["th", pytest.param("en", marks=pytest.mark.proof)])
@pytest.mark.parametrize(
    "path",
    [
        "/kpi-tracking?x=1", f"/kpi-tracking?kpi={KPI}", f"/kpi-entry?kpi={KPI}", f"/kpi-entry?kpi={KPI}&do=correct",
        f"/kpi-entry?kpi={KPI}&do=target", f"/kpi-definitions?kpi={KPI}", f"/kpi-definitions?kpi={KPI}&part=people",
        f"/my-updates?kpi={KPI}", f"/audit-log?about={KPI}", "/who-owes-what?x=1", "/value-import?x=1", "/?x=1",
        "/goal-board?x=1",
    ],
)  # fmt: skip
def test_no_page_runs_what_people_wrote(city, visit, path, language):
    window = visit(city, f"{path}&lang={language}", mark=city.sign_in("admin"))
    quiet(window)
    at_rest(window)

    assert window.evaluate("window.ran") is None
    assert window.locator("img[src='x'], img[src*=evil], a[href^='javascript:']").count() == 0


def files():
    """Name, content, and the sentence each earns."""
    plain = safe_csv.write_xlsx({"a": pd.DataFrame({"kpi": [KPI], "period": ["2024"], "value": [4.0]})})
    book = Workbook()
    for row in (["kpi", "period", "value"], [KPI, "2024", '=HYPERLINK("https://evil.example";1)']):
        book.active.append(row)
    formula = io.BytesIO()
    book.save(formula)
    bomb = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(plain)) as whole,
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for name in whole.namelist():
            packed.writestr(name, b"\0" * 600_000_000 if name.endswith("sheet1.xml") else whole.read(name))
    tricks = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as whole, zipfile.ZipFile(tricks, "w") as packed:
        for name in whole.namelist():
            packed.writestr(name, whole.read(name))
        packed.writestr("../../../../tmp/cmi_escaped", b"x")
    return [
        ("formula.xlsx", formula.getvalue()), ("bomb.xlsx", bomb.getvalue()), ("page.xlsx", b"<html><script>"),
        ("program.csv", b"MZ\x90\x00\x03\x00\x00\x00"), ("empty.csv", b""), ("broken.xlsx", plain[:200]),
        ("macro.xlsm", b"PK\x03\x04" + b"\0" * 40), ("..\\..\\etc\\passwd.csv", b"\xff\xfe\x00"),
        ("<img src=x onerror=window.ran=1>.csv", b"kpi;period;value\n=cmd|' /C calc'!A0;2024;1\n"),
        ("tricks.xlsx", tricks.getvalue()),
    ]  # fmt: skip


WORST = {"formula.xlsx", "bomb.xlsx", "<img src=x onerror=window.ran=1>.csv"}


@pytest.mark.parametrize(
    ("name", "content"),
    [pytest.param(*file, marks=() if file[0] in WORST else pytest.mark.proof) for file in files()],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_hostile_sheet_earns_a_sentence_and_changes_nothing(city, visit, th, name, content):
    window = visit(city, "/value-import?lang=th", mark=city.sign_in("editor"))
    quiet(window)
    at_rest(window)
    head = city.heads()
    window.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    told = window.get_by_test_id("stAlert").or_(window.locator(".cmi-tally"))
    expect(told.first).to_be_visible(timeout=PATIENCE)
    at_rest(window)
    shown = window.get_by_test_id("stMain").inner_text()

    assert window.evaluate("window.ran") is None
    assert re.search("[\u0e00-\u0e7f]{12}", told.first.inner_text()), "no sentence in Thai"
    assert not re.search(r"Traceback|Error:|Exception|None\b", shown)
    assert city.heads() == head


def test_what_people_wrote_is_no_formula_in_what_is_taken_home(city, visit, th):
    window = visit(city, f"/audit-log?about={KPI}&lang=th", mark=city.sign_in("admin"))
    quiet(window)
    at_rest(window)
    with window.expect_download() as download:
        window.get_by_role("button", name=th("audit_log.download")).click()
    rows = list(csv.reader(io.StringIO(download.value.path().read_text(encoding="utf-8-sig"))))

    assert len(rows) > 4
    assert any("onerror" in cell for row in rows for cell in row)
    assert not [
        cell for row in rows for cell in row if cell[:1] in {"=", "+", "@", "\t"} or cell.startswith("-c")
    ]


def test_evidence_that_is_a_page_or_a_picture_with_a_script_is_refused(city, visit, th):
    window = visit(city, f"/kpi-entry?kpi={KPI}&period=2023&lang=th", mark=city.sign_in("editor"))
    head = city.heads()
    quiet(window)
    at_rest(window)
    window.get_by_text(th("kpi_entry.evidence")).click()
    window.locator("input[type=file]").set_input_files(
        {"name": "../../picture.svg", "mimeType": "image/png", "buffer": b"<svg onload='window.ran=1'/>"}
    )
    expect(
        window.get_by_test_id("stFileUploaderFile").or_(window.get_by_text("picture.svg")).first
    ).to_be_visible()
    window.locator('[class*="st-key-draft_value"] input').fill("4")
    window.get_by_role("button", name=th("kpi_entry.save")).click()
    expect(window.get_by_test_id("stAlert").last).to_contain_text(
        re.compile("[\u0e00-\u0e7f]{12}"), timeout=PATIENCE
    )

    assert window.evaluate("window.ran") is None
    assert city.heads() == head
    assert not list(city.folder.rglob("*.svg"))


LETTERS = (
    "**b** _i_ [x](http://evil.example/) $x$ :red[x] <b>x</b> `x` :smile: :material/home: :+1: &copy; a -> b -- c <= d ~= e"
    " www.evil.example n@evil.example"
)


def proposed(store) -> None:
    """A proposal, its title and all else about it hostile."""
    people(store)
    proposals.propose(
        store, EDITOR, geometry='{"type": "Point", "coordinates": [98.97, 18.79]}', title=LETTERS, comment=LETTERS, theme="idea",
        organisation=None, workshop=LETTERS, note=LETTERS, at=datetime(2026, 1, 5, 3, 0),
    )  # fmt: skip


def test_what_people_typed_is_shown_letter_by_letter(serve, visit):
    window = visit(serve(prepare=proposed), "/participatory-map?lang=en")
    quiet(window)
    at_rest(window)
    card = window.locator("[data-testid=stExpander]", has_text="evil.example")
    card.locator("summary").click()

    for told in (card.locator("summary"), card.locator("details > div").last):
        expect(told).to_be_visible()
        # Between the halves of what would be made something of stands a sign that nobody sees.
        assert LETTERS in told.inner_text().replace("\u2060", "")
        assert (
            told.locator("a, em, img, code, .katex, [role=img]:not([data-testid=stIconMaterial])").count()
            == 0
        )
