"""A server of its own and real Chromium: what the journeys stand on."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from cmi_core import text
from cmi_core.actions import accounts
from cmi_core.store.opening import REAL, open_store

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
        with closing(HTTPConnection(urlsplit(self.url).netloc, timeout=20)) as connection:
            connection.request(method, path, body=body, headers=sent)
            answer = connection.getresponse()
            return answer, answer.read()

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
        store, code=code, account="admin", name="อรุณ ผู้ดูแล", password=PASSWORD, note="เริ่มระบบ", at=at
    )
    for role, name in (("editor", "เอก แผน"), ("coordinator", "ก้อย ประสาน"), ("viewer", "วิว อ่าน")):
        accounts.create(
            store, admin, account=role, name=name, role=role, password=PASSWORD, note="บัญชีใหม่", at=at
        )


@contextmanager
def running(folder: Path, *, prepare=None, ready=True, port: int = 0, **settings: str):
    """
    A server over the data directory `folder`, on a free port or on `port`.

    `prepare(store)` fills the database before the start; `ready=False` waits for the web server only
    (the database is meant to be out of reach); `settings` are further environment variables.
    """
    if prepare:
        store = open_store(folder / f"{REAL}.duckdb")
        prepare(store)
        store.close()
    if not port:
        with socket.socket() as free:
            free.bind((HERE, 0))
            port = free.getsockname()[1]
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
        _wait(server, "/readyz" if ready else "/_stcore/health")
        yield server
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(server: Server, path: str) -> None:
    for _ in range(300):
        try:
            if server.request(path)[0].status == 200:
                return
        except OSError:
            pass
        if server.process.poll() is not None:
            break
        time.sleep(0.1)
    raise AssertionError(f"the server did not start:\n{server.log.read_text(encoding='utf-8')}")


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


@pytest.fixture(scope="session")
def chromium():
    """Where Chromium is; without one the test is skipped."""
    found = os.environ.get("CMI_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    found = found or shutil.which("google-chrome")
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


@pytest.fixture
def visit(new_context, asked):
    """
    Open windows of the browser: `visit(server, "/goal-board", mark=marks["editor"])` gives its page.

    Each call is a reader of their own, with their own cookies. At the end the test fails if any window
    asked for anything but this machine.
    """

    def open_window(server: Server, path: str = "/", *, mark=None, width=1366, height=820, **context):
        window = new_context(locale="th-TH", viewport={"width": width, "height": height}, **context)
        if mark:
            window.add_cookies([{"name": "cmi_session", "value": mark, "url": server.url}])
        shown = window.new_page()
        window.on("request", lambda request: asked.append(request.url))
        shown.on("websocket", lambda socket: asked.append(socket.url))
        # What our own content policy stops never becomes a request: it is told in the console.
        shown.on("console", lambda told: asked.extend(_refused(told.text)))
        shown.goto(server.url + path)
        return shown

    yield open_window
    outside = {address for address in asked if _leaves(address)}
    assert not outside, f"requests left the machine: {sorted(outside)}"


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
