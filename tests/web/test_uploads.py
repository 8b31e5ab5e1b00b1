"""Files wait only for a page that asks for one, within totals, and go with the page and the session."""

import asyncio
from types import SimpleNamespace

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from cmi_core.web import uploads
from cmi_core.web.sessions import Sessions
from tests import loops


def page(hash_="p1", *, uploader=True):
    """A page that is open, as Streamlit holds it."""
    kind = "file_uploader_state_value" if uploader else "string_value"
    known = SimpleNamespace(widget_metadata={"w": SimpleNamespace(value_type=kind)}, states={"w": None})
    state = SimpleNamespace(_new_widget_state=known, _old_state={})
    return SimpleNamespace(session_state=state, page_script_hash=hash_)


@pytest.fixture
def manager():
    return MemoryUploadedFileManager("/_stcore/upload_file")


@pytest.fixture
def pages():
    return {"a": page(), "b": page()}


@pytest.fixture
def client(manager, pages):
    found = SimpleNamespace(
        get_active_session_info=lambda each: SimpleNamespace(session=pages[each]) if each in pages else None
    )
    runtime = SimpleNamespace(uploaded_file_mgr=manager, _session_mgr=found)

    async def keep(request):
        session, file = request.path_params["session"], request.path_params["file"]
        if request.method == "PUT":
            manager.add_file(session, UploadedFileRec(file, "n", "t", await request.body()))
        else:
            manager.remove_file(session, file)
        return PlainTextResponse("kept")

    gate = Middleware(uploads.Uploads, sessions=Sessions(lambda: runtime), per_session=100, per_server=250)
    route = Route("/_stcore/upload_file/{session}/{file}", keep, methods=["PUT", "DELETE"])
    return TestClient(Starlette(routes=[route], middleware=[gate]))


def send(client, session, file, size, **more):
    return client.put(f"/_stcore/upload_file/{session}/{file}", content=b"x" * size, **more).status_code


def test_a_page_that_asks_for_no_file_gets_none(client, pages, manager):
    pages["a"] = page(uploader=False)

    assert send(client, "a", "1", 10) == 403
    assert send(client, "nobody", "1", 10) == 403
    assert not manager.file_storage
    assert send(client, "b", "1", 10) == 200


def test_a_field_that_is_not_drawn_any_more_counts_no_more(client, pages):
    """Streamlit remembers what it knew of a field, and drops its state once a run has not drawn it."""
    state = pages["a"].session_state
    state._new_widget_state.states.clear()
    assert send(client, "a", "1", 10) == 403
    state._old_state["w"] = None
    assert send(client, "a", "1", 10) == 200


def test_a_session_holds_so_much_and_no_more(client, manager):
    assert [send(client, "a", str(number), 50) for number in range(3)] == [200, 200, 413]
    assert client.delete("/_stcore/upload_file/a/0").status_code == 200
    assert send(client, "a", "3", 50) == 200
    assert send(client, "a", "4", 1) == 413
    assert send(client, "b", "0", 100) == 200


def test_the_server_holds_so_much_and_no_more(client, pages):
    pages["c"] = page()
    assert [send(client, each, "1", 100) for each in "abc"] == [200, 200, 503]
    assert send(client, "c", "1", 50) == 200


def test_files_go_with_the_session(client, pages, manager):
    assert send(client, "a", "1", 100) == 200
    manager.remove_session_files("a")
    assert send(client, "a", "2", 100) == 200


def test_files_go_with_the_page_that_they_were_for(client, pages, manager):
    assert send(client, "a", "1", 100) == 200
    pages["a"] = page("p2")
    assert send(client, "a", "2", 60) == 200
    assert set(manager.file_storage["a"]) == {"2"}


@pytest.mark.parametrize("length", ["", "-1", "many", "1.5", "๑"])
def test_a_file_says_how_long_it_is(client, length):
    sent = {"content-length": length.encode()}
    assert send(client, "a", "1", 10, headers=sent) == 411


def test_what_is_on_its_way_counts_too(pages, manager):
    """Two files at the same time do not both find the same room."""
    found = SimpleNamespace(get_active_session_info=lambda _: SimpleNamespace(session=pages["a"]))
    sessions = Sessions(lambda: SimpleNamespace(uploaded_file_mgr=manager, _session_mgr=found))
    answers = []

    async def slow(scope, receive, send):
        await asyncio.sleep(0.05)
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send_one(gate):
        async def told(message):
            answers.append(message.get("status"))

        scope = {
            "type": "http",
            "method": "PUT",
            "path": "/_stcore/upload_file/a/1",
            "headers": [(b"content-length", b"60")],
        }
        await gate(scope, None, told)

    async def both():
        gate = uploads.Uploads(slow, sessions, per_session=100, per_server=250)
        await asyncio.gather(send_one(gate), send_one(gate))
        await send_one(gate)
        assert not gate.coming

    loops.run(both())
    assert sorted(each for each in answers if each) == [200, 200, 413]


def test_the_totals_hold_two_of_the_largest_file():
    from streamlit import config

    largest = config.get_option("server.maxUploadSize") * 2**20
    assert 2 * largest < uploads.PER_SESSION < 3 * largest
    assert uploads.PER_SESSION * 4 <= uploads.PER_SERVER
