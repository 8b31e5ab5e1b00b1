"""Password hashes, the signed marks of sessions and browsers, and codes that a person types."""

import secrets
import threading
import unicodedata
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from itsdangerous import BadSignature, TimestampSigner, URLSafeTimedSerializer

SESSION_SECONDS = 12 * 60 * 60
DRAFT_SECONDS = 48 * 60 * 60
STEP_SECONDS = 10 * 60
KNOWN_SECONDS = 180 * 24 * 60 * 60
MOST_KNOWN = 8  # accounts that one browser is remembered for: a shared desk has several
_READING = "cmi-reading"
_CLOCKS_DIFFER = 5 * 60
_STEP = SESSION_SECONDS // 2

_hasher = PasswordHasher()
# Each takes 64 MB: a flood of tries must not take the memory of the server.
_few_at_once = threading.BoundedSemaphore(4)
# Verified when an account does not exist, so that the answer takes as long as for one that does.
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))


def hash_password(password: str) -> str:
    """The Argon2id hash of a password; whether it is good enough, `rules.check` says."""
    return _hasher.hash(one_spelling(password))


def matches(password: str, stored: str | None) -> bool:
    """Whether the password belongs to the stored hash; False, after the same time, where there is none."""
    try:
        with _few_at_once:
            return _hasher.verify(stored or _NOBODY, one_spelling(password)) and stored is not None
    except (Argon2Error, InvalidHashError):
        return False


def session_mark(key: str, account: str, epoch: str) -> str:
    """What the cookie holds: the account and its epoch, signed and dated; no two are alike."""
    return _signer(key).dumps([account, f"{epoch}.{secrets.token_urlsafe(9)}"])


def read_mark(key: str, mark: str) -> tuple[str, str] | None:
    """The account and epoch of a mark, or None when it is forged or older than twelve hours."""
    return _read(_signer(key), mark, SESSION_SECONDS)


def step_mark(key: str, account: str, epoch: str, so: Iterable[str]) -> str:
    """What a browser holds between two steps of signing in: good for the next step only, and for ten minutes."""
    return _signer(key, "cmi-step").dumps([account, epoch, sorted(so)])


def read_step_mark(key: str, mark: str) -> tuple[str, str, frozenset[str]] | None:
    """The account, its epoch and what is so of such a mark, or None when it is forged or older than ten minutes."""
    read = _loaded(_signer(key, "cmi-step"), mark, STEP_SECONDS)
    return (read[0], read[1], frozenset(read[2])) if isinstance(read, list) and len(read) == 3 else None


def known_mark(key: str, known: Mapping[str, str]) -> str:
    """What a browser keeps of the accounts that signed in with it: for each a random name of this browser."""
    return _signer(key, "cmi-known").dumps(dict(list(known.items())[-MOST_KNOWN:]))


def read_known_mark(key: str, mark: str) -> dict[str, str]:
    """The accounts of such a mark with the browser's name for each; none when it is forged or older than 180 days."""
    read = _loaded(_signer(key, "cmi-known"), mark, KNOWN_SECONDS)
    return read if isinstance(read, dict) else {}


def draft_mark(key: str, account: str, epoch: str) -> str:
    """What lets a browser keep the drafts of an account: a mark of its own kind, good for nothing else."""
    return _signer(key, "cmi-draft").dumps([account, epoch])


def read_draft_mark(key: str, mark: str) -> tuple[str, str] | None:
    """The account and epoch of such a mark, or None when it is forged or older than two days."""
    return _read(_signer(key, "cmi-draft"), mark, DRAFT_SECONDS)


def reading_mark(key: str, account: str) -> str:
    """What opens the data routes to an account; the same for half of its life, so that browsers keep what they fetched."""
    return _signer(key, _READING, signer=_InSteps).dumps([account, ""])


def read_reading_mark(key: str, mark: str) -> str | None:
    """The account of such a mark, or None when it is forged or older than twelve hours."""
    read = _read(_signer(key, _READING), mark, SESSION_SECONDS)
    return read[0] if read else None


def new_secret() -> str:
    """A fresh random mark of 256 bits."""
    return secrets.token_urlsafe(32)


def new_setup_code() -> str:
    """A one-time code a person can type: 12 letters and digits without look-alikes."""
    letters = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(3))


def known_by(secret: str) -> str:
    """What is kept in place of a long random secret that is only ever to be recognised: 64 hexadecimal digits."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def same(first: str, second: str) -> bool:
    """Whether two secrets are equal, in constant time."""
    return secrets.compare_digest(first.encode(), second.encode())


def one_spelling(password: str) -> str:
    """The same letters typed on another keyboard: sara am and accents can be written in two ways."""
    return unicodedata.normalize("NFKC", password)


def _read(signer: URLSafeTimedSerializer, mark: str, seconds: int) -> tuple[str, str] | None:
    read = _loaded(signer, mark, seconds)
    if not isinstance(read, list) or len(read) != 2 or not isinstance(read[1], str):
        return None
    return read[0], read[1].partition(".")[0]


def _loaded(signer: URLSafeTimedSerializer, mark: str, seconds: int) -> Any:
    """What was signed, or None. A mark from a little ahead is new: a server's clock is set back by seconds now and then."""
    try:
        read, dated = signer.loads(mark, return_timestamp=True)
    except (BadSignature, ValueError, TypeError):
        return None
    age = next(signer.iter_unsigners()).get_timestamp() - dated.timestamp()
    return read if -_CLOCKS_DIFFER <= age <= seconds else None


class _InSteps(TimestampSigner):
    """Dates what it signs a little too early, all of it alike for some hours."""

    def get_timestamp(self) -> int:
        return super().get_timestamp() // _STEP * _STEP


def _signer(
    key: str, salt: str = "cmi-session", signer: type[TimestampSigner] = TimestampSigner
) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key, salt=salt, signer=signer, signer_kwargs={"digest_method": sha256})
