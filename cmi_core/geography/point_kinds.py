"""What kind each point of a file is: the words of the file, each understood or asked once."""

from collections import Counter
from collections.abc import Mapping, Sequence

from cmi_core.geography import categories
from cmi_core.geography.point_headings import plain
from cmi_core.geography.point_source import Source, said
from cmi_core.tables.questions import Answers, Candidate, Question
from cmi_core.text.spelling import same
from cmi_core.text.typed import shown

MOST_WORDS = 40  # asked one by one; a column of more is asked about as a whole
NONE, REST = "kind", "kind:*"
OUT = "out"


def kinds(source: Source, columns: Mapping[str, str], answers: Answers) -> dict[int, str]:
    """The category of each row, by its number; empty while it is open, `out` for rows that somebody leaves out."""
    words = {number: _word(source, columns, cells) for number, cells in source.rows}
    counted = Counter(same(word) for word in words.values() if word)
    spelt = {same(word): word for word in words.values() if word}
    hints = categories.likely(" ".join((*source.headings.values(), *source.hints)))
    asked = [word for word, _ in counted.most_common()]
    unknown = [word for word in asked if categories.understood(word) is None]
    grouped = set(unknown[MOST_WORDS:])
    meant = {"": ""}
    for word in asked:
        if word not in grouped:
            question = _about_word(spelt[word], counted[word], hints)
            source.questions.append(question)
            meant[word] = question.settled(answers) or ""
    if grouped:
        meant |= dict.fromkeys(
            grouped,
            _whole(
                source, REST, "read_points.ask_kinds", sum(counted[word] for word in grouped), hints, answers
            ),
        )
    if missing := [number for number, word in words.items() if not word]:
        meant[""] = _whole(
            source, NONE, "read_points.ask_kind_missing", len(missing), hints, answers, rows=missing
        )
    return {number: meant[same(word)] for number, word in words.items()}


def tags(source: Source) -> list[str]:
    """The columns that are tags of OpenStreetMap, in the order in which they are asked for a kind."""
    named = {plain(heading).replace(" ", "_"): column for column, heading in source.headings.items()}
    return [named[tag] for tag in categories.TAGS if tag in named]


def _word(source: Source, columns: Mapping[str, str], cells: Mapping[str, object]) -> str:
    """The row's own word for its kind; where there is no such column, the tag of OpenStreetMap that says most."""
    if "category" in columns:
        return said(cells.get(columns["category"]))
    tagged = [
        f"{plain(source.headings[column]).replace(' ', '_')}={said(cells[column])}"
        for column in tags(source)
        if column in cells
    ]
    return next((tag for tag in tagged if categories.understood(tag)), next(iter(tagged), ""))


def _about_word(word: str, count: int, hints: Sequence[str]) -> Question:
    meant = categories.understood(word)
    likely = [meant] if meant else [*categories.likely(word), *hints]
    return Question(
        f"kind:{same(word)}", "read_points.ask_kind", _all(likely), meant, asked=meant is None,
        details={"word": shown(word, most=80), "count": count},
    )  # fmt: skip


def _whole(
    source: Source,
    name: str,
    why: str,
    count: int,
    hints: Sequence[str],
    answers: Answers,
    rows: Sequence[int] = (),
) -> str:
    """A question about many rows at once, with nothing preselected."""
    told = ", ".join(map(str, rows[:5])) + (" …" if len(rows) > 5 else "")
    question = Question(name, why, _all(hints), None, details={"count": count, "rows": told})
    source.questions.append(question)
    return question.settled(answers) or ""


def _all(likely: Sequence[str]) -> tuple[Candidate, ...]:
    """Every category, the likely ones first, and leaving the rows out."""
    order = dict.fromkeys((*likely, *categories.CATEGORIES))
    offered = [Candidate(category, say=f"map.category_{category}") for category in order]
    return (*offered, Candidate(OUT, say="read_points.leave_rows_out"))
