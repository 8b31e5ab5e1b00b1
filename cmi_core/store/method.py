"""How the plan and the index were made, what is known of the city, and what is still open."""

import pandas as pd

from cmi_core.store import Store
from cmi_core.store.seed import REFERENCE

# What may be looked at and taken home as a table: the plan, and the record as it stands now.
TABLES = (
    *REFERENCE,
    "kpi_current",
    "kpi_link_current",
    "kpi_value_current",
    "means_current",
    "level_current",
    "level_cut_current",
    "score_current",
    "place_current",
    "landmark_current",
    "entry",
    "seal",
)


def stages(store: Store) -> pd.DataFrame:
    """The five stages of planning."""
    return store.read("SELECT * FROM planning_stage ORDER BY position")


def steps(store: Store) -> pd.DataFrame:
    """The six numbered steps, each in its stage."""
    return store.read("SELECT * FROM planning_step ORDER BY position")


def toolkits(store: Store) -> pd.DataFrame:
    """The nine planning tools, with how many workshops used each."""
    return store.read(
        """
        SELECT t.*, (SELECT count(*) FROM workshop_toolkit w WHERE w.toolkit = t.toolkit) AS used
        FROM toolkit t ORDER BY t.position
        """
    )


def workshops(store: Store) -> pd.DataFrame:
    """The workshops with the number of organisations that took part."""
    return store.read(
        """
        SELECT w.workshop, strftime(w.held_on, '%Y-%m-%d') AS held_on, w.title_th, w.title_en, w.venue_th,
               w.venue_en, w.source,
               (SELECT count(DISTINCT o.organisation) FROM workshop_organisation o
                WHERE o.workshop = w.workshop) AS organisations
        FROM workshop w ORDER BY w.held_on
        """
    )


def outcomes(store: Store) -> pd.DataFrame:
    """What came out of the workshops, outcomes before notes."""
    return store.read("SELECT * FROM workshop_outcome ORDER BY workshop, kind DESC, outcome")


def events(store: Store) -> pd.DataFrame:
    """What happened around the plan."""
    return store.read("SELECT * FROM event ORDER BY happened, position")


def city_facts(store: Store) -> pd.DataFrame:
    """The report's profile of the municipality, the implausible figures among them marked."""
    return store.read(
        "SELECT fact, position, name_th, name_en, value, unit_th, unit_en, approximate, shown, caution_th,"
        " caution_en, basis, source, strftime(as_of, '%Y-%m-%d') AS as_of FROM city_fact ORDER BY position"
    )


def questions(store: Store) -> pd.DataFrame:
    """What only the makers of the index can answer."""
    return store.read("SELECT * FROM open_question ORDER BY position")


def framework(store: Store, code: str) -> pd.DataFrame:
    """One framework's own row."""
    return store.read("SELECT * FROM framework_line WHERE framework = $code", code=code)


def rows(store: Store, table: str) -> pd.DataFrame:
    """All rows of one of `TABLES`. Raises KeyError for any other name."""
    if table not in TABLES:
        raise KeyError(table)
    return store.read(f'SELECT * FROM "{table}"')
