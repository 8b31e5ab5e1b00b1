"""Indices: their frameworks, and the scores printed or imported for a place."""

from collections.abc import Iterable, Mapping

import duckdb
import pandas as pd

from cmi_core.store import Store


def assessments(store: Store) -> pd.DataFrame:
    """Every scoring with its framework, newest first."""
    return store.read(
        """
        SELECT a.assessment, a.framework, a.year, a.assessed_on, a.published, a.remark_th, a.remark_en, a.source,
               f.index_code, f.release, f.name_th, f.name_en, f.area_kind, f.measure, f.normalise, f.aggregate
        FROM assessment_current a JOIN framework_current f USING (framework)
        ORDER BY f.index_code, a.year DESC NULLS LAST, a.assessment
        """
    )


def nodes(store: Store, framework: str) -> pd.DataFrame:
    """The tree of a framework, parents before children where positions say so."""
    return store.read(
        "SELECT * EXCLUDE (entry) FROM framework_node_line WHERE framework = $framework ORDER BY position, node",
        framework=framework,
    )


def levels(store: Store, framework: str) -> pd.DataFrame:
    """Level names of a framework; position and lower cut point are empty until the rule is known."""
    return store.read(
        "SELECT level, printed, position, lower, source FROM level_current WHERE framework = $framework "
        "ORDER BY position NULLS LAST, printed",
        framework=framework,
    )


def level_cuts(store: Store, framework: str) -> pd.DataFrame:
    """Where each level begins on parts of the index that have a rule of their own, lowest level first."""
    return store.read(
        """
        SELECT c.node, c.level, l.printed, l.position, c.lower, c.source
        FROM level_cut_current c JOIN level_current l ON l.framework = c.framework AND l.level = c.level
        WHERE c.framework = $framework ORDER BY c.node, l.position NULLS LAST, l.printed
        """,
        framework=framework,
    )


def printed(store: Store, assessment: str, city: str) -> pd.DataFrame:
    """A place's scores as published, one row per node that has one."""
    return store.read(
        """
        SELECT s.node, n.parent, n.position, n.name_th, n.name_en, n.definition_th, n.definition_en, n.weight,
               s.value, s.level_as_printed, s.flag_th, s.flag_en, s.quality, s.basis, s.source, s.entry, e.recorded_at
        FROM score_current s
        JOIN assessment_current a USING (assessment)
        JOIN framework_node_line n ON n.framework = a.framework AND n.node = s.node
        JOIN entry e ON e.entry = s.entry
        WHERE s.assessment = $assessment AND s.city = $city
        ORDER BY n.position, s.node
        """,
        assessment=assessment,
        city=city,
    )


def linked_kpis(store: Store) -> pd.DataFrame:
    """KPIs tied to nodes of an index, with the stated confidence."""
    return store.read(
        """
        SELECT l.target AS node, l.confidence, l.basis, k.kpi, k.name_th, k.name_en, k.goal
        FROM kpi_link_current l JOIN kpi_current k ON k.kpi = l.kpi
        WHERE l.kind = 'index_node' AND k.approval <> 'retired' ORDER BY l.target, k.position
        """
    )


def add_source(cursor: duckdb.DuckDBPyConnection, source: Mapping[str, object]) -> None:
    """Add a source, in Thai words too where it has them; one that is there stays as it is."""
    cursor.execute(
        """
        INSERT INTO source (source, producer, title, url, page, published, accessed, licence)
        SELECT $source, $producer, $title, $url, $page, $published, $accessed, $licence
        WHERE NOT EXISTS (SELECT 1 FROM source WHERE source = $source)
        """,
        {name: source.get(name) for name in _SOURCE},
    )
    if source.get("title_th"):
        cursor.execute(
            """
            INSERT INTO source_wording (source, producer_th, title_th) SELECT $source, $producer_th, $title_th
            WHERE NOT EXISTS (SELECT 1 FROM source_wording WHERE source = $source)
            """,
            {name: source.get(name) for name in ("source", "producer_th", "title_th")},
        )


def add_cities(cursor: duckdb.DuckDBPyConnection, cities: Iterable[Mapping[str, object]]) -> None:
    """Add scored places by code; one that is there stays as it is."""
    for city in cities:
        cursor.execute(
            """
            INSERT INTO city (city, name_th, name_en, area_kind, country)
            SELECT $city, $name_th, $name_en, $area_kind, $country
            WHERE NOT EXISTS (SELECT 1 FROM city WHERE city = $city)
            """,
            dict(city),
        )


_SOURCE = ("source", "producer", "title", "url", "page", "published", "accessed", "licence")
