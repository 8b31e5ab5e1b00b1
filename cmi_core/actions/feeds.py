"""The address of a coordinator's calendar feed: nobody can guess it, and its owner can change it."""

from cmi_core.accounts import passwords
from cmi_core.accounts.roles import Account, require
from cmi_core.actions.authority import acting
from cmi_core.store import Store, accounts, feeds


def token(store: Store, actor: Account | None, *, fresh: bool = False) -> str:
    """The token of one's own feed, made on first use; `fresh` makes the old address useless."""
    by = require(actor, "own_feed")
    known = None if fresh else feeds.token_of(store, by.account)
    if known:
        return known
    made = passwords.new_secret()
    with acting(store, actor, "own_feed") as (cursor, by):
        feeds.keep(cursor, by.account, made)
    return made


def whose(store: Store, given: str) -> Account | None:
    """The active account a token belongs to, or None."""
    account = feeds.account_of(store, given)
    return accounts.find(store, account) if account else None
