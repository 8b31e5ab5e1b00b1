"""Every refusal of the engine has its sentence in Thai and in English, with the same placeholders."""

import ast
from pathlib import Path
from string import Formatter

import pytest

from cmi_core.text import LANGUAGES, catalogue

CORE = Path(__file__).parent.parent / "cmi_core"
REFUSALS = {"FrameworkError", "ComputationError", "FileRefused"}


def raised():
    """Reason and details of every refusal made in `cmi_core`."""
    for path in sorted(CORE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REFUSALS:
                reason = node.args[0]
                assert isinstance(reason, ast.Constant), f"{path.name}: a reason is not written out"
                yield reason.value, frozenset(k.arg for k in node.keywords if k.arg != "problems")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_a_sentence_that_its_details_fill(language):
    sentences = catalogue(language)
    for reason, details in raised():
        sentence = sentences[f"error.{reason}"]
        wanted = {field for _, field, _, _ in Formatter().parse(sentence) if field}
        assert wanted <= details, f"{reason}: {wanted - details} is never given"


def test_both_languages_have_the_same_reasons_and_placeholders():
    def shape(language):
        return {
            key: {field for _, field, _, _ in Formatter().parse(sentence) if field}
            for key, sentence in catalogue(language).items()
            if key.startswith("error.")
        }

    thai, english = shape("th"), shape("en")
    assert thai.keys() == english.keys()
    for key, fields in english.items():
        assert thai[key] <= fields, key
