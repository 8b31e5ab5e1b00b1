"""Our routes and headers over a small database, without Streamlit and without a network."""

from datetime import datetime

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.testclient import TestClient

from cmi_core.accounts.throttle import Throttle
from cmi_core.actions import accounts as deeds
from cmi_core.store import opening
from cmi_core.web import assets, headers, ready, sign_in

PASSWORD = "ดอยสุเทพ-ดอยปุย"


@pytest.fixture
def store(monkeypatch, keyed_store):
    monkeypatch.setattr(opening, "_opened", keyed_store)
    monkeypatch.setattr(sign_in, "_throttle", Throttle())
    monkeypatch.delenv("CMI_HTTPS", raising=False)
    monkeypatch.delenv("CMI_PUBLIC_READ", raising=False)
    return keyed_store


@pytest.fixture
def admin(store):
    return deeds.first_admin(
        store, code=deeds.prepare(store), sign_in="admin", name="อรุณ", password=PASSWORD, note="เริ่ม",
        at=datetime(2026, 11, 22, 5),
    )  # fmt: skip


@pytest.fixture
def client(store):
    """A browser on the server, as `app.py` puts it together; further routes by `client.app.router.routes`."""
    app = Starlette(
        routes=[*sign_in.ROUTES, *ready.ROUTES, *assets.ROUTES],
        middleware=[
            Middleware(headers.Headers),
            Middleware(GZipMiddleware, minimum_size=1000),
            Middleware(headers.DocumentLanguage),
        ],
    )
    return TestClient(app, base_url="http://127.0.0.1:8501", follow_redirects=False)
