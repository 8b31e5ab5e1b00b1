"""The list of accounts says who and in what role, never a password."""

from datetime import datetime

from cmi_core.actions import accounts
from cmi_core.store import accounts as stored_accounts


def test_everybody_is_listed_without_secrets(store):
    code = accounts.prepare(store)
    accounts.first_admin(
        store, code=code, sign_in="head", name="หัวหน้า", password="a long enough word", note="first",
        at=datetime(2026, 1, 5),
    )  # fmt: skip
    rows = stored_accounts.everybody(store)

    assert rows[["account", "sign_in", "name"]].to_numpy().tolist() == [["1001", "head", "หัวหน้า"]]
    assert set(rows.columns) == {
        "account", "name", "role", "organisation", "email", "sign_in", "active", "closed", "changed_at"
    }  # fmt: skip
