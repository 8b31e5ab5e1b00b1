"""Every sentence stands in both languages, with the same blanks, and is used."""

import ast
import re
import string
from pathlib import Path

import pytest

from cmi_core import text
from cmi_core.errors import CmiError

ROOT = Path(__file__).parents[2]
SOURCES = [*(ROOT / "cmi_core").rglob("*.py"), *(ROOT / "pages").rglob("*.py"), ROOT / "app.py"]
PAGES = [page.stem for page in sorted((ROOT / "pages").glob("*.py")) if page.stem != "shell"]


def blanks(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def strings() -> tuple[set[str], list[re.Pattern]]:
    """Every string in the code, and every f-string as a pattern with its blanks open."""
    whole, patterns = set(), []
    for file in SOURCES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [
                    re.escape(part.value) if isinstance(part, ast.Constant) else ".+" for part in node.values
                ]
                if any(part not in {".+"} for part in parts):
                    patterns.append(re.compile("".join(parts)))
    return whole, patterns


def test_the_languages_have_the_same_keys():
    thai, english = (set(text.catalogue(language)) for language in text.LANGUAGES)

    assert thai == english


def test_a_sentence_has_the_same_blanks_in_both_languages():
    thai, english = (text.catalogue(language) for language in text.LANGUAGES)
    different = [key for key in thai if blanks(thai[key]) != blanks(english[key])]

    # A Thai reader knows the months of the ปีงบประมาณ; an English one is told them.
    assert different == ["periods.fiscal-yearly"]


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_no_sentence_is_empty_or_untranslated(language):
    thai = re.compile("[\u0e00-\u0e7f]")
    sentences = text.catalogue(language)

    assert all(sentence.strip() for sentence in sentences.values())
    if language == "en":
        allowed = {"shell.language", "shell.lang_th", "sign_in.other_language"}
        assert not {key for key, sentence in sentences.items() if thai.search(sentence)} - allowed


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_its_title_and_its_sentence(page):
    assert {f"{page}.title", f"{page}.lede"} <= set(text.catalogue("th"))


def test_every_reason_has_a_sentence():
    """Each `SomeError("reason", …)` in the code is a key of the catalogue."""
    reasons = set()
    for file in SOURCES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                named = node.func.id.endswith(("Error", "Refused", "Edit")) and node.args
                if named and isinstance(node.args[0], ast.Constant) and not node.func.id[0].islower():
                    reasons.add((node.func.id, node.args[0].value))
    builtin = {"ValueError", "KeyError", "TypeError", "RuntimeError", "AttributeError"}

    missing = {reason for error, reason in reasons if error not in builtin} - {
        key.removeprefix("error.") for key in text.catalogue("th") if key.startswith("error.")
    }
    assert not missing


def test_every_sentence_is_used():
    whole, patterns = strings()
    unused = []
    for key in text.catalogue("th"):
        name = key.split(".", 1)[1]
        known = (
            key in whole
            or name in whole
            or any(pattern.fullmatch(key) or pattern.fullmatch(name) for pattern in patterns)
        )
        if not known and not key.startswith("sign_in."):
            unused.append(key)

    assert not unused


def refusals():
    """Every `SomeError("reason", name=…)` in the code, with its file and the names it gives."""
    for file in SOURCES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                first, names = node.args[0], {keyword.arg for keyword in node.keywords}
                spoken = node.func.id.endswith(("Error", "Refused", "StaleEdit"))
                if spoken and isinstance(first, ast.Constant) and None not in names:
                    yield file, str(first.value), names - {"problems"}


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_a_refusal_fills_every_blank_of_its_sentence(language):
    sentences = text.catalogue(language)
    wanting = [
        (file.name, reason, blanks(sentences[f"error.{reason}"]) - names)
        for file, reason, names in refusals()
        if f"error.{reason}" in sentences and blanks(sentences[f"error.{reason}"]) - names
    ]

    assert not wanting


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_a_refusal_names_a_role_by_its_word(language):
    say = text.translator(language)
    told = text.refusal(say, CmiError("not_permitted", role="viewer"))

    assert told == say("error.not_permitted", role=say("role.viewer"))
    assert "root" in text.refusal(say, CmiError("role_unknown", role="root"))
