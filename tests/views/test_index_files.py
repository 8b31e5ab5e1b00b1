"""What is taken away can be computed again by anyone, to the last digit."""

import pandas as pd
import pytest

from cmi_core.__main__ import main
from cmi_core.errors import ComputationError
from cmi_core.index import files
from cmi_core.views import city_comparison
from cmi_core.views import index_files as views
from cmi_core.views.comparison_runs import Choices, Trial
from tests.index import comparison_data as data


@pytest.fixture
def sheets(store):
    chosen = city_comparison.of_year(store, data.made(store), "2025")
    run = Choices(noise=0.5, normalise=("minmax:0:100",))
    trial = Trial(weights=(("green", 5.0),), city="c4", values=(("trees", 7.5), ("schools", 3.0)))
    return views.package(store, chosen, "top", run=run, trial=trial)


def saved(sheets, folder, suffix):
    path = folder / f"trial.{suffix}"
    path.write_bytes(views.as_xlsx(sheets) if suffix == "xlsx" else files.as_json(sheets))
    return path


@pytest.mark.parametrize("suffix", ["xlsx", "json"])
def test_every_table_of_results_is_the_same_again(sheets, tmp_path, suffix, capsys):
    assert main(["index", "recompute", str(saved(sheets, tmp_path, suffix))]) == 0

    told = capsys.readouterr().out
    assert [line.split(":")[0] for line in told.splitlines()] == [
        "scores",
        "rank_intervals",
        "what_if",
        "The same.",
    ]


@pytest.mark.parametrize("suffix", ["xlsx", "json"])
def test_a_score_that_was_tampered_with_is_found(sheets, tmp_path, suffix, capsys):
    table = sheets["scores"].copy()
    table.loc[0, "score"] += 0.001
    path = saved(sheets | {"scores": table}, tmp_path, suffix)

    assert main(["index", "recompute", str(path)]) == 1
    assert "NOT the same" in capsys.readouterr().out


def test_a_score_that_was_taken_away_is_found(sheets):
    table = sheets["scores"].copy()
    table.loc[0, "score"] = None

    assert files.recompute(sheets | {"scores": table})[0].largest == float("inf")


def test_seed_versions_and_sources_are_in_the_file(sheets):
    facts = sheets["method"].set_index("key")["value"]

    assert facts[["seed", "replications", "weight_noise", "normalise"]].tolist() == [
        "2562",
        "10000",
        "0.5",
        "goalposts",
    ]
    assert len(facts["record_seal"]) == 64
    assert sheets["sources"]["title"].tolist() == ["Made-up index"]
    recorded = sheets["values"].dropna(subset=["value"])
    assert recorded["quality"].unique().tolist() == ["measured"]
    tried = sheets["values"].dropna(subset=["own_value"])
    assert tried[["place", "indicator", "own_value"]].to_numpy().tolist() == [
        ["c4", "trees", 7.5],
        ["c4", "schools", 3.0],
    ]


def test_printed_figures_go_out_with_their_source_and_nothing_computed(store):
    sheets = views.package(store, ("isc_chiang_mai_2019",), "isc_overall")

    assert "scores" not in sheets
    assert sheets["values"].set_index("indicator")["value"]["isc_inclusive"] == 25.93
    with pytest.raises(ComputationError, match="export_only_printed"):
        files.recompute(sheets)


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"{", "a.json", "cannot be read"),
        (b"{}", "a.json", "no table method"),
        (b"x", "a.pdf", "cannot be read"),
        (b"x", "a.xlsx", "ending"),
    ],
)
def test_other_files_are_refused_in_words(tmp_path, capsys, content, name, told):
    (tmp_path / name).write_bytes(content)

    assert main(["index", "recompute", str(tmp_path / name)]) == 2
    assert told in capsys.readouterr().err


def test_numbers_survive_json_to_the_last_digit():
    table = pd.DataFrame({"a": [0.1 + 0.2, float("nan")]})

    again = files.from_json(files.as_json({"t": table}))["t"]
    assert again["a"].iloc[0] == 0.1 + 0.2
    assert again["a"].isna().iloc[1]
