"""`python -m cmi_core index …` reproduces scores from files."""

import subprocess
import sys

import pandas as pd
import pytest

from cmi_core.__main__ import main

FRAMEWORK = """code,parent,direction,weight,unit
isc,,,,
connected,isc,higher,2,
roads,connected,higher,3,km
data,connected,higher,1,
poverty,isc,lower,1,%
"""
VALUES = """place,indicator,value
เชียงใหม่,roads,30
เชียงใหม่,data,0
เชียงใหม่,poverty,1
Nan,roads,10
Nan,data,4
Nan,poverty,
"""


@pytest.fixture
def run(tmp_path):
    """Write the files, run one deed, give its exit code; `out.csv` holds what it wrote."""

    def go(*options, framework=FRAMEWORK, values=VALUES, deed="compute"):
        for name, content in (("framework.csv", framework), ("values.csv", values)):
            data = content if isinstance(content, bytes) else content.encode()
            (tmp_path / name).write_bytes(data)
        paths = [str(tmp_path / name) for name in ("framework.csv", "values.csv")]
        return main(["index", deed, *paths, *options, "--out", str(tmp_path / "out.csv")])

    return go


def scores(tmp_path):
    return pd.read_csv(tmp_path / "out.csv").set_index(["place", "node"])


def test_every_node_of_every_place_is_written(run, tmp_path):
    assert run("--normalise", "minmax:0:100", "--aggregate", "arithmetic") == 0
    table = scores(tmp_path)
    assert list(table.columns) == ["score", "rank", "coverage"]
    assert len(table) == 2 * 5
    assert table.loc[("เชียงใหม่", "connected"), "score"] == (3 * 100 + 0) / 4
    assert table.loc[("Nan", "isc")].tolist() == [25, 2, 1 / 2]
    assert table.loc[("Nan", "poverty")].isna().tolist() == [True, True, False]


def test_one_city_with_a_value_has_no_min_max_score(run, tmp_path):
    run("--min-coverage", "0.67")
    assert scores(tmp_path)["score"].isna()[[("Nan", "isc"), ("เชียงใหม่", "isc")]].all()


def test_rounding_changes_ranks_but_not_scores(run, tmp_path):
    values = "place,indicator,value\na,isc,1.04\nb,isc,1.01\n"
    framework = "code,parent,direction,weight\nisc,,higher,1\n"
    run("--normalise", "none", "--round", "1", framework=framework, values=values)
    assert scores(tmp_path)["rank"].tolist() == [1, 1]
    assert scores(tmp_path)["score"].tolist() == [1.04, 1.01]


def test_methods_may_stand_in_the_framework(run, tmp_path):
    framework = (
        "code,parent,direction,weight,lower,upper,normalise\nisc,,,,,,\na,isc,higher,1,0,50,goalposts\n"
    )
    run(framework=framework, values="place,indicator,value\nx,a,20\n")
    assert scores(tmp_path)["score"].tolist() == [40, 40]


def test_files_in_cp874_are_read(run, tmp_path):
    assert run(values=VALUES.encode("cp874"), framework=("\ufeff" + FRAMEWORK).encode()) == 0
    assert "เชียงใหม่" in scores(tmp_path).index.get_level_values("place")


@pytest.mark.parametrize("gap", ["NaN", "..", "n.a.", "#N/A", "–"])
def test_a_gap_may_be_written_as_files_write_it(run, tmp_path, gap):
    assert run(values=VALUES.replace("Nan,poverty,", f"Nan,poverty,{gap}")) == 0
    assert scores(tmp_path)["coverage"][("Nan", "poverty")] == 0


def test_a_gap_may_be_written_as_nothing_or_as_na(run, tmp_path):
    run()
    empty = scores(tmp_path)
    assert run(values=VALUES.replace("Nan,poverty,\n", "Nan,poverty,NA\n")) == 0
    pd.testing.assert_frame_equal(scores(tmp_path), empty)


def test_gaps_may_be_filled_within_groups(run, tmp_path):
    (tmp_path / "groups.csv").write_text("place,group\nเชียงใหม่,north\nNan,north\n", encoding="utf-8")
    run("--impute", "group-mean", "--groups", str(tmp_path / "groups.csv"), "--normalise", "none")
    assert scores(tmp_path).loc[("Nan", "poverty"), ["score", "coverage"]].tolist() == [-1, 1]


@pytest.mark.parametrize(
    ("options", "files", "told"),
    [
        (
            (),
            {"values": VALUES + "Nan,roads,5\n"},
            "Line 8: the place “Nan” has the indicator “roads” a second time.",
        ),
        ((), {"values": VALUES + "Nan,zoo,5\n"}, "the indicator “zoo” is not in the framework"),
        ((), {"values": VALUES + "Nan,isc,5\n"}, "“isc” has children, so it takes no value"),
        (
            (),
            {"values": VALUES.replace("30", "thirty")},
            "Line 2: “thirty” in the column “value” is not a number.",
        ),
        ((), {"values": VALUES.replace("30", "inf")}, "“inf” in the column “value” is not a number"),
        ((), {"values": "place,indicator\nNan,roads\n"}, "has no column “value”"),
        ((), {"values": "place,indicator,value\n"}, "There are no values"),
        ((), {"values": "place,indicator,value\n,roads,1\n"}, "the column “place” is empty"),
        ((), {"values": b"\x89PNG\0"}, "is not a text file"),
        ((), {"framework": FRAMEWORK.replace("data,connected", "data,poverty")}, "“poverty” has children"),
        (
            (),
            {"framework": FRAMEWORK.replace("connected,isc", "connected,roads")},
            "These parents run in a circle",
        ),
        (
            (),
            {"framework": FRAMEWORK.replace(",3,km", ",-3,km")},
            "The weight of “roads” is negative (-3.0).",
        ),
        ((), {"framework": FRAMEWORK.replace("code,", "kode,")}, "has no column “code”"),
        (("--normalise", "magic"), {}, "The normaliser “magic” is not known."),
        (("--aggregate", "magic"), {}, "The aggregation “magic” is not known."),
        (("--aggregate", "geometric"), {}, "shift the scores above zero"),
        (("--min-coverage", "2"), {}, "Coverage must be a number from 0 to 1"),
        (("--min-coverage", "x"), {}, "Coverage must be a number from 0 to 1"),
        (("--impute", "magic"), {}, "The imputation “magic” is not known."),
    ],
)
def test_bad_input_is_refused_in_words_and_nothing_is_written(run, tmp_path, capsys, options, files, told):
    assert run(*options, **files) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "out.csv").exists()


def test_all_problems_of_a_framework_are_told_at_once(run, capsys):
    framework = FRAMEWORK.replace(",3,km", ",-3,km").replace("lower", "down")
    assert run(framework=framework) == 2
    error = capsys.readouterr().err
    assert "is negative" in error
    assert "must be higher or lower" in error


def test_a_simulation_is_written_with_its_seed_told(run, tmp_path, capsys):
    (tmp_path / "levels.csv").write_text("level,from\nlow,\nhigh,50\n", encoding="utf-8")
    options = (
        "--or-normalise",
        "rank",
        "--replications",
        "200",
        "--seed",
        "7",
        "--levels",
        str(tmp_path / "levels.csv"),
    )
    assert run(*options, "--impute", "mean", deed="uncertainty") == 0
    assert "seed 7, 200 replications" in capsys.readouterr().err
    table = pd.read_csv(tmp_path / "out.csv")
    assert table[["rank 1", "rank 2"]].sum(axis=1).tolist() == [1, 1]
    assert table[["level low", "level high"]].sum(axis=1).tolist() == [1, 1]


def test_a_plan_is_written_or_said_to_be_out_of_reach(run, tmp_path, capsys):
    (tmp_path / "steps.csv").write_text(
        "indicator,value,effort\nroads,20,2\nroads,30,5\ndata,5,9\n", encoding="utf-8"
    )
    options = ("--place", "Nan", "--node", "connected", "--steps", str(tmp_path / "steps.csv"))
    assert run(*options, "--target", "60", deed="plan") == 0
    assert pd.read_csv(tmp_path / "out.csv").to_numpy().tolist() == [["roads", 0, 20, 2, 50]]
    (tmp_path / "out.csv").unlink()
    assert run(*options, "--target", "500", deed="plan") == 2
    assert "Not reachable" in capsys.readouterr().err
    assert not (tmp_path / "out.csv").exists()


def test_the_module_runs_as_a_program(tmp_path):
    (tmp_path / "f.csv").write_text(FRAMEWORK, encoding="utf-8")
    (tmp_path / "v.csv").write_text(VALUES, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "cmi_core",
        "index",
        "compute",
        str(tmp_path / "f.csv"),
        str(tmp_path / "v.csv"),
    ]
    done = subprocess.run(
        [*command, "--out", str(tmp_path / "o.csv")], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (
        (tmp_path / "o.csv")
        .read_text(encoding="utf-8")
        .startswith("place,node,score,rank,coverage\nเชียงใหม่,isc,")
    )
