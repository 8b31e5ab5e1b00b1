"""One and many: `1 entry`, `2 entries`; Thai has one form."""

import re

import pytest

from cmi_core import text

SAY = text.translator("en")
# A blank before a word in the plural: a count that forgets that it may be one.
BARE = re.compile(r"\{(\w+)\} ((?:[a-z]+ )?[a-z]{3,}s)\b")
NO_NOUN = {"adds", "always", "begins", "belongs", "builds", "does", "exists", "had", "has", "holds", "its", "less", "means",
           "needs", "others", "prints", "progress", "reaches", "repeats", "rises", "stands", "the", "this", "was", "were",
           "with"}  # fmt: skip
# Never one: limits of the program, what is told beside another number, and points of a score with their decimals.
NEVER_ONE = {"cells", "columns", "cut", "found", "gap", "least", "length", "limit", "of", "points",
             "replications", "rows"}  # fmt: skip


@pytest.mark.parametrize(
    ("key", "details", "one", "many"),
    [
        ("audit_log.found", {}, "1 entry", "2 entries"),
        ("goal_board.of_goal", {"means": 4, "kpis": 1}, "4 means · 1 KPI", "4 means · 1 KPI"),
        ("infrastructure.refused", {}, "1 refused row", "2 refused rows"),
        ("value_import.more", {}, "and 1 more cell not shown", "and 2 more cells not shown"),
        ("partner_network.unnamed", {}, "1 link names", "2 links name"),
    ],
)
def test_english_knows_one_and_many(key, details, one, many):
    assert SAY(key, count=1, **details).startswith(one)
    assert SAY(key, count=2, **details).startswith(many)


def test_a_number_written_for_a_reader_counts_too():
    assert SAY("audit_log.found", count="1") == "1 entry"
    assert SAY("audit_log.found", count="1,001") == "1,001 entries"
    assert SAY("audit_log.found", count=0) == "0 entries"


def test_thai_has_one_form():
    assert not [
        key for key, sentence in text.catalogue("th").items() if re.search(r"\{\w+:[^{}]*\|", sentence)
    ]


def test_no_english_sentence_puts_a_bare_count_before_a_noun():
    bare = [
        (key, match.group(0))
        for key, sentence in text.catalogue("en").items()
        for match in BARE.finditer(sentence)
        if match.group(1) not in NEVER_ONE and not NO_NOUN & set(match.group(2).split())
    ]

    assert not bare
