"""
Names, addresses and sign-in names: beside the record, proven by a hash in its sealed lines.

What an account was called stays for as long as the account does; the record itself never needs to know it.
"""

import secrets
from typing import NamedTuple

import duckdb

from cmi_core.accounts.names import FIRST_NUMBER, person_hash
from cmi_core.store import Store


class Person(NamedTuple):
    """Who an account is: `email` None where there is none."""

    name: str
    email: str | None
    sign_in: str


class Differing(NamedTuple):
    """A line whose person is not as it was sealed: whether somebody stands there, and whether nobody should."""

    entry: int
    account: str
    stands: bool
    closed: bool


class Part(NamedTuple):
    """The role and the organisation (None: none) of an account since an entry."""

    account: str
    entry: int
    role: str
    organisation_th: str | None
    organisation_en: str | None


def parts(store: Store) -> list[Part]:
    """What every account's part was and is, each account's in order."""
    found = store.rows(
        "SELECT account, entry, role, o.name_th, o.name_en FROM account_line LEFT JOIN organisation o USING (organisation)"
        " ORDER BY account, entry"
    )
    return [Part(*row) for row in found]


class Called(NamedTuple):
    """What a line of an account is about, beside the line: who, and who that was by the line before it."""

    entry: int
    account: str
    name: str | None
    email: str | None
    sign_in: str | None
    name_before: str | None
    email_before: str | None
    sign_in_before: str | None


def called(store: Store, shown: list[int]) -> list[Called]:
    """Who the account lines of some entries are about; nobody for accounts that are closed for good."""
    found = store.rows(
        """
        WITH told AS (
            SELECT l.entry, l.account, coalesce(p.name, l.name) AS name, coalesce(p.email, l.email) AS email, p.sign_in
            FROM account_line l LEFT JOIN person p ON p.entry = l.entry AND p.account = l.account
            WHERE l.account NOT IN (SELECT account FROM closure_line)
        ), beside AS (
            SELECT *, lag(name) OVER earlier, lag(email) OVER earlier, lag(sign_in) OVER earlier
            FROM told WINDOW earlier AS (PARTITION BY account ORDER BY entry)
        )
        SELECT * FROM beside WHERE entry = ANY($shown)
        """,
        shown=shown,
    )
    return [Called(*row) for row in found]


def named(store: Store) -> list[tuple[str, str | None, int | None]]:
    """Every account with its name, or (closed for good) the number that stands for it."""
    return store.rows("SELECT account, name, closed FROM account_current")


def sealed(person: Person) -> tuple[str, str]:
    """A new salt, and the hash that a line of the record keeps of a person."""
    salt = secrets.token_hex(16)
    return salt, person_hash(**person._asdict(), salt=salt)


def keep(cursor: duckdb.DuckDBPyConnection, entry: int, account: str, person: Person, *, salt: str) -> None:
    """Keep who an account is since an entry."""
    cursor.execute(
        "INSERT INTO person (entry, account, name, email, sign_in, salt) VALUES (?, ?, ?, ?, ?, ?)",
        [entry, account, *person, salt],
    )


def next_number(cursor: duckdb.DuckDBPyConnection) -> str:
    """The code of the next account: a number that no account ever had."""
    codes = cursor.execute("SELECT DISTINCT account FROM account_line").fetchall()
    numbers = [int(code) for (code,) in codes if code.isascii() and code.isdecimal()]
    return str(max([FIRST_NUMBER - 1, *numbers]) + 1)


def differing(cursor: duckdb.DuckDBPyConnection) -> list[Differing]:
    """Where `person` is not what the lines have sealed: nobody, somebody else, or somebody of an account closed for good."""
    told = cursor.execute(
        """
        SELECT coalesce(l.entry, p.entry), coalesce(l.account, p.account), l.person_hash,
               p.name, p.email, p.sign_in, p.salt, c.account IS NOT NULL
        FROM (SELECT entry, account, person_hash FROM account_line WHERE person_hash IS NOT NULL) l
        FULL JOIN person p ON p.entry = l.entry AND p.account = l.account
        LEFT JOIN (SELECT DISTINCT account FROM closure_line) c ON c.account = coalesce(l.account, p.account)
        """
    ).fetchall()
    found = []
    for entry, account, held, name, email, sign_in, salt, closed in told:
        stands = name is not None
        if stands and not closed:
            right = held == person_hash(name=name, email=email, sign_in=sign_in, salt=salt)
        else:
            right = closed and not stands
        if not right:
            # A row that no line has a hash for is one too many, as one of a closed account is.
            found.append(Differing(entry, account, stands, closed or held is None))
    return sorted(found)
