"""Our own files: served with a day's cache, and nothing from outside their folder."""

import pytest

from cmi_core.store.opening import ROOT


@pytest.mark.parametrize("file", ["app.css", "sign_in.css", "mark.svg"])
def test_a_file_is_served_and_cached(client, file):
    answer = client.get(f"/assets/{file}")

    assert answer.status_code == 200
    assert answer.content == (ROOT / "static" / file).read_bytes()
    assert answer.headers["cache-control"] == "public, max-age=86400"
    assert answer.headers["etag"]


@pytest.mark.parametrize(
    "path", ["/assets/none.css", "/assets/", "/assets/../app.py", "/assets/%2e%2e/app.py", "/assets/..%2fapp.py",
             "/assets//etc/passwd", "/assets/%2fetc%2fpasswd", "/assets/fonts"],
)  # fmt: skip
def test_nothing_else_is_served(client, path):
    assert client.get(path).status_code == 404


def test_a_file_that_is_missing_is_not_cached(client):
    assert "max-age" not in client.get("/assets/none.css").headers.get("cache-control", "")


def test_files_are_only_read(client):
    assert client.post("/assets/app.css").status_code == 405
