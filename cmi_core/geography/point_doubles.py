"""Rows that say the same again, and places that contradict each other under one id."""

from collections import defaultdict
from collections.abc import Sequence

from cmi_core.geography.point_source import Source
from cmi_core.tables.questions import Answers, Candidate, LeftOut, Question

Point = dict[str, object]
_NOTHING = ("row",)


def without_doubles(points: Sequence[Point], source: Source, answers: Answers) -> list[Point]:
    """Each place once: what is the same again is listed; two places under one id are asked about together."""
    once = _once(points, source)
    by_code: dict[object, list[Point]] = defaultdict(list)
    for point in once:
        if point["code"]:
            by_code[point["code"]].append(point)
    clashing = {code: group for code, group in by_code.items() if len(group) > 1}
    if not clashing:
        return once
    question = _question(clashing)
    source.questions.append(question)
    chosen = question.settled(answers)
    if chosen == "without":
        return [point | {"code": ""} if point["code"] in clashing else point for point in once]
    for group in clashing.values() if chosen == "out" else ():
        rows = _rows(group)
        source.left_out += [
            LeftOut("row", str(point["row"]), "read_points.double_out", {"code": point["code"], "rows": rows})
            for point in group
        ]
    return [point for point in once if point["code"] not in clashing]


def _once(points: Sequence[Point], source: Source) -> list[Point]:
    first: dict[tuple[object, ...], object] = {}
    kept = []
    for point in points:
        # NaN is not equal to itself, but an accuracy that is not told twice is the same.
        says = tuple(str(content) for name, content in point.items() if name not in _NOTHING)
        if says in first:
            source.left_out.append(
                LeftOut("row", str(point["row"]), "read_points.again", {"first": first[says]})
            )
        else:
            first[says] = point["row"]
            kept.append(point)
    return kept


def _question(clashing: dict[object, list[Point]]) -> Question:
    told = [f"{code} ({_rows(group)})" for code, group in clashing.items()]
    names = tuple(
        str(point["name_th"] or point["name_en"]) for group in clashing.values() for point in group
    )[:4]
    return Question(
        "doubles",
        "read_points.ask_doubles",
        (
            Candidate("without", say="read_points.take_without_code", sample=names),
            Candidate("out", say="read_points.leave_all_out"),
        ),
        details={"codes": ", ".join(told[:5]) + (" …" if len(told) > 5 else ""), "count": len(clashing)},
    )


def _rows(group: Sequence[Point]) -> str:
    return ", ".join(str(point["row"]) for point in group)
