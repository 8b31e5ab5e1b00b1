"""The privacy notice is for everybody, and every page leads to it."""

import pytest

from cmi_core import text
from cmi_core.views import own_data


def drawn(at):
    return "\n".join(part.proto.body for part in at.get("html"))


@pytest.mark.parametrize("role", [None, "viewer", "admin"])
@pytest.mark.parametrize("language", text.LANGUAGES)
def test_everybody_reads_it(open_page, language, role):
    say = text.translator(language)
    at = open_page("privacy", language, role)
    told = drawn(at)

    assert [at.title[0].value, list(at.exception)] == [say("privacy.title"), []]
    assert all(
        say(f"privacy.long_{code}").partition("{")[0] in told for code in ("account", "draft", "deeds")
    )
    assert all(name in told for name in own_data.COOKIES)
    # Only who has signed in has something of their own to look at.
    assert ('href="/my-account' in told) is (role is not None)


def test_who_is_responsible_is_shown_as_text(open_page, monkeypatch):
    monkeypatch.setenv("CMI_PRIVACY_CONTACT", "เทศบาล <b>dpo@city.example</b>")

    assert "เทศบาล &lt;b&gt;dpo@city.example&lt;/b&gt;" in drawn(open_page("privacy", "th"))


@pytest.mark.parametrize(
    ("code", "role"),
    [("city_overview", None), ("goal_board", None), ("my_account", "viewer"), ("user_accounts", "admin")],
)
def test_every_page_leads_there_in_the_readers_language(open_page, code, role):
    at = open_page(code, "en", role)
    foot = [part.proto.body for part in at.sidebar.get("html") if "cmi-foot" in part.proto.body]

    assert len(foot) == 1
    assert 'href="/privacy?lang=en"' in foot[0]
    assert "Privacy notice" in foot[0]
