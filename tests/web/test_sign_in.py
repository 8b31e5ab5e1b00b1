"""The sign-in and set-up forms under honest and hostile use."""

import html
import re
import time
from datetime import datetime, timedelta

import pytest

from cmi_core import text
from cmi_core.accounts import passwords
from cmi_core.accounts.throttle import Throttle
from cmi_core.actions import accounts as deeds
from cmi_core.errors import StoreError
from cmi_core.store import accounts
from cmi_core.web import sign_in

PASSWORD = "ดอยสุเทพ-ดอยปุย"
OWN = "http://127.0.0.1:8501"


def enter(client, path="/signin", headers=None, **form):
    return client.post(path, data={"account": "admin", "password": PASSWORD} | form, headers=headers)


def said(answer):
    """The refusal on the page, or None where it is hidden."""
    shown = re.search(r'<p class="refusal" role="alert" (hidden)?>(.*?)</p>', answer.text)
    return None if shown.group(1) else html.unescape(shown.group(2))


def sentence(reason, language="th", **details):
    return text.translator(language)(f"error.{reason}", **details)


@pytest.mark.parametrize("page", ["/signin", "/setup"])
def test_each_form_stands_in_both_languages(client, page):
    thai, english = client.get(page), client.get(f"{page}?lang=en")

    assert '<html lang="th">' in thai.text
    assert '<html lang="en">' in english.text
    assert said(thai) is said(english) is None
    assert not re.search(r"[ก-๙]", re.sub(r'<a [^>]*lang="th".*?</a>', "", english.text))
    assert thai.headers["cache-control"] == "no-store"
    assert client.get(f"{page}?lang=xx").text == thai.text


def test_the_right_password_sets_a_cookie_and_goes_on(client, store, admin):
    answer = enter(client, next="/kpi-entry?lang=th")

    assert answer.status_code == 303
    assert answer.headers["location"] == "/kpi-entry?lang=th"
    mark = client.cookies[sign_in.COOKIE]
    assert deeds.whose(store, mark).account == "admin"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client, admin, monkeypatch):
    cookie = enter(client).headers["set-cookie"].lower()
    assert {"httponly", "samesite=lax", "path=/", "max-age=43200"} <= {
        part.strip() for part in cookie.split(";")
    }
    assert "secure" not in cookie

    monkeypatch.setenv("CMI_HTTPS", "true")
    assert "secure" in enter(client).headers["set-cookie"].lower()


def test_over_https_the_cookie_is_secure(client, admin):
    answer = client.post("https://127.0.0.1:8501/signin", data={"account": "admin", "password": PASSWORD})

    assert "secure" in answer.headers["set-cookie"].lower()


@pytest.mark.parametrize(
    "form", [{"password": "wrong"}, {"account": "nobody"}, {"account": "", "password": ""}]
)
@pytest.mark.parametrize("language", text.LANGUAGES)
def test_a_wrong_password_is_told_without_a_cookie(client, admin, form, language):
    answer = enter(client, f"/signin?lang={language}", **form)

    assert answer.status_code == 400
    assert said(answer) == sentence("sign_in_wrong", language)
    assert "set-cookie" not in answer.headers


def test_guessing_is_stopped_with_a_sentence(client, admin):
    enter(client, password="guess")
    for _ in range(4):
        # Ahead of the clock, so that the bar stands however slowly this test runs.
        sign_in._throttle.attempt(("admin", "testclient"), time.monotonic() + 800)
    answer = enter(client)

    assert answer.status_code == 429
    assert said(answer).startswith(sentence("throttled", seconds="§").split("§")[0])


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example",
        "https:evil.example", "javascript:alert(1)", "data:text/html,x", "/\t/evil.example", "/\n/evil.example",
        "/\n\\evil.example", "/ok\r\nset-cookie: a=b", "\t//evil.example", " //evil.example", "evil.example", "",
        "//[", "/a b", "/\x00", "/a\\b",
    ],
)  # fmt: skip
def test_nobody_is_led_to_another_site(client, admin, target):
    assert enter(client, next=target).headers["location"] == "/"
    assert client.get("/signout", params={"next": target}).headers["location"] == "/"
    page = client.get("/signin", params={"next": target}).text
    assert 'name="next" value="/"' in page
    assert 'class="links"><a href="/">' in page


@pytest.mark.parametrize(
    "target", ["/", "/goal-board", "/goal-board?lang=en&strategy=default", "/x#y", "/หน้า"]
)
def test_a_path_of_ours_is_kept(client, admin, target):
    assert f'name="next" value="{html.escape(target)}"' in client.get("/signin", params={"next": target}).text
    assert enter(client, next=target).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://["},
        {"origin": "http://127.0.0.1:8502"},
        {"origin": f"{OWN}.evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": OWN},
    ],
)
def test_a_form_from_another_site_is_refused(client, store, headers):
    code = deeds.prepare(store)
    for path, form in (("/signin", {}), ("/setup", {"code": code, "name": "อรุณ"})):
        answer = enter(client, path, headers=headers, **form)
        assert answer.status_code == 403
        assert said(answer) == sentence("other_site")
        assert "set-cookie" not in answer.headers
    assert accounts.everybody(store).empty


@pytest.mark.parametrize(
    "headers",
    [{}, {"origin": OWN}, {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "same-origin", "origin": "https://city.example"}],
)  # fmt: skip
def test_our_own_form_is_taken(client, admin, headers):
    """Behind a proxy that renames the host, the browser's own word on the site counts."""
    assert enter(client, headers=headers).status_code == 303


@pytest.mark.parametrize("path", ["/signin", "/setup"])
def test_a_form_that_is_too_large_is_refused(client, admin, path):
    answer = enter(client, path, password="x" * 20_000)

    assert answer.status_code == 413
    assert said(answer) == sentence("form_too_large")


def test_a_form_sent_in_pieces_is_measured_too(client, admin):
    pieces = (b"account=admin&password=" if turn == 0 else b"x" * 1000 for turn in range(50))
    answer = client.post(
        "/signin", content=pieces, headers={"content-type": "application/x-www-form-urlencoded"}
    )

    assert answer.status_code == 413


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe=\xff", b"account", b"&&==&", b"%ff%fe=%00", b"account=%00&password=%00"]
)
def test_any_bytes_get_an_answer(client, admin, body):
    answer = client.post("/signin", content=body)

    assert answer.status_code == 400
    assert said(answer) == sentence("sign_in_wrong")


def test_what_was_typed_comes_back_as_text(client, admin):
    hostile = "\"><script>alert('x')</script>${title}&amp;"
    answer = enter(client, account=hostile, name=hostile)
    setup = enter(client, "/setup", account=hostile, name=hostile, code="x")

    for page in (answer.text, setup.text):
        assert "<script" not in page
        assert html.escape(hostile) in page
    assert PASSWORD not in answer.text + setup.text


def test_an_account_name_is_shown_as_text_in_a_refusal(client, store):
    answer = enter(client, "/setup", account="<b>x</b>", name="x", code=deeds.prepare(store))

    assert "<b>x</b>" not in answer.text
    assert said(answer) == sentence("account_name", account="<b>x</b>")


def test_the_setup_makes_the_admin_and_signs_in(client, store):
    code = deeds.prepare(store)
    answer = enter(client, "/setup", code=code, name="อรุณ")

    assert answer.status_code == 303
    assert deeds.whose(store, client.cookies[sign_in.COOKIE]).role == "admin"
    again = enter(client, "/setup", code=code, name="ใคร", account="second")
    assert said(again) == sentence("setup_done")


def test_the_code_is_printed_when_the_start_could_not(client, store, capsys, monkeypatch):
    monkeypatch.setattr(sign_in.ready, "_announced", sign_in.ready.threading.Event())
    client.get("/setup")
    client.get("/setup")

    assert capsys.readouterr().out.count(deeds.prepare(store)) == 1


def test_signing_out_forgets_the_cookie(client, admin):
    enter(client)
    answer = client.get("/signout?next=/?lang=en")

    assert answer.status_code == 303
    assert answer.headers["location"] == "/?lang=en"
    assert sign_in.COOKIE not in client.cookies


def test_signing_out_ends_the_session_in_every_window_and_hand(client, store, admin):
    enter(client)
    mark = client.cookies[sign_in.COOKIE]
    enter(client)
    other = client.cookies[sign_in.COOKIE]
    client.get("/signout")

    assert deeds.whose(store, other) is None
    assert deeds.whose(store, mark).account == "admin"
    assert other not in {value for (value,) in store.rows("SELECT setting FROM setting")}


def test_ended_sessions_are_forgotten_once_they_had_run_out(store, admin):
    at, marks = datetime(2026, 11, 22, 5), []
    for hours in (0, 1, 20):
        marks.append(deeds.sign_in(
            store, Throttle(), account="admin", password=PASSWORD, origin="x", now=0.0
        ))  # fmt: skip
        deeds.sign_out(store, marks[-1], at=at + timedelta(hours=hours))

    assert store.rows("SELECT count(*) FROM setting WHERE starts_with(setting, 'ended:')") == [(1,)]


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"origin": "http://evil.example"},
        {"referer": "http://evil.example/"},
    ],
)
def test_another_site_cannot_sign_somebody_out(client, admin, store, headers):
    enter(client)
    client.get("/signout", headers=headers)

    assert sign_in.COOKIE in client.cookies
    assert deeds.whose(store, client.cookies[sign_in.COOKIE])


def test_signing_out_works_while_the_database_does_not(client, admin, monkeypatch):
    enter(client)

    def refuse():
        raise StoreError("database_locked", path="/data/real.duckdb")

    monkeypatch.setattr(sign_in, "the_store", refuse)
    client.get("/signout")

    assert sign_in.COOKIE not in client.cookies


def test_behind_https_no_neighbouring_site_can_set_the_cookie(client, admin, store, monkeypatch):
    monkeypatch.setenv("CMI_HTTPS", "true")
    told = enter(client).headers["set-cookie"]

    assert told.startswith("__Host-cmi_session=")
    assert {"Secure", "HttpOnly", "Path=/"} <= {part.strip() for part in told.split(";")}
    assert "domain" not in told.lower()


def test_a_forged_address_does_not_make_guessing_faster(client, admin, monkeypatch):
    """Our web server believes a proxy's word on this machine; whether there is one, the operator says."""
    monkeypatch.delenv("CMI_PROXY", raising=False)
    told = [
        enter(client, password="guess", headers={"x-forwarded-for": f"10.0.0.{number}"}).status_code
        for number in range(8)
    ]

    assert told[-1] == 429
    assert enter(client).status_code == 303


def test_the_address_that_the_operators_proxy_gives_counts(client, admin, monkeypatch):
    monkeypatch.setenv("CMI_PROXY", "true")
    request = sign_in.Request(
        {"type": "http", "client": ("10.0.0.7", 1), "headers": [(b"x-forwarded-for", b"10.0.0.7")]}
    )

    assert sign_in._address(request) == "10.0.0.7"


def test_an_unknown_account_takes_as_much_work_as_a_known_one(client, admin, monkeypatch):
    class Counting:
        def verify(self, *what):
            worked.append(what)
            return hasher.verify(*what)

    worked, hasher = [], passwords._hasher
    monkeypatch.setattr(passwords, "_hasher", Counting())
    for account in ("admin", "nobody", "", "x" * 200):
        enter(client, account=account, password="wrong")

    assert len(worked) == 4


def test_nobody_brings_a_session_with_them(client, store, admin):
    """The mark is made at signing in: one that was there before, in the address or the cookie, stands for nobody."""
    client.cookies.set(sign_in.COOKIE, "planted")
    client.get("/signin?cmi_session=planted")
    given = enter(client).cookies[sign_in.COOKIE]

    assert given != "planted"
    assert deeds.whose(store, given).account == "admin"
    assert deeds.whose(store, "planted") is None


def test_a_new_password_ends_the_session_of_the_cookie(client, store, admin):
    enter(client)
    mark = client.cookies[sign_in.COOKIE]
    deeds.set_password(
        store, admin, account="admin", password="another one", note="x", at=datetime(2026, 11, 22)
    )

    assert deeds.whose(store, mark) is None


@pytest.mark.parametrize("reason", ["database_locked", "database_corrupt"])
@pytest.mark.parametrize("language", text.LANGUAGES)
def test_a_database_out_of_reach_is_told(client, monkeypatch, reason, language):
    def refuse():
        raise StoreError(reason, path="/data/real.duckdb")

    monkeypatch.setattr(sign_in, "the_store", refuse)
    answer = enter(client, f"/signin?lang={language}")

    assert answer.status_code == 503
    assert said(answer) == sentence(reason, language, path="/data/real.duckdb")


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_not_taken(client, method):
    assert getattr(client, method)("/signin").status_code == 405
