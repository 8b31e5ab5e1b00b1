"""
Pages as a reader meets them: the shell run by AppTest over a database of its own in memory.

`open_page("goal_board", language="en", role="editor", goal="d3_green_city")` gives the AppTest after its
first run; the words after the role are the URL's choices. `city` is the store the pages read, `account_of(role)`
the account that such a reader is signed in with. A signed-in reader comes with a real session mark.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from cmi_core.accounts.roles import Account
from cmi_core.actions import accounts
from cmi_core.store import Store, opening
from cmi_core.store.accounts import sign_in_of
from cmi_core.web.sign_in import COOKIE
from tests import signing

ROOT = Path(__file__).parents[2]
# Seconds that a page may take on a loaded machine: what it shows decides, not the clock.
PATIENCE = 300
PASSWORD = "a long enough word"
AT = datetime(2026, 1, 5, 3, 0)
ADMIN = Account("1001", "หัวหน้า", "admin")


@pytest.fixture(scope="session", autouse=True)
def installed_components_once() -> Iterator[None]:
    """AppTest reads the metadata of all installed packages before each run, to find components: once is enough."""
    scan = manifest_scanner.scan_component_manifests
    manifest_scanner.scan_component_manifests = cache(scan)
    yield
    manifest_scanner.scan_component_manifests = scan


@pytest.fixture
def city(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A fresh database with the starting data and one administrator; every page of the test reads it."""
    monkeypatch.delenv("CMI_DEMO", raising=False)
    monkeypatch.delenv("CMI_PUBLIC_READ", raising=False)
    store = opening.open_store(":memory:")
    code = accounts.prepare(store)
    accounts.first_admin(
        store, code=code, sign_in="head", name=ADMIN.name, password=PASSWORD, note="first", at=AT
    )
    monkeypatch.setattr(opening, "_opened", store)
    # Databases in memory share one name, by which cached reads are kept.
    st.cache_data.clear()
    yield store
    st.cache_data.clear()
    store.close()


@pytest.fixture
def account_of(city: Store) -> Callable[[str], Account]:
    """The account of a role; it is made when it is first asked for."""

    made = {"admin": ADMIN}

    def account_of(role: str) -> Account:
        if role not in made:
            name = f"ผู้ใช้ {role}"
            given = {"sign_in": f"one-{role}", "name": name, "role": role, "note": "test", "at": AT}
            made[role] = Account(accounts.create(city, ADMIN, password=PASSWORD, **given), name, role)
            signing.own_passwords(city)
        return made[role]

    return account_of


@pytest.fixture
def open_page(
    city: Store, account_of: Callable[[str], Account], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., AppTest]:
    """Open a page by its file name in a language, signed in with a role or not, with choices in its URL."""

    def open_page(name: str, language: str = "th", role: str | None = None, **choices: str) -> AppTest:
        cookies = {}
        if role:
            mark = signing.session(city, sign_in_of(city, account_of(role).account), PASSWORD)
            cookies = {COOKIE: mark}
        # AppTest seeds no cookies: they come from the browser's first request.
        monkeypatch.setattr(ContextProxy, "cookies", property(lambda _: cookies))
        at = AppTest.from_file(ROOT / "pages" / "shell.py", default_timeout=PATIENCE)
        at.query_params.update({"lang": language} | choices)
        if name != "city_overview":
            # As a link opens it. By `switch_page` alone the first page would have to run before each.
            at._page_hash = calc_hash(name.replace("_", "-"))
        at.run()
        # Refuses a page that this reader is not offered.
        return at.switch_page(f"{name}.py")

    return open_page
