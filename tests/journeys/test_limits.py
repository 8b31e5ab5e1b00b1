"""Many tabs opened and left, files for no page, and pages that nobody touches: the server stays there for who works."""

import asyncio
import re
import resource
import socket
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import urlsplit

import psutil
import pytest
from playwright.sync_api import expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed

from benchmarks.idle_tabs import left_open
from benchmarks.session import Session, opened
from cmi_core import text
from cmi_core.accounts.roles import Account
from cmi_core.actions import kpi_definitions
from tests.journeys.conftest import HERE, people, settled

pytestmark = pytest.mark.browser
KPI = "k_d3_maekha_bod"
MANY = 400
UPLOADED = "/_stcore/upload_file/{session}/{file}"


def on_duty(store) -> None:
    """Accounts, and one KPI in the coordinator's hands."""
    people(store)
    editor = Account("1002", "เอก แผน", "editor")
    kpi_definitions.assign(
        store, editor, kpi=KPI, account="1003", role="coordinator", note="มอบหมาย",
        at=datetime.now(UTC).replace(tzinfo=None),
    )  # fmt: skip


class Loop:
    """A loop of events beside the browser's, which has one in this thread."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()

    def __call__(self, doing):
        return asyncio.run_coroutine_threadsafe(doing, self.loop).result(300)

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


@pytest.fixture
def beside():
    loop = Loop()
    yield loop
    loop.close()


@contextmanager
def tabs(server, beside, count):
    """So many tabs of nobody's; gives how many were turned away."""
    held, refused = beside(left_open(server.url, count))
    try:
        yield refused
    finally:

        async def close():
            await asyncio.gather(*(tab.socket.close() for tab in held))

        beside(close())


def save(visit, server, say):
    """A coordinator signs in, opens a form, saves a value and goes away; the seconds that saving took."""
    window = visit(server, f"/kpi-entry?lang=th&kpi={KPI}", mark=server.sign_in("coordinator"))
    window.get_by_test_id("stForm").get_by_role("textbox").first.fill("12.5")
    start = time.monotonic()
    window.get_by_role("button", name=say("kpi_entry.save")).click()
    expect(window.get_by_test_id("stAlert").filter(has_text="12.5").first).to_be_visible()
    took = time.monotonic() - start
    window.goto("about:blank")
    return took


def patient(holds, seconds=60):
    """Wait until something holds."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.25)


def test_a_full_server_says_so_and_takes_what_a_coordinator_saves(serve, visit, beside, th):
    server = serve(prepare=on_duty, CMI_MAX_SESSIONS="10")
    page = server.request("/", headers={"accept": "text/html"})[1].decode()
    assert server.request("/readyz")[0].status == 200
    with tabs(server, beside, 12) as turned_away:
        assert turned_away == 4
        stranger = visit(server)
        expect(stranger.get_by_role("heading", level=1)).to_have_text(th("busy.title"))
        expect(stranger.get_by_role("heading", level=2)).to_have_text(text.translator("en")("busy.title"))
        expect(stranger.get_by_test_id("stApp")).to_have_count(0)
        assert server.request("/readyz")[0].status == 503
        assert server.request("/_stcore/health")[0].status == 200
        assert save(visit, server, th) < 30

        # Loaded while there was room, and connected when there was none any more.
        late = visit(server, "/signin")
        late.route("**/goal-board", lambda route: route.fulfill(body=page, content_type="text/html"))
        late.goto(server.url + "/goal-board")
        for language in text.LANGUAGES:
            expect(late.get_by_role("dialog")).to_contain_text(text.translator(language)("busy.told"))
    patient(lambda: server.request("/readyz")[0].status == 200)
    stranger.get_by_role("link", name=th("busy.again")).click()
    expect(stranger.get_by_role("heading", level=1)).to_have_text(th("city_overview.title"))


@pytest.mark.proof
def test_400_tabs_opened_and_left_keep_nobody_out_and_their_memory_returns(serve, visit, beside, th):
    server = serve(prepare=on_duty, STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL="5")
    process = psutil.Process(server.process.pid)
    with tabs(server, beside, 3):
        pass
    save(visit, server, th)
    memory, files = process.memory_info().rss, process.num_fds()
    grown = []
    for _ in range(3):
        with tabs(server, beside, MANY) as turned_away:
            # All that a server takes from nobody: a fifth of its 500 places is kept.
            assert turned_away == 0
            grown.append(process.memory_info().rss - memory)
            assert process.num_fds() > files + MANY
            assert save(visit, server, th) < 30
        patient(lambda: process.num_fds() < files + 60, seconds=120)
    time.sleep(5)
    left = process.memory_info().rss - memory

    # What one crowd took, the next one takes again, and most of it goes back to the machine.
    assert left < 0.8 * max(grown)
    assert grown[-1] < 1.5 * grown[0] + 30 * 2**20


def test_the_limit_of_files_is_raised_at_the_start(server):
    if not hasattr(resource, "prlimit"):
        pytest.skip("the limit of a running process is read as Linux does it")
    soft, hard = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)

    assert soft == (65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536))


def test_no_answer_says_what_the_server_is(server):
    """The same hand that gives the web server's protocol its clock takes the name off: here as it is really started."""
    for path in ("/", "/signin", "/readyz", "/_stcore/health", "/nothing", "/assets/app.css"):
        assert server.request(path)[0].getheader("server") is None, path


@pytest.mark.proof
@pytest.mark.parametrize(
    "said",
    [b"", b"GET / HTTP/1.1\r\nhost: x\r\n", b"POST /draft HTTP/1.1\r\ncontent-length: 9\r\nhost: x\r\n\r\n{"],
)
def test_what_is_sent_by_halves_ends(server, said):
    with socket.create_connection((HERE, urlsplit(server.url).port), timeout=40) as half:
        half.sendall(said)
        assert half.recv(4096).startswith(b"HTTP/1.1 408 ")


class Known(Session):
    """A session that knows its own name, as the page in the browser does."""

    name = ""

    def _over(self, data: bytes) -> bool:
        told = ForwardMsg()
        told.ParseFromString(data)
        if told.WhichOneof("type") == "new_session":
            self.name = told.new_session.initialize.session_id
        return super()._over(data)


async def known(server, mark):
    page = Known((await opened(server.url, mark=mark)).socket)
    await page.run()
    return page


def sent(server, session, file="f", size=1000):
    """A file sent as Streamlit's page sends it; the status of the answer."""
    token = re.match(
        r"_streamlit_xsrf=([^;]+)", server.request("/_stcore/health")[0].getheader("set-cookie")
    )[1]
    body = (
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="f.csv"\r\n\r\n'
        + b"x" * size
        + b"\r\n--x--\r\n"
    )
    headers = {
        "content-type": "multipart/form-data; boundary=x", "x-xsrftoken": token,
        "cookie": f"_streamlit_xsrf={token}", "origin": server.url,
    }  # fmt: skip
    path = UPLOADED.format(session=session, file=file)
    return server.request(path, method="PUT", body=body, headers=headers)[0].status


def test_a_file_is_taken_by_a_page_that_asks_for_one_and_by_no_other(server, marks, beside):
    page, nobody = beside(known(server, marks["editor"])), beside(known(server, ""))
    try:
        assert sent(server, page.name) == 403, "the overview asks for no file"
        beside(page.run("value-import"))
        assert sent(server, page.name) == 204
        beside(page.run("value-import"))
        assert sent(server, page.name, "g") == 204
        # The same page, asked for by somebody who may not: it draws no field.
        beside(nobody.run("value-import"))
        assert sent(server, nobody.name) == 403
        beside(page.run("goal-board"))
        assert sent(server, page.name) == 403
        beside(page.run("value-import"))
        assert sent(server, page.name) == 204
    finally:
        beside(page.socket.close())
        beside(nobody.socket.close())
    patient(lambda: sent(server, page.name) != 204)


@pytest.mark.proof
def test_files_are_bounded_per_session_and_gone_with_it(serve, beside):
    server = serve(prepare=people, STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL="5")
    process, mark = psutil.Process(server.process.pid), server.sign_in("editor")
    size = 50 * 2**20

    async def importing():
        page = await known(server, mark)
        await page.run("value-import")
        return page

    pages = [beside(importing()) for _ in range(6)]
    for page in pages[:5]:
        assert [sent(server, page.name, file, size) for file in "abc"] == [204, 204, 413]
    assert sent(server, pages[5].name, "a", size) == 503
    held = process.memory_info().rss
    for page in pages:
        beside(page.socket.close())
    patient(lambda: held - process.memory_info().rss > 0.8 * 10 * size, seconds=120)


def rests(window, minutes):
    window.clock.fast_forward(minutes * 60_000)


def test_a_page_that_nobody_touches_rests_and_a_touch_brings_it_back(server, visit, th):
    window = visit(server, "/goal-board?lang=th")
    window.clock.install()
    window.goto(f"{server.url}/kpi-tracking?lang=th&kpi={KPI}")
    settled(window)
    left = window.url

    rests(window, 59)
    window.mouse.move(300, 300)
    rests(window, 59)
    assert window.url == left, "it was touched in between"
    rests(window, 2)
    expect(window.get_by_role("heading", level=1)).to_have_text(th("idle.title"))
    assert urlsplit(window.url).path == "/idle"
    window.wait_for_load_state("load")

    window.keyboard.press("Space")
    window.wait_for_url(left)
    expect(window.get_by_role("heading", level=1)).to_be_visible()


def test_a_form_that_is_half_filled_in_does_not_rest(server, visit, marks):
    window = visit(server, "/goal-board?lang=th", mark=marks["editor"])
    window.clock.install()
    window.goto(f"{server.url}/kpi-entry?lang=th&kpi={KPI}")
    window.get_by_test_id("stForm").get_by_role("textbox").first.fill("12.5")
    rests(window, 200)

    expect(window.get_by_test_id("stForm").get_by_role("textbox").first).to_have_value("12.5")
    assert urlsplit(window.url).path == "/kpi-entry"


@pytest.mark.proof
def test_a_connection_that_sends_nothing_is_closed(serve, beside):
    server = serve(prepare=people, CMI_IDLE_MINUTES="1")

    async def silent():
        page = await opened(server.url)
        start = time.monotonic()
        with pytest.raises(ConnectionClosed) as ended:
            while True:
                await page.socket.recv()
        return ended.value.rcvd.code, time.monotonic() - start

    code, took = beside(silent())
    assert code == 1001
    assert 100 < took < 140
