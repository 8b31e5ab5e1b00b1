"""
No page past the shell or past its role, on fresh servers, in Chromium: `python -m benchmarks.addresses [page …]`.

For every file of `pages/` and every way of asking for it, a server that nobody has asked anything yet gets that
request first, as one of nobody, viewer, coordinator, editor and admin, and then as the others. A page must come
with the shell, and with its forms only for a role that reaches it; everything else must be told to be unknown.
The first request is what counts: until a Streamlit server has run its script once, it may serve files by itself.
"""

import shutil
import sys
import tempfile
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.pages import CHROMIUM
from benchmarks.serving import ROOT, Server, serving
from cmi_core import text
from cmi_core.accounts import passwords
from cmi_core.accounts.roles import ROLES, Account, may
from cmi_core.actions import accounts
from cmi_core.store import accounts as kept
from cmi_core.store import opening
from pages.components.shell.registry import entry_of

PASSWORD = "ดอยสุเทพ-ดอยปุย"
NOBODY = "nobody"
SAY = text.translator("th")
# Ways that lead to a page, and ways that lead nowhere; {0} is the file's name, {1} the page's.
TO_A_PAGE = ("/{0}", "/{1}", "/{1}/", "/?page={0}")
NOWHERE = (
    "/pages/{0}", "/pages/{0}.py", "/{0}.py", "/{1}.py", "/pages/{1}", "/~/+/{0}", "/~/{1}", "/{1}/{0}", "/app/{1}",
    "/app/static/pages/{0}.py", "/_stcore/{0}", "/_stcore/pages/{0}.py", "/index.html", "/streamlit/{0}",
)  # fmt: skip
# As no browser asks: sent as they are.
RAW = (
    "/static/../pages/{0}.py", "/static/%2e%2e/pages/{0}.py", "/assets/../pages/{0}.py", "/assets/..%2fpages/{0}.py",
    "/media/{0}.py", "/media/../pages/{0}.py", "/component/{0}/index.html", "/component/../pages/{0}.py", "//pages/{0}.py",
    "/geo/../pages/{0}.py", "/evidence/..%2fpages%2f{0}.py", "/feed/{0}.ics", "/_stcore/bidi-components/../{0}.py",
)  # fmt: skip


def marks(folder: Path) -> dict[str, str]:
    """Make a database with an account of each role; their session marks."""
    store, at = opening.open_store(folder / f"{opening.REAL}.duckdb"), datetime.now(UTC).replace(tzinfo=None)
    code = str(accounts.prepare(store))
    admin = accounts.first_admin(
        store, code=code, sign_in="admin", name="A", password=PASSWORD, note="x", at=at
    )
    for role in ROLES[:-1]:
        accounts.create(store, admin, sign_in=role, name=role, role=role, password=PASSWORD, note="x", at=at)
    codes = {role: str(kept.by_sign_in(store, role)) for role in ROLES}
    found = {
        role: passwords.session_mark(accounts.signing_key(store), code, kept.credential(store, code)[1])
        for role, code in codes.items()
    }
    store.close()
    return {NOBODY: "", **found}


def look(window: Page, server: Server, path: str, name: str, role: str) -> None:
    """Open a way to a page as a role. Raises AssertionError where more is shown than should be."""
    window.goto(server.address + path)
    shown = "city_overview" if path.startswith("/?") or name == "city_overview" else name
    # The sidebar is drawn by the shell alone: a page file that ran by itself would have none.
    switch = window.get_by_test_id("stSidebar").get_by_role("radiogroup", name=SAY("shell.language"))
    expect(switch).to_be_visible()
    expect(window.get_by_role("heading", level=1)).to_have_text(SAY(f"{shown}.title"))
    expect(window.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    deed = entry_of(shown).deed
    reaches = deed is None or may(None if role == NOBODY else Account(role, role, role), deed)
    key, said = ("sign_in_needed", {}) if role == NOBODY else ("not_permitted", {"role": SAY(f"role.{role}")})
    refusal = window.get_by_text(SAY(f"error.{key}", **said)) if role != "admin" else window.get_by_text("¦")
    expect(refusal).to_have_count(0 if reaches else 1)
    if not reaches:
        expect(window.get_by_test_id("stForm")).to_have_count(0)
        expect(window.get_by_test_id("stFileUploader")).to_have_count(0)
    expect(window.get_by_test_id("stException")).to_have_count(0)


def unknown(window: Page, server: Server, name: str) -> int:
    """Every way that must lead nowhere; how many there were. No script runs by any of them."""
    slug = name.replace("_", "-")
    for path in (way.format(name, slug) for way in NOWHERE):
        answer = window.goto(server.address + path)
        assert answer.status in {400, 404}, (path, answer.status)
        assert "streamlit" not in answer.text().lower(), path
    for path in (way.format(name, slug) for way in RAW):
        with closing(HTTPConnection(urlsplit(server.address).netloc, timeout=60)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            content = answer.read()
        assert answer.status in {400, 401, 403, 404}, (path, answer.status)
        assert b"import " not in content, path
    return len(NOWHERE) + len(RAW)


def visit(browser: Browser, server: Server, path: str, name: str, role: str, mark: str) -> int:
    """One first look of a role at a page, after all that leads nowhere; how many ways led nowhere."""
    context = browser.new_context(locale="th-TH", viewport={"width": 1366, "height": 820})
    if mark:
        context.add_cookies([{"name": "cmi_session", "value": mark, "url": server.address}])
    window = context.new_page()
    nowhere = unknown(window, server, name)
    look(window, server, path, name, role)
    context.close()
    return nowhere


def main(names: list[str]) -> None:
    """Print a line per page, and how much was tried."""
    expect.set_options(timeout=90_000)
    count, turn = Counter(), 0
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        made = Path(folder) / "made"
        known = marks(made)
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(CHROMIUM))
        for name in names:
            for way in TO_A_PAGE:
                path, data = way.format(name, name.replace("_", "-")), Path(folder) / "data"
                shutil.copytree(made, data)
                order = list(known)[turn % len(known) :] + list(known)[: turn % len(known)]
                turn += 1
                with serving(data) as server:
                    count["fresh servers"] += 1
                    for role in order:
                        count["ways that lead nowhere"] += visit(
                            browser, server, path, name, role, known[role]
                        )
                        count["pages opened"] += 1
                shutil.rmtree(data)
            print(f"{name:20} {len(TO_A_PAGE)} ways, first as each role in turn: fine", flush=True)
        browser.close()
    for what, number in count.items():
        print(f"{what:>24}  {number}")


if __name__ == "__main__":
    main(sys.argv[1:] or sorted(file.stem for file in (ROOT / "pages").glob("*.py") if file.stem != "shell"))
