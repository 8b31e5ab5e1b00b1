"""Every reason that code gives has a sentence in both languages, with the same placeholders, all filled."""

import ast
import string
from pathlib import Path

import pytest

from cmi_core.kpi import forecast, paths, progress, sheet
from cmi_core.text import LANGUAGES, catalogue
from tests.test_architecture import PURE

CORE = Path(progress.__file__).parents[1]
REFUSALS = {"ObservationError", "FileRefused", "CmiError"}


def refusals():
    """(reason, names of its details) of every refusal that pure modules raise with a fixed reason."""
    for module in sorted(file for room in PURE for file in (CORE / room).glob("*.py")):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            named = (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REFUSALS
            )
            fixed = named and None not in {keyword.arg for keyword in node.keywords}
            if fixed and node.args and isinstance(node.args[0], ast.Constant):
                yield node.args[0].value, {keyword.arg for keyword in node.keywords}


def placeholders(sentence):
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_fills_its_sentence(language):
    sentences = catalogue(language)
    found = list(refusals())
    assert len(found) > 30
    for reason, details in found:
        assert placeholders(sentences[f"error.{reason}"]) <= details | {"cell"}, reason


def test_both_languages_say_the_same_things():
    thai, english = (catalogue(language) for language in LANGUAGES)
    assert set(thai) == set(english)
    for key, sentence in thai.items():
        assert placeholders(sentence) == placeholders(english[key]) or key.startswith("periods."), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_marks_and_reasons_are_named(language):
    sentences = catalogue(language)
    keys = [f"progress.{prefix}{word}" for word in progress.WORDS for prefix in ("", "meaning_")]
    keys += [f"quality.{prefix}{mark}" for mark in sheet.QUALITIES for prefix in ("", "about_")]
    assert not [key for key in keys if key not in sentences]


@pytest.mark.parametrize(
    ("module", "group"),
    [(progress, "progress"), (paths, "progress"), (forecast, "forecast"), (paths, "forecast")],
)
def test_every_reason_for_not_judging_is_explained(module, group):
    told = {
        key.removeprefix(f"{group}.reason_") for key in catalogue("th") if key.startswith(f"{group}.reason_")
    }
    known = {key.partition(".reason_")[2] for key in catalogue("th") if ".reason_" in key}
    text = Path(module.__file__).read_text(encoding="utf-8")
    used = {
        node.value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and node.value in known
    }
    path_only = {
        "target_not_after_baseline",
        "target_against_direction",
        "milestone_off_path",
        "no_baseline_period",
    }
    assert used - told <= (path_only if group == "forecast" else set())
