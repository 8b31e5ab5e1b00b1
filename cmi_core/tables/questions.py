"""What a file leaves open and what is left out of it, told alike whatever the file is about."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from cmi_core.errors import FileRefused

Answers = Mapping[str, str]


class Candidate(NamedTuple):
    """
    An answer that may be given: `told` is in the file's own words (a heading, a name), empty where the sentence `say` is said.

    `sample` shows what the answer would make of a few cells.
    """

    answer: str
    told: str = ""
    say: str = ""
    sample: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """
    One thing that a file leaves open, asked once for the whole file: the sentence `why`, filled from `details`.

    The most likely answer stands first; `default` is the one that the rows shown follow, None where nothing may be kept
    before somebody has answered. `asked` is False for what is plain enough to be only shown, and can be corrected.
    """

    id: str
    why: str
    candidates: tuple[Candidate, ...]
    default: str | None = None
    asked: bool = True
    details: Mapping[str, object] = field(default_factory=dict)

    def settled(self, answers: Answers) -> str | None:
        """
        The answer that counts: the one given, else the default. Raises FileRefused `answer_unknown`.

        >>> either = Question("era", "era", (Candidate("be"), Candidate("ce")), default="be")
        >>> either.settled({}), either.settled({"era": "ce"})
        ('be', 'ce')
        """
        given = answers.get(self.id)
        if given is None:
            return self.default
        if given not in {candidate.answer for candidate in self.candidates}:
            raise FileRefused("answer_unknown", question=self.id, text=given)
        return given


@dataclass(frozen=True)
class LeftOut:
    """
    A part of the file that is not taken, and why: the sentence `reason`, filled from `details`.

    `kind` is `sheet`, `row`, `column`, `cell` or `shape`; `where` its name as the file's reader sees it (`A5`, `7`, `C`).
    """

    kind: str
    where: str
    reason: str
    details: Mapping[str, object] = field(default_factory=dict)


def open_ones(questions: Iterable[Question], answers: Answers) -> list[Question]:
    """The questions without which nothing may be kept yet."""
    return [question for question in questions if question.settled(answers) is None]
