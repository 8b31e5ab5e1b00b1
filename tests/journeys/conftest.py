"""A server of its own and real Chromium: what the journeys stand on."""

import atexit
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Error, expect

from cmi_core import text
from cmi_core.actions import accounts
from cmi_core.store import Store
from cmi_core.store.opening import REAL, open_store
from tests import signing

ROOT = Path(__file__).parents[2]
HERE = "127.0.0.1"
PASSWORD = "ดอยสุเทพ-ดอยปุย"
# Every name but our own leads nowhere: what asks the internet fails, and is noticed.
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    f"--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE {HERE}",
]
_SETTINGS = ("CMI_", "STREAMLIT_")
_PREPARED: dict[Callable[[Store], None], Path] = {}
# Milliseconds that anything may take on a loaded machine: what is waited for decides, not the clock.
PATIENCE = 90_000
expect.set_options(timeout=PATIENCE)


@dataclass
class Server:
    """A running server: its address, its data directory, its set-up code and the log it writes."""

    url: str
    folder: Path
    log: Path
    process: subprocess.Popen

    @property
    def code(self) -> str:
        """The one-time set-up code that the operator reads at the first start."""
        return re.search(r"(?:[A-Z2-9]{4}-){2}[A-Z2-9]{4}", self.log.read_text(encoding="utf-8")).group()

    def request(self, path: str, *, method="GET", body=None, headers=None, cookie=None):
        """One HTTP exchange; redirects are not followed. Returns the response and its body."""
        sent = dict(headers or {}) | ({"cookie": f"cmi_session={cookie}"} if cookie else {})
        if isinstance(body, dict):
            body = urlencode(body)
            sent.setdefault("content-type", "application/x-www-form-urlencoded")
        with closing(HTTPConnection(urlsplit(self.url).netloc, timeout=PATIENCE / 1000)) as connection:
            connection.request(method, path, body=body, headers=sent)
            answer = connection.getresponse()
            return answer, answer.read()

    def heads(self) -> str:
        """The seals of every entry so far, as they stand beside the database: no address of the server tells them."""
        file = self.folder / f"{REAL}.heads"
        return file.read_text(encoding="utf-8") if file.exists() else ""

    def sign_in(self, account: str, password: str = PASSWORD) -> str:
        """The session cookie's content for an account."""
        answer, _ = self.request("/signin", method="POST", body={"account": account, "password": password})
        assert answer.status == 303, f"{account} could not sign in"
        return re.match(r"cmi_session=([^;]+)", answer.getheader("set-cookie")).group(1)

    def set_up(self, account: str = "admin", name: str = "ผู้ดูแล ระบบ") -> str:
        """Make the first admin by the set-up page; the session cookie's content."""
        form = {"code": self.code, "account": account, "name": name, "password": PASSWORD}
        answer, content = self.request("/setup", method="POST", body=form)
        assert answer.status == 303, content.decode()
        return re.match(r"cmi_session=([^;]+)", answer.getheader("set-cookie")).group(1)


def people(store) -> None:
    """One account of each role: admin, editor, coordinator, viewer; all with `PASSWORD`."""
    at = datetime.now(UTC).replace(tzinfo=None)
    code = accounts.prepare(store)
    admin = accounts.first_admin(
        store, code=code, sign_in="admin", name="อรุณ ผู้ดูแล", password=PASSWORD, note="เริ่มระบบ", at=at
    )
    for role, name in (("editor", "เอก แผน"), ("coordinator", "ก้อย ประสาน"), ("viewer", "วิว อ่าน")):
        accounts.create(
            store, admin, sign_in=role, name=name, role=role, password=PASSWORD, note="บัญชีใหม่", at=at
        )
    signing.own_passwords(store)


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as free:
        free.bind((HERE, 0))
        return free.getsockname()[1]


@contextmanager
def running(folder: Path, *, prepare=None, ready=True, port=0, **settings: str):
    """
    A server over the data directory `folder`, on a free port if none is given.

    `prepare(store)` fills the database before the start; `ready=False` waits for the web server only
    (the database is meant to be out of reach); `settings` are further environment variables.
    """
    if prepare:
        _prepared(folder / f"{REAL}.duckdb", prepare)
    port = port or free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_SETTINGS)}
    log = folder.with_suffix(".log")
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with log.open("wb") as told:
        process = subprocess.Popen(
            [*command, "--server.address", HERE],
            cwd=ROOT,
            env=kept | {"CMI_DATA_DIR": str(folder), "PYTHONIOENCODING": "utf-8"} | settings,
            stdout=told,
            stderr=subprocess.STDOUT,
        )
    server = Server(f"http://{HERE}:{port}", folder, log, process)
    try:
        answering(server.url + ("/readyz" if ready else "/_stcore/health"), process, log)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _prepared(database: Path, prepare) -> None:
    """A database with the starting data and what `prepare` adds; made once per worker, then copied."""
    if prepare not in _PREPARED:
        made = Path(tempfile.mkdtemp(prefix="cmi-prepared-")) / database.name
        atexit.register(shutil.rmtree, made.parent, ignore_errors=True)
        store = open_store(made)
        prepare(store)
        store.close()
        _PREPARED[prepare] = made
    database.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_PREPARED[prepare], database)


def answering(address: str, process: subprocess.Popen, told: Path | None = None) -> None:
    """Wait until the process answers at the address; `told` is the log it writes."""
    patient_until = time.monotonic() + PATIENCE / 1000
    parts = urlsplit(address)
    while time.monotonic() < patient_until and process.poll() is None:
        with (
            suppress(OSError, HTTPException),
            closing(HTTPConnection(parts.netloc, timeout=20)) as connection,
        ):
            connection.request("GET", parts.path)
            if connection.getresponse().status == 200:
                return
        time.sleep(0.1)
    log = told.read_text(encoding="utf-8") if told else ""
    raise AssertionError(f"nothing answers at {address}:\n{log}")


@pytest.fixture
def serve(tmp_path):
    """Start servers of one's own: `serve(CMI_PUBLIC_READ="false", prepare=people)`."""
    with ExitStack() as stack:
        count = iter(range(100))

        def start(*, folder: Path | None = None, **settings) -> Server:
            folder = folder or tmp_path / f"data{next(count)}"
            return stack.enter_context(running(folder, **settings))

        yield start


@pytest.fixture(scope="module")
def serve_people(tmp_path_factory):
    """As `serve`, for all tests of a module, with an account of each role."""
    with ExitStack() as stack:

        def start(**settings) -> Server:
            folder = tmp_path_factory.mktemp("module") / "data"
            return stack.enter_context(running(folder, prepare=people, **settings))

        yield start


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """One server with the real data and an account of each role, shared by the tests of the session."""
    with running(tmp_path_factory.mktemp("shared") / "data", prepare=people) as started:
        yield started


@pytest.fixture(scope="session")
def marks(server):
    """The session cookie's content for each role on `server`."""
    return {role: server.sign_in(role) for role in ("admin", "editor", "coordinator", "viewer")}


# The first that is there: the shell without the browser's own windows takes half the time of the whole browser.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def chromium():
    """Where Chromium is; without one the test is skipped."""
    told = os.environ.get("CMI_CHROMIUM")
    found = told or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        pytest.skip("no Chromium is installed (set CMI_CHROMIUM to its path)")
    return found


@pytest.fixture(scope="session")
def browser_type_launch_args(chromium):
    """How pytest-playwright starts the browser."""
    return {"executable_path": chromium, "args": CHROMIUM, "headless": True}


@pytest.fixture
def asked():
    """Every address that the windows of this test asked for."""
    return []


class Windows:
    """
    Windows of one browser, lent and taken back: a reader of their own each, without loading the program again.

    A new context of Chromium starts with an empty cache, and reads and compiles four megabytes of script.
    """

    def __init__(self, browser) -> None:
        self._browser = browser
        self._free: dict[str, list] = {}

    def lend(self, settings: dict[str, object]):
        """A context with these settings that nobody else has, as empty as a new one but for its cache."""
        free = self._free.setdefault(repr(sorted(settings.items())), [])
        return free.pop() if free else self._browser.new_context(**settings)

    def take_back(self, context, settings: dict[str, object], origins: set[str]) -> None:
        """Close its pages and forget its reader: cookies, and what pages keep in the browser."""
        for page in context.pages:
            page.close()
        context.clear_cookies()
        blank = context.new_page()
        session = context.new_cdp_session(blank)
        for origin in origins:
            session.send(
                "Storage.clearDataForOrigin",
                {"origin": origin, "storageTypes": "local_storage,indexeddb,service_workers,cache_storage"},
            )
        blank.close()
        self._free[repr(sorted(settings.items()))].append(context)


@pytest.fixture(scope="session")
def windows(browser):
    """The windows of this worker's browser."""
    return Windows(browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """A journey that failed tells what its windows showed: the fault may never come again."""
    report = yield
    if report.when == "call" and report.failed:
        for number, window in enumerate(item.funcargs.get("shown", ()), 1):
            with suppress(Error):
                report.sections.append((f"window {number}: {window.url}", window.inner_text("body")))
    return report


@pytest.fixture
def shown():
    """Every window that this test opened."""
    return []


@pytest.fixture
def visit(windows, asked, shown):
    """
    Open windows of the browser: `visit(server, "/goal-board", mark=marks["editor"])` gives its page.

    Each call is a reader of their own, with their own cookies. At the end the test fails if any window
    asked for anything but this machine.
    """
    lent = []

    def open_window(server: Server, path: str = "/", *, mark=None, width=1366, height=820, **context):
        settings = {"locale": "th-TH", "viewport": {"width": width, "height": height}} | context
        window = windows.lend(settings)
        window.on("request", note)
        lent.append((window, settings, {server.url}))
        shown.append(opened(window, server, path, mark=mark, asked=asked))
        return shown[-1]

    def note(request) -> None:
        asked.append(request.url)

    yield open_window
    for window, settings, origins in lent:
        window.remove_listener("request", note)
        windows.take_back(window, settings, origins)
    outside = {address for address in asked if _leaves(address)}
    assert not outside, f"requests left the machine: {sorted(outside)}"


def opened(context, server: Server, path: str, *, mark=None, asked: list[str] | None = None):
    """A page of a browser's context, signed in with a session cookie; `asked` gets what it asks for."""
    context.set_default_timeout(PATIENCE)
    if mark:
        context.add_cookies([{"name": "cmi_session", "value": mark, "url": server.url}])
    shown = context.new_page()
    if asked is not None:
        shown.on("websocket", lambda socket: asked.append(socket.url))
        # What our own content policy stops never becomes a request: it is told in the console.
        shown.on("console", lambda told: asked.extend(_refused(told.text)))
    shown.goto(server.url + path)
    return shown


def settled(window) -> None:
    """Wait until the page has drawn all that its script sent: nothing runs, nothing is a shadow of before."""
    expect(window.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(window.locator("[data-stale=true]")).to_have_count(0)
    expect(window.get_by_test_id("stSkeleton")).to_have_count(0)


@pytest.fixture
def browser_page(visit, server):
    """A window on the shared server's first page, as somebody without an account."""
    return visit(server)


@pytest.fixture
def th():
    """Thai sentences by key."""
    return text.translator("th")


def _refused(told: str) -> list[str]:
    return re.findall(r"\b(?:https?|wss?)://[^\s'\"]+", told) if "Content Security Policy" in told else []


def _leaves(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme not in {"data", "blob", "about"} and parts.hostname != HERE
