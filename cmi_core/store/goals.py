"""The plan: strategies, goals and means, what a means names, and how it is being carried out."""

import pandas as pd

from cmi_core.store import Store


def strategies(store: Store) -> pd.DataFrame:
    """The strategies in the plan's order, with how many goals, means and KPIs each holds."""
    return store.read(
        """
        SELECT s.*,
               (SELECT count(*) FROM goal g WHERE g.strategy = s.strategy) AS goals,
               (SELECT count(*) FROM means m JOIN goal g USING (goal) WHERE g.strategy = s.strategy) AS means,
               (SELECT count(*) FROM kpi_current k JOIN goal g USING (goal)
                WHERE g.strategy = s.strategy AND k.approval <> 'retired') AS kpis
        FROM strategy s ORDER BY s.position
        """
    )


def goals(store: Store) -> pd.DataFrame:
    """The goals in the plan's order."""
    return store.read("SELECT * FROM goal ORDER BY position")


def means(store: Store) -> pd.DataFrame:
    """
    Every means with its state, owner and dates; these are empty until somebody sets them.

    `entry` is the entry that set them, 0 where none did; `number` is the goal's and the means' position.
    """
    return store.read(
        """
        SELECT m.means, m.goal, g.strategy, g.position AS goal_position, m.position,
               g.position || '.' || m.position AS number, m.name_th, m.name_en,
               m.remark_th, m.remark_en, m.basis, m.source, coalesce(c.entry, 0) AS entry, c.state, c.owner,
               o.name_th AS owner_th, o.name_en AS owner_en,
               strftime(c.starts_on, '%Y-%m-%d') AS starts_on, strftime(c.ends_on, '%Y-%m-%d') AS ends_on,
               e.recorded_at, e.note
        FROM means m JOIN goal g USING (goal)
        LEFT JOIN means_current c USING (means)
        LEFT JOIN organisation o ON o.organisation = c.owner
        LEFT JOIN entry e ON e.entry = c.entry
        ORDER BY g.position, m.position
        """
    )


def named(store: Store) -> pd.DataFrame:
    """Organisations, places and initiatives that the wording of a means names: means, kind, code, names."""
    return store.read(
        """
        SELECT means, 'organisation' AS kind, o.organisation AS code,
               coalesce(o.short_th, o.name_th) AS name_th, coalesce(o.short_en, o.name_en) AS name_en
        FROM means_organisation JOIN organisation o USING (organisation)
        UNION ALL
        SELECT means, 'place', p.place, p.name_th, p.name_en
        FROM place_means JOIN place_current p USING (place) WHERE p.active
        UNION ALL
        SELECT means, 'initiative', i.initiative, i.name_th, i.name_en
        FROM means_initiative JOIN initiative i USING (initiative)
        ORDER BY 1, 2, 5
        """
    )


def kpis(store: Store) -> pd.DataFrame:
    """The KPIs in use, each under its goal."""
    return store.read(
        """
        SELECT k.kpi, k.goal, g.strategy, k.position, k.name_th, k.name_en, k.approval, k.source
        FROM kpi_current k JOIN goal g USING (goal)
        WHERE k.approval <> 'retired' ORDER BY g.position, k.position, k.kpi
        """
    )


def ties(store: Store) -> pd.DataFrame:
    """What the KPIs in use are tied to: kpi, kind (means, place, index_node), target, confidence, basis."""
    return store.read(
        """
        SELECT l.kpi, l.kind, l.target, l.confidence, l.basis
        FROM kpi_link_current l JOIN kpi_current k ON k.kpi = l.kpi
        WHERE k.approval <> 'retired' ORDER BY l.kpi, l.kind, l.target
        """
    )


def means_ties(store: Store) -> pd.DataFrame:
    """The nodes of the index that means are meant to move: means, node, confidence, basis, entry."""
    return store.read(
        "SELECT means, node, confidence, basis, entry FROM means_link_current ORDER BY means, node"
    )


def places(store: Store) -> pd.DataFrame:
    """The places on the map, the candidate districts first."""
    return store.read(
        "SELECT place, name_th, name_en, kind, rank_group FROM place_current WHERE active "
        "ORDER BY rank_group, place"
    )


def findings(store: Store) -> pd.DataFrame:
    """What the first workshop found, by strategy and kind."""
    return store.read(
        "SELECT f.* FROM finding f JOIN strategy s USING (strategy) ORDER BY s.position, f.kind, f.finding"
    )


def line_of(store: Store, code: str) -> dict[str, object]:
    """The line in force for one means with who set it; empty where nobody has."""
    names = ("entry", "means", "state", "owner", "starts_on", "ends_on", "recorded_by", "note")
    found = store.rows(
        """
        SELECT c.entry, c.means, c.state, c.owner, c.starts_on, c.ends_on, e.recorded_by, e.note
        FROM means_current c JOIN entry e USING (entry) WHERE c.means = $code
        """,
        code=code,
    )
    return dict(zip(names, found[0], strict=True)) if found else {}


def exists(store: Store, code: str) -> bool:
    """Whether the plan has this means."""
    return bool(store.rows("SELECT 1 FROM means WHERE means = $code", code=code))
