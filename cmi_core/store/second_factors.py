"""Second factors, recovery codes, and which passwords were given by somebody else: secrets beside the record."""

from datetime import datetime
from typing import Any

from cmi_core.accounts.second_factor import Factor
from cmi_core.store import Store


def find(store: Store, account: str) -> Factor | None:
    """The second factor of an account, or None."""
    found = store.rows(
        "SELECT secret, last_step FROM second_factor WHERE account = $account", account=account
    )
    return Factor(*found[0]) if found else None


def since(store: Store, account: str) -> datetime | None:
    """Since when an account has one (UTC without zone); None where it has none."""
    found = store.rows("SELECT since FROM second_factor WHERE account = $account", account=account)
    return found[0][0] if found else None


def keep(cursor: Any, account: str, factor: Factor, *, at: datetime) -> None:
    """Keep a second factor in place of an earlier one."""
    remove(cursor, account)
    cursor.execute(
        "INSERT INTO second_factor (account, secret, since, last_step) VALUES (?, ?, ?, ?)",
        [account, factor.secret, at, factor.last_step],
    )


def used(cursor: Any, account: str, step: int) -> bool:
    """Note that the code of a step was used; False where that one or a later one was used before."""
    found = cursor.execute(
        "UPDATE second_factor SET last_step = ? WHERE account = ? AND last_step < ? RETURNING account",
        [step, account, step],
    ).fetchall()
    return bool(found)


def remove(cursor: Any, account: str) -> None:
    """Take away the second factor and its recovery codes."""
    cursor.execute("DELETE FROM second_factor WHERE account = ?", [account])
    cursor.execute("DELETE FROM recovery_code WHERE account = ?", [account])


def recovery_hashes(store: Store, account: str) -> list[str]:
    """The hashes of the recovery codes that are left."""
    return [
        code
        for (code,) in store.rows("SELECT hash FROM recovery_code WHERE account = $account", account=account)
    ]


def keep_recovery_hashes(cursor: Any, account: str, hashes: list[str]) -> None:
    """Keep new recovery codes; earlier ones are good for nothing any more."""
    cursor.execute("DELETE FROM recovery_code WHERE account = ?", [account])
    cursor.executemany(
        "INSERT INTO recovery_code (account, hash) VALUES (?, ?)", [[account, code] for code in hashes]
    )


def spend(cursor: Any, account: str, code: str) -> bool:
    """Use up the recovery code of this hash; False where it was used before."""
    found = cursor.execute(
        "DELETE FROM recovery_code WHERE account = ? AND hash = ? RETURNING hash", [account, code]
    ).fetchall()
    return bool(found)


def is_given(store: Store, account: str) -> bool:
    """Whether somebody else chose the password."""
    return bool(store.rows("SELECT 1 FROM password_given WHERE account = $account", account=account))


def given(cursor: Any, account: str, *, at: datetime | None) -> None:
    """Note that somebody else chose the password, or (None) that its owner did."""
    cursor.execute("DELETE FROM password_given WHERE account = ?", [account])
    if at is not None:
        cursor.execute("INSERT INTO password_given (account, given_at) VALUES (?, ?)", [account, at])
