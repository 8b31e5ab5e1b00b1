"""KPIs: definitions, values that count, history, assignments, milestones, links, verdicts."""

from datetime import datetime

import duckdb
import pandas as pd

from cmi_core.store import Store


def definitions(store: Store) -> pd.DataFrame:
    """Every KPI as it stands, with its goal, strategy and owner's name, in the order of the plan."""
    return store.read(_DEFINITIONS)


def defined(store: Store) -> list[dict[str, object]]:
    """The same as dictionaries."""
    return store.dictionaries(_DEFINITIONS)


def strategies(store: Store) -> pd.DataFrame:
    """The strategies in the order of the plan."""
    return store.read("SELECT strategy, position, short, name_th, name_en FROM strategy ORDER BY position")


def goals(store: Store) -> pd.DataFrame:
    """The goals in the order of the plan."""
    return store.read(
        """
        SELECT g.goal, g.strategy, g.position, g.short_th, g.short_en, g.name_th, g.name_en
        FROM goal g JOIN strategy s USING (strategy) ORDER BY s.position, g.position
        """
    )


def latest(store: Store) -> list[dict[str, object]]:
    """
    Per KPI that has a value: its latest value that counts, its latest value waiting for a second person, and how many there are.

    A value counts unless it is withdrawn, sent back, or (with four eyes) not yet verified. `reported` is the
    latest period with a value that was not sent back: what a coordinator has done.
    """
    return store.dictionaries(
        f"""
        WITH stated AS MATERIALIZED ({_STATED} AND n.breakdown = ''),
        ended AS (
            SELECT kpi,
                   max(ends_on) FILTER (WHERE state IN ('plain', 'verified')) AS counts_on,
                   max(ends_on) FILTER (WHERE state = 'waiting') AS waits_on,
                   max(ends_on) FILTER (WHERE state <> 'sent_back') AS reported_on,
                   count(*) FILTER (WHERE state IN ('plain', 'verified')) AS count_values,
                   count(*) FILTER (WHERE state = 'waiting') AS count_waiting,
                   count(*) FILTER (WHERE state = 'sent_back') AS count_sent_back
            FROM stated GROUP BY kpi
        ),
        counting AS (
            SELECT DISTINCT ON (s.kpi) s.kpi, s.period, s.value, s.quality, s.entry
            FROM stated s JOIN ended e ON e.kpi = s.kpi AND e.counts_on = s.ends_on
            WHERE s.state IN ('plain', 'verified') ORDER BY s.kpi, s.starts_on DESC
        ),
        waiting AS (
            SELECT DISTINCT ON (s.kpi) s.kpi, s.period, s.value
            FROM stated s JOIN ended e ON e.kpi = s.kpi AND e.waits_on = s.ends_on
            WHERE s.state = 'waiting' ORDER BY s.kpi, s.starts_on DESC
        ),
        reported AS (
            SELECT DISTINCT ON (s.kpi) s.kpi, s.period
            FROM stated s JOIN ended e ON e.kpi = s.kpi AND e.reported_on = s.ends_on
            WHERE s.state <> 'sent_back' ORDER BY s.kpi, s.starts_on DESC
        )
        SELECT e.kpi, c.period, c.value, c.quality, c.entry, e.count_values, w.period AS waiting_period,
               w.value AS waiting_value, e.count_waiting, e.count_sent_back, r.period AS reported
        FROM ended e LEFT JOIN counting c ON c.kpi = e.kpi LEFT JOIN waiting w ON w.kpi = e.kpi
        LEFT JOIN reported r ON r.kpi = e.kpi
        """
    )


def values(store: Store, kpi: str) -> pd.DataFrame:
    """The values of one KPI that are not withdrawn, in order of time, with their state and who recorded them."""
    return store.read(
        f"""
        SELECT v.*, e.recorded_by, e.recorded_at, e.note,
               j.entry AS verdict_entry, w.recorded_by AS verdict_by, w.recorded_at AS verdict_at, w.note AS verdict_note
        FROM ({_STATED_OF_ONE}) v
        JOIN entry e ON e.entry = v.entry
        LEFT JOIN kpi_verdict_current j
          ON j.kpi = v.kpi AND j.period = v.period AND j.breakdown = v.breakdown AND j.value_entry = v.entry
        LEFT JOIN entry w ON w.entry = j.entry
        ORDER BY v.ends_on, v.starts_on, v.breakdown
        """,
        kpi=kpi,
    )


def newest(store: Store, kpi: str, period: str, breakdown: str = "") -> tuple | None:
    """
    The newest line for a value (entry, value, quality, link, file, who, when) and the verdict on it, or None.

    One key at a time: each statement finds its row by an index, where a join would read whole tables.
    """
    key = {"kpi": kpi, "period": period, "breakdown": breakdown}
    found = store.rows(
        "SELECT entry, value, quality, evidence_link, evidence_file FROM kpi_value_now"
        " WHERE kpi = $kpi AND period = $period AND breakdown = $breakdown",
        **key,
    )
    if not found:
        return None
    who, when = made_by(store, found[0][0])
    verdict = store.rows(
        "SELECT verdict, value_entry FROM kpi_verdict_line WHERE kpi = $kpi AND period = $period"
        " AND breakdown = $breakdown ORDER BY entry DESC LIMIT 1",
        **key,
    )
    told = verdict[0][0] if verdict and verdict[0][1] == found[0][0] else None
    return (*found[0], who, when, told)


def everything_now(store: Store, codes: list[str]) -> pd.DataFrame:
    """The newest line of every value of some KPIs, withdrawn ones too: what an import is compared with."""
    return store.read(
        "SELECT kpi, period, entry, value, quality FROM kpi_value_now WHERE breakdown = '' AND kpi = ANY($codes)",
        codes=codes,
    )


def largest_values(store: Store) -> dict[str, float]:
    """The value on record that is farthest from zero, by KPI."""
    rows = store.read(
        "SELECT kpi, max(abs(value)) AS largest FROM kpi_value_now WHERE breakdown = '' AND value IS NOT NULL GROUP BY kpi"
    )
    return dict(zip(rows["kpi"], rows["largest"], strict=True))


def sent_back(store: Store) -> pd.DataFrame:
    """Values sent back and not corrected yet, with the reason."""
    return store.read(
        f"""
        SELECT v.kpi, v.period, v.breakdown, v.value, v.quality, v.entry, e.recorded_by,
               w.note AS verdict_note, w.recorded_by AS verdict_by, w.recorded_at AS verdict_at
        FROM ({_STATED}) v JOIN entry e ON e.entry = v.entry
        JOIN kpi_verdict_current j ON j.kpi = v.kpi AND j.period = v.period AND j.breakdown = v.breakdown
        JOIN entry w ON w.entry = j.entry
        WHERE v.state = 'sent_back' ORDER BY v.kpi, v.ends_on
        """
    )


def waiting(store: Store) -> pd.DataFrame:
    """Values that wait for a second person."""
    return store.read(
        f"""
        SELECT v.kpi, v.period, v.breakdown, v.value, v.quality, v.entry, v.evidence_link, v.evidence_file,
               e.recorded_by, e.recorded_at, e.note
        FROM ({_STATED}) v JOIN entry e ON e.entry = v.entry
        WHERE v.state = 'waiting' ORDER BY v.entry
        """
    )


def milestones(store: Store) -> list[tuple[str, str, float]]:
    """All milestones in force: KPI, period, value."""
    return store.rows("SELECT kpi, period, value FROM kpi_milestone_current ORDER BY kpi, period")


def assignments(store: Store) -> pd.DataFrame:
    """Who may record which KPI, ended stand-ins too; names from the accounts."""
    return store.read(
        """
        SELECT x.kpi, x.account, x.role, x.ends_on, a.name, a.email, coalesce(a.active, false) AS active
        FROM kpi_assignment_current x LEFT JOIN account_current a ON a.account = x.account
        ORDER BY x.kpi, x.role, x.account
        """
    )


def assigned(store: Store, kpi: str, account: str) -> list[tuple]:
    """The assignment of one KPI to one account: role and last day."""
    return store.rows(
        "SELECT role, ends_on FROM kpi_assignment_current WHERE kpi = $kpi AND account = $account",
        kpi=kpi,
        account=account,
    )


def people_assigned(store: Store) -> list[tuple]:
    """Who may record which KPI, ended stand-ins too: KPI, account, role and last day."""
    return store.rows(
        "SELECT kpi, account, role, ends_on FROM kpi_assignment_current WHERE role <> 'none' ORDER BY kpi, account"
    )


def links(store: Store) -> pd.DataFrame:
    """What KPIs are tied to, with the names of the other end."""
    return store.read(
        """
        SELECT l.kpi, l.kind, l.target, l.confidence, l.basis, l.source,
               coalesce(m.name_th, p.name_th, n.name_th) AS name_th, coalesce(m.name_en, p.name_en, n.name_en) AS name_en
        FROM kpi_link_current l
        LEFT JOIN means m ON l.kind = 'means' AND m.means = l.target
        LEFT JOIN place_current p ON l.kind = 'place' AND p.place = l.target
        LEFT JOIN (SELECT DISTINCT ON (node) node, name_th, name_en FROM framework_node_line ORDER BY node, entry DESC) n
          ON l.kind = 'index_node' AND n.node = l.target
        ORDER BY l.kpi, l.kind, l.target
        """
    )


def published(store: Store) -> pd.DataFrame:
    """Published figures near a KPI: context, never a baseline."""
    return store.read(
        "SELECT value_code, kpi, text_th, text_en, basis, source FROM published_value ORDER BY value_code"
    )


def is_known(store: Store, kind: str, code: str) -> bool:
    """Whether there is a goal, organisation, means, place or node of an index of this code."""
    statement = {
        "goal": "SELECT 1 FROM goal WHERE goal = $code",
        "organisation": "SELECT 1 FROM organisation WHERE organisation = $code",
        "means": "SELECT 1 FROM means WHERE means = $code",
        "place": "SELECT 1 FROM place WHERE place = $code",
        "index_node": "SELECT 1 FROM framework_node_line WHERE node = $code LIMIT 1",
    }[kind]
    return bool(store.rows(statement, code=code))


def choices(store: Store, kind: str) -> pd.DataFrame:
    """What a KPI can be tied to or owned by: codes with their names."""
    return store.read(
        {
            "goal": "SELECT goal AS code, goal.name_th, goal.name_en FROM goal JOIN strategy USING (strategy)"
            " ORDER BY strategy.position, goal.position",
            "organisation": "SELECT organisation AS code, name_th, name_en FROM organisation ORDER BY name_th",
            "means": "SELECT means AS code, name_th, name_en FROM means ORDER BY goal, position",
            "place": "SELECT place AS code, name_th, name_en FROM place_current ORDER BY rank_group, name_th",
            "index_node": "SELECT DISTINCT node AS code, name_th, name_en FROM framework_node_line ORDER BY node",
        }[kind]
    )


def add_code(cursor: duckdb.DuckDBPyConnection, kpi: str) -> None:
    """Know a new KPI's code; its definition is a line of the record."""
    cursor.execute("INSERT INTO kpi VALUES (?)", [kpi])


def next_position(store: Store) -> int:
    """The place after the last KPI."""
    return store.rows("SELECT coalesce(max(position), 0) + 1 FROM kpi_current")[0][0]


def made_by(store: Store, entry: int) -> tuple[str, datetime]:
    """Who made an entry, and when."""
    return store.rows("SELECT recorded_by, recorded_at FROM entry WHERE entry = $entry", entry=entry)[0]


def definition(store: Store, kpi: str) -> dict[str, object] | None:
    """The definition in force as a dictionary of its columns, `entry` among them; empty cells are None."""
    with store.snapshot() as cursor:
        found = cursor.execute(
            "SELECT * FROM kpi_line WHERE kpi = $kpi ORDER BY entry DESC LIMIT 1", {"kpi": kpi}
        )
        names = [column[0] for column in found.description]
        rows = found.fetchall()
    return dict(zip(names, rows[0], strict=True)) if rows else None


def lines(store: Store) -> dict[str, dict[str, object]]:
    """The definition in force of every KPI, retired ones too, as `definition` gives that of one."""
    return {str(row["kpi"]): row for row in store.dictionaries("SELECT * FROM kpi_current")}


def rules_of(store: Store, kpi: str) -> dict[str, object] | None:
    """What of a definition decides on a value: frequency, breakdown, approval, four_eyes."""
    found = store.dictionaries(
        "SELECT frequency, breakdown, approval, four_eyes FROM kpi_line WHERE kpi = $kpi ORDER BY entry DESC LIMIT 1",
        kpi=kpi,
    )
    return found[0] if found else None


def milestones_of(store: Store, kpi: str) -> dict[str, float]:
    """The milestones of one KPI by period."""
    return dict(
        store.rows(
            "SELECT period, value FROM kpi_milestone_current WHERE kpi = $kpi ORDER BY period", kpi=kpi
        )
    )


_DEFINITIONS = """
    SELECT k.*, g.short_th AS goal_short_th, g.short_en AS goal_short_en, g.name_th AS goal_name_th,
           g.name_en AS goal_name_en, g.position AS goal_position,
           s.strategy, s.position AS strategy_position, s.short AS strategy_short,
           s.name_th AS strategy_name_th, s.name_en AS strategy_name_en,
           o.name_th AS owner_name_th, o.name_en AS owner_name_en
    FROM kpi_current k JOIN goal g ON g.goal = k.goal JOIN strategy s ON s.strategy = g.strategy
    LEFT JOIN organisation o ON o.organisation = k.owner
    ORDER BY s.position, g.position, k.position, k.kpi
"""
# Whether a value counts: plain (no second person needed), verified, waiting, sent back.
_STATE_OF_EACH = """
    SELECT n.*, CASE WHEN j.verdict IS NOT NULL THEN j.verdict
                     WHEN k.four_eyes THEN 'waiting' ELSE 'plain' END AS state
    FROM kpi_value_now n JOIN kpi_current k ON k.kpi = n.kpi
    LEFT JOIN kpi_verdict_current j
      ON j.kpi = n.kpi AND j.period = n.period AND j.breakdown = n.breakdown AND j.value_entry = n.entry
"""
_STATED = _STATE_OF_EACH + " WHERE n.quality <> 'withdrawn'"
_STATED_OF_ONE = _STATED + " AND n.kpi = $kpi"
