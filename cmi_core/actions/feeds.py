"""The address of a coordinator's calendar feed: nobody can guess it, and its owner can change it."""

from cmi_core.accounts import passwords
from cmi_core.accounts.roles import Account
from cmi_core.errors import PermissionRefused
from cmi_core.store import Store, accounts, feeds


def token(store: Store, actor: Account | None, *, fresh: bool = False) -> str:
    """The token of one's own feed, made on first use; `fresh` makes the old address useless."""
    if actor is None:
        raise PermissionRefused("sign_in_needed")
    known = None if fresh else feeds.token_of(store, actor.account)
    if known:
        return known
    made = passwords.new_secret()
    with store.writing() as cursor:
        feeds.keep(cursor, actor.account, made)
    return made


def whose(store: Store, given: str) -> Account | None:
    """The active account a token belongs to, or None."""
    account = feeds.account_of(store, given)
    return accounts.find(store, account) if account else None
