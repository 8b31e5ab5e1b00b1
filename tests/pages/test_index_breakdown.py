"""The index breakdown shows what was printed, in both languages, to everybody."""

import pytest


@pytest.mark.parametrize(("language", "title"), [("th", "องค์ประกอบของดัชนี"), ("en", "Index breakdown")])
@pytest.mark.parametrize("role", [None, "editor"])
def test_it_opens(open_page, language, title, role):
    at = open_page("index_breakdown", language, role)

    assert [at.title[0].value, list(at.exception), list(at.error)] == [title, [], []]


def test_the_choices_of_the_url_stay(open_page):
    at = open_page("index_breakdown", "en", look="bw")

    assert at.query_params["look"] in ("bw", ["bw"])


def test_a_signed_in_reader_is_named(open_page, account_of):
    at = open_page("index_breakdown", "en", "editor")

    assert any(account_of("editor").name in caption.value for caption in at.sidebar.caption)
