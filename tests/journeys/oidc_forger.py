"""A provider that answers whatever a test wants, and a browser without a screen that signs in at it."""

import hashlib
import hmac
import json
import secrets
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

HERE = "127.0.0.1"
CLIENT = "city"
COOKIE_SECRET = "a cookie secret of this test"
_USER = "_streamlit_user"
_EXPONENT = 65_537
# What stands before a SHA-256 in a signature of RSASSA-PKCS1-v1_5 (RFC 8017, section 9.2).
_SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")


class Key:
    """A key of RSA: short enough to be made in a moment, for signatures that protect nothing."""

    def __init__(self, bits: int = 1024) -> None:
        first, second = _prime(bits // 2), _prime(bits // 2)
        self.modulus, self._bytes = first * second, bits // 8
        self._private = pow(_EXPONENT, -1, (first - 1) * (second - 1))

    @property
    def public(self) -> dict[str, str]:
        """What a provider publishes of it."""
        length = self._bytes
        modulus, exponent = (
            _letters(each.to_bytes(size)) for each, size in ((self.modulus, length), (_EXPONENT, 3))
        )
        return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "one", "n": modulus, "e": exponent}

    def sign(self, told: str) -> str:
        """The signature RS256 of a text."""
        content = _SHA256 + hashlib.sha256(told.encode()).digest()
        padded = b"\x00\x01" + b"\xff" * (self._bytes - len(content) - 3) + b"\x00" + content
        return _letters(pow(int.from_bytes(padded), self._private, self.modulus).to_bytes(self._bytes))


@dataclass
class Provider:
    """Its address, its key, and what it gives for which code; a code is good for once."""

    address: str = ""
    key: Key = field(default_factory=Key)
    algorithms: tuple[str, ...] = ("RS256",)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)

    def signed(self, claims: Mapping[str, Any], *, key: Key | None = None, kid: str = "one") -> str:
        """An ID token."""
        told = _written({"alg": "RS256", "kid": kid}, claims)
        return f"{told}.{(key or self.key).sign(told)}"

    def unsigned(self, claims: Mapping[str, Any]) -> str:
        """An ID token that names no way of signing, and is not signed."""
        return _written({"alg": "none"}, claims) + "."

    def shared(self, claims: Mapping[str, Any], secret: bytes) -> str:
        """An ID token signed by a secret that others know too."""
        return _shared({"alg": "HS256", "kid": "one"}, claims, secret)

    def claims(self, nonce: str, **more: object) -> dict[str, Any]:
        """The right claims."""
        now = int(time.time())
        told = {"iss": self.address, "sub": "ek", "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce}
        return told | {"email": "ek@city.example", "email_verified": True} | more

    def answer(self, path: str) -> dict[str, Any] | None:
        """What stands at an address of it."""
        if path == "/.well-known/openid-configuration":
            ways = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            return {way: f"{self.address}/{way}" for way in ways} | {
                "issuer": self.address,
                "response_types_supported": ["code"],
                "id_token_signing_alg_values_supported": list(self.algorithms),
            }
        return {"keys": [self.key.public]} if path == "/jwks_uri" else None

    def exchange(self, code: str) -> dict[str, Any] | None:
        """What a code is exchanged for."""
        return self.answers.pop(code, None)


@contextmanager
def provider(**settings: Any) -> Iterator[Provider]:
    """A provider that answers on a free port."""
    made = Provider(**settings)

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(made.answer(urlsplit(self.path).path), 404)

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
            self._send(made.exchange(form["code"][0]), 400)

        def _send(self, told: dict[str, Any] | None, otherwise: int) -> None:
            body = json.dumps({"error": "invalid_grant"} if told is None else told).encode()
            self.send_response(otherwise if told is None else 200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer((HERE, 0), Answers) as served:
        made.address = f"http://{HERE}:{served.server_port}"
        thread = threading.Thread(target=served.serve_forever, daemon=True)
        thread.start()
        yield made
        served.shutdown()
        thread.join()


class Browser:
    """Keeps the cookies of the server, and follows nothing by itself."""

    def __init__(self, server: Any) -> None:
        self.server = server
        self.cookies: dict[str, str] = {}

    @property
    def is_somebody(self) -> bool:
        """Whether the server has set the cookie of somebody who signed in."""
        return bool(self.cookies.get(_USER))

    def get(self, path: str) -> str:
        """Ask for an address; where it leads on to."""
        sent = {"accept": "text/html"}
        if self.cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer, _ = self.server.request(path, headers=sent)
        for line in answer.headers.get_all("set-cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = "" if morsel["max-age"] == "0" else morsel.value
        assert answer.status == 302
        return answer.getheader("location")

    def begin(self) -> tuple[str, str]:
        """Set out to sign in; the state and the nonce that the provider is given."""
        given = {"provider": "default", "exp": int(time.time()) + 60}
        token = _shared({"alg": "HS256"}, given, COOKIE_SECRET.encode())
        asked = parse_qs(urlsplit(self.get(f"/auth/login?provider={quote(token)}")).query)
        return asked["state"][0], asked["nonce"][0]

    def come_back(self, **given: str) -> None:
        """Come back from the provider; whatever came of it, the first page is next."""
        assert self.get(f"/oauth2callback?{urlencode(given)}") == "/"


def _written(header: Mapping[str, str], claims: Mapping[str, Any]) -> str:
    return ".".join(_letters(json.dumps(part).encode()) for part in (dict(header), dict(claims)))


def _shared(header: Mapping[str, str], claims: Mapping[str, Any], secret: bytes) -> str:
    told = _written(header, claims)
    return f"{told}.{_letters(hmac.digest(secret, told.encode(), 'sha256'))}"


def _prime(bits: int) -> int:
    """A prime, as far as Fermat's test by three numbers tells."""
    while True:
        found = secrets.randbits(bits) | 3 << bits - 2 | 1
        if all(pow(base, found - 1, found) == 1 for base in (2, 3, 5)) and (found - 1) % _EXPONENT:
            return found


def _letters(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
