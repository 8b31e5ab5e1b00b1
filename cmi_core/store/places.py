"""Places with their outlines, landmarks, and what each is tied to."""

from datetime import date

import duckdb
import pandas as pd

from cmi_core.store import Store


def every(store: Store) -> pd.DataFrame:
    """Every place in use with the outline in force, candidate districts first."""
    return store.read(
        """
        SELECT p.place, p.kind, p.name_th, p.name_en, p.focus_th, p.focus_en, p.lead_th, p.lead_en, p.rank_group,
               p.status_th, p.status_en, p.extent_th, p.extent_en, p.area_km2, p.basis, p.source,
               b.boundary_kind, b.geometry, b.accuracy_m, b.valid_from, b.licence, b.file_name, b.file_hash,
               b.source AS boundary_source, b.entry AS boundary_entry, e.recorded_at
        FROM place_current p
        LEFT JOIN boundary_current b ON b.place = p.place
        LEFT JOIN entry e ON e.entry = b.entry
        WHERE p.active ORDER BY p.rank_group, p.place
        """
    )


def boundary_history(store: Store, place: str) -> pd.DataFrame:
    """All outlines a place ever had, newest first."""
    return store.read(
        """
        SELECT b.*, e.recorded_at, e.note, e.deed FROM boundary_line b JOIN entry e USING (entry)
        WHERE b.place = $place ORDER BY b.entry DESC
        """,
        place=place,
    )


def landmarks(store: Store) -> pd.DataFrame:
    """Every landmark and infrastructure point in use."""
    return store.read(
        """
        SELECT landmark, name_th, name_en, category, place, lon, lat, accuracy_m, coordinate_source, basis, source, entry
        FROM landmark_current WHERE active ORDER BY landmark
        """
    )


def points_on_record(store: Store) -> pd.DataFrame:
    """Every point ever recorded as it stands now, those that were taken back too."""
    return store.read(
        """
        SELECT landmark, name_th, name_en, category, place, lon, lat, accuracy_m, coordinate_source, source_id, active, entry
        FROM landmark_current ORDER BY landmark
        """
    )


def point_ids(store: Store) -> pd.DataFrame:
    """
    What each point was called in which source, the oldest first; what was undone does not count.

    Where a source gave it no id, that is the point's own code.
    """
    return store.read(
        """
        SELECT l.landmark, s.producer, s.title, coalesce(l.source_id, l.landmark) AS source_id, l.entry
        FROM landmark_line l JOIN source s USING (source)
        WHERE l.entry NOT IN (SELECT entry FROM undone) ORDER BY l.entry, l.landmark
        """
    )


def point_sources(store: Store) -> pd.DataFrame:
    """The sources of the points that came from files, the newest first: producer, title, licence, and how many points."""
    return store.read(
        """
        SELECT s.producer, s.title, arg_max(s.licence, l.entry) AS licence, count(DISTINCT l.landmark) AS points
        FROM landmark_line l JOIN source s USING (source) JOIN entry e USING (entry)
        WHERE e.deed = 'import_points' AND l.entry NOT IN (SELECT entry FROM undone)
        GROUP BY s.producer, s.title ORDER BY max(l.entry) DESC, s.producer, s.title
        """
    )


def ties(store: Store) -> pd.DataFrame:
    """What each landmark is said to serve, with the confidence of the tie."""
    return store.read(
        """
        SELECT t.landmark, t.kind, t.target, t.confidence, t.basis, t.source FROM landmark_link_current t
        JOIN landmark_current l ON l.landmark = t.landmark WHERE l.active ORDER BY t.landmark, t.kind, t.target
        """
    )


def targets(store: Store) -> pd.DataFrame:
    """What a landmark can be tied to: dimensions of the city's own index, goals and means, with their names."""
    return store.read(
        """
        SELECT 'index_node' AS kind, n.node AS target, n.name_th, n.name_en, 0 AS rank, n.position
        FROM framework_node_line n JOIN assessment_line a ON a.framework = n.framework
        WHERE a.assessment = 'isc_chiang_mai_2019' AND n.parent IS NOT NULL
        UNION ALL SELECT 'goal', goal, short_th, short_en, 1, s.position * 100 + g.position
        FROM goal g JOIN strategy s ON s.strategy = g.strategy
        UNION ALL SELECT 'means', means, name_th, name_en, 2, 0 FROM means
        ORDER BY 5, 6, 2
        """
    )


def organisations(store: Store) -> pd.DataFrame:
    """Organisations that lead or take part in a place."""
    return store.read(
        """
        SELECT p.place, p.role, p.basis, p.source, o.organisation, o.name_th, o.name_en
        FROM place_organisation p JOIN organisation o USING (organisation) ORDER BY p.place, p.role, o.organisation
        """
    )


def means(store: Store) -> pd.DataFrame:
    """Means whose wording names a place, with goal and state."""
    return store.read(
        """
        SELECT p.place, p.basis, p.source, m.means, m.name_th, m.name_en, m.goal, g.strategy,
               g.short_th AS goal_th, g.short_en AS goal_en, coalesce(c.state, 'unknown') AS state
        FROM place_means p JOIN means m USING (means) JOIN goal g USING (goal)
        LEFT JOIN means_current c ON c.means = m.means ORDER BY p.place, m.means
        """
    )


def kpis(store: Store) -> pd.DataFrame:
    """KPIs tied to a place, with the confidence of the tie."""
    return store.read(
        """
        SELECT l.target AS place, l.confidence, l.basis, l.source, k.kpi, k.name_th, k.name_en, k.goal, k.approval,
               k.baseline, k.target
        FROM kpi_link_current l JOIN kpi_current k ON k.kpi = l.kpi
        WHERE l.kind = 'place' AND k.approval <> 'retired'
        ORDER BY l.target, CASE l.confidence WHEN 'high' THEN 0 WHEN 'medium' THEN 1 ELSE 2 END, k.position
        """
    )


def findings(store: Store) -> pd.DataFrame:
    """What the workshops found, by strategy."""
    return store.read("SELECT * FROM finding ORDER BY finding")


def events(store: Store) -> pd.DataFrame:
    """What happened around the plan, from published sources."""
    return store.read("SELECT * FROM event ORDER BY position")


def evidence(store: Store) -> pd.DataFrame:
    """Published pages that tell of a place."""
    return store.read(
        """
        SELECT p.place, p.basis, s.source, s.producer_th, s.producer_en, s.title_th, s.title_en, s.url, s.published
        FROM place_source p JOIN source_told s ON s.source = p.source ORDER BY p.place, s.source
        """
    )


def boundary_entry(store: Store, place: str) -> int:
    """The entry of the outline in force, 0 where there is none."""
    found = store.rows("SELECT entry FROM boundary_current WHERE place = $place", place=place)
    return found[0][0] if found else 0


def codes(store: Store) -> set[str]:
    """Codes of all places in use."""
    return {code for (code,) in store.rows("SELECT place FROM place_current WHERE active")}


def landmark_codes(store: Store) -> set[str]:
    """Codes of all landmarks ever recorded, also of those taken back."""
    return {code for (code,) in store.rows("SELECT landmark FROM landmark")}


def add_landmark(cursor: duckdb.DuckDBPyConnection, landmark: str) -> None:
    """Give a new landmark its code."""
    cursor.execute("INSERT INTO landmark VALUES (?)", [landmark])


def add_place(cursor: duckdb.DuckDBPyConnection, place: str) -> None:
    """Give a new place its code; one that is there stays."""
    if not cursor.execute("SELECT 1 FROM place WHERE place = ?", [place]).fetchall():
        cursor.execute("INSERT INTO place VALUES (?)", [place])


def add_source(
    cursor: duckdb.DuckDBPyConnection,
    source: str,
    *,
    producer: str,
    title: str,
    licence: str | None,
    accessed: date,
    url: str | None = None,
) -> None:
    """Add a source of an upload; one that is there stays as it is."""
    if not cursor.execute("SELECT 1 FROM source WHERE source = ?", [source]).fetchall():
        cursor.execute(
            "INSERT INTO source (source, producer, title, url, accessed, licence) VALUES (?, ?, ?, ?, ?, ?)",
            [source, producer, title, url, accessed, licence],
        )


def boundary_changes(store: Store) -> pd.DataFrame:
    """Uploads of outlines, newest first, with whether they were taken back."""
    return store.read(
        """
        SELECT e.entry, e.recorded_at, e.recorded_by, e.note, min(b.file_name) AS file_name,
               count(*) AS places, string_agg(b.place, ',' ORDER BY b.place) AS codes,
               EXISTS (SELECT 1 FROM entry u WHERE u.undoes = e.entry) AS undone
        FROM entry e JOIN boundary_line b USING (entry) WHERE e.deed = 'replace_boundary'
        GROUP BY e.entry, e.recorded_at, e.recorded_by, e.note ORDER BY e.entry DESC
        """
    )


def point_imports(store: Store) -> pd.DataFrame:
    """Imports of points, newest first, with whether they were taken back."""
    return store.read(
        """
        SELECT e.entry, e.recorded_at, e.recorded_by, e.note, count(*) AS points,
               EXISTS (SELECT 1 FROM entry u WHERE u.undoes = e.entry) AS undone
        FROM entry e JOIN landmark_line l USING (entry) WHERE e.deed = 'import_points'
        GROUP BY e.entry, e.recorded_at, e.recorded_by, e.note ORDER BY e.entry DESC
        """
    )
