"""The starting data says what its sources say, and nothing they leave open."""

import csv
import re
from pathlib import Path

import duckdb
import pytest

from cmi_core.store import seed

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"
REPORT_FACTS = ROOT.parent / "shared/reference/plan_facts.yaml"
FILES = sorted(DATA.glob("*.csv"), key=lambda file: file.name)
BUDDHIST_YEAR = re.compile(r"(?<!\d)2[45]\d\d(?!\d)")


def rows(table):
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def column(table, name):
    return [row[name] for row in rows(table)]


@pytest.fixture(scope="module")
def columns():
    """The columns of every table, as the migrations make them."""
    with duckdb.connect() as connection:
        for file in sorted((ROOT / "cmi_core/store/migrations").glob("*.sql")):
            connection.execute(file.read_text(encoding="utf-8"))
        found = connection.execute(
            "SELECT table_name, list(column_name ORDER BY column_index) FROM duckdb_columns() GROUP BY ALL"
        ).fetchall()
    return dict(found)


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("strategy", 3),
        ("goal", 5 + 2 + 4),
        ("means", 53),
        ("organisation", 39),
        ("link", 31),
        ("planning_stage", 5),
        ("planning_step", 6),
        ("toolkit", 9),
        ("workshop", 2),
        ("kpi", 36),
        ("kpi_line", 36),
        ("level_line", 4),
    ],
)
def test_counts_are_those_of_the_report_and_the_draft(table, expected):
    assert len(rows(table)) == expected


def test_workshops_were_attended_as_reported():
    found = [(row["workshop"][:3], row["role"]) for row in rows("workshop_organisation")]

    assert [found.count(("ws1", "organiser")), found.count(("ws1", "invited"))] == [3, 11]
    assert [found.count(("ws2", "organiser")), found.count(("ws2", "represented"))] == [1, 14]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_has_the_columns_of_its_table(file, columns):
    with file.open(encoding="utf-8", newline="") as opened:
        header = next(csv.reader(opened))

    assert header == [name for name in columns[file.stem] if name != "entry"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_fact_names_its_source_and_basis(file):
    known = set(column("source", "source"))
    about_facts = [row for row in rows(file.stem) if "basis" in row]

    assert {row["source"] for row in about_facts} <= known
    assert {row["basis"] for row in about_facts} <= {"stated", "inferred"}


def test_every_table_that_tells_facts_has_both_columns(columns):
    no_facts = {"source", "source_wording", "kpi", "place", "landmark", "city"}

    for file in FILES:
        assert file.stem in no_facts or {"basis", "source"} <= set(columns[file.stem]), file.name


def test_every_source_is_used():
    used = {
        row.get("source") for file in FILES if not file.stem.startswith("source") for row in rows(file.stem)
    }

    assert set(column("source", "source")) <= used


def test_no_reader_meets_our_own_words_in_the_other_language():
    """A title that a page gave itself stays as it is; what we worded is worded for both readers."""
    thai = re.compile("[ก-๙]")
    told = {row["source"]: row for row in rows("source_wording")}
    assert set(told) <= set(column("source", "source"))
    for row in rows("source"):
        ours = row["title"].startswith("[") or not row["accessed"]
        for language, own in (("th", bool(thai.search(row["title"]))), ("en", not thai.search(row["title"]))):
            assert not ours or own or told[row["source"]][f"title_{language}"], (row["source"], language)


def test_a_page_we_read_tells_where_and_when():
    for row in rows("source"):
        assert bool(row["accessed"]) == (
            row["source"] not in {"draft_kpi_2026", "own_analysis", "own_digitisation"}
        ), row
        assert row["url"].startswith("http") or not row["url"]


def test_every_kpi_is_a_draft_without_baseline_target_or_owner():
    open_yet = ("baseline", "baseline_period", "target", "target_period", "owner", "starts_in")

    for row in rows("kpi_line"):
        assert row["approval"] == "draft"
        assert not any(row[name] for name in open_yet), row["kpi"]
        assert (row["basis"], row["source"]) == ("inferred", "draft_kpi_2026")


def test_what_the_report_leaves_open_stays_open():
    """No indicators, weights, cut points, dates of scoring, values, states or owners are in the report."""
    isc = [row for row in rows("framework_node_line") if row["framework"] == "isc_2019"]

    assert [row["node"] for row in isc] == [
        "isc_overall",
        "isc_basic",
        "isc_connected",
        "isc_sustainable",
        "isc_inclusive",
    ]
    for name in ("weight", "lower", "upper", "scale", "target", "normalise", "aggregate"):
        assert not any(row[name] for row in rows("framework_node_line")), name
    for name in ("normalise", "aggregate", "min_coverage"):
        assert not any(column("framework_line", name)), name
    assert not any(column("level_line", "position") + column("level_line", "lower"))
    scored = {row["assessment"]: row for row in rows("assessment_line")}["isc_chiang_mai_2019"]
    assert (scored["year"], scored["assessed_on"]) == ("", "")
    for table in ("means_line", "kpi_value_line", "kpi_milestone_line", "kpi_assignment_line"):
        assert not (DATA / f"{table}.csv").exists()


def test_scores_are_as_printed():
    printed = [
        (row["node"], row["value"], row["level_as_printed"], row["level"])
        for row in rows("score_line")
        if row["assessment"] == "isc_chiang_mai_2019"
    ]

    assert printed == [
        ("isc_overall", "67.13", "Potential Innovative City", "potential"),
        ("isc_basic", "88.33", "High Potential Innovative City", "high_potential"),
        ("isc_connected", "85.18", "High Potential Innovative City", "high_potential"),
        ("isc_sustainable", "74.07", "New Coming Innovative City", "new_coming"),
        ("isc_inclusive", "25.93", "Newborn Innovative City", "newborn"),
    ]


def test_the_doubtful_scores_carry_a_note_in_both_languages():
    flagged = {row["node"] for row in rows("score_line") if row["flag_th"] and row["flag_en"]}
    mean = (88.33 + 85.18 + 74.07 + 25.93) / 4
    mean_if_misprinted = (83.33 + 85.18 + 74.07 + 25.93) / 4

    assert flagged == {"isc_overall", "isc_basic"}
    assert (round(mean, 2), round(mean_if_misprinted, 2)) == (68.38, 67.13)


def test_an_implausible_figure_is_kept_but_not_shown():
    assert [row["fact"] for row in rows("city_fact") if row["shown"] == "false"] == ["latent_population"]


def test_an_index_scores_one_kind_of_area():
    kind = {row["framework"]: row["area_kind"] for row in rows("framework_line")}
    framework = {row["assessment"]: row["framework"] for row in rows("assessment_line")}
    area = {row["city"]: row["area_kind"] for row in rows("city")}
    nodes = {(row["framework"], row["node"]) for row in rows("framework_node_line")}

    for row in rows("score_line"):
        release = framework[row["assessment"]]
        assert area[row["city"]] == kind[release], row
        assert (release, row["node"]) in nodes


def test_ranks_are_better_when_lower():
    ranks = {row["framework"] for row in rows("framework_line") if row["measure"] == "rank"}

    for row in rows("framework_node_line"):
        assert row["direction"] == ("lower" if row["framework"] in ranks else "higher")


def test_links_of_a_kpi_lead_somewhere():
    targets = {
        "means": set(column("means", "means")),
        "index_node": set(column("framework_node_line", "node")),
    }
    if (DATA / "place.csv").exists():
        targets["place"] = set(column("place", "place"))

    for row in rows("kpi_link_line"):
        assert row["kpi"] in set(column("kpi", "kpi"))
        assert row["kind"] not in targets or row["target"] in targets[row["kind"]], row


def test_every_kpi_serves_means_and_stands_in_order():
    linked = {row["kpi"] for row in rows("kpi_link_line") if row["kind"] == "means"}

    assert linked == set(column("kpi", "kpi"))
    assert column("kpi_line", "position") == [str(place) for place in range(1, 36 + 1)]
    assert {row["kpi"] for row in rows("published_value")} <= linked


def test_a_running_total_says_so_in_its_name():
    for row in rows("kpi_line"):
        assert (row["cumulative"] == "true") == ("สะสม" in row["name_th"]) == ("cumulative" in row["name_en"])


def test_events_stand_in_order():
    happened = column("event", "happened")
    years = [day[:4] for day in happened]
    months = [day[:7] for day in happened if len(day) >= len("2020-01")]

    assert (years, months) == (sorted(years), sorted(months))
    assert column("event", "position") == [str(place) for place in range(1, len(happened) + 1)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_stored_years_are_common_era(file):
    """The Buddhist era stands only in titles and in Thai sentences, which are read and never reckoned with."""
    for row in rows(file.stem):
        for name, cell in row.items():
            quoted = name in {"title", "url"} or name.endswith("_th")
            assert quoted or not BUDDHIST_YEAR.search(cell), (name, cell)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_text_is_clean(file):
    content = file.read_bytes()

    assert not content.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in content
    assert not re.search("[\ue000-\uf8ff\u200b\u00a0]", content.decode("utf-8"))


def test_the_seeder_knows_every_file():
    assert {file.stem for file in FILES} <= {*seed.REFERENCE, *seed.FIRST_ENTRY}


def test_every_file_is_described():
    described = (DATA / "README.md").read_text(encoding="utf-8")

    for file in FILES:
        assert f"`{file.name}`" in described, file.name


@pytest.fixture(scope="module")
def report():
    """The facts as transcribed from the report, where they lie beside the project."""
    if not REPORT_FACTS.exists():
        pytest.skip("the transcribed report is not beside the project")
    return pytest.importorskip("yaml").safe_load(REPORT_FACTS.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("table", "facts", "pairs"),
    [
        ("strategy", "strategies", {"name_th": "th", "name_en": "en", "short": "d_name"}),
        ("goal", "goals", {"name_th": "th_list", "name_th_table": "th_table", "short_th": "short_th"}),
        ("means", "means", {"name_th": "th", "name_en": "en", "goal": "goal"}),
        ("organisation", "organisations", {"name_th": "th", "short_th": "abbr_th", "sector": "sector"}),
        ("initiative", "initiatives", {"name_th": "th", "state_in_report": "status_in_document"}),
        (
            "link",
            "links",
            {"about_th": "about_th", "kind": "type", "state": "status", "to_organisation": "b"},
        ),
        ("finding", "findings", {"name_th": "th", "kind": "kind", "strategy": "strategy"}),
        ("planning_stage", "stages", {"name_th": "th", "printed": "printed"}),
        ("planning_step", "stage_activities", {"name_th": "th", "output_th": "output_th", "stage": "stage"}),
        ("toolkit", "toolkits", {"about_th": "th", "printed": "printed", "origin": "origin"}),
        ("workshop", "workshops", {"title_th": "title_th", "venue_th": "venue_th", "held_on": "date"}),
    ],
)
def test_wording_is_that_of_the_report(report, table, facts, pairs):
    code = next(iter(rows(table)[0]))
    if table == "planning_step":
        code = "step"
    expected = [
        {code: fact["id"], **{ours: str(fact[theirs] or "") for ours, theirs in pairs.items()}}
        for fact in report[facts]
    ]

    assert [{name: row[name] for name in (code, *pairs)} for row in rows(table)] == expected


def test_the_index_is_worded_as_in_the_report(report):
    index = report["index"]
    dimensions = [
        (part["id"], part["th"], part["definition_th"]) for part in index["assessment"]["dimensions"]
    ]
    isc = [row for row in rows("framework_node_line") if row["framework"] == "isc_2019"]

    assert rows("framework_line")[0]["name_th"] == index["name_th"]
    assert [(row["node"], row["name_th"], row["definition_th"]) for row in isc[1:]] == dimensions
    assert [(row["level"], row["printed"]) for row in rows("level_line")] == [
        (level["id"], level["printed"]) for level in index["levels"]
    ]


def test_the_profile_is_that_of_the_report(report):
    expected = [(fact["id"], fact["th"], fact["value"]) for fact in report["city_profile"]["facts"]]

    assert [(row["fact"], row["name_th"], float(row["value"])) for row in rows("city_fact")] == expected


def test_roles_and_outcomes_are_worded_as_in_the_report(report):
    roles = [role["th"] for organisation in report["organisations"] for role in organisation["roles"]]
    outcomes = {item["th"] for shop in report["workshops"] for item in shop["outcomes"] + shop["notes"]}

    assert column("organisation_role", "name_th") == roles
    assert set(column("workshop_outcome", "name_th")) == outcomes
