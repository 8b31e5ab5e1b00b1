"""Every sentence on screen: one TOML file per group and language, read once."""

import re
import string
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from cmi_core.errors import CmiError
from cmi_core.text.typed import shown

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
    >>> translator("en")("audit_log.found", count=1)
    '1 entry'
    """
    sentences = catalogue(language)
    counting = {key for key, sentence in sentences.items() if _COUNT.search(sentence)}

    def translate(key: str, /, **details: object) -> str:
        if not details:
            return sentences[key]
        # Most sentences count nothing, and Python's own formatting is ten times as fast.
        return (_COUNTING.format if key in counting else str.format)(sentences[key], **details)

    return translate


class _Counting(string.Formatter):
    """
    A sentence that knows one and many: `{count:entry|entries}` says `1 entry`, `2 entries`; `#` stands for the number elsewhere.

    >>> _Counting().format("{n:This step is|These # steps are} enough", n=3)
    'These 3 steps are enough'
    """

    def format_field(self, value: Any, format_spec: str) -> str:
        one, bar, many = format_spec.partition("|")
        if not bar:
            return super().format_field(value, format_spec)
        # A number may come as it is written for a reader: `1,234`.
        words = one if str(value) == "1" else many
        return words.replace("#", str(value)) if "#" in words or "#" in many else f"{value} {words}"


_COUNTING = _Counting()
_COUNT = re.compile(r"\{\w+:[^{}]*\|")


def refusal(translate: Translate, error: CmiError, who: Callable[[str], str] | None = None) -> str:
    """
    The sentence for a refusal, its placeholders filled; a field of a form and a role are named by their words.

    A refusal tells `who` by the code of their account, which is for nobody to read: `who` says how this reader may see
    them. Without it they are somebody else.

    What somebody typed or sent is repeated in it no longer than bearable, and without signs that turn the sentence.
    """
    details = {name: shown(each) if isinstance(each, str) else each for name, each in error.details.items()}
    if "who" in details:
        details["who"] = who(str(details["who"])) if who else translate("people.somebody")
    for kind, groups in (("field", ("field", "kpi_words")), ("role", ("role",))):
        named = [f"{group}.{details.get(kind)}" for group in groups]
        if key := next((each for each in named if each in catalogue(LANGUAGES[0])), None):
            details[kind] = translate(key)
    told = translate(f"error.{error.reason}", **details)
    if "row" in details and "{row" not in catalogue(LANGUAGES[0])[f"error.{error.reason}"]:
        return translate("error.in_row", row=details["row"], told=told)
    return told
