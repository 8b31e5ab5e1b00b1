"""Organisations, what they do, and the links between them that the report states."""

import pandas as pd

from cmi_core.store import Store


def organisations(store: Store) -> pd.DataFrame:
    """Every organisation with the number of its links, means, workshops and places."""
    return store.read(
        """
        SELECT o.*,
               (SELECT count(*) FROM link l WHERE o.organisation IN (l.from_organisation, l.to_organisation)) AS links,
               (SELECT count(*) FROM means_organisation m WHERE m.organisation = o.organisation) AS means,
               (SELECT count(DISTINCT w.workshop) FROM workshop_organisation w
                WHERE w.organisation = o.organisation) AS workshops,
               (SELECT count(*) FROM place_organisation p WHERE p.organisation = o.organisation) AS places
        FROM organisation o ORDER BY o.sector, o.name_en
        """
    )


def links(store: Store) -> pd.DataFrame:
    """Every stated link with the names of both ends; the far end is empty where no partner is named."""
    return store.read(
        """
        SELECT l.*, f.name_th AS from_th, f.name_en AS from_en, t.name_th AS to_th, t.name_en AS to_en,
               coalesce(f.short_th, f.name_th) AS from_short_th, coalesce(f.short_en, f.name_en) AS from_short_en,
               coalesce(t.short_th, t.name_th) AS to_short_th, coalesce(t.short_en, t.name_en) AS to_short_en,
               i.name_th AS initiative_th, i.name_en AS initiative_en
        FROM link l JOIN organisation f ON f.organisation = l.from_organisation
        LEFT JOIN organisation t ON t.organisation = l.to_organisation
        LEFT JOIN initiative i USING (initiative)
        ORDER BY l.link
        """
    )


def roles(store: Store, organisation: str) -> pd.DataFrame:
    """What the report says an organisation does."""
    return store.read(
        "SELECT * FROM organisation_role WHERE organisation = $organisation ORDER BY position",
        organisation=organisation,
    )


def workshops(store: Store, organisation: str) -> pd.DataFrame:
    """The workshops an organisation took part in and as what."""
    return store.read(
        """
        SELECT w.workshop, strftime(w.held_on, '%Y-%m-%d') AS held_on, w.title_th, w.title_en, w.venue_th, w.venue_en,
               p.role, p.source
        FROM workshop_organisation p JOIN workshop w USING (workshop)
        WHERE p.organisation = $organisation ORDER BY w.held_on, p.role
        """,
        organisation=organisation,
    )


def means(store: Store, organisation: str) -> pd.DataFrame:
    """The means whose wording names an organisation."""
    return store.read(
        """
        SELECT m.means, m.goal, g.position || '.' || m.position AS number, m.name_th, m.name_en,
               g.short_th AS goal_th, g.short_en AS goal_en
        FROM means_organisation o JOIN means m USING (means) JOIN goal g USING (goal)
        WHERE o.organisation = $organisation ORDER BY g.position, m.position
        """,
        organisation=organisation,
    )


def places(store: Store, organisation: str) -> pd.DataFrame:
    """The places an organisation leads or takes part in."""
    return store.read(
        """
        SELECT p.place, p.name_th, p.name_en, o.role, o.source
        FROM place_organisation o JOIN place_current p USING (place)
        WHERE o.organisation = $organisation AND p.active ORDER BY o.role, p.rank_group, p.place
        """,
        organisation=organisation,
    )


def exists(store: Store, organisation: str) -> bool:
    """Whether an organisation of this code is known."""
    return bool(store.rows("SELECT 1 FROM organisation WHERE organisation = $code", code=organisation))
