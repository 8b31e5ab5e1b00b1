"""JSON from outside is read, or refused with the reader's own reason, whatever it is."""

import re
from pathlib import Path

import pytest

import cmi_core
from cmi_core.errors import FileRefused, ObservationError
from cmi_core.tables.outside_json import read_json

DEEP = 100_000


@pytest.mark.parametrize(
    "sent",
    [
        "", "{", "nul", '{"a": }', b"\xff\xfe\xff", b"\xe0\xb8", "[" * DEEP, "[" * DEEP + "]" * DEEP, '{"a":' * DEEP + "1" + "}" * DEEP,
        b"[" * DEEP + b"]" * DEEP, "1" * 10_000, r'"\ud800"', rb'{"kpi": "\uDC00"}', r'{"\ud800": 1}',
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_a_refusal(sent):
    refusal = FileRefused("file_broken")
    with pytest.raises(FileRefused) as refused:
        read_json(sent, refusal)
    assert refused.value is refusal


@pytest.mark.parametrize("sent", ['{"a": [1, "ก", null]}', b'\xef\xbb\xbf{"a": [1, "\xe0\xb8\x81", null]}'])
def test_what_can_be_read_is(sent):
    assert read_json(sent, ObservationError("draft_malformed")) == {"a": [1, "ก", None]}


def test_a_sign_of_two_halves_is_one():
    assert read_json(r'"\ud83d\ude00"', ObservationError("draft_malformed")) == "😀"


def test_no_other_module_that_takes_something_from_outside_reads_json_itself():
    """But the two ends of our own worker, which write to each other."""
    core = Path(cmi_core.__file__).parent
    taking = [
        file
        for room in ("web", "actions", "geography", "index", "kpi", "tables")
        for file in (core / room).glob("*.py")
    ]
    reading = {
        file.name
        for file in taking
        if re.search(r"json\.loads?\(|\.json\(\)", file.read_text(encoding="utf-8"))
    }

    assert reading == {"outside_json.py", "gis_files.py", "boundary_worker.py"}
