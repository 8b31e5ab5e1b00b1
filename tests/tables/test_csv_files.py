"""Files are read strictly and written whole."""

import math
import re

import numpy as np
import pytest

from cmi_core.errors import ComputationError, FileRefused
from cmi_core.tables.csv_files import MANY, cell, number, numbers, read_table, refuse, write_rows


def reasons(caught):
    return [problem.reason for problem in caught.value.problems] or [caught.value.reason]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874"])
def test_thai_is_read_in_every_usual_encoding(tmp_path, encoding):
    (tmp_path / "f.csv").write_bytes("place,value\r\n เชียงใหม่ ,1\r\n\r\n".encode(encoding))
    table = read_table(tmp_path / "f.csv", required=("place",))
    assert table.to_numpy().tolist() == [["เชียงใหม่", "1"]]
    assert table.index.tolist() == [2]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "named_file_empty"),
        (b"\n\n", "named_file_empty"),
        (b"\x89PNG\r\n\x1a\n\0\0", "file_not_text"),
        ("place,x\n".encode("utf-16"), "file_not_text"),
        (b"place\n\xff\xfe\xfd\n", "file_not_text"),
        (b"\x89PNG\x01\x02", "file_not_text"),
        (b"place,place\n1,2\n", "column_twice"),
        (b"other\n1\n", "file_column_missing"),
        (b"place,x\n1\n1,2,3\n", "row_length"),
        (b'place\n"a"b\n', "file_not_csv"),
        (b'place\n"a\n', "file_not_csv"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path, content, reason):
    (tmp_path / "f.csv").write_bytes(content)
    with pytest.raises(FileRefused) as caught:
        read_table(tmp_path / "f.csv", required=("place",))
    assert reason in reasons(caught)


def test_a_file_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("cmi_core.tables.csv_files.BIGGEST", 3)
    (tmp_path / "f.csv").write_bytes(b"place\n")
    with pytest.raises(FileRefused, match="named_file_too_large"):
        read_table(tmp_path / "f.csv")


@pytest.mark.parametrize("name", ["nothing.csv", ""])
def test_what_is_no_file_is_refused(tmp_path, name):
    with pytest.raises(FileRefused, match="file_unreadable"):
        read_table(tmp_path / name)


@pytest.mark.parametrize(
    "text", ["nan", "NaN", "inf", "-Infinity", "1e999", "1_000", "1,000", "๑๒", "12a", "0x1", "."]
)
def test_what_is_no_plain_number_is_refused(text):
    with pytest.raises(ValueError, match=re.escape(text)):
        number(text)


@pytest.mark.parametrize(
    ("text", "value"), [("-1.50", -1.5), (".5", 0.5), ("5.", 5), ("+2E-3", 0.002), ("007", 7)]
)
def test_a_plain_number_is_read(text, value):
    assert number(text) == value


def test_empty_cells_are_gaps_unless_needed(tmp_path):
    (tmp_path / "f.csv").write_text("place,value\na,\nb,x\n", encoding="utf-8")
    table = read_table(tmp_path / "f.csv")
    problems = []
    assert np.isnan(numbers(table, "value", problems, needed=True)).all()
    assert [(p.reason, p.details["line"]) for p in problems] == [("cell_empty", 2), ("cell_not_a_number", 3)]


def test_many_problems_are_counted(tmp_path):
    with pytest.raises(FileRefused) as caught:
        refuse([ComputationError("values_empty")] * (MANY + 7), "f.csv")
    assert caught.value.problems[-1].details == {"count": 7}
    refuse([], "f.csv")


def test_numbers_are_written_to_read_back_the_same(tmp_path):
    write_rows(
        tmp_path / "o.csv", ("a", "b"), [(0.1 + 0.2, math.nan), (-0.0, None), (np.float64(1e-300), "ก")]
    )
    assert (tmp_path / "o.csv").read_text(encoding="utf-8") == "a,b\n0.30000000000000004,\n0.0,\n1e-300,ก\n"
    assert cell(3) == "3"


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    def rows():
        yield (1,)
        raise RuntimeError("broken")

    (tmp_path / "o.csv").write_text("old", encoding="utf-8")
    with pytest.raises(RuntimeError):
        write_rows(tmp_path / "o.csv", ("a",), rows())
    assert [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] == ["old"]
    with pytest.raises(FileRefused, match="file_unwritable"):
        write_rows(tmp_path / "none" / "o.csv", ("a",), [])
