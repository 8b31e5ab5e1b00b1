"""Published results beside what the engine computes from the inputs of the same file or of the record."""

from pathlib import Path

import pandas as pd
import pytest

from cmi_core.actions import indices as actions
from cmi_core.index import build
from cmi_core.store import indices as reads
from cmi_core.views import city_comparison
from cmi_core.views import index_import as views
from tests.index import comparison_data as data

CASES = Path(__file__).parents[1] / "cases" / "index"
TAKEN = {"published": "published"}


def release(store, name, code, **head):
    """A release from a case's framework, for countries; its code."""
    sheet = views.preview_framework(store, (CASES / name).read_bytes(), name)
    actions.import_framework(
        store,
        data.EDITOR,
        head=data.HEAD | {"index_code": code, "area_kind": "country", "normalise": "minmax:0:100", "min_coverage": None} | head,
        nodes=sheet.nodes,
        source=data.SOURCE,
        note="n",
        at=data.AT,
    )  # fmt: skip
    return f"{code}_1"


def preview(store, name, framework, answers=None, year=None):
    return views.preview_scores(
        store, (CASES / name).read_bytes(), name, framework=framework, year=year, answers=answers
    )


def keep(store, framework, seen):
    return actions.import_scores(
        store,
        data.EDITOR,
        framework=framework,
        places=seen.places,
        values=seen.cells[["year", "city", "node", "value", "quality"]],
        source=data.SOURCE,
        quality="measured",
        note="n",
        at=data.AT,
        expected_version=seen.expected_version,
        aliases=seen.aliases,
    )


def told(seen):
    return [(each.node, each.agree, each.of, each.decimals) for each in seen.agreements]


@pytest.fixture
def hdi(store):
    """The Human Development Index of 2021 with the inputs of 191 countries."""
    code = release(store, "i01_hdi_framework.csv", "hdi")
    keep(store, code, preview(store, "i01_hdi_scores_2021.csv", code))
    return code


def test_the_human_development_index_comes_out_as_it_is_published(store, hdi):
    league = city_comparison.league(store, city_comparison.of_year(store, hdi, "2021"), "hdi").set_index(
        "city"
    )
    published = pd.read_csv(CASES / "i01_hdi_published_2021.csv", index_col="city")

    assert len(league) == 191
    assert (league["score"].round(3) == published["hdi"].reindex(league.index)).all()
    assert league.loc["tha", "score"] == pytest.approx(0.800262, abs=5e-7)


def test_results_are_held_against_inputs_on_record(store, hdi):
    seen = preview(store, "i01_hdi_published_2021.csv", hdi, TAKEN, year=2021)

    assert told(seen) == [("hdi", 191, 191, 3)]
    assert [item.details["name"] for item in seen.left_out] == ["rank"]


def test_results_are_kept_as_published_beside_the_inputs(store, hdi):
    seen = preview(store, "i02_hdi_scores_with_published_column.csv", hdi, TAKEN)
    assert (told(seen), seen.counts["new"], seen.counts["same"]) == ([("hdi", 12, 12, 3)], 12, 48)
    keep(store, hdi, seen)

    marks = store.rows("SELECT node, quality, count(*) FROM score_line WHERE node = 'hdi' GROUP BY ALL")
    assert marks == [("hdi", "published", 12)]
    league = city_comparison.league(store, city_comparison.of_year(store, hdi, "2021"), "hdi").set_index(
        "city"
    )
    assert league.loc["tha", ["score", "printed"]].tolist() == pytest.approx([0.800262, 0.8], abs=5e-7)


@pytest.mark.parametrize(
    ("who", "goalposts", "thailand"), [("female", "hdi_f", 0.805394), ("male", "hdi_m", 0.795766)]
)
def test_results_that_are_printed_with_more_digits_agree_to_six(store, who, goalposts, thailand):
    code = release(store, f"i03_hdi_{who}_framework.csv", who)
    seen = preview(store, f"i03_hdi_{who}_scores_2021.csv", code, TAKEN)

    assert told(seen) == [(goalposts, 12, 12, 6)]
    keep(store, code, seen)
    league = city_comparison.league(store, city_comparison.of_year(store, code, "2021"), goalposts)
    assert league.set_index("city").loc["tha", "score"] == pytest.approx(thailand, abs=5e-7)


def test_a_result_that_differs_is_named_with_both_figures(store, hdi):
    text = "city,year,hdi\ntha,2021,0.801\nnor,2021,0.961\n"
    seen = views.preview_scores(store, text.encode(), "s.csv", framework=hdi, year=None, answers=TAKEN)

    assert told(seen) == [("hdi", 1, 2, 3)]
    assert seen.agreements[0].apart["city"].tolist() == ["tha"]
    assert seen.agreements[0].apart["computed"].tolist() == pytest.approx([0.800262], abs=5e-7)


def test_where_nothing_can_be_computed_the_reason_is_told(store):
    code = release(store, "i01_hdi_framework.csv", "hdi", normalise=None)
    seen = preview(store, "i01_hdi_published_2021.csv", code, TAKEN, year=2021)
    assert seen.problems  # the places are not known and have no names here

    text = "city,name_en,year,hdi\ntha,Thailand,2021,0.8\n"
    seen = views.preview_scores(store, text.encode(), "s.csv", framework=code, year=None, answers=TAKEN)
    assert seen.agreements[0].unknown.reason == "index_method_unknown"


def test_a_place_of_reference_is_kept_and_computed_with(store):
    code = release(store, "i08_reference_framework.csv", "ref")
    keep(store, code, preview(store, "i08_reference_scores.csv", code))
    found = city_comparison.comparison(store, city_comparison.of_year(store, code, "2024"))

    table = found.computed.table()
    assert table["ix"].to_dict() == {"c01": 0, "c02": 0.625, "c03": 1.5}
    assert (table["a"].tolist(), table["b"].tolist()) == ([0, 1, 2], [0, 0.25, 1])


def test_an_answer_about_a_direction_decides_the_ranks(store):
    name = "i09_direction_missing_framework.csv"
    answered = views.preview_framework(store, (CASES / name).read_bytes(), name, {"direction_pm25": "lower"})
    framework = city_comparison.Framework.from_table(answered.nodes)
    values = pd.read_csv(CASES / "i09_direction_missing_scores.csv", index_col="city")[
        ["pm25", "grad", "crime"]
    ]

    scores = build.build(framework, values.astype(float)).table()["ix"]
    assert scores.tolist() == pytest.approx([100 / 3, 50, 200 / 3])


def test_a_remembered_name_is_read_without_a_question(store):
    code = release(store, "i01_hdi_framework.csv", "hdi")
    rows = "".join(
        f"{city},{name},2021,70,10,10,1000\n"
        for city, name in (("cpv", "Cape Verde"), ("cze", "Czech Republic"))
    )
    begun = "city,name_en,year,le,eys,mys,gni\n" + rows
    seen = views.preview_scores(store, begun.encode(), "s.csv", framework=code, year=None)
    keep(store, code, seen)
    text = b"name_en,year,le\nCabo Verde,2022,70\nCzechia,2022,71\n"

    def read(answers=None):
        return views.preview_scores(store, text, "t.csv", framework=code, year=None, answers=answers)

    asked = [question.id for question in read().questions if question.id.startswith("place_")]
    assert asked == ["place_cabo verde", "place_czechia"]
    entry = keep(store, code, read({"place_cabo verde": "cpv", "place_czechia": "cze"}))
    assert reads.aliases(store, "country") == {"Cabo Verde": "cpv", "Czechia": "cze"}
    assert [question.id for question in read().questions if question.asked] == []
    assert not read().places["new"].any()

    actions.undo(store, data.EDITOR, entry=entry, note="n", at=data.AT)
    assert reads.aliases(store, "country") == {}
