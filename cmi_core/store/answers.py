"""What organisations answered about their files; kept beside the record, added to with each import."""

from collections.abc import Mapping

import duckdb

from cmi_core.store import Store


def remembered(store: Store, organisation: str, kind: str) -> dict[str, str]:
    """The newest answer to each question about files of one kind, by question."""
    rows = store.rows(
        "SELECT question, arg_max(answer, entry) FROM remembered_answer "
        "WHERE organisation = $organisation AND kind = $kind GROUP BY question",
        organisation=organisation,
        kind=kind,
    )
    return {str(question): str(answer) for question, answer in rows}


def remember(
    cursor: duckdb.DuckDBPyConnection, entry: int, organisation: str, kind: str, learnt: Mapping[str, str]
) -> None:
    """Keep the answers given with the import `entry`."""
    for question, answer in learnt.items():
        cursor.execute(
            "INSERT INTO remembered_answer VALUES ($entry, $organisation, $kind, $question, $answer)",
            {
                "entry": entry,
                "organisation": organisation,
                "kind": kind,
                "question": question,
                "answer": answer,
            },
        )
