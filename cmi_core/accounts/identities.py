"""Who the organisation's own sign-in says that somebody is, out of the claims of its ID token."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

_LONGEST = (
    255  # letters of a subject, as OpenID Connect bounds it; of an issuer's address by the same measure
)
_LATEST = 1e11  # seconds; later than any clock, and still a date


@dataclass(frozen=True)
class Identity:
    """
    Somebody as an issuer knows them, in one of their sessions.

    `issued` is when they signed in, in UTC without zone; `session` tells that from their other times; `email` is an
    address that the issuer vouches for, or empty.
    """

    issuer: str
    subject: str
    issued: datetime
    session: str
    email: str = ""


def read(claims: Mapping[str, object], *, client: str, leaves_out: bool = False) -> Identity | None:
    """
    The identity in claims whose signature was checked, or None where something is missing or they are for another client.

    `leaves_out` says that this provider checks addresses and never says so; an address of which it says that it is not
    verified stays unverified.
    """
    issuer, subject, issued = claims.get("iss"), claims.get("sub"), claims.get("iat")
    nonce, audience = claims.get("nonce"), claims.get("aud")
    if not (_name(issuer) and _name(subject) and isinstance(nonce, str) and nonce):
        return None
    if isinstance(issued, bool) or not isinstance(issued, int | float) or not 0 < issued < _LATEST:
        return None
    if not client or client not in (audience if isinstance(audience, list) else [audience]):
        return None
    told = json.dumps([issuer, subject, issued, nonce])
    return Identity(
        issuer=str(issuer),
        subject=str(subject),
        issued=datetime.fromtimestamp(issued, UTC).replace(tzinfo=None),
        session=sha256(told.encode()).hexdigest(),
        email=_vouched(claims, leaves_out=leaves_out),
    )


def same_address(first: str, second: str) -> bool:
    """
    Whether two addresses are one, without regard to the case of Latin letters.

    >>> same_address("Nok@city.example ", "nok@CITY.example"), same_address("", "")
    (True, False)
    """
    first, second = first.strip(), second.strip()
    if not first:
        return False
    # Other letters have cases that meet in one of another alphabet.
    return first == second or (first.isascii() and second.isascii() and first.lower() == second.lower())


def _name(given: object) -> bool:
    """Whether a claim can name an issuer or a subject."""
    return isinstance(given, str) and 0 < len(given) <= _LONGEST and given.isascii() and given.isprintable()


def _vouched(claims: Mapping[str, object], *, leaves_out: bool) -> str:
    said, email = claims.get("email_verified"), claims.get("email")
    # Some providers write the word.
    verified = leaves_out if said is None else said is True or str(said).lower() == "true"
    return email.strip() if verified and isinstance(email, str) else ""
