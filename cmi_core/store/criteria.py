"""Scores of districts by selection criteria."""

import pandas as pd

from cmi_core.store import Store


def scores(store: Store) -> pd.DataFrame:
    """Every score in force with its evidence, who gave it and when."""
    return store.read(
        """
        SELECT c.place, c.criterion, c.score, c.quality, c.evidence, c.evidence_link, c.entry, e.recorded_at, e.recorded_by, e.note
        FROM criterion_score_current c JOIN entry e USING (entry) ORDER BY c.place, c.criterion
        """
    )


def entry_of(store: Store, place: str, criterion: str) -> int:
    """The last entry that touched a score, 0 where there is none."""
    found = store.rows(
        "SELECT max(entry) FROM criterion_score_line WHERE place = $place AND criterion = $criterion",
        place=place,
        criterion=criterion,
    )
    return found[0][0] or 0
