"""What does an executive need on one page? Words and figures, ready to be set."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pandas as pd

from cmi_core import text
from cmi_core.calendar.days import say_day, say_moment
from cmi_core.calendar.periods import Period, label, parse
from cmi_core.kpi.progress import WORDS
from cmi_core.store import Store, entries, record, sources
from cmi_core.text.numbers import say_number
from cmi_core.views import goal_board, index_breakdown, kpis
from cmi_core.views.people import Who

_HALF = 32  # letters of the seal on a line
_LINES = 4  # entries and late values that fit on the page

Translate = Callable[..., str]


def facts(
    store: Store, language: str, today: date, now: datetime, *, who: Who, demonstration: bool = False
) -> dict[str, object]:
    """
    Everything the page says in one language, as plain text, numbers and lists.

    `now` is UTC without zone; with it and the head of the record the page can be told from a later one. `who` says people
    as the reader may see them.
    """
    t = text.translator(language)
    scores = index_breakdown.printed(store, *index_breakdown.HOME)
    late = kpis.overdue(store, today)
    entry, seal = record.head(store)
    more = max(0, len(late) - _LINES)
    return {
        "title": t("app.name"),
        "subtitle": t("one_page.subtitle"),
        "date": say_day(today, t),
        "demonstration": t("shell.demonstration") if demonstration else None,
        "words": {key: t(f"one_page.{key}") for key in _WORDS},
        "index": _index(store, scores, language),
        "dimensions": _dimensions(scores, language),
        "weakest": _weakest(store, language),
        "strategies": [_strategy(row, language, t) for row in kpis.by_strategy(store, today).itertuples()],
        "legend": [{"word": word, "said": t(f"progress.{word}")} for word in WORDS],
        "lately": [_change(row, language, t, who) for row in entries.lately(store, _LINES).itertuples()],
        "overdue": [_late(row, language, t) for row in late.head(_LINES).itertuples()],
        "more_overdue": t("one_page.more_overdue", count=more) if more else None,
        "means": _means(store, t),
        "sources": _sources(store, scores, language),
        "footer": t("one_page.footer", moment=say_moment(now, t)),
        # Whole: half a seal can be met by another record. In two lines, so that nobody loses their place.
        "seal": t("one_page.seal", entry=entry),
        "seal_lines": [seal[:_HALF], seal[_HALF:]],
        "head": f"{entry} {seal}",
    }


_WORDS = (
    "as_printed",
    "lowest",
    "strategies",
    "lately",
    "lately_none",
    "overdue",
    "overdue_none",
    "means",
    "sources",
)


def _index(store: Store, scores: pd.DataFrame, language: str) -> dict[str, object]:
    root = next(scores[scores["depth"] == 0].itertuples())
    means = index_breakdown.mean_of_children(store, *index_breakdown.HOME)
    beside = next(means[means["node"] == root.node].itertuples())
    t = text.translator(language)
    said = t(
        "one_page.beside",
        printed=say_number(root.value, 2),
        computed=say_number(beside.mean, 2),
        count=beside.count,
    )
    return {
        "name": t("one_page.index"),
        "score": say_number(root.value, 2),
        "level": root.level_as_printed,
        "note": getattr(root, f"flag_{language}") or said,
    }


def _dimensions(scores: pd.DataFrame, language: str) -> list[dict[str, object]]:
    rows = scores[scores["depth"] == 1].sort_values("position")
    return [
        {
            "name": getattr(row, f"name_{language}"),
            "score": say_number(row.value, 2),
            "value": float(row.value),
            "level": row.level_as_printed,
            "lowest": bool(row.value == rows["value"].min()),
        }
        for row in rows.itertuples()
    ]


def _weakest(store: Store, language: str) -> dict[str, object]:
    """The lowest dimension, the goals and KPIs meant to move it, and the places and people these name."""
    t = text.translator(language)
    lowest = index_breakdown.lowest(store, *index_breakdown.HOME)
    board = goal_board.meant_for(store, lowest.node)
    named = board.named.drop_duplicates("code")
    lists = {
        "weakest_goals": board.goals[f"short_{language}"],
        "weakest_kpis": board.kpis[f"name_{language}"],
        "weakest_named": named.loc[named["kind"] != "initiative", f"name_{language}"],
    }
    return {
        "title": t(
            "one_page.weakest", name=getattr(lowest, f"name_{language}"), score=say_number(lowest.value, 2)
        ),
        "lists": [
            {"title": t(f"one_page.{key}"), "items": list(items) or [t("one_page.weakest_none")]}
            for key, items in lists.items()
        ],
    }


def _strategy(row: Any, language: str, t: Translate) -> dict[str, object]:
    counted = {word: int(row.missing if word == "not_available" else getattr(row, word)) for word in WORDS}
    return {
        "short": row.short,
        "name": getattr(row, f"name_{language}"),
        "counts": [{"word": word, "count": count} for word, count in counted.items() if count],
        "total": int(row.total),
        "word": t(f"progress.{row.word}"),
        "judged": t("one_page.judged", judged=row.judged, total=row.total),
    }


def _change(row: Any, language: str, t: Translate, who: Who) -> dict[str, str]:
    what = t(f"deed.{row.deed}")
    if row.kpi:
        what += f" · {getattr(row, f'kpi_name_{language}')}"
    if row.kpi and pd.notna(row.value):
        value = say_number(row.value, int(row.decimals))
        what += f": {value} {getattr(row, f'unit_{language}')} ({_said(row.period, t)})"
    return {"what": what, "when": f"{who(row.recorded_by, row.entry)} · {say_moment(row.recorded_at, t)}"}


def _late(row: Any, language: str, t: Translate) -> dict[str, str]:
    late = t("one_page.late", period=_said(row.owed_period, t), days=int(row.days_late))
    return {"what": getattr(row, f"name_{language}"), "when": late}


def _means(store: Store, t: Translate) -> str:
    """How far the means are, those without a word among them."""
    counts = goal_board.states(store).set_index("state")["means"].to_dict()
    told = [
        f"{t(f'goal_board.state_{state}')} {count}"
        for state, count in sorted(counts.items())
        if state != "unknown"
    ]
    return " · ".join(
        [*told, t("one_page.unset", unset=counts.get("unknown", 0), total=sum(counts.values()))]
    )


def _sources(store: Store, scores: pd.DataFrame, language: str) -> list[str]:
    codes = tuple(sorted(set(scores["source"])))
    return [
        f"{getattr(row, f'producer_{language}')}: {getattr(row, f'title_{language}')}"
        for row in sources.some(store, codes).itertuples()
    ]


def _said(period: object, t: Translate) -> str:
    return label(period if isinstance(period, Period) else parse(str(period)), t)
