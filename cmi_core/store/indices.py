"""Releases of indices, their assessments and values as they stand, and the lines that change them."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import duckdb
import pandas as pd
import pyarrow as pa

from cmi_core.store import Store


def frameworks(store: Store) -> pd.DataFrame:
    """Every release in force, newest release of an index first, with how many nodes and places it has."""
    return store.read(
        """
        SELECT f.*, n.nodes, coalesce(s.places, 0) AS places, e.recorded_at
        FROM framework_current f
        JOIN entry e USING (entry)
        JOIN (SELECT framework, count(*) AS nodes FROM framework_node_line GROUP BY framework) n USING (framework)
        LEFT JOIN (
            SELECT a.framework, count(DISTINCT s.city) AS places
            FROM assessment_current a JOIN score_line s USING (assessment) GROUP BY a.framework
        ) s USING (framework)
        ORDER BY f.index_code, f.release DESC, f.framework
        """
    )


def nodes(store: Store, framework: str) -> pd.DataFrame:
    """The tree of a release; what it left empty is filled by what was told later, `filled` says where."""
    return store.read(
        """
        SELECT n.node, n.parent, n.position, n.name_th, n.name_en, n.definition_th, n.definition_en, n.direction,
               coalesce(n.weight, s.weight) AS weight, n.unit_th, n.unit_en, n.lower, n.upper, n.scale, n.target,
               n.transform, n.reference,
               coalesce(n.normalise, s.normalise) AS normalise, coalesce(n.aggregate, s.aggregate) AS aggregate,
               n.basis, n.source, s.source AS setting_source,
               (n.weight IS NULL AND s.weight IS NOT NULL) AS filled
        FROM framework_node_line n
        LEFT JOIN node_setting_current s ON s.framework = n.framework AND s.node = n.node
        WHERE n.framework = $framework ORDER BY n.position, n.node
        """,
        framework=framework,
    )


def assessments(store: Store) -> pd.DataFrame:
    """Every assessment in force with its release, newest year first; `places` counts who is in it."""
    return store.read(
        """
        SELECT a.assessment, a.framework, a.year, a.assessed_on, a.published, a.remark_th, a.remark_en, a.source,
               f.index_code, f.release, f.supersedes, f.name_th, f.name_en, f.area_kind, f.measure, s.places
        FROM assessment_current a JOIN framework_current f USING (framework)
        LEFT JOIN (SELECT assessment, count(DISTINCT city) AS places FROM score_line GROUP BY assessment) s
             USING (assessment)
        ORDER BY f.index_code, a.year DESC NULLS LAST, a.assessment
        """
    )


def values_of(store: Store, assessment: str) -> pd.DataFrame:
    """Every value of an assessment as it stands: printed scores and indicators alike."""
    return store.read(
        """
        SELECT city, node, value, level, level_as_printed, flag_th, flag_en, quality, basis, source, entry
        FROM score_current WHERE assessment = $assessment AND value IS NOT NULL ORDER BY city, node
        """,
        assessment=assessment,
    )


def beside_record(store: Store, years: Mapping[int | None, str], values: pd.DataFrame) -> pd.DataFrame:
    """
    Each value beside the one on record: `before`, `before_quality`, and `verdict` new, changed or same.

    A value without a mark keeps the one on record: `quality` is then that one. Another mark is a change.
    """
    parts = []
    for year in years_of(values):
        part = values[values["year"].isna()] if year is None else values[values["year"] == year]
        held = values_of(store, years[year])[["city", "node", "value", "quality"]] if year in years else None
        if held is None or held.empty:
            parts.append(part.assign(before=float("nan"), before_quality=None))
        else:
            before = held.rename(columns={"value": "before", "quality": "before_quality"})
            parts.append(part.merge(before, on=["city", "node"], how="left"))
    none = values.assign(before=float("nan"), before_quality=None)
    compared = pd.concat(parts, ignore_index=True) if parts else none
    kept = compared["quality"].where(compared["quality"].notna(), compared["before_quality"]).astype(object)
    compared["quality"] = kept.where(kept.notna(), None)
    marked_alike = (compared["quality"] == compared["before_quality"]) | compared["quality"].isna()
    same = (compared["before"] == compared["value"]) & marked_alike
    compared["verdict"] = same.map({True: "same", False: "changed"})
    compared.loc[compared["before"].isna(), "verdict"] = "new"
    return compared


def years_of(table: pd.DataFrame) -> list[int | None]:
    """The years of a table in the order met, None for those that state none."""
    return [None if pd.isna(year) else int(year) for year in table["year"].drop_duplicates().tolist()]


def cities(store: Store) -> pd.DataFrame:
    """Every place an index may score."""
    return store.read("SELECT city, name_th, name_en, area_kind, country FROM city ORDER BY city")


def aliases(store: Store, area_kind: str) -> dict[str, str]:
    """What files have called places of a kind, beside the names on record: each with the place that it means."""
    rows = store.rows(
        "SELECT alias, city FROM place_alias_current WHERE area_kind = $kind ORDER BY alias", kind=area_kind
    )
    return dict(rows)


def history(store: Store, assessment: str, city: str) -> pd.DataFrame:
    """Every line ever recorded for a place's scores, oldest first, with who, when and why."""
    return store.read(
        """
        SELECT s.node, s.value, s.level_as_printed, s.source, e.entry, e.deed, e.recorded_at, e.note,
               e.recorded_by, u.entry IS NOT NULL AS undone
        FROM score_line s JOIN entry e USING (entry)
        LEFT JOIN undone u ON u.entry = e.entry
        WHERE s.assessment = $assessment AND s.city = $city ORDER BY s.node, e.entry
        """,
        assessment=assessment,
        city=city,
    )


def owners(store: Store) -> pd.DataFrame:
    """KPIs tied to nodes of an index with the goal they serve and who answers for them."""
    return store.read(
        """
        SELECT l.target AS node, l.confidence, k.kpi, k.name_th, k.name_en, k.goal, k.data_owner,
               g.short_th AS goal_th, g.short_en AS goal_en, o.name_th AS owner_th, o.name_en AS owner_en
        FROM kpi_link_current l JOIN kpi_current k ON k.kpi = l.kpi JOIN goal g ON g.goal = k.goal
        LEFT JOIN organisation o ON o.organisation = k.owner
        WHERE l.kind = 'index_node' AND k.approval <> 'retired' ORDER BY l.target, k.position
        """
    )


def last_entry(store: Store, framework: str) -> int:
    """The newest entry that touched a release, its levels, settings, assessments or scores, or undid one that did."""
    return store.rows(
        """
        WITH touched AS (
            SELECT entry FROM framework_line WHERE framework = $framework
            UNION SELECT entry FROM level_line WHERE framework = $framework
            UNION SELECT entry FROM level_cut_line WHERE framework = $framework
            UNION SELECT entry FROM node_setting_line WHERE framework = $framework
            UNION SELECT entry FROM assessment_line WHERE framework = $framework
            UNION SELECT s.entry FROM score_line s JOIN assessment_line a USING (assessment)
                  WHERE a.framework = $framework
        )
        SELECT coalesce(max(entry), 0) FROM (
            SELECT entry FROM touched UNION ALL SELECT u.entry FROM entry u JOIN touched t ON t.entry = u.undoes
        ) newest
        """,
        framework=framework,
    )[0][0]


def codes_used(store: Store) -> tuple[set[str], set[str]]:
    """Every code of a release and of an assessment that was ever recorded, undone ones too."""
    return (
        {code for (code,) in store.rows("SELECT framework FROM framework_line")},
        {code for (code,) in store.rows("SELECT assessment FROM assessment_line")},
    )


def imports(store: Store, limit: int) -> pd.DataFrame:
    """The newest entries about indices, and whether they still count."""
    return store.read(
        """
        SELECT e.entry, e.deed, e.recorded_at, e.note, e.recorded_by,
               u.entry AS undone_by,
               coalesce(s.cells, 0) AS cells, coalesce(s.places, 0) AS places,
               coalesce(s.framework, f.framework, l.framework, c.framework, n.framework) AS framework
        FROM entry e
        LEFT JOIN entry u ON u.undoes = e.entry
        LEFT JOIN (SELECT s.entry, count(*) AS cells, count(DISTINCT s.city) AS places, min(x.framework) AS framework
                   FROM score_line s JOIN assessment_line x USING (assessment) GROUP BY s.entry) s ON s.entry = e.entry
        LEFT JOIN (SELECT entry, min(framework) AS framework FROM framework_line GROUP BY entry) f ON f.entry = e.entry
        LEFT JOIN (SELECT entry, min(framework) AS framework FROM level_line GROUP BY entry) l ON l.entry = e.entry
        LEFT JOIN (SELECT entry, min(framework) AS framework FROM level_cut_line GROUP BY entry) c ON c.entry = e.entry
        LEFT JOIN (SELECT entry, min(framework) AS framework FROM node_setting_line GROUP BY entry) n
             ON n.entry = e.entry
        WHERE e.entry > 1 AND e.deed IN ('import_framework', 'import_scores', 'correct_score', 'set_levels', 'set_weights')
        ORDER BY e.entry DESC LIMIT $limit
        """,
        limit=limit,
    )


def latest_by(store: Store, account: str) -> tuple[int, datetime] | None:
    """The newest entry of an account, if it is about an index: its number and when (UTC)."""
    found = store.rows(
        """
        SELECT e.entry, e.recorded_at, coalesce(u.deed, e.deed) FROM entry e LEFT JOIN entry u ON u.entry = e.undoes
        WHERE e.recorded_by = $account ORDER BY e.entry DESC LIMIT 1
        """,
        account=account,
    )
    about = {"import_framework", "import_scores", "correct_score", "set_levels", "set_weights"}
    return (found[0][0], found[0][1]) if found and found[0][2] in about else None


def later_than(store: Store, entry: int) -> int | None:
    """The first later entry in force that builds on what an entry wrote, or None."""
    return store.rows(
        """
        WITH mine AS (SELECT framework FROM framework_line WHERE entry = $entry),
        scored AS (SELECT DISTINCT assessment, city, node FROM score_line WHERE entry = $entry),
        begun AS (SELECT assessment FROM assessment_line WHERE entry = $entry),
        building AS (
            SELECT a.entry FROM assessment_current a JOIN mine USING (framework)
            UNION ALL SELECT f.entry FROM framework_current f JOIN mine ON mine.framework = f.supersedes
            UNION ALL SELECT l.entry FROM level_current l JOIN mine USING (framework)
            UNION ALL SELECT c.entry FROM level_cut_current c JOIN mine USING (framework)
            UNION ALL SELECT n.entry FROM node_setting_current n JOIN mine USING (framework)
            UNION ALL SELECT s.entry FROM score_line s JOIN begun USING (assessment)
            UNION ALL SELECT s.entry FROM score_line s JOIN scored USING (assessment, city, node)
            UNION ALL SELECT l.entry FROM level_line l JOIN level_line m
                      ON m.entry = $entry AND m.framework = l.framework AND m.level = l.level
            UNION ALL SELECT c.entry FROM level_cut_line c JOIN level_line m
                      ON m.entry = $entry AND m.framework = c.framework AND m.level = c.level
            UNION ALL SELECT c.entry FROM level_cut_line c JOIN level_cut_line m
                      ON m.entry = $entry AND m.framework = c.framework AND m.node = c.node
            UNION ALL SELECT n.entry FROM node_setting_line n JOIN node_setting_line m
                      ON m.entry = $entry AND m.framework = n.framework AND m.node = n.node
        )
        SELECT min(entry) FROM building WHERE entry > $entry AND entry NOT IN (SELECT entry FROM undone)
        """,
        entry=entry,
    )[0][0]


def deed_of(store: Store, entry: int) -> tuple[str, bool] | None:
    """The deed of an entry and whether it is undone already; None when there is no such entry."""
    found = store.rows(
        "SELECT e.deed, u.entry IS NOT NULL FROM entry e LEFT JOIN entry u ON u.undoes = e.entry"
        " WHERE e.entry = $entry",
        entry=entry,
    )
    return found[0] if found else None


def add_cities(cursor: duckdb.DuckDBPyConnection, cities: Iterable[Mapping[str, object]]) -> None:
    """Add scored places by code, many at once; one that is there stays as it is."""
    rows = list(cities)
    if not rows:
        return
    columns = ("city", "name_th", "name_en", "area_kind", "country")
    arrow = pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in columns})
    cursor.register("incoming_city", arrow)
    cursor.execute(
        """
        INSERT INTO city (city, name_th, name_en, area_kind, country)
        SELECT i.city, i.name_th, i.name_en, i.area_kind, i.country FROM incoming_city i
        WHERE NOT EXISTS (SELECT 1 FROM city c WHERE c.city = i.city)
        """
    )
    cursor.unregister("incoming_city")
