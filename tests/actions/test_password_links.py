"""Links to choose a password: who may make one, what ends one, and that one sets one password once."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from threading import Barrier
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from cmi_core import text
from cmi_core.accounts import passwords
from cmi_core.accounts.identities import Identity
from cmi_core.accounts.roles import Account
from cmi_core.actions import accounts as deeds
from cmi_core.actions import identities, mailing, password_links, second_factor, signing_in
from cmi_core.calendar import clock
from cmi_core.errors import CmiError, PermissionRefused, StoreError
from cmi_core.store import accounts, opening, second_factors
from cmi_core.store import identities as kept_identities
from cmi_core.store import password_links as kept
from tests import signing
from tests.actions.test_mailing import Post

AT = datetime(2026, 11, 22, 5)
OLD, NEW = "ดอยสุเทพ-ดอยปุย", "แมวสามตัวบนหลังคาแดง"
SITE = "https://kpi.city.example"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
WHY = {"note": "ลืม", "at": AT}


@pytest.fixture
def store(keyed_store):
    return keyed_store


@pytest.fixture
def admin(store):
    return deeds.first_admin(
        store, code=deeds.prepare(store), sign_in="admin", name="อรุณ", password=OLD, **WHY
    )


@pytest.fixture
def nok(store, admin):
    """A coordinator with a password of her own and an address."""
    code = deeds.create(
        store, admin, sign_in="nok", name="นก", role="coordinator", password=OLD, email="Nok@city.example", **WHY
    )  # fmt: skip
    signing.own_passwords(store)
    return accounts.find(store, code)


@pytest.fixture
def sent(store, monkeypatch):
    """What is mailed, by address, where an operator has set mail and site up."""
    monkeypatch.setenv("CMI_SMTP_HOST", "post.example")
    monkeypatch.setenv("CMI_SMTP_FROM", "city@example.org")
    monkeypatch.setenv("CMI_SITE", SITE)
    found = []
    monkeypatch.setattr(mailing, "deliver", lambda mail, *, to, automatic: found.append((to, mail)))
    return found


def make(store, admin, nok, at=AT):
    return password_links.make(store, admin, account=nok.account, note="ลืม", at=at)


def use(store, code, password=NEW, at=AT):
    return password_links.use(store, code, password=password, note="ตั้งเอง", at=at)


def ask(store, typed="nok", at=AT):
    password_links.asked(store, typed, at=at)


def links(mail):
    return [line for line in mail.body.splitlines() if line.startswith(SITE)]


def code_of(sent):
    return parse_qs(urlsplit(links(sent[-1][1])[0]).query)["code"][0]


def refused(deed, *given, **named):
    with pytest.raises(CmiError) as refusal:
        deed(*given, **named)
    return refusal.value.reason


def change(store, admin, nok, at=AT, **changed):
    given = {"name": "นก", "role": "coordinator", "active": True, "email": "nok@city.example"} | changed
    deeds.change(store, admin, account=nok.account, note="แก้", at=at, **given)


# ------------------------------------------------------------------------------------------------ a printed one


def test_a_printed_link_sets_a_password_once_and_changes_nothing_before(store, admin, nok):
    mark = signing.session(store, "nok", OLD)
    code = make(store, admin, nok)
    assert deeds.whose(store, mark) == nok
    assert password_links.waits(store, code, at=AT) == "nok"

    use(store, code)
    assert deeds.whose(store, mark) is None
    assert refused(signing.first, store, "nok", OLD) == "sign_in_wrong"
    assert signing.session(store, "nok", NEW)
    assert store.rows("SELECT count(*) FROM password_link") == [(0,)]
    assert refused(use, store, code, "แมวสี่ตัวบนหลังคาเขียว") == "password_link_unknown"


def test_the_same_link_invites_somebody_who_has_no_password_yet(store, admin):
    account = deeds.create(store, admin, sign_in="dao", name="ดาว", role="viewer", **WHY)
    code = make(store, admin, Account(account, "ดาว", "viewer"))
    assert refused(signing.first, store, "dao", "") == "sign_in_wrong"
    use(store, code)

    assert deeds.whose(store, signing.session(store, "dao", NEW)).account == account


def test_the_record_says_who_made_and_who_used_it_and_no_secret(store, admin, nok):
    code = make(store, admin, nok)
    use(store, code)

    assert store.rows("SELECT deed, recorded_by, note FROM entry ORDER BY entry DESC LIMIT 2") == [
        ("use_password_link", nok.account, "ตั้งเอง"),
        ("make_password_link", admin.account, f"{nok.account}: ลืม"),
    ]
    for language in text.LANGUAGES:
        for deed in ("use_password_link", "make_password_link"):
            assert text.translator(language)(f"deed.{deed}")


def test_only_the_hash_of_a_code_is_kept(store, admin, nok, sent):
    ask(store)
    codes = [code_of(sent), make(store, admin, nok)]
    tables = [name for (name,) in store.rows("SELECT table_name FROM duckdb_tables()")]
    everything = "".join(str(store.rows(f'SELECT * FROM "{table}"')) for table in tables)

    assert not [code for code in codes if code in everything]
    assert all(len(code) >= 43 for code in codes)


@pytest.mark.parametrize("code", ["", None, "x", "'; --", "\ud800", "\x00", "ก" * 5000])
def test_a_code_that_is_none_opens_nothing(store, admin, nok, code):
    make(store, admin, nok)

    assert password_links.waits(store, code, at=AT) is None
    assert refused(use, store, code) == "password_link_unknown"


def test_the_hash_that_is_kept_is_no_code(store, admin, nok):
    make(store, admin, nok)
    (held,) = store.rows("SELECT code_hash FROM password_link")[0]

    assert refused(use, store, held) == "password_link_unknown"


def test_a_printed_one_lives_seven_days_and_a_newer_one_replaces_it(store, admin, nok):
    first = make(store, admin, nok)
    assert password_links.waits(store, first, at=AT + timedelta(days=7, seconds=-1))
    assert refused(use, store, first, at=AT + timedelta(days=7)) == "password_link_unknown"

    second = make(store, admin, nok)
    assert refused(use, store, first) == "password_link_unknown"
    use(store, second)


def test_nobody_makes_one_for_themselves_or_for_nobody(store, admin, nok):
    assert refused(make, store, admin, admin) == "password_own"
    assert refused(make, store, admin, replace(nok, account="nobody")) == "account_unknown"
    change(store, admin, nok, active=False)
    assert refused(make, store, admin, nok) == "account_unknown"
    assert refused(password_links.make, store, admin, account=nok.account, note=" ", at=AT)
    assert store.rows("SELECT count(*) FROM password_link") == [(0,)]


def test_a_lead_makes_one_for_nobody_above_or_elsewhere(store, admin, nok):
    """A lead without an organisation, of another one, and at an administrator."""
    for lead in (Account("lead", "ล", "lead"), Account("lead", "ล", "lead", "elsewhere")):
        for whom in (nok, admin):
            with pytest.raises(PermissionRefused, match="not_own_people"):
                make(store, lead, whom)


def test_a_lead_makes_one_for_their_own_coordinator():
    store = opening.open_store(":memory:")
    given = {"role": "coordinator", "organisation": "cmu_step"} | WHY
    nok = deeds.create(store, Account("head", "ห", "admin"), sign_in="nok", name="นก", **given)
    lead = Account("lead", "ล", "lead", "cmu_step")
    use(store, make(store, lead, Account(nok, "นก", "coordinator")))

    assert store.rows("SELECT deed, recorded_by FROM entry ORDER BY entry DESC LIMIT 2") == [
        ("use_password_link", nok), ("make_password_link", "lead"),
    ]  # fmt: skip
    store.close()


# ------------------------------------------------------------------------------------------------ what ends one


def closed_and_opened(store, admin, nok):
    change(store, admin, nok, active=False)
    change(store, admin, nok)


def closed(store, admin, nok):
    change(store, admin, nok, active=False)


def another_address(store, admin, nok):
    change(store, admin, nok, email="other@city.example")


def another_role(store, admin, nok):
    change(store, admin, nok, role="admin")


def own_password(store, admin, nok):
    deeds.change_own_password(store, nok, current=OLD, password=NEW, **WHY)


def given_password(store, admin, nok):
    deeds.set_password(store, admin, account=nok.account, password=NEW, **WHY)


@pytest.mark.parametrize(
    "end", [closed, closed_and_opened, another_address, another_role, own_password, given_password]
)
@pytest.mark.parametrize("mailed", [True, False])
def test_a_link_dies_with_any_change_of_its_account_or_password(store, admin, nok, sent, end, mailed):
    if mailed:
        ask(store)
    code = code_of(sent) if mailed else make(store, admin, nok)
    end(store, admin, nok)

    assert password_links.waits(store, code, at=AT) is None
    assert refused(use, store, code, "แมวสี่ตัวบนหลังคาเขียว") == "password_link_unknown"


def test_a_password_that_will_not_do_leaves_the_link_as_it_is(store, admin, nok):
    code, version = make(store, admin, nok), store.version
    given = {"password_short": "short", "password_easy": "aaaaaaaaaaaaaaaaaaaa", "password_same": OLD,
             "password_long": "x" * 1001}  # fmt: skip
    for reason, password in given.items():
        assert refused(use, store, code, password) == reason

    assert store.version == version
    use(store, code)


def test_a_use_without_a_reason_changes_nothing(store, admin, nok):
    code = make(store, admin, nok)
    with pytest.raises(CmiError):
        password_links.use(store, code, password=NEW, note=" ", at=AT)

    assert signing.session(store, "nok", OLD)
    use(store, code)


def test_of_several_at_once_one_sets_the_password(store, admin, nok):
    code, together = make(store, admin, nok), Barrier(4)
    words = [f"แมวสามตัวบนหลังคาแดง{number}" for number in range(4)]

    def go(password):
        together.wait()
        try:
            use(store, code, password)
        except CmiError as refusal:
            return refusal.reason
        return password

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(go, words))
    (done,) = set(told) & set(words)
    assert told.count("password_link_unknown") == 3
    assert signing.session(store, "nok", done)


def test_a_link_that_was_used_while_this_one_waited_for_its_turn_opens_nothing(
    store, admin, nok, monkeypatch
):
    """Checked when it is its turn, not only when the form came."""
    code, hashing = make(store, admin, nok), passwords.hash_password

    def meanwhile(password):
        monkeypatch.setattr(passwords, "hash_password", hashing)
        use(store, code, "แมวสี่ตัวบนหลังคาเขียว")
        return hashing(password)

    monkeypatch.setattr(passwords, "hash_password", meanwhile)
    assert refused(use, store, code) == "password_link_unknown"
    assert signing.session(store, "nok", "แมวสี่ตัวบนหลังคาเขียว")


def test_it_ends_the_sessions_that_the_organisation_vouches_for(store, admin, nok, monkeypatch):
    moment = AT + timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: moment)
    with store.writing() as cursor:
        kept_identities.tie(cursor, nok.account, issuer="https://login.example", subject="nok", at=AT)
    vouched = Identity("https://login.example", "nok", AT + timedelta(minutes=5), "s" * 64, "")
    assert identities.whose(store, vouched) == nok
    use(store, make(store, admin, nok), at=moment)

    assert identities.whose(store, vouched) is None


def test_the_second_factor_stays_and_is_asked_for(store, admin, nok):
    step_at = clock.now()
    shown = app(step_at)
    second_factor.turn_on(store, nok, secret=SECRET, code=shown, password=OLD, note="x", at=step_at)
    use(store, make(store, admin, nok), "wq7vzk0r")

    assert second_factors.find(store, nok.account) is not None
    assert signing.first(store, "nok", "wq7vzk0r").wants == signing_in.CODE


def app(at):
    return pyotp.TOTP(SECRET).at(int((at - datetime(1970, 1, 1)).total_seconds()))


def test_a_password_chosen_by_a_link_is_ones_own(store, admin, nok):
    deeds.set_password(store, admin, account=nok.account, password="อีกคำหนึ่งที่ยาวพอสมควร", **WHY)
    assert second_factors.is_given(store, nok.account)
    use(store, make(store, admin, nok))

    assert signing.first(store, "nok", NEW).wants == ""


# ------------------------------------------------------------------------------------------------ a mailed one


@pytest.mark.parametrize("typed", ["nok", " NOK ", "nok@city.example", "NOK@CITY.EXAMPLE"])
def test_who_forgot_is_mailed_a_link_at_the_address_of_the_account(store, nok, sent, typed):
    version = store.version
    ask(store, typed)
    ((to, mail),) = sent

    assert (to, store.version) == ("Nok@city.example", version)
    assert [urlsplit(link)._replace(query="").geturl() for link in links(mail)] == [f"{SITE}/password"] * 2
    use(store, code_of(sent))
    assert signing.session(store, "nok", NEW)


def test_the_mail_is_in_both_languages_the_first_one_first(store, nok, sent):
    ask(store)
    mail, code = sent[0][1], code_of(sent)

    for told in (mail.subject, mail.body):
        thai, english = (told.index(word) for word in (
            text.translator("th")("password_links.subject" if told == mail.subject else "password_links.body",
                                  link=password_links.address(SITE, code, "th"), site=SITE),
            text.translator("en")("password_links.subject" if told == mail.subject else "password_links.body",
                                  link=password_links.address(SITE, code, "en"), site=SITE),
        ))  # fmt: skip
        assert thai < english
    assert [parse_qs(urlsplit(link).query)["lang"] for link in links(mail)] == [["th"], ["en"]]


@pytest.mark.parametrize(
    "typed",
    ["", " ", "nobody", "nobody@city.example", "%", "_ok", "\x00", "x" * 5000, "nok@city.example.org"],
)
def test_nobody_is_mailed_anything_for_what_is_nobodys(store, nok, sent, typed):
    ask(store, typed)

    assert sent == []
    assert store.rows("SELECT count(*) FROM password_link") == [(0,)]


def test_an_account_without_an_address_or_that_is_closed_gets_none(store, admin, nok, sent):
    change(store, admin, nok, email=None)
    ask(store)
    change(store, admin, nok, active=False)
    ask(store)
    ask(store, "nok@city.example")

    assert sent == []


def test_who_was_given_no_password_yet_may_ask_and_who_signs_in_elsewhere_alone_may_not(store, admin, sent):
    account = deeds.create(
        store, admin, sign_in="dao", name="ดาว", role="viewer", email="dao@city.example", **WHY
    )
    ask(store, "dao")
    assert len(sent) == 1
    with store.writing() as cursor:
        kept_identities.tie(cursor, account, issuer="https://login.example", subject="dao", at=AT)
    ask(store, "dao")

    assert len(sent) == 1


def test_a_mailed_one_lives_an_hour_and_a_newer_one_replaces_it(store, nok, sent):
    ask(store)
    first = code_of(sent)
    assert password_links.waits(store, first, at=AT + timedelta(minutes=59, seconds=59))
    assert refused(use, store, first, at=AT + timedelta(hours=1)) == "password_link_unknown"

    ask(store)
    assert refused(use, store, first) == "password_link_unknown"
    use(store, code_of(sent))


def test_a_stranger_who_asks_does_not_take_a_printed_link_away(store, admin, nok, sent):
    printed = make(store, admin, nok)
    ask(store)
    assert password_links.waits(store, printed, at=AT)

    use(store, printed)
    # And what was mailed is over with it.
    assert refused(use, store, code_of(sent), "แมวสี่ตัวบนหลังคาเขียว") == "password_link_unknown"


def test_a_printed_one_takes_a_mailed_one_away(store, admin, nok, sent):
    ask(store)
    make(store, admin, nok)

    assert refused(use, store, code_of(sent)) == "password_link_unknown"


def test_an_account_gets_three_mails_in_an_hour_and_then_one(store, nok, sent, monkeypatch):
    told = []
    for minutes in (0, 1, 2, 3, 30, 61, 62, 90, 121, 123):
        monkeypatch.setattr(time, "monotonic", lambda minutes=minutes: 1e6 + minutes * 60)
        before = len(sent)
        ask(store)
        told.append(len(sent) - before)

    assert told == [1, 1, 1, 0, 0, 0, 1, 0, 0, 1]
    # The last one that was sent is good, whatever was asked for after it.
    use(store, code_of(sent))


def test_one_accounts_mails_do_not_use_up_anothers(store, admin, nok, sent):
    deeds.create(store, admin, sign_in="dao", name="ดาว", role="viewer", email="dao@city.example", **WHY)
    for _ in range(5):
        ask(store)
    ask(store, "dao")

    assert [to for to, _ in sent] == ["Nok@city.example"] * 3 + ["dao@city.example"]


@pytest.mark.parametrize("missing", ["CMI_SMTP_HOST", "CMI_SMTP_FROM", "CMI_SITE"])
def test_without_a_mail_server_or_an_address_of_ours_nothing_is_mailed(
    store, nok, sent, monkeypatch, missing
):
    assert password_links.offered()
    monkeypatch.delenv(missing)
    ask(store)

    assert (password_links.offered(), sent) == (False, [])
    assert store.rows("SELECT count(*) FROM password_link") == [(0,)]


def test_an_address_that_changed_while_it_waited_for_its_turn_gets_nothing(
    store, admin, nok, sent, monkeypatch
):
    asked, address_of = [], kept.address_of

    def found(store, account):
        if not asked:
            asked.append(account)
            told = address_of(store, account)
            change(store, admin, nok, email="other@city.example")
            return told
        return address_of(store, account)

    monkeypatch.setattr(kept, "address_of", found)
    ask(store)

    assert [to for to, _ in sent] == ["other@city.example"]
    assert password_links.waits(store, code_of(sent), at=AT)


def test_it_arrives_by_a_real_server_and_says_that_a_program_wrote_it(store, nok, monkeypatch):
    with Post() as server:
        told = {"CMI_SMTP_HOST": "localhost", "CMI_SMTP_PORT": str(server.port), "CMI_SMTP_STARTTLS": "false",
                "CMI_SMTP_FROM": "เมืองนวัตกรรม <city@example.org>", "CMI_SITE": f"{SITE}/"}  # fmt: skip
        for name, value in told.items():
            monkeypatch.setenv(name, value)
        ask(store)
    got = message_from_bytes(server.mails[0], policy=policy.default)
    (link, other) = [line for line in got.get_content().splitlines() if line.startswith(SITE)]

    assert (got["To"], got["Auto-Submitted"]) == ("Nok@city.example", "auto-generated")
    assert got["Subject"].index("ตั้งรหัสผ่าน") < got["Subject"].index("Choose a new password")
    assert link.startswith(f"{SITE}/password?code=")
    (code,) = parse_qs(urlsplit(link).query)["code"]
    assert parse_qs(urlsplit(other).query)["code"] == [code]
    assert "นก" not in got.get_content()
    use(store, code)


def test_a_mail_that_cannot_be_sent_is_told_to_who_runs_the_site(store, nok, sent, monkeypatch):
    def fails(mail, *, to, automatic):
        raise StoreError("mail_failed", why="no route")

    monkeypatch.setattr(mailing, "deliver", fails)
    assert refused(ask, store) == "mail_failed"
