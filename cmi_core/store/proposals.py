"""What people proposed on the map."""

import duckdb
import pandas as pd

from cmi_core.store import Store


def every(store: Store) -> pd.DataFrame:
    """All proposals that were not withdrawn, newest first, with who drew them and when."""
    return store.read(
        """
        SELECT p.*, o.name_th AS organisation_th, o.name_en AS organisation_en, f.entry AS first_entry,
               f.recorded_at, f.recorded_by, f.note
        FROM proposal_current p LEFT JOIN organisation o USING (organisation)
        JOIN (SELECT proposal, min(entry) AS first_entry FROM proposal_line GROUP BY proposal) x USING (proposal)
        JOIN entry f ON f.entry = x.first_entry
        WHERE p.state <> 'withdrawn' ORDER BY x.first_entry DESC
        """
    )


def line_of(store: Store, proposal: str) -> dict[str, object]:
    """A proposal as it stands; empty where there is none."""
    rows = store.read("SELECT * FROM proposal_current WHERE proposal = $proposal", proposal=proposal)
    return {} if rows.empty else dict(rows.to_dict("records")[0])


def organisation_name(store: Store, organisation: object) -> str | None:
    """The Thai name of an organisation; none where there is none."""
    rows = store.rows(
        "SELECT name_th FROM organisation WHERE organisation = $organisation", organisation=organisation
    )
    return rows[0][0] if rows else None


def add_code(cursor: duckdb.DuckDBPyConnection) -> str:
    """The code of a new proposal: numbered, so that people can speak of it."""
    number = cursor.execute("SELECT count(*) + 1 FROM proposal").fetchall()[0][0]
    cursor.execute("INSERT INTO proposal VALUES (?)", [f"p{number}"])
    return f"p{number}"
