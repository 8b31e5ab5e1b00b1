"""The sign-in and set-up forms under honest and hostile use."""

import asyncio
import html
import re
import time
from datetime import datetime, timedelta

import httpx
import pyotp
import pytest

from cmi_core import text
from cmi_core.accounts import passwords
from cmi_core.actions import accounts as deeds
from cmi_core.actions import second_factor
from cmi_core.calendar import clock
from cmi_core.errors import StoreError
from cmi_core.store import accounts
from cmi_core.web import sign_in
from tests import loops, signing

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
    assert deeds.whose(store, mark).account == "1001"


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
        sign_in._throttle.attempt(("1001", "testclient"), time.monotonic() + 800)
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
    # In another browser.
    client.cookies.clear()
    enter(client)
    other = client.cookies[sign_in.COOKIE]
    client.get("/signout")

    assert deeds.whose(store, other) is None
    assert deeds.whose(store, mark).account == "1001"
    assert other not in {value for (value,) in store.rows("SELECT setting FROM setting")}


def test_ended_sessions_are_forgotten_once_they_had_run_out(store, admin):
    at, marks = datetime(2026, 11, 22, 5), []
    for hours in (0, 1, 20):
        marks.append(signing.session(store, "admin", PASSWORD))  # fmt: skip
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


SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def hidden(page, name):
    return html.unescape(re.search(rf'name="{name}" value="([^"]*)"', page.text).group(1))


def app(seconds=0):
    return pyotp.TOTP(SECRET).at(int(time.time()) + seconds)


def onward(client, page, language="th", **form):
    """The next step, with what the page of the last one keeps."""
    kept = {name: hidden(page, name) for name in ("step", "next", "account")}
    return client.post(f"/signin/step?lang={language}", data=kept | form)


def with_factor(store, admin):
    """The admin's second factor is set up half a minute ago; its recovery codes."""
    before = clock.now() - timedelta(seconds=60)
    given = {"secret": SECRET, "code": app(-60), "password": PASSWORD, "note": "x", "at": before}
    return second_factor.turn_on(store, admin, **given)


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_the_second_factor_is_asked_for_before_there_is_a_cookie(client, store, admin, language):
    with_factor(store, admin)
    page = enter(client, f"/signin?lang={language}", next="/goal-board?lang=en")
    say = text.translator(language)
    assert (page.status_code, "set-cookie" in page.headers) == (200, False)
    assert say("sign_in.code_title") in html.unescape(page.text)
    assert page.headers["cache-control"] == "no-store"

    wrong = onward(client, page, language, code="000000")
    assert (wrong.status_code, said(wrong)) == (400, sentence("code_wrong", language))
    assert "set-cookie" not in wrong.headers
    entered = onward(client, wrong, language, code=app())
    assert (entered.status_code, entered.headers["location"]) == (303, "/goal-board?lang=en")
    assert deeds.whose(store, client.cookies[sign_in.COOKIE]).account == "1001"


def test_a_recovery_code_is_taken_in_its_place(client, store, admin):
    codes = with_factor(store, admin)
    assert onward(client, enter(client), code=codes[0]).status_code == 303

    client.cookies.clear()
    assert said(onward(client, enter(client), code=codes[0])) == sentence("code_wrong")


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_a_password_that_was_given_is_changed_on_the_way(client, store, admin, language):
    deeds.create(
        store, admin, sign_in="nok", name="นก", role="viewer", password=PASSWORD, note="x", at=clock.now()
    )
    page = enter(client, f"/signin?lang={language}", account="nok")
    assert (page.status_code, "set-cookie" in page.headers) == (200, False)
    assert text.translator(language)("sign_in.own_password_title") in html.unescape(page.text)

    for wrong, reason, details in (
        ("short", "password_short", {"length": 15}),
        (PASSWORD, "password_same", {}),
        ("nok chiang mai 2569", "password_own_words", {}),
    ):
        page = onward(client, page, language, password=wrong)
        assert said(page) == sentence(reason, language, **details)
        assert wrong not in page.text
    assert onward(client, page, language, password="three words unlike it").status_code == 303
    assert deeds.whose(store, client.cookies[sign_in.COOKIE]).account == "1002"


def test_an_administrator_sets_a_second_factor_up_where_it_is_required(client, store, admin, monkeypatch):
    monkeypatch.setenv("CMI_ADMIN_SECOND_FACTOR", "true")
    page = enter(client, next="/user-accounts")
    secret = hidden(page, "secret")
    assert 'src="data:image/png;base64,' in page.text
    assert "set-cookie" not in page.headers

    # A mistyped code keeps the secret that the app has by now.
    page = onward(client, page, secret=secret, code="000000")
    assert (said(page), hidden(page, "secret")) == (sentence("code_wrong"), secret)
    codes = onward(client, page, secret=secret, code=pyotp.TOTP(secret).now())
    assert len(re.findall(r"(?:[A-Z2-9]{4}-){2}[A-Z2-9]{4}", codes.text)) == 10
    assert 'href="/user-accounts"' in codes.text
    assert deeds.whose(store, client.cookies[sign_in.COOKIE]).account == "1001"


@pytest.mark.parametrize("step", ["", "x", "a.b.c"])
def test_a_step_that_is_over_begins_again(client, admin, step):
    answer = client.post(
        "/signin/step", data={"step": step, "code": "000000", "password": "x", "next": "//evil"}
    )

    assert said(answer) == sentence("step_over")
    assert 'name="password"' in answer.text
    assert "evil" not in answer.text
    assert client.get("/signin/step?lang=en").headers["location"] == "/signin?lang=en"


def test_what_is_sent_with_a_step_comes_back_as_text(client, store, admin, monkeypatch):
    monkeypatch.setenv("CMI_ADMIN_SECOND_FACTOR", "true")
    hostile = "\"><script>alert('x')</script>${title}"
    page = onward(client, enter(client), secret=hostile, code=hostile, account=hostile)

    assert page.status_code == 400
    assert "<script" not in page.text


def test_a_step_from_another_site_is_refused(client, store, admin):
    with_factor(store, admin)
    kept = {"step": hidden(enter(client), "step"), "code": app()}
    answer = client.post("/signin/step", data=kept, headers={"origin": "https://evil.example"})

    assert (answer.status_code, said(answer)) == (403, sentence("other_site"))


def test_codes_are_guessed_slowly(client, store, admin):
    with_factor(store, admin)
    page = enter(client)
    told = [onward(client, page, code="000000").status_code for _ in range(8)]

    assert told == [400] * 5 + [429] * 3


def test_a_browser_that_has_signed_in_before_is_not_held_up_by_others(client, admin):
    enter(client)
    known = client.cookies[sign_in.KNOWN]
    client.cookies.clear()
    assert [enter(client, password="a guess").status_code for _ in range(7)][-1] == 429
    assert enter(client).status_code == 429

    client.cookies.set(sign_in.KNOWN, known)
    assert enter(client).status_code == 303


def test_both_cookies_are_out_of_reach_of_scripts_and_over_https_alone(client, admin, monkeypatch):
    monkeypatch.setenv("CMI_HTTPS", "true")
    told = enter(client).headers.get_list("set-cookie")

    assert [cookie.partition("=")[0] for cookie in told] == ["__Host-cmi_session", "__Host-cmi_known"]
    for cookie in told:
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= {
            part.strip() for part in cookie.split(";")
        }


def test_an_ipv6_household_is_one_place_to_guess_from(client, admin):
    found = {
        sign_in.came_from(
            sign_in.Request({"type": "http", "client": (f"2001:db8:1:2::{number}", 1), "headers": []})
        )
        for number in range(1, 9)
    }

    assert found == {"2001:db8:1:2::/64"}


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

    assert sign_in.came_from(request) == "10.0.0.7"


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
    assert deeds.whose(store, given).account == "1001"
    assert deeds.whose(store, "planted") is None


def test_signing_in_anew_ends_the_session_that_this_browser_had(client, store, admin):
    enter(client)
    before = client.cookies[sign_in.COOKIE]
    enter(client)

    assert deeds.whose(store, before) is None
    assert deeds.whose(store, client.cookies[sign_in.COOKIE]).account == "1001"


def test_many_tries_under_ever_new_names_hold_up_nobody_else(client, admin):
    """Each costs a hash: they wait for each other, in threads of their own."""

    async def flood():
        turns = sign_in.Turns()
        sign_in._turns, before = turns, sign_in._turns
        try:
            transport = httpx.ASGITransport(app=client.app)
            async with httpx.AsyncClient(transport=transport, base_url=OWN) as asked:
                tries = [
                    asyncio.create_task(
                        asked.post("/signin", data={"account": f"person{number}", "password": "x"})
                    )
                    for number in range(40)
                ]
                await asyncio.sleep(0.02)
                page = await asked.get("/assets/sign_in.css")
                waiting = sum(not each.done() for each in tries)
                return page.status_code, waiting, [each.status_code for each in await asyncio.gather(*tries)]
        finally:
            sign_in._turns = before

    page, waiting, told = loops.run(flood())
    assert (page, told) == (200, [400] * 40)
    assert waiting > 0


def test_a_new_password_ends_the_session_of_the_cookie(client, store, admin):
    enter(client)
    mark = client.cookies[sign_in.COOKIE]
    deeds.change_own_password(
        store,
        admin,
        current=PASSWORD,
        password="three words unlike it",
        note="x",
        at=datetime(2026, 11, 22),
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
