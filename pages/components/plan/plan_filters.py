"""What of the plan a reader wants to see; every choice is in the URL."""

from typing import Any

import pandas as pd
import streamlit as st

from cmi_core.text.numbers import say_number
from cmi_core.views import goal_board as views
from cmi_core.views import index_breakdown
from pages.components.shell import filters
from pages.components.shell.session import Page
from pages.components.shell.words import escape

Pairs = tuple[tuple[str, str], ...]
_LISTS = ("goal", "node", "organisation", "place")


def choices(page: Page) -> Pairs:
    """Draw the filters; the choices made, as `views.goals.choose` takes them."""
    first, second = st.columns([5, 6])
    with first:
        words = filters.words(
            "words", label=_say(page, "words"), icon=":material/search:", placeholder=_say(page, "words_hint")
        )
    offered = page.made(_offered)
    with second:
        strategy = filters.segments(
            "strategy",
            list(offered["strategy"]),
            label=_say(page, "strategy"),
            say=offered["strategy"].__getitem__,
            width="stretch",
        )
    cells = dict(zip(_LISTS, st.container(key="plan_filters").columns(len(_LISTS)), strict=True))
    listed = {key: _select(page, key, offered[key], cell) for key, cell in cells.items()}
    made = {"strategy": strategy} | listed | {"words": words}
    return tuple((key, value) for key, value in made.items() if value)


def trail(page: Page, made: Pairs, board: views.Board) -> None:
    """From a dimension of the index to the goals and KPIs meant to move it, and the places and people named."""
    node = dict(made).get("node")
    if not node:
        return
    scores = page.read(index_breakdown.printed, *index_breakdown.HOME)
    for row in scores[scores["node"] == node].itertuples():
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
    rows = page.read(index_breakdown.printed, *index_breakdown.HOME)
    rows = rows[rows["depth"] == 1]
    scores = [f" · {say_number(value, 2)}" for value in rows["value"]]
    return rows.assign(told_th=rows["name_th"] + scores, told_en=rows["name_en"] + scores)


def _offered(page: Page) -> dict[str, dict[str, str]]:
    """For each choice its codes and their names; the empty code chooses everything."""
    plan = page.read(views.whole)
    return {
        "strategy": _names(page, plan.strategies, "strategy", "short"),
        "goal": _names(page, plan.goals, "goal", "short"),
        "node": _names(page, _scored(page), "node", "told"),
        "organisation": _names(page, page.read(views.organisations), "code", "name"),
        "place": _names(page, page.read(views.places), "place", "name"),
    }


def _select(page: Page, key: str, names: dict[str, str], cell: Any) -> str:
    with cell:
        return filters.select(key, list(names), label=_say(page, key), say=names.__getitem__)


def _names(page: Page, table: pd.DataFrame, code: str, field: str) -> dict[str, str]:
    column = f"{field}_{page.language}" if f"{field}_{page.language}" in table else field
    return {"": _say(page, "all")} | dict(zip(table[code], table[column], strict=True))


def _say(page: Page, key: str) -> str:
    return page.t(f"goal_board.{key}")


def _told(page: Page, key: str, **details: object) -> str:
    return escape(page.t(f"goal_board.{key}", **details))
