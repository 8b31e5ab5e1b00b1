"""A chain of seals holds until an entry is altered, deleted, moved or cut off; then it says where."""

from datetime import date, datetime
from time import process_time
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmi_core.record.ledger import GENESIS, canonical, first_broken, seal

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
contents = st.dictionaries(st.text(), scalars | st.lists(scalars, max_size=3), max_size=4)


class Entry(NamedTuple):
    entry: int
    content: Any
    seal: str


def head(entries):
    return entries[-1].seal if entries else GENESIS


def chain(all_contents):
    entries, previous = [], GENESIS
    for number, content in enumerate(all_contents, start=1):
        previous = seal(previous, content)
        entries.append(Entry(number, content, previous))
    return entries


@given(st.lists(contents, max_size=6))
def test_an_untouched_chain_holds(all_contents):
    entries = chain(all_contents)
    assert first_broken(entries) is None


@given(st.lists(contents, min_size=1, max_size=6), st.data())
def test_an_altered_entry_is_named(all_contents, data):
    entries = chain(all_contents)
    place = data.draw(st.integers(0, len(entries) - 1))
    entries[place] = entries[place]._replace(content={**entries[place].content, "forged": 1, "at": [place]})
    assert first_broken(entries) == place + 1


@given(st.lists(contents, min_size=2, max_size=6), st.data())
def test_the_entry_after_a_deleted_one_is_named(all_contents, data):
    entries = chain(all_contents)
    place = data.draw(st.integers(0, len(entries) - 2))
    del entries[place]
    assert first_broken(entries) == place + 2


@given(st.lists(contents, min_size=2, max_size=6), st.data())
def test_exchanged_entries_are_named(all_contents, data):
    entries = chain({"n": place, **content} for place, content in enumerate(all_contents))
    place = data.draw(st.integers(0, len(entries) - 2))
    first, second = entries[place], entries[place + 1]
    entries[place], entries[place + 1] = second, first
    assert first_broken(entries) == second.entry
    entries[place], entries[place + 1] = (
        second._replace(entry=first.entry),
        first._replace(entry=second.entry),
    )
    assert first_broken(entries) == first.entry


def test_an_entry_whose_seal_was_recomputed_breaks_the_next():
    entries = chain([{"value": 1.0}, {"value": 2.0}, {"value": 3.0}])
    forged = {"value": 9.0}
    entries[1] = Entry(2, forged, seal(entries[0].seal, forged))
    assert first_broken(entries) == 3


def test_entries_cut_off_at_the_end_change_the_head():
    entries = chain([{"value": 1.0}, {"value": 2.0}])
    assert first_broken(entries[:1]) is None
    assert head(entries[:1]) != head(entries)


@given(contents)
def test_the_order_of_keys_does_not_matter(content):
    assert canonical(dict(reversed(content.items()))) == canonical(content)


def test_the_canonical_form_is_fixed():
    content = {"ข": "ค่า", "a": [1, 1.0, 0.1], "on": date(2024, 5, 31), "at": datetime(2024, 5, 31, 9, 30)}
    assert canonical(content) == '{"a":[1,1.0,0.1],"at":"2024-05-31T09:30:00","on":"2024-05-31","ข":"ค่า"}'
    assert canonical({"n": np.int64(3), "x": np.float64(0.5)}) == '{"n":3,"x":0.5}'
    assert seal(GENESIS, {}) == "5649d09ed68c17156095d175eef152856c5b1a81c117c409c1e00f096aa6838e"


@pytest.mark.parametrize(
    "content", [{"x": float("nan")}, {"x": float("inf")}, {"x": object()}, {"x": b"raw"}]
)
def test_what_the_record_cannot_hold_is_not_sealed(content):
    with pytest.raises((TypeError, ValueError)):
        seal(GENESIS, content)


def test_a_hundred_thousand_lines_are_verified_at_once():
    line = ["k_d3_maekha_bod", "2024-05", 12.5, "measured"]
    entries = chain({"note": "นำเข้า", "lines": [line] * 1000} for _ in range(100))
    started = process_time()
    assert first_broken(entries) is None
    assert process_time() - started < 2
