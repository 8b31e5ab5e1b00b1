"""Every sentence on screen: one TOML file per group and language, read once."""

import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from cmi_core.errors import CmiError

LANGUAGES = ("th", "en")
Translate = Callable[..., str]


@cache
def catalogue(language: str) -> dict[str, str]:
    """All sentences of one language by `group.key`; the group is the file's name."""
    sentences: dict[str, str] = {}
    for file in sorted((Path(__file__).parent / language).glob("*.toml")):
        for key, sentence in tomllib.loads(file.read_text(encoding="utf-8")).items():
            sentences[f"{file.stem}.{key}"] = sentence
    return sentences


@cache
def translator(language: str) -> Translate:
    """
    The function that says a key in one language.

    >>> translator("en")("app.name")
    'Chiang Mai City of Innovation'
    """
    sentences = catalogue(language)

    def translate(key: str, /, **details: object) -> str:
        return sentences[key].format(**details) if details else sentences[key]

    return translate


def refusal(translate: Translate, error: CmiError) -> str:
    """The sentence for a refusal, its placeholders filled; a field of a form is named by its word."""
    details = dict(error.details)
    if "field" in details and f"field.{details['field']}" in catalogue(LANGUAGES[0]):
        details["field"] = translate(f"field.{details['field']}")
    return translate(f"error.{error.reason}", **details)
