"""A forgotten password: one answer for everybody, and a link whose code stays out of addresses and is used up by nobody's look."""

import html
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from urllib.parse import urlsplit

import pytest

from cmi_core import text
from cmi_core.accounts.throttle import Throttle
from cmi_core.actions import accounts as deeds
from cmi_core.actions import mailing
from cmi_core.actions import password_links as actions
from cmi_core.calendar import clock
from cmi_core.errors import StoreError
from cmi_core.web import password_links, routes, sign_in
from tests import signing

OLD, NEW = "ดอยสุเทพ-ดอยปุย", "แมวสามตัวบนหลังคาแดง"
SITE = "https://kpi.city.example"
OWN = "http://127.0.0.1:8501"
AT = datetime(2026, 11, 22, 5)


class Mails:
    """What is mailed in the background, once it has been."""

    def __init__(self):
        self.waiting, self.found = ThreadPoolExecutor(1), []

    def deliver(self, mail, *, to, automatic):
        assert automatic
        self.found.append((to, mail))

    def all(self):
        self.waiting.submit(int).result(20)
        return self.found

    def code(self):
        return re.search(r"code=([\w-]+)", self.all()[-1][1].body).group(1)


@pytest.fixture
def client(client):
    client.app.router.routes.extend(password_links.ROUTES)
    return client


@pytest.fixture
def nok(store, admin):
    """An account with an address and a password of its own."""
    made = deeds.create(
        store, admin, sign_in="nok", name="นก", role="viewer", password=OLD, note="x", at=AT, email="nok@city.example"
    )  # fmt: skip
    signing.own_passwords(store)
    return made


@pytest.fixture
def mails(monkeypatch):
    """Mail and site are set up; each test has a throttle and a background of its own."""
    for name, value in {"CMI_SMTP_HOST": "h", "CMI_SMTP_FROM": "c@city.example", "CMI_SITE": SITE}.items():
        monkeypatch.setenv(name, value)
    mails = Mails()
    monkeypatch.setattr(mailing, "deliver", mails.deliver)
    monkeypatch.setattr(password_links, "_mailing", mails.waiting)
    monkeypatch.setattr(password_links, "_throttle", Throttle(free=password_links._ASKS))
    yield mails
    mails.waiting.shutdown()


@pytest.fixture
def code(store, admin, nok):
    return actions.make(store, admin, account=nok, note="x", at=clock.now())


def said(answer, what="alert"):
    shown = re.search(rf'<p (?:class="refusal" )?role="{what}" (hidden)?>(.*?)</p>', answer.text)
    return None if shown is None or shown.group(1) else html.unescape(shown.group(2))


def sentence(key, language="th", **details):
    return text.translator(language)(key, **details)


def opened(client, code, language="en"):
    """The form that a link leads to."""
    answer = client.get(actions.address("", code, language))
    return client.get(answer.headers["location"])


def send(client, password=NEW, language="en", **more):
    return client.post(f"/password?lang={language}", data={"password": password}, **more)


def secured(answer):
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")


def test_the_routes_are_served():
    assert {"/forgot", "/password"} <= {route.path for route in routes.ROUTES}


# ------------------------------------------------------------------------------------------------ asking


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_signing_in_leads_to_the_form(client, mails, language):
    page = client.get(f"/signin?lang={language}")
    link = re.search(r'<a href="(/forgot[^"]*)">(.*?)</a>', page.text)
    assert html.unescape(link.group(2)) == sentence("sign_in.forgot_title", language)

    form = client.get(html.unescape(link.group(1)))
    assert f'<html lang="{language}">' in form.text
    assert f'action="/forgot?lang={language}"' in form.text


@pytest.mark.parametrize("language", text.LANGUAGES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_where_nothing_is_mailed_the_page_says_whom_to_ask(client, nok, language, method, monkeypatch):
    for name in ("CMI_SMTP_HOST", "CMI_SMTP_FROM", "CMI_SITE"):
        monkeypatch.delenv(name, raising=False)
    answer = getattr(client, method)(f"/forgot?lang={language}")

    assert said(answer, "status") == sentence("sign_in.forgot_off", language)
    assert "<form" not in answer.text
    assert "<button" not in answer.text


def test_an_address_that_is_none_is_told_to_who_set_it(client, mails, monkeypatch):
    monkeypatch.setenv("CMI_SITE", "kpi.city.example")
    for answer in (client.get("/forgot?lang=en"), client.post("/forgot?lang=en", data={"account": "nok"})):
        assert "CMI_SITE" in said(answer)
    assert mails.all() == []


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_the_answer_is_the_same_to_the_letter_whoever_it_is(client, store, nok, admin, mails, language):
    typed = ["nok", "nok@city.example", "admin", "nobody", "", "'; --", "x" * 5000, "\x00", "<b>nok</b>"]
    answers = [client.post(f"/forgot?lang={language}", data={"account": each}) for each in typed]

    assert (
        len({(answer.status_code, answer.text, str(sorted(answer.headers.items()))) for answer in answers})
        == 1
    )
    assert said(answers[0], "status") == sentence("sign_in.forgot_asked", language)
    assert [to for to, _ in mails.all()] == ["nok@city.example"] * 2


def test_the_answer_waits_neither_for_the_database_nor_for_the_mail_server(client, nok, mails, monkeypatch):
    """So its time says nothing about accounts: here both take until the answers have come."""
    held, begun = threading.Event(), []
    deliver = mails.deliver

    def slow(*given, **named):
        begun.append(1)
        assert held.wait(20)
        deliver(*given, **named)

    monkeypatch.setattr(mailing, "deliver", slow)
    began = time.monotonic()
    for typed in ("nok", "nobody"):
        assert client.post("/forgot", data={"account": typed}).status_code == 200
    assert time.monotonic() - began < 10
    assert mails.found == []
    held.set()
    assert [to for to, _ in mails.all()] == ["nok@city.example"]
    assert begun == [1]


def test_nothing_is_looked_up_before_the_answer(client, nok, mails, monkeypatch):
    """Neither for one nor for the other."""
    answered, asked = threading.Event(), []

    def later():
        assert answered.wait(20)
        asked.append(1)
        raise StoreError("database_locked", path="x")

    monkeypatch.setattr(password_links, "the_store", later)
    for typed in ("nok", "nobody"):
        assert client.post("/forgot", data={"account": typed}).status_code == 200
    assert asked == []
    answered.set()
    mails.all()
    assert asked == [1, 1]


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"x-forwarded-host": "evil.example"},
        {"forwarded": "host=evil.example;proto=http"},
        {"x-forwarded-proto": "http", "x-forwarded-server": "evil.example"},
        {"host": "evil.example", "origin": "http://evil.example", "sec-fetch-site": "same-origin"},
    ],
)
def test_whoever_asks_does_not_say_where_the_link_leads(client, nok, mails, headers):
    client.post("/forgot", data={"account": "nok"}, headers=headers)
    ((_, mail),) = mails.all()

    assert "evil" not in mail.body + mail.subject
    found = re.findall(r"https?://\S+", mail.body)
    assert {urlsplit(link).netloc for link in found} == {"kpi.city.example"}


@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}])
def test_another_site_asks_for_nobody(client, nok, mails, headers):
    answer = client.post("/forgot?lang=en", data={"account": "nok"}, headers=headers)

    assert (answer.status_code, said(answer)) == (403, sentence("error.other_site", "en"))
    assert mails.all() == []


def test_one_network_asks_so_often_and_then_waits(client, nok, mails):
    for number in range(password_links._ASKS):
        assert client.post("/forgot", data={"account": f"person{number}"}).status_code == 200
    # Ahead of the clock, so that the bar stands however slowly this test runs.
    password_links._throttle.attempt("testclient", time.monotonic() + 800)
    for typed in ("nok", "nobody"):
        answer = client.post("/forgot?lang=en", data={"account": typed})
        assert answer.status_code == 429
        assert said(answer).startswith("Too many have asked")
    assert mails.all() == []


def test_what_waits_to_be_mailed_is_bounded(client, nok, mails, monkeypatch):
    monkeypatch.setattr(password_links, "_waiting", threading.BoundedSemaphore(2))
    held = threading.Event()
    mails.waiting.submit(held.wait, 20)
    told = [client.post("/forgot", data={"account": "nobody"}).status_code for _ in range(3)]
    held.set()
    mails.all()

    assert told == [200, 200, 429]
    assert client.post("/forgot", data={"account": "nobody"}).status_code == 200


def test_a_mail_that_fails_stands_in_the_log_without_its_address_and_the_next_one_goes(
    client, nok, mails, monkeypatch, caplog
):
    deliver, fails = (
        mails.deliver,
        [StoreError("mail_failed", why="{'nok@city.example': (550, b'no')}"), RuntimeError("x")],
    )

    def first_fails(mail, *, to, automatic):
        if fails:
            raise fails.pop(0)
        deliver(mail, to=to, automatic=automatic)

    monkeypatch.setattr(mailing, "deliver", first_fails)
    for _ in range(3):
        client.post("/forgot", data={"account": "nok"})
    assert [to for to, _ in mails.all()] == ["nok@city.example"]
    assert "550" in caplog.text
    assert "nok@city" not in caplog.text


def test_a_form_that_is_too_large_is_refused(client, mails):
    assert client.post("/forgot", data={"account": "x" * 20_000}).status_code == 413


# ------------------------------------------------------------------------------------------------ the link


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_from_the_forgotten_password_to_the_next_sign_in(client, store, nok, mails, language):
    client.post(f"/forgot?lang={language}", data={"account": "nok"})
    form = opened(client, mails.code(), language)
    assert f'<html lang="{language}">' in form.text
    assert 'value="nok"' in form.text
    answer = send(client, NEW, language)

    assert (answer.status_code, said(answer, "status")) == (200, sentence("sign_in.link_used", language))
    assert f'href="/signin?lang={language}&amp;next=%2F"' in answer.text
    assert password_links.COOKIE not in client.cookies
    assert client.post("/signin", data={"account": "nok", "password": NEW}).status_code == 303
    assert client.post("/signin", data={"account": "nok", "password": OLD}).status_code == 400


def test_the_code_goes_out_of_the_address_into_a_cookie(client, code):
    answer = client.get(actions.address("", code, "en"))
    kept = answer.headers["set-cookie"]

    assert (answer.status_code, answer.headers["location"]) == (303, "/password?lang=en")
    assert kept.startswith(f"cmi_password={code}; ")
    for part in ("HttpOnly", "SameSite=lax", "Path=/", "Max-Age=900"):
        assert part in kept
    secured(answer)
    form = client.get("/password?lang=en")
    secured(form)
    assert code not in form.text
    secured(send(client, "short"))
    secured(send(client))


def test_over_https_no_neighbouring_site_can_set_it(client, code, monkeypatch):
    monkeypatch.setenv("CMI_HTTPS", "true")
    kept = client.get(actions.address("", code, "th")).headers["set-cookie"]

    assert kept.startswith(f"__Host-cmi_password={code}; ")
    assert "Secure" in kept


def test_a_program_that_looks_at_mails_uses_nothing_up(client, store, code):
    for _ in range(3):
        client.head(actions.address("", code, "en"))
        opened(client, code)
        client.cookies.clear()

    assert actions.waits(store, code, at=clock.now()) == "nok"
    opened(client, code)
    assert said(send(client), "status")


@pytest.mark.parametrize("language", text.LANGUAGES)
@pytest.mark.parametrize("wrong", ["x", "\x00", "ก" * 3000, "<script>alert(1)</script>"])
def test_a_code_that_opens_nothing_is_told(client, code, language, wrong):
    answer = client.get("/password", params={"code": wrong, "lang": language})

    assert said(answer) == sentence("error.password_link_unknown", language)
    assert "<form" not in answer.text
    assert "<script" not in answer.text
    secured(answer)


def test_without_a_code_there_is_no_form(client, store, nok):
    assert said(client.get("/password?lang=en")) == sentence("error.password_link_unknown", "en")
    assert said(send(client)) == sentence("error.password_link_unknown", "en")
    assert signing.session(store, "nok", OLD)


def test_a_code_is_taken_from_the_cookie_alone(client, store, code):
    """Another site could have its own link's code sent along with a form, or in the address."""
    answer = client.post("/password", params={"code": code}, data={"code": code, "password": NEW})

    assert said(answer) == sentence("error.password_link_unknown")
    assert signing.session(store, "nok", OLD)


def test_a_link_is_used_once_in_whatever_window(client, store, code):
    opened(client, code)
    cookie = client.cookies[password_links.COOKIE]
    assert said(send(client), "status")
    client.cookies.set(password_links.COOKIE, cookie)
    again = send(client, "แมวสี่ตัวบนหลังคาเขียว")

    assert said(again) == sentence("error.password_link_unknown", "en")
    assert said(client.get(actions.address("", code, "en"))) == sentence("error.password_link_unknown", "en")
    assert signing.session(store, "nok", NEW)


def test_the_link_of_one_account_sets_no_other_ones_password(client, store, admin, code):
    opened(client, code)
    client.post("/password", data={"password": NEW, "account": "admin"})

    assert signing.session(store, "admin", OLD)
    assert signing.session(store, "nok", NEW)


def test_a_link_too_old_by_now_opens_nothing_though_its_form_is_open(client, store, code, monkeypatch):
    opened(client, code)
    late = clock.now() + actions.retention.PRINTED_LINK
    monkeypatch.setattr(clock, "now", lambda: late)

    assert said(send(client)) == sentence("error.password_link_unknown", "en")


def test_a_password_that_will_not_do_is_told_and_the_form_stays(client, store, code):
    opened(client, code)
    answer = send(client, "short")

    assert (answer.status_code, said(answer)) == (400, sentence("error.password_short", "en", length=15))
    assert 'value="nok"' in answer.text
    assert 'value="short"' not in answer.text
    assert said(send(client, OLD)) == sentence("error.password_same", "en")
    assert said(send(client), "status")


@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}])
def test_a_form_of_another_site_sets_nothing(client, store, code, headers):
    opened(client, code)
    answer = send(client, headers=headers)

    assert (answer.status_code, said(answer)) == (403, sentence("error.other_site", "en"))
    assert signing.session(store, "nok", OLD)
    assert actions.waits(store, code, at=clock.now())


def test_every_session_ends_and_no_new_one_begins(client, store, code):
    client.post("/signin", data={"account": "nok", "password": OLD})
    mark = client.cookies[sign_in.COOKIE]
    opened(client, code)
    answer = send(client)

    assert deeds.whose(store, mark) is None
    assert sign_in.COOKIE not in answer.headers.get("set-cookie", "")


def test_a_database_out_of_reach_is_told(client, code, monkeypatch):
    opened(client, code)

    def refuse():
        raise StoreError("database_locked", path="x")

    monkeypatch.setattr(password_links, "the_store", refuse)
    assert client.get(actions.address("", code, "en")).status_code == 503
    assert send(client).status_code == 503


def test_no_page_about_it_is_kept_anywhere(client, code, mails):
    for answer in (
        client.get("/forgot"),
        client.post("/forgot", data={"account": "nok"}),
        opened(client, code),
    ):
        assert answer.headers["cache-control"] == "no-store"
