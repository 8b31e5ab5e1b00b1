"""Names that people type, and what the record seals of a person."""

import json
import re
from hashlib import sha256

from cmi_core.errors import AccountError

_SIGN_IN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,79}")
FIRST_NUMBER = 1001


def sign_in_name(written: str) -> str:
    """
    What somebody types to sign in, as it is kept.

    Raises AccountError: `account_name`, and `account_number` for one of digits alone, which could be an account's code.

    >>> sign_in_name(" Somchai.J ")
    'somchai.j'
    """
    name = written.strip().lower()
    if not _SIGN_IN.fullmatch(name):
        raise AccountError("account_name", account=written.strip()[:80])
    if name.isdecimal():
        raise AccountError("account_number", account=name)
    return name


def person_hash(*, name: str, email: str | None, sign_in: str, salt: str) -> str:
    """
    What the record seals of a person, 64 hexadecimal digits: it proves the name while that is kept with its salt.

    Once these are gone nothing leads from the hash to the name: the salt is random, so no list of names can be tried.
    """
    told = json.dumps([name, email, sign_in, salt], ensure_ascii=False, separators=(",", ":"))
    return sha256(told.encode()).hexdigest()
