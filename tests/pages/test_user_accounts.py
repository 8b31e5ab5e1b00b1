"""Administrators and leads reach the accounts; what they do is refused or done in words."""

from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from streamlit.testing.v1 import AppTest

from cmi_core import text
from cmi_core.actions import accounts, password_links, second_factor
from cmi_core.calendar import clock
from cmi_core.store import accounts as kept
from cmi_core.store import second_factors
from tests import signing
from tests.pages.conftest import PASSWORD, PATIENCE, ROOT

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def field(at: AppTest, label: str):
    return next(one for one in (*at.text_input, *at.selectbox, *at.toggle) if one.label.startswith(label))


def press(at: AppTest, label: str) -> AppTest:
    return next(button for button in at.button if button.label == label).click().run()


@pytest.mark.parametrize("language", ["th", "en"])
def test_an_administrator_sees_the_list(open_page, language):
    at = open_page("user_accounts", language, "admin")

    assert [list(at.exception), list(at.error), len(at.dataframe[0].value)] == [[], [], 1]


@pytest.mark.parametrize("role", [None, "viewer", "coordinator", "editor"])
def test_nobody_else_is_given_the_page(open_page, role):
    """The navigation answers that URL by a closed door, so the page's own script cannot be reached."""
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        open_page("user_accounts", "en", role)


def test_an_account_is_opened(open_page, city):
    at = open_page("user_accounts", "en", "admin", account_form="create")
    field(at, "Signs in as").set_value("nok")
    field(at, "Name of").set_value("นก")
    field(at, "Role").set_value("editor")
    field(at, "Password (optional").set_value("a long enough word")
    field(at, "Reason").set_value("joins")
    at = press(at, "Open the account")

    assert not at.error
    assert kept.find(city, kept.by_sign_in(city, "nok")).role == "editor"
    assert len(at.dataframe[0].value) == 2
    assert field(at, "Password (optional").value == ""


def test_an_account_without_a_password_comes_with_a_link(open_page, city):
    at = open_page("user_accounts", "en", "admin", account_form="create")
    field(at, "Signs in as").set_value("Nok")
    field(at, "Name of").set_value("นก")
    field(at, "Reason").set_value("joins")
    at = press(at, "Open the account")
    (link,) = (each.value for each in at.code)
    account = kept.by_sign_in(city, "nok")

    assert not at.error
    assert kept.credential(city, account) is None
    code = parse_qs(urlsplit(link).query)["code"][0]
    password_links.use(city, code, password="a long enough word", note="own", at=clock.now())
    assert signing.first(city, "nok", "a long enough word").wants == ""


def test_a_refusal_keeps_what_was_typed(open_page, city):
    at = open_page("user_accounts", "en", "admin", account_form="create")
    field(at, "Signs in as").set_value("nok")
    field(at, "Name of").set_value("นก")
    field(at, "Password (optional").set_value("short")
    field(at, "Reason").set_value("joins")
    at = press(at, "Open the account")

    assert "at least" in at.error[0].value
    assert field(at, "Name of").value == "นก"
    assert kept.by_sign_in(city, "nok") is None


def test_the_last_administrator_stays(open_page, city):
    at = open_page("user_accounts", "en", "admin", account_form="change", account="1001")
    field(at, "Active").set_value(False)
    field(at, "Reason").set_value("leaves")
    at = press(at, "Save")

    assert at.error[0].value == "This is the last administrator. Appoint another administrator first."
    assert kept.find(city, "1001") is not None


def test_a_role_is_changed(open_page, city, account_of):
    account = account_of("viewer").account
    at = open_page("user_accounts", "en", "admin", account_form="change", account=account)
    field(at, "Role").set_value("coordinator")
    field(at, "Organisation").set_value("cmu_step")
    field(at, "Reason").set_value("new task")
    at = press(at, "Save")

    assert not at.error
    found = kept.find(city, account)
    assert (found.role, found.organisation) == ("coordinator", "cmu_step")


def test_a_password_is_given(open_page, city, account_of):
    account = account_of("viewer").account
    at = open_page("user_accounts", "en", "admin", account_form="password", account=account)
    field(at, "New password").set_value("quite another word")
    field(at, "Reason").set_value("forgot it")
    at = press(at, "Change the password")

    assert not at.error
    assert signing.first(city, "one-viewer", "quite another word").wants == "password"


def test_a_lost_phone_is_taken_away_with_a_new_password(open_page, city, account_of):
    somebody = account_of("viewer")
    code = pyotp.TOTP(SECRET).now()
    second_factor.turn_on(
        city, somebody, secret=SECRET, code=code, password=PASSWORD, note="x", at=clock.now()
    )
    at = open_page("user_accounts", "en", "admin", account_form="password", account=somebody.account)
    field(at, "New password").set_value("quite another word")
    field(at, "Take the second factor away").set_value(True)
    field(at, "Reason").set_value("lost it")
    at = press(at, "Change the password")

    assert not at.error
    assert second_factors.find(city, somebody.account) is None


def test_an_administrator_signs_somebody_out_everywhere(open_page, city, account_of):
    somebody = account_of("viewer")
    mark = signing.session(city, "one-viewer", PASSWORD)
    at = open_page("user_accounts", "en", "admin", account_form="sessions", account=somebody.account)
    field(at, "Reason").set_value("left the office")
    at = press(at, "Sign out everywhere")

    assert not at.error
    assert accounts.whose(city, mark) is None


def lead_of(city, account_of, organisation="cmu_step"):
    """The lead of an organisation, with a coordinator of it and one of another."""
    lead, own, other = account_of("lead"), account_of("coordinator"), account_of("viewer")
    for who, role, of in (
        (lead, "lead", organisation),
        (own, "coordinator", organisation),
        (other, "viewer", "nia"),
    ):
        accounts.change(
            city, account_of("admin"), account=who.account, name=who.name, role=role, active=True, organisation=of,
            note="x", at=clock.now(),
        )  # fmt: skip
    return lead, own, other


def test_a_lead_sees_the_people_of_their_organisation_and_no_form_of_administrators(
    open_page, city, account_of
):
    _, own, _ = lead_of(city, account_of)
    at = open_page("user_accounts", "en", "lead", account_form="change")

    assert list(at.dataframe[0].value["Name of the person"]) == [own.name]
    assert at.segmented_control[0].options == [
        "Open an account", "Change an account", "Link for a new password", "Sign out everywhere"
    ]  # fmt: skip
    assert field(at, "Role").options == ["viewer", "coordinator"]
    assert len(field(at, "Organisation").options) == 1
    field(at, "Active").set_value(False)
    field(at, "Reason").set_value("left the team")
    at = press(at, "Save")

    assert not at.error
    assert kept.find(city, own.account) is None


def test_what_nobody_does_to_themselves_is_offered_once_there_is_somebody_else(open_page, account_of):
    ours = ["Open an account", "Change an account", "Sign out everywhere"]
    others = ["Link for a new password", "Give a new password", "Close for good"]
    alone = open_page("user_accounts", "en", "admin", account_form="close")
    assert alone.segmented_control[0].options == ours

    somebody = account_of("viewer")
    for form in ("link", "password", "close"):
        at = open_page("user_accounts", "en", "admin", account_form=form)
        assert set(at.segmented_control[0].options) == {*ours, *others}
        assert field(at, "Account").options == [f"{somebody.name} · one-viewer"]


def test_an_account_is_closed_for_good_once_that_is_sure(open_page, city, account_of):
    somebody = account_of("viewer")
    at = open_page("user_accounts", "en", "admin", account_form="close", account=somebody.account)
    field(at, "Reason").set_value("asked to be forgotten")
    at = press(at, "Close for good")
    assert "Tick the box" in at.error[0].value
    assert kept.find(city, somebody.account) is not None

    at.checkbox[0].set_value(True)
    at = press(at, "Close for good")

    assert not at.error
    assert "former user no. 1" in at.success[0].value
    assert list(at.dataframe[0].value["Name of the person"]) == ["หัวหน้า", "former user no. 1"]


@pytest.mark.parametrize("demonstration", ["true", "false"])
def test_made_up_data_are_marked_where_the_page_is_refused_too(city, monkeypatch, demonstration):
    """The page alone, without the shell, opened by somebody without an account."""
    monkeypatch.setenv("CMI_DEMO", demonstration)
    at = AppTest.from_file(ROOT / "pages" / "user_accounts.py", default_timeout=PATIENCE).run()
    drawn = "".join(part.proto.body for part in at.main.get("html"))

    assert [info.value for info in at.info] == [text.translator("th")("error.sign_in_needed")]
    assert ("cmi-made-up" in drawn) == (demonstration == "true")
