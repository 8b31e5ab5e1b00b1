"""The launcher and the settings of Streamlit that the rest leans on."""

import copy

import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

import app
from cmi_core import charts, text
from cmi_core.store.opening import ROOT

WORDS = ("level", "score")
FAULT = """
import streamlit as st
import app
from cmi_core.errors import StoreError
problem = {problem}
assert app.tell(problem) is True
"""


@pytest.fixture(autouse=True)
def own_settings():
    config.get_config_options(force_reparse=True)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("runner.postScriptGC", False),
        ("server.enableAgentApi", False),
        ("server.fileWatcherType", "none"),
        ("server.enableStaticServing", False),
        ("client.showErrorDetails", "none"),
        ("client.showErrorLinks", False),
        ("browser.gatherUsageStats", False),
    ],
)
def test_the_settings_are_as_measured(option, value):
    assert config.get_option(option) == value


def test_the_launcher_is_short():
    assert len((ROOT / "app.py").read_text(encoding="utf-8").splitlines()) <= 60


def test_the_shell_is_what_is_launched():
    """Beside `app.py` Streamlit would serve the files of `pages/` by themselves, past the shell."""
    assert app.app._script_path.as_posix() == "pages/shell.py"
    assert not (ROOT / "pages" / "pages").exists()


@pytest.mark.parametrize("language", text.LANGUAGES)
@pytest.mark.parametrize(
    ("problem", "key", "details"),
    [
        ("KeyError('secret detail')", "shell.unexpected", {"kind": "KeyError"}),
        ("StoreError('database_locked', path='/d')", "error.database_locked", {"path": "/d"}),
    ],
)
def test_a_fault_is_a_sentence_without_details(language, problem, key, details):
    page = AppTest.from_string(FAULT.format(problem=problem))
    page.query_params["lang"] = language
    page.run(timeout=300)

    assert [error.value for error in page.error] == [text.translator(language)(key, **details)]
    assert not page.exception


def test_a_chart_is_drawn_from_a_dictionary_made_once():
    words = dict.fromkeys(WORDS, "คำ")
    first = charts.spec("breakdown.dimensions", "light", words)
    before = copy.deepcopy(first)

    assert charts.spec("breakdown.dimensions", "light", dict(words)) is first
    charts.spec("breakdown.dimensions", "bw", words)
    assert first == before
    assert "data" not in first
