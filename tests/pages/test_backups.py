"""The page for backups opens for an administrator."""

import pytest


@pytest.mark.parametrize(("language", "title"), [("th", "สำรองข้อมูล"), ("en", "Backups")])
def test_it_opens_for_an_administrator(open_page, language, title):
    at = open_page("backups", language, "admin")

    assert [at.title[0].value, list(at.exception), len(at.info)] == [title, [], 1]


def test_a_database_without_a_folder_says_so(open_page):
    at = open_page("backups", "en", "admin")
    at.button[-1].click().run()

    assert at.error[0].value.startswith("The data directory")
