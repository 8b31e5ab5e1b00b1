"""How long people's data stay is told in one table of the documents, which is these periods and no others."""

import re
from datetime import timedelta

import pytest
from streamlit.web.server.starlette import starlette_server_config

from cmi_core import text
from cmi_core.accounts import passwords, retention
from cmi_core.settings import ROOT
from cmi_core.store import backup

TOLD = (ROOT / "docs" / "security.md").read_text(encoding="utf-8").partition("\n## People's data\n")[2]
ONE = {"day": timedelta(days=1), "hour": timedelta(hours=1), "minute": timedelta(minutes=1)}


def rows():
    """The table's periods, by the name of their constant."""
    return {
        name: int(count) * ONE[unit]
        for count, unit, name in re.findall(
            r"\| (\d+) (day|hour|minute)s? \| `(\w+)` \|", TOLD.partition("\n## ")[0]
        )
    }


def test_the_document_has_every_period_and_no_other():
    constants = {name: held for name, held in vars(retention).items() if isinstance(held, timedelta)}

    assert rows() == constants
    assert f"the newest {backup.KEPT} backups" in TOLD


@pytest.mark.parametrize(
    ("told", "held"),
    [
        (retention.SESSION, timedelta(seconds=passwords.SESSION_SECONDS)),
        (retention.ORGANISATION_BROWSER, timedelta(seconds=starlette_server_config.AUTH_COOKIE_MAX_AGE_SECONDS)),
    ],
)  # fmt: skip
def test_what_is_told_is_what_is_done(told, held):
    assert told == held


def test_the_sentences_that_name_a_period_in_words_name_that_of_the_constant():
    for language, days, hour in (("th", "7 วัน", "หนึ่งชั่วโมง"), ("en", "7 days", " hour")):
        say = text.catalogue(language)
        for key in ("password_links.hint", "user_accounts.invite_hint"):
            assert days in say[key].replace("seven days", "7 days"), key
        for key in ("password_links.body", "sign_in.forgot_asked"):
            assert hour in say[key], key
    assert (timedelta(days=7), timedelta(days=7)) == (retention.PRINTED_LINK, retention.INVITATION)
    assert timedelta(hours=1) == retention.MAILED_LINK


def test_an_ended_session_is_remembered_for_longer_than_it_could_live():
    assert retention.SESSION + timedelta(seconds=passwords._CLOCKS_DIFFER) < retention.ENDED_SESSION
