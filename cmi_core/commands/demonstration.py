"""`python -m cmi_core demonstration make`: the made-up data set in a database of its own."""

import argparse
from datetime import date, datetime
from typing import Any

from cmi_core import demonstration
from cmi_core.accounts import passwords
from cmi_core.calendar import clock
from cmi_core.store import Store, accounts, kpis, people, record, scores
from cmi_core.store.opening import DEMONSTRATION, data_directory, open_store


def register(subjects: argparse._SubParsersAction) -> None:
    """Add the subject `demonstration`."""
    subject = subjects.add_parser("demonstration", help="the made-up data set")
    deeds = subject.add_subparsers(dest="deed", required=True)
    deeds.add_parser("make", help="make it where it is not there yet").set_defaults(run=make)


def make(_: argparse.Namespace) -> int:
    """Fill the demonstration database, once; it never touches the real one."""
    path = data_directory() / f"{DEMONSTRATION}.duckdb"
    store = open_store(path, kind=DEMONSTRATION)
    try:
        if store.version == 1:
            fill(store, today=clock.today())
        print(f"Demonstration data: {path}")
        print(f"Accounts: {', '.join(demonstration.ACCOUNTS)}; password of each: {demonstration.PASSWORD}")
    finally:
        store.close()
    return 0


def fill(store: Store, *, today: date) -> None:
    """Write the source, the cities, the accounts and every entry, all in one transaction."""
    links = scores.linked_kpis(store).to_dict("records")
    found = [kpis.definition(store, code) for code in kpis.definitions(store)["kpi"]]
    drafts = [draft for draft in found if draft]
    start = datetime(2023, 1, 9, 1)
    with store.writing() as cursor:
        scores.add_source(cursor, demonstration.source())
        scores.add_cities(cursor, demonstration.cities())
        _open_accounts(cursor, start)
        recorded: dict[tuple[object, object], int] = {}
        for deed in demonstration.deeds(drafts, today=today, links=links):
            verdicts = [
                dict(line) | {"value_entry": recorded[line["kpi"], line["period"]]}
                for line in deed.lines.get("kpi_verdict_line", ())
            ]
            lines = dict(deed.lines) | ({"kpi_verdict_line": verdicts} if verdicts else {})
            entry = record.append(cursor, lines, deed=deed.deed, by=deed.by, at=deed.at, note=deed.note)
            recorded |= {
                (line["kpi"], line["period"]): entry for line in deed.lines.get("kpi_value_line", ())
            }


def _open_accounts(cursor: Any, at: datetime) -> None:
    told = {
        code: people.Person(demonstration.NAMES[code], None, sign_in=code) for code in demonstration.ACCOUNTS
    }
    sealed = {code: people.sealed(person) for code, person in told.items()}
    lines = [
        {
            "account": code,
            "role": role,
            "organisation": demonstration.ORGANISATION,
            "active": True,
            "person_hash": sealed[code][1],
        }
        for code, role in demonstration.ACCOUNTS.items()
    ]
    entry = record.append(
        cursor, {"account_line": lines}, deed="create_account", by="admin", at=at, note="บัญชีสาธิต"
    )
    password_hash = passwords.hash_password(demonstration.PASSWORD)
    for code, person in told.items():
        people.keep(cursor, entry, code, person, salt=sealed[code][0])
        accounts.set_credential(
            cursor, code, password_hash=password_hash, epoch=passwords.new_secret(), at=at
        )
