"""What of the plan a reader wants to see; every choice is in the URL."""

from collections.abc import Callable
from html import escape

import pandas as pd
import streamlit as st

from cmi_core.numbers import say_number
from cmi_core.views import breakdown
from cmi_core.views import goals as views
from pages.components import filters
from pages.components.session import Page

Pairs = tuple[tuple[str, str], ...]


def choices(page: Page) -> Pairs:
    """Draw the filters; the choices made, as `views.goals.chosen` takes them."""
    plan = page.read(views.whole)
    first, second = st.columns([5, 6])
    with first:
        words = filters.words(
            "words", label=_say(page, "words"), icon=":material/search:", placeholder=_say(page, "words_hint")
        )
    with second:
        strategy = filters.segments(
            "strategy",
            ["", *plan.strategies["strategy"]],
            label=_say(page, "strategy"),
            say=_names(page, plan.strategies, "strategy", "short"),
            width="stretch",
        )
    cells = st.container(key="plan_filters").columns(4)
    with cells[0]:
        goal = _select(page, "goal", plan.goals, "goal", "short")
    with cells[1]:
        node = _select(page, "node", _scored(page), "node", "told")
    with cells[2]:
        organisation = _select(page, "organisation", page.read(views.organisations), "code", "name")
    with cells[3]:
        place = _select(page, "place", page.read(views.places), "place", "name")
    made = {
        "strategy": strategy,
        "goal": goal,
        "node": node,
        "organisation": organisation,
        "place": place,
        "words": words,
    }
    return tuple((key, value) for key, value in made.items() if value)


def trail(page: Page, made: Pairs, board: views.Board) -> None:
    """From a dimension of the index to the goals and KPIs meant to move it, and the places and people named."""
    scores = page.read(breakdown.printed, *breakdown.HOME)
    for row in scores[scores["node"] == dict(made).get("node")].itertuples():
        places, people = (_chips(page, board.named, kind) for kind in ("place", "organisation"))
        st.html(
            f"""<section class="cmi-trail" aria-label="{_told(page, "trail")}">
              <div><p class="cmi-kicker">{escape(page.name_of(row))}</p>
                <p class="cmi-big"><strong>{say_number(row.value, 2)}</strong></p>
                <p class="cmi-small">{_told(page, "trail_score", level=row.level_as_printed)}</p></div>
              <div><p class="cmi-kicker">{_told(page, "trail_moves")}</p>
                <p class="cmi-trail-n">{_told(page, "trail_counts", goals=len(board.goals), kpis=len(board.kpis), means=len(board.means))}</p>
                <p class="cmi-small">{_told(page, "trail_basis")}</p></div>
              <div><p class="cmi-kicker">{_told(page, "trail_where")}</p>{places or f'<p class="cmi-small">{_told(page, "trail_no_place")}</p>'}
                <p class="cmi-kicker">{_told(page, "trail_who")}</p>{people or f'<p class="cmi-small">{_told(page, "trail_nobody")}</p>'}</div>
            </section>"""
        )


def _chips(page: Page, named: pd.DataFrame, kind: str) -> str:
    rows = named[named["kind"] == kind].drop_duplicates("code")
    return "".join(f'<span class="cmi-chip">{escape(page.name_of(row))}</span> ' for row in rows.itertuples())


def _scored(page: Page) -> pd.DataFrame:
    """The dimensions with their printed score in the label."""
    rows = page.read(breakdown.printed, *breakdown.HOME)
    rows = rows[rows["depth"] == 1]
    scores = [f" · {say_number(value, 2)}" for value in rows["value"]]
    return rows.assign(told_th=rows["name_th"] + scores, told_en=rows["name_en"] + scores)


def _select(page: Page, key: str, table: pd.DataFrame, code: str, field: str) -> str:
    return filters.select(
        key, ["", *table[code]], label=_say(page, key), say=_names(page, table, code, field)
    )


def _names(page: Page, table: pd.DataFrame, code: str, field: str) -> Callable[[str], str]:
    column = f"{field}_{page.language}" if f"{field}_{page.language}" in table else field
    names = dict(zip(table[code], table[column], strict=True)) | {"": _say(page, "all")}
    return lambda chosen: names.get(chosen, chosen)


def _say(page: Page, key: str) -> str:
    return page.t(f"goal_board.{key}")


def _told(page: Page, key: str, **details: object) -> str:
    return escape(page.t(f"goal_board.{key}", **details))
