"""On their account's page everybody sees what is kept about them, and takes it away as a file."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from cmi_core import text
from cmi_core.actions import accounts
from cmi_core.errors import PermissionRefused
from cmi_core.views import own_data
from tests.pages.conftest import AT
from tests.pages.test_user_accounts import press

SAY = text.translator("en")


@pytest.mark.parametrize("role", ["viewer", "coordinator", "lead", "editor", "admin"])
def test_everybody_who_has_signed_in_sees_their_own(open_page, account_of, role):
    at = open_page("my_account", "en", role, kept="account")

    assert not at.exception
    shown = at.dataframe[0].value
    assert shown["Code"].tolist() == [account_of(role).account]
    assert any("As long as the account" in caption.value for caption in at.caption)


@pytest.mark.parametrize("kind", own_data.SHEETS)
def test_each_kind_is_shown_or_that_there_is_none(open_page, city, account_of, kind):
    at = open_page("my_account", "en", "editor", kept=kind)
    sheet = own_data.told(city, account_of("editor"), "en")[kind]

    assert not at.exception
    if sheet.empty:
        assert any(each.value == SAY("own_data.empty") for each in at.info)
    else:
        assert at.dataframe[0].value.astype(str).to_csv() == sheet.astype(str).to_csv()


@pytest.fixture
def offered(monkeypatch):
    """What the button for the file gives, once it is pressed."""
    import streamlit as st

    found = {}

    def button(_, *, data, file_name, **__):
        found[file_name] = data

    monkeypatch.setattr(st, "download_button", button)
    return found


def test_the_file_is_made_when_it_is_asked_for_and_for_who_reads_then(open_page, city, account_of, offered):
    open_page("my_account", "th", "coordinator")
    made = offered["about_me.xlsx"]
    book = load_workbook(BytesIO(made()))
    told = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]

    assert account_of("coordinator").account in told
    accounts.end_sessions(
        city, account_of("admin"), account=account_of("coordinator").account, note="lost", at=AT
    )
    with pytest.raises(PermissionRefused):
        made()


def test_who_signs_out_everywhere_is_told_that_and_no_fault(open_page):
    at = press(open_page("my_account", "en", "viewer"), "Sign out everywhere")

    assert at.success[0].value == "You are signed out everywhere."
    assert [list(at.error), list(at.exception)] == [[], []]
