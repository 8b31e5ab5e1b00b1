"""A page that is open does nothing for a reader who is not there any more, by whichever of its parts it is asked."""

import ast
import re
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from importlib import import_module
from pathlib import Path

import pytest
from streamlit.runtime.context import ContextProxy
from streamlit.runtime.scriptrunner import RerunData
from streamlit.testing.v1 import local_script_runner

from cmi_core import text
from cmi_core.accounts.identities import Identity
from cmi_core.actions import accounts, identities
from cmi_core.calendar import clock
from cmi_core.errors import PermissionRefused
from cmi_core.web import access_middleware
from cmi_core.web.sign_in import COOKIE
from pages.components.shell import filters, session
from tests.actions.proper_deeds import PROPER
from tests.pages.conftest import ADMIN, AT, ROOT

SAY = text.translator("en")
FILES = sorted((ROOT / "pages").rglob("*.py"))
ASKED_BEFORE_A_RUN = {"on_click", "on_change", "on_select", "on_submit"}
# What only chooses what is shown, or leads to the organisation's own sign-in and out of it. They know no deeds but
# the end of one's own session.
CHOOSE = {
    "_remember", "_remember_part", "filters.choose", "filters.from_row", "lambda: filters.told('place', _FRAME)", "st.login",
    "session.leave",
}  # fmt: skip
WRITE = {"map_deeds.take_back"}
# Each with its page and the name it is run by.
FRAGMENTS = {
    "district_map.explore": ("district_map", filters.MAP),
    "map_parts.parts": ("district_map", filters.BELOW_MAP),
    "participatory_map.workspace": ("participatory_map", None),
}
OVER = SAY("shell.session_ended")


def nodes(file):
    return ast.walk(ast.parse(file.read_text(encoding="utf-8")))


def test_every_callback_is_known_to_choose_or_is_tried_here():
    found = set()
    for file in FILES:
        for node in nodes(file):
            if isinstance(node, ast.keyword) and node.arg in ASKED_BEFORE_A_RUN:
                asked = node.value
                if isinstance(asked, ast.Call) and ast.unparse(asked.func) == "partial":
                    asked = asked.args[0]
                if not isinstance(asked, ast.Constant):  # Streamlit's own words: "ignore", "rerun"
                    found.add(ast.unparse(asked))

    assert found == CHOOSE | WRITE
    # So that what chooses cannot begin to write.
    assert not [
        node
        for node in nodes(Path(filters.__file__))
        if isinstance(node, ast.ImportFrom) and "actions" in f"{node.module}"
    ]


def test_every_fragment_is_tried_here():
    found = {
        f"{file.stem}.{node.name}"
        for file in FILES
        for node in nodes(file)
        if isinstance(node, ast.FunctionDef)
        and any("fragment" in ast.unparse(mark) for mark in node.decorator_list)
    }

    assert found == set(FRAGMENTS)
    for name in found:
        module, function = name.split(".")
        assert callable(getattr(import_module(f"pages.components.map.{module}"), function))


def leave(city, how, account):
    """What somebody else, or they themselves elsewhere, did to a reader whose page stays open."""
    given = {"account": account.account, "name": account.name, "note": "test", "at": AT}
    if how == "signed out":
        accounts.sign_out(city, ContextProxy.cookies.fget(None)[COOKIE], at=AT)
    else:
        role = account.role if how == "disabled" else "viewer"
        accounts.change(city, ADMIN, role=role, active=how != "disabled", **given)
    return city.version


@contextmanager
def by_itself(at, key, monkeypatch):
    """What is run within runs a fragment alone, as a browser asks for it; AppTest would run the whole page."""
    storage = at._fragment_storage
    ids = storage.resolve_target(key) if key else list(storage._fragments)
    with monkeypatch.context() as patched:
        alone = partial(RerunData, fragment_id_queue=ids)
        patched.setattr(local_script_runner, "RerunData", alone)
        yield


def told(at):
    return " ".join(element.value for kind in (at.warning, at.error, at.info) for element in kind).replace(
        "\\", ""
    )


def one(fields, begin):
    return next(field for field in fields if field.label.startswith(begin))


WAYS = ("signed out", "disabled", "demoted")


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize(
    ("name", "deed", "button", "choices"),
    [
        ("boundary_upload", "places.replace_boundaries", "boundary_upload.undo", {}),
        ("infrastructure", "places.import_points", "boundary_upload.undo", {"work": "import"}),
        ("participatory_map", "proposals.accept_as_landmark", "participatory_map.undo", {}),
    ],
)
def test_nothing_is_taken_back_for_who_is_gone(open_page, city, account_of, how, name, deed, button, choices):
    PROPER[deed](city)(ADMIN)
    at = open_page(name, "en", "editor", **choices)
    undo = one(at.button, SAY(button))
    version = leave(city, how, account_of("editor"))
    undo.click().run()

    assert not at.exception
    assert city.version == version
    said = SAY("error.not_permitted", role=SAY("role.viewer")) if how == "demoted" else OVER
    assert said in told(at)


@pytest.mark.parametrize("how", WAYS)
def test_no_place_is_proposed_by_who_is_gone(open_page, city, account_of, monkeypatch, how):
    at = open_page("participatory_map", "en", "coordinator", draw="point")
    one(at.text_area, "Or type").input("18.79, 98.97").run()
    one(at.text_input, "Title").input("Lab")
    send = one(at.button, "Send the proposal").click()
    version = leave(city, how, account_of("coordinator"))
    with by_itself(at, None, monkeypatch):
        send.run()

    assert not at.exception
    assert (city.version, city.rows("SELECT * FROM proposal_current")) == (version, [])
    assert (SAY("participatory_map.who_may") if how == "demoted" else OVER) in told(at)
    assert not [field for field in at.text_input if field.label.startswith("Title")]


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_a_fragment_runs_the_whole_page_for_who_is_somebody_else_by_now(
    open_page, city, account_of, monkeypatch, fragment, how
):
    name, key = FRAGMENTS[fragment]
    at = open_page(name, "en", "editor")
    leave(city, how, account_of("editor"))
    with by_itself(at, key, monkeypatch):
        at.run()

    assert not at.exception
    if how == "demoted":
        assert SAY("role.viewer") in " ".join(caption.value for caption in at.sidebar.caption)
    else:
        assert OVER in told(at)


@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_closed_reading_is_closed_to_a_fragment_too(open_page, city, account_of, monkeypatch, fragment):
    monkeypatch.setenv("CMI_PUBLIC_READ", "false")
    name, key = FRAGMENTS[fragment]
    at = open_page(name, "en", "viewer")
    assert at.title
    leave(city, "signed out", account_of("viewer"))
    with by_itself(at, key, monkeypatch):
        at.run()

    assert not at.exception
    assert [info.value for info in at.info] == [OVER]
    assert not at.title


def test_reading_that_is_closed_meanwhile_is_closed_to_nobodys_fragment(open_page, monkeypatch):
    at = open_page("district_map", "en")
    monkeypatch.setenv("CMI_PUBLIC_READ", "false")
    with by_itself(at, filters.MAP, monkeypatch):
        at.run()

    assert not at.exception
    assert [info.value for info in at.info] == [SAY("shell.closed")]


@pytest.mark.parametrize("role", [None, "editor"])
@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_a_fragment_stays_one_for_who_is_still_there(open_page, monkeypatch, fragment, role):
    """It looks the reader up and goes on by itself; in a whole run it does not, where that was done just before."""
    looked, begun = [], []
    still_reads, begin = session._still_reads, session.begin
    monkeypatch.setattr(session, "_still_reads", lambda page: looked.append(1) or still_reads(page))
    monkeypatch.setattr(session, "begin", lambda *name: begun.append(1) or begin(*name))
    name, key = FRAGMENTS[fragment]
    at = open_page(name, "en", role)
    assert (looked, bool(begun)) == ([], True)

    begun.clear()
    with by_itself(at, key, monkeypatch):
        at.run()
    assert not at.exception
    assert (len(looked), begun) == (1, [])


def shapes(at):
    """Where the map fetches its shapes from."""
    (drawn,) = at.get("component_instance")
    told = re.sub(r"\\+u0026", "&", drawn.proto.json_args)
    return re.findall(r"/geo/[^\"\\]+", told)


def test_whom_the_organisation_vouches_for_sees_the_map_while_reading_is_closed(
    open_page, city, account_of, monkeypatch
):
    """Their browser has no session of ours to show to the routes, so the addresses say who may fetch."""
    monkeypatch.setenv("CMI_PUBLIC_READ", "false")
    assert not any("ticket=" in address for address in shapes(open_page("district_map", "en", "viewer")))

    viewer = account_of("viewer")
    accounts.change(
        city, ADMIN, account=viewer.account, name=viewer.name, role="viewer", active=True, email="test@example.com",
        note="test", at=AT,
    )  # fmt: skip
    now = clock.now()
    vouched = Identity(
        "https://login.city.example", "v", now - timedelta(minutes=1), "s" * 64, "test@example.com"
    )
    code = identities.invite(city, ADMIN, account=viewer.account, note="test", at=now)
    identities.arrive(city, vouched, code, note="test", at=now)
    monkeypatch.setattr(session, "by_provider", lambda: True)
    monkeypatch.setattr(session, "identity", lambda: vouched)
    at = open_page("district_map", "en")
    addresses = shapes(at)
    assert addresses
    assert all("&ticket=" in address for address in addresses)
    # Another run has the same addresses: nothing is fetched again.
    assert shapes(at.run()) == addresses


def test_a_file_is_made_later_only_for_who_may_still_read(open_page, city, account_of, monkeypatch):
    """Streamlit makes it when it is asked for, without running the page."""
    asked, for_readers = [], session.for_readers
    monkeypatch.setattr(session, "for_readers", lambda *given: asked.append(for_readers(*given)) or asked[-1])
    open_page("district_map", "en", "viewer", part="files")
    assert all(make() for make in asked)

    leave(city, "signed out", account_of("viewer"))
    assert len(asked) >= 5
    for make in asked:
        with pytest.raises(PermissionRefused, match="session_over"):
            make()


@pytest.mark.parametrize("role", [None, "viewer"])
def test_a_page_lets_its_reader_send_files_for_as_long_as_they_are_there(open_page, city, account_of, role):
    open_page("my_account" if role else "city_overview", "en", role)
    reader = access_middleware._uploading.get("test session id")
    assert (reader and reader()) == (role and account_of(role))

    if reader:
        leave(city, "signed out", account_of(role))
        assert reader() is None
