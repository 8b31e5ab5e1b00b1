"""Accounts from the command line, while the server is stopped: create, list, password, link."""

import argparse
import getpass
import secrets
import sys
from collections.abc import Generator
from contextlib import contextmanager

from cmi_core import text
from cmi_core.accounts.retention import PRINTED_LINK
from cmi_core.accounts.roles import ROLES, Account
from cmi_core.actions import accounts, password_links
from cmi_core.calendar import clock
from cmi_core.settings import Settings
from cmi_core.store import Store
from cmi_core.store import accounts as kept
from cmi_core.store.opening import database, kind, open_store

# Whoever can run this command owns the machine; the record says that it was done here.
OPERATOR = Account("command-line", "Command line", "admin")


def register(subjects: argparse._SubParsersAction) -> None:
    """Add `accounts create`, `accounts list`, `accounts password` and `accounts link`."""
    deeds = subjects.add_parser("accounts", help=__doc__).add_subparsers(dest="deed", required=True)
    create = deeds.add_parser("create", help="make an account")
    create.add_argument("sign_in", metavar="NAME")
    create.add_argument("--role", required=True, choices=ROLES)
    create.add_argument("--name", required=True, help="name of the person")
    create.add_argument("--organisation", help="code of the organisation")
    create.add_argument("--email")
    password = deeds.add_parser("password", help="give an account a new password and end its sessions")
    password.add_argument("account", metavar="NAME")
    password.add_argument(
        "--without-second-factor", action="store_true", help="take it away too, where the phone is lost"
    )
    for deed in (create, password):
        deed.add_argument("--note", default="from the command line", help="reason, kept in the record")
        deed.add_argument("--generate", action="store_true", help="make up a password and print it")
    link = deeds.add_parser("link", help="make a link by which an account's owner chooses a password")
    link.add_argument("account", metavar="NAME")
    link.add_argument("--note", default="from the command line", help="reason, kept in the record")
    link.set_defaults(run=_link)
    create.set_defaults(run=_create)
    password.set_defaults(run=_password)
    deeds.add_parser("list", help="show all accounts").set_defaults(run=_list)


def _create(chosen: argparse.Namespace) -> int:
    with _store() as store:
        password = _ask(chosen)
        accounts.prepare(store)
        account = accounts.create(
            store,
            OPERATOR,
            sign_in=chosen.sign_in,
            name=chosen.name,
            role=chosen.role,
            password=password,
            organisation=chosen.organisation,
            email=chosen.email,
            note=chosen.note,
            at=clock.now(),
        )
    print(
        f"{chosen.sign_in}: account {account} created, role {chosen.role}; its owner chooses a password at the first sign-in"
    )
    return 0


def _password(chosen: argparse.Namespace) -> int:
    with _store() as store:
        password = _ask(chosen)
        accounts.set_password(
            store,
            OPERATOR,
            account=_named(store, chosen.account),
            password=password,
            without_factor=chosen.without_second_factor,
            note=chosen.note,
            at=clock.now(),
        )
    print(f"{chosen.account}: password changed; its owner chooses one of their own at the next sign-in")
    return 0


def _link(chosen: argparse.Namespace) -> int:
    site = Settings.from_env().site_address
    with _store() as store:
        account = _named(store, chosen.account)
        code = password_links.make(store, OPERATOR, account=account, note=chosen.note, at=clock.now())
    print(password_links.address(site, code, text.LANGUAGES[0]))
    if not site:
        print("Put the address of the site before it; CMI_SITE says it once for all.", file=sys.stderr)
    print(
        f"Good for {PRINTED_LINK.days} days and one use. The password stays as it is until then.",
        file=sys.stderr,
    )
    return 0


def _list(_: argparse.Namespace) -> int:
    with _store() as store:
        for row in kept.everybody(store).to_dict("records"):
            state = "active" if row["active"] else "closed"
            who = (row["name"], row["organisation"], row["email"], row["account"])
            told = (row["sign_in"], row["role"], state, *who)
            print("\t".join(cell or "" for cell in told))
    return 0


@contextmanager
def _store() -> Generator[Store]:
    """The database of this data directory. Raises StoreError in words while the server has it open."""
    store = open_store(database(), kind=kind())
    try:
        yield store
    finally:
        store.close()


def _named(store: Store, name: str) -> str:
    """The account that signs in by a name; a name that is nobody's is taken for the account's code."""
    return kept.by_sign_in(store, name) or name


def _ask(chosen: argparse.Namespace) -> str:
    """The password: made up, typed at the prompt, or the first line of what is piped in."""
    if chosen.generate:
        made = secrets.token_urlsafe(15)
        print(f"password: {made}")
        return made
    if sys.stdin.isatty():
        return getpass.getpass("New password: ")
    return sys.stdin.readline().rstrip("\n")
