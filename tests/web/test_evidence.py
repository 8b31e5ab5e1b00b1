"""Evidence is kept by its content and served as a download only."""

from datetime import datetime
from hashlib import sha256

import pytest

from cmi_core.accounts.roles import Account
from cmi_core.actions import evidence
from cmi_core.errors import FileRefused
from cmi_core.record.evidence_files import kind_of, safe_name
from cmi_core.store import Store, evidence_removals, files, opening
from cmi_core.web import evidence as routes

AT = datetime(2026, 7, 1, 3, 0)
ED = Account("ed", "Ed", "editor")
ADMIN = Account("head", "Head", "admin")
PDF = b"%PDF-1.7 minimal"


@pytest.fixture
def filed(client, tmp_path, monkeypatch):
    """A client whose store has a folder, and that store."""
    opened = Store(tmp_path / "real.duckdb")
    monkeypatch.setattr(opening, "_opened", opened)
    client.app.router.routes.extend(routes.ROUTES)
    yield client, opened
    opened.close()


def test_a_file_comes_back_as_a_download_only(filed):
    client, store = filed
    mark = evidence.keep(store, ED, data=PDF, name='../ร้าย"<b>.exe', at=AT)
    answer = client.get(f"/evidence/{mark}")

    assert mark == sha256(PDF).hexdigest()
    assert answer.content == PDF
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert answer.headers["content-disposition"].endswith(".pdf")
    assert answer.headers["x-content-type-options"] == "nosniff"
    policy = {part.strip() for part in answer.headers["content-security-policy"].split(";")}
    assert {"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "sandbox"} <= policy


@pytest.mark.parametrize("name", ["0" * 64, "..%2Freal.duckdb", "real.duckdb", "%00"])
def test_anything_else_is_not_found(filed, name):
    client, _ = filed
    assert client.get(f"/evidence/{name}").status_code == 404


@pytest.mark.parametrize(("spoil", "told"), [("altered", "ถูกแก้นอกโปรแกรม"), ("gone", "ไม่อยู่แล้ว")])
def test_a_file_that_is_not_what_was_recorded_is_not_served(filed, spoil, told):
    client, store = filed
    mark = evidence.keep(store, ED, data=PDF, name="a.pdf", at=AT)
    file = files.path_of(store, mark)
    file.unlink() if spoil == "gone" else file.write_bytes(b"%PDF-1.7 forged!")
    answer = client.get(f"/evidence/{mark}")

    assert answer.status_code == 410
    assert told in answer.text
    assert "forged" not in answer.text
    assert mark[:12] in answer.text


def test_a_file_that_was_taken_out_is_gone_and_it_is_said_when_and_why(filed):
    client, store = filed
    mark = evidence.keep(store, ED, data=PDF, name="นางสาวก.pdf", at=AT)
    entry = evidence.remove(store, ADMIN, mark=mark, note="มีชื่อบุคคล", at=AT)
    answer = client.get(f"/evidence/{mark}")

    assert answer.status_code == 410
    for told in (
        "1 ก.ค. 2569 10:00",
        "1 Jul 2026",
        f"รายการที่ {entry}",
        f"entry {entry}",
        "ผู้ดูแลระบบ",
        "administrator",
    ):
        assert told in answer.text
    assert answer.text.count("มีชื่อบุคคล") == 2
    assert "นางสาวก" not in answer.text
    assert answer.headers["content-type"].startswith("text/plain")


def test_it_is_gone_also_where_the_file_was_left_or_the_record_never_knew_it(filed):
    client, store = filed
    mark = evidence.keep(store, ED, data=PDF, name="a.pdf", at=AT)
    left = files.path_of(store, mark)
    with store.writing() as cursor:
        for each in (mark, "0" * 64):
            evidence_removals.remove(cursor, each, by="restore", at=AT, note="x")

    assert left.exists()
    assert [client.get(f"/evidence/{each}").status_code for each in (mark, "0" * 64)] == [410, 410]


def test_no_browser_keeps_what_may_be_taken_out(filed):
    client, store = filed
    mark = evidence.keep(store, ED, data=PDF, name="a.pdf", at=AT)
    assert client.get(f"/evidence/{mark}").headers["cache-control"] == "no-store"


def test_closed_reading_says_nothing_of_what_was_taken_out(filed, monkeypatch):
    client, store = filed
    mark = evidence.keep(store, ED, data=PDF, name="a.pdf", at=AT)
    evidence.remove(store, ADMIN, mark=mark, note="why", at=AT)
    monkeypatch.setenv("CMI_PUBLIC_READ", "false")
    answer = client.get(f"/evidence/{mark}")
    assert answer.status_code == 403
    assert "why" not in answer.text


def test_closed_reading_closes_evidence(filed, monkeypatch):
    client, store = filed
    mark = evidence.keep(store, ED, data=PDF, name="a.pdf", at=AT)
    monkeypatch.setenv("CMI_PUBLIC_READ", "false")
    assert client.get(f"/evidence/{mark}").status_code == 403


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg onload=alert(1)>",
        b"<html>",
        b"MZ\x90\x00\x03\x00\x00\x00",
        b"PK\x03\x04broken",
        b"\x7fELF\x02\x01\x01\x00",
        b"%PDF" + b"x",
    ],
)
def test_kinds_we_do_not_take_are_refused(data):
    if data == b"%PDFx":
        assert kind_of(data)[1] == "txt"
        return
    with pytest.raises(FileRefused):
        kind_of(data)


def test_a_file_too_large_is_refused():
    with pytest.raises(FileRefused, match="file_too_large"):
        kind_of(b"%PDF-" + b"x" * (10 * 2**20))


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("a.pdf", "a.pdf"),
        ("..\\..\\x.exe", "x.pdf"),
        ("\u202egpj.exe", "gpj.pdf"),
        ("", "evidence.pdf"),
        ("x" * 300, "x" * 80 + ".pdf"),
    ],
)
def test_a_name_is_made_safe(name, safe):
    assert safe_name(name, "pdf") == safe
