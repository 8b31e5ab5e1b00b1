"""The plan as a board: three coloured columns of goals, each opening to its means and KPIs."""

from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from cmi_core.calendar.days import say_day
from cmi_core.kpi.progress import WORDS
from cmi_core.views import goal_board as views
from cmi_core.views import kpis
from cmi_core.views.goal_board import Board
from pages.components.kpi import kpi_words
from pages.components.shell.session import Page
from pages.components.shell.words import escape

MARKS = {"not_started": "○", "under_way": "◐", "done": "●", "stopped": "✕", "unknown": "·"}
VIEWS = ("board", "table", "findings")
KIND_ICONS = {"organisation": "◆", "place": "▲", "initiative": "✦"}


def chosen(page: Page, choices: tuple[tuple[str, str], ...]) -> Board:
    """The part of the plan that the choices leave."""
    return views.choose(page.read(views.whole), **dict(choices))


def show(page: Page, choices: tuple[tuple[str, str], ...]) -> None:
    """What the choices leave of the board; where there are any, every goal is unfolded."""
    st.html(page.made(_board, choices))


def _board(page: Page, choices: tuple[tuple[str, str], ...]) -> str:
    board, opened = page.made(chosen, choices), bool(choices)
    rows = page.read(kpis.tracking, page.today)
    progress = dict(zip(rows["kpi"], rows["word"], strict=True))
    rolled = {row.goal: row for row in page.read(kpis.by_goal, page.today).itertuples()}
    columns = "".join(
        _strategy(page, board, row, progress, rolled, opened=opened) for row in board.strategies.itertuples()
    )
    return f'{_legend(page)}<div class="cmi-board cmi-board-{len(board.strategies)}">{columns}</div>'


def counts(page: Page, board: Board) -> None:
    """How much of the plan is shown, and how many of its means nobody has said anything about."""
    st.markdown(
        page.t("goal_board.shown", goals=len(board.goals), means=len(board.means), kpis=len(board.kpis))
    )
    unset = page.t("goal_board.unset", unset=int(board.means["state"].isna().sum()), means=len(board.means))
    st.html(f'<p class="cmi-small">{escape(unset)}</p>')


def table(page: Page, board: Board) -> pd.DataFrame:
    """The means shown, in words: the same as the board, for a spreadsheet."""
    goals = board.goals.set_index("goal")[f"short_{page.language}"]
    means = board.means
    return pd.DataFrame(
        {
            "number": means["number"],
            "goal": means["goal"].map(goals),
            "name": means[f"name_{page.language}"],
            "state": [page.t(f"goal_board.state_{state}") if state else None for state in means["state"]],
            "owner": means[f"owner_{page.language}"],
            "starts_on": [say_day(day, page.t) if day else None for day in means["starts_on"]],
            "ends_on": [say_day(day, page.t) if day else None for day in means["ends_on"]],
            **{kind: _joined(page, board, kind) for kind in KIND_ICONS},
            "source": means["source"],
        }
    )


def headings(page: Page) -> dict[str, str]:
    """The headings of `table`."""
    own = ("number", "goal", "name", "state", "owner", "starts_on", "ends_on")
    return (
        {name: page.t(f"goal_board.{name}") for name in own}
        | {kind: page.t(f"goal_board.kind_{kind}") for kind in KIND_ICONS}
        | {"source": page.t("goal_board.source")}
    )


def _joined(page: Page, board: Board, kind: str) -> list[str]:
    """For each means shown, what of a kind its wording names."""
    rows = board.named[board.named["kind"] == kind]
    names = rows.groupby("means")[f"name_{page.language}"].agg("; ".join) if len(rows) else {}
    return [names.get(code, "") for code in board.means["means"]]


def _strategy(
    page: Page,
    board: Board,
    row: object,
    progress: dict[str, str],
    rolled: dict[str, object],
    *,
    opened: bool,
) -> str:
    goals = board.goals[board.goals["strategy"] == row.strategy]
    cards = "".join(
        _goal(page, board, goal, progress, rolled[goal.goal], opened=opened) for goal in goals.itertuples()
    )
    return f"""
      <section class="cmi-column cmi-b{row.position}" aria-label="{escape(page.name_of(row))}">
        <header><p class="cmi-d" lang="en">{escape(row.short)}</p><h2>{escape(page.name_of(row))}</h2>
          <p class="cmi-of">{_say(page, "of_strategy", goals=row.goals, means=row.means, kpis=row.kpis)}</p></header>
        <div class="cmi-cards">{cards}</div>
      </section>"""


def _goal(
    page: Page, board: Board, goal: object, progress: dict[str, str], rolled: object, *, opened: bool
) -> str:
    means = board.means[board.means["goal"] == goal.goal]
    kpis = board.kpis[board.kpis["goal"] == goal.goal]
    remark = page.name_of(goal, "remark")
    parts = [
        f'<p class="cmi-wording">{escape(page.name_of(goal))}</p>',
        f'<p class="cmi-remark">{escape(remark)}</p>' if remark else "",
        _headed(page, "means", _means_list(page, board, means)),
        _headed(page, "kpis", _kpi_list(page, kpis, progress)),
        f'<p class="cmi-more"><a target="_self" href="{_link(page, "goal-board", goal=goal.goal)}">{_say(page, "open_goal")}</a></p>',
    ]
    return f"""
      <details class="cmi-goal" id="{goal.goal}"{" open" if opened else ""}>
        <summary><span class="cmi-no">{goal.position}</span>
          <span class="cmi-goal-name">{escape(page.name_of(goal, "short"))}</span>
          <span class="cmi-goal-facts">{_say(page, "of_goal", means=len(means), kpis=len(kpis))}</span>
          {_marks(page, [progress.get(code, "not_available") for code in kpis["kpi"]])}
          {_rolled(page, rolled)}</summary>
        <div class="cmi-goal-body">{"".join(parts)}</div>
      </details>"""


def _legend(page: Page) -> str:
    """What the small blocks mean: one per KPI, in the six words of progress."""
    words = "".join(
        f'<span><i class="cmi-p-{word}"></i>{escape(page.t(f"progress.{word}"))}</span>' for word in WORDS
    )
    return f'<p class="cmi-legend-row"><b>{_say(page, "legend")}</b>{words}</p>'


def _marks(page: Page, words: list[str]) -> str:
    """One small block per KPI from best to worst, and the same in words."""
    told = ", ".join(f"{page.t(f'progress.{word}')} {words.count(word)}" for word in WORDS if word in words)
    blocks = "".join(f'<i class="cmi-p-{word}"></i>' for word in WORDS for _ in range(words.count(word)))
    return f'<span class="cmi-blocks" role="img" aria-label="{escape(told)}" title="{escape(told)}">{blocks}</span>'


def _rolled(page: Page, row: object) -> str:
    """How the goal as a whole stands by the written rule; nothing while none of its KPIs can be judged."""
    if not row.judged:
        return ""
    told = _say(page, "judged", judged=row.judged, total=row.total)
    return f'<span class="cmi-goal-stands">{kpi_words.word(page, row.word)} {told}</span>'


def _means_list(page: Page, board: Board, means: pd.DataFrame) -> str:
    named = dict(iter(board.named.groupby("means")))
    return "".join(_means(page, row, named.get(row.means)) for row in means.itertuples())


def _means(page: Page, row: object, named: pd.DataFrame | None) -> str:
    remark = page.name_of(row, "remark")
    chips = "" if named is None else "".join(_chip(page, name) for name in named.itertuples())
    return f"""<li><p><span class="cmi-means-no">{row.number}</span> {escape(page.name_of(row))}</p>
      {f'<p class="cmi-remark">{escape(remark)}</p>' if remark else ""}
      {f'<p class="cmi-named">{chips}</p>' if chips else ""}
      <p class="cmi-state cmi-state-{row.state or "unknown"}">{_state(page, row)}</p></li>"""


def _state(page: Page, row: object) -> str:
    """State, owner and dates; where nobody has said so, that."""
    if row.state is None:
        return f'<span aria-hidden="true">{MARKS["unknown"]}</span> {_say(page, "state_not_set")}'
    told = [f"<b>{_say(page, f'state_{row.state}')}</b>"]
    owner = page.name_of(row, "owner")
    told.append(_say(page, "owned_by", owner=owner) if owner else _say(page, "no_owner"))
    told += [
        _say(page, key, day=say_day(day, page.t))
        for key, day in (("from_day", row.starts_on), ("to_day", row.ends_on))
        if day
    ]
    return f'<span aria-hidden="true">{MARKS[row.state]}</span> {" · ".join(told)}'


def _chip(page: Page, row: object) -> str:
    name = escape(page.name_of(row))
    title = _say(page, f"kind_{row.kind}")
    mark = f'<span aria-hidden="true">{KIND_ICONS[row.kind]}</span> '
    if row.kind == "initiative":
        return f'<span class="cmi-chip" title="{title}">{mark}{name}</span>'
    where = (
        _link(page, "partner-network", org=row.code)
        if row.kind == "organisation"
        else _link(page, "district-map", place=row.code)
    )
    return f'<a target="_self" class="cmi-chip" title="{title}" href="{where}">{mark}{name}</a>'


def _kpi_list(page: Page, kpis: pd.DataFrame, progress: dict[str, str]) -> str:
    return "".join(_kpi(page, row, progress.get(row.kpi, "not_available")) for row in kpis.itertuples())


def _kpi(page: Page, row: object, word: str) -> str:
    draft = f' <span class="cmi-draft">{_say(page, "draft")}</span>' if row.approval == "draft" else ""
    return f"""<li class="cmi-tied"><i class="cmi-p-{word}"></i><span>
      <a target="_self" href="{_link(page, "kpi-tracking", kpi=row.kpi)}">{escape(page.name_of(row))}</a>{draft}
      <small>{escape(page.t(f"progress.{word}"))}</small></span></li>"""


def _headed(page: Page, key: str, items: str) -> str:
    if not items:
        return f'<h3>{_say(page, f"head_{key}")}</h3><p class="cmi-remark">{_say(page, f"none_{key}")}</p>'
    return f'<h3>{_say(page, f"head_{key}")}</h3><ul class="cmi-items">{items}</ul>'


def findings(page: Page, rows: pd.DataFrame, board: Board) -> None:
    """What the first workshop found, by strategy: main activities, strengths, opportunities, challenges."""
    columns = "".join(
        _findings_of(page, rows[rows["strategy"] == row.strategy], row)
        for row in board.strategies.itertuples()
    )
    st.html(f'<div class="cmi-board cmi-board-{len(board.strategies)}">{columns}</div>')


def _findings_of(page: Page, rows: pd.DataFrame, strategy: object) -> str:
    groups = "".join(
        f'<h3>{_say(page, f"finding_{kind}")}</h3><ul class="cmi-items">'
        + "".join(f"<li>{escape(page.name_of(row))}</li>" for row in group.itertuples())
        + "</ul>"
        for kind, group in rows.groupby("kind", sort=False)
    )
    return f"""
      <section class="cmi-column cmi-b{strategy.position}" aria-label="{escape(page.name_of(strategy))}">
        <header><p class="cmi-d" lang="en">{escape(strategy.short)}</p></header>
        <div class="cmi-goal cmi-goal-body">{groups or _say(page, "no_findings")}</div></section>"""


def _link(page: Page, where: str, **choices: str) -> str:
    return escape(f"/{where}?{urlencode(choices | {'lang': page.language})}")


def _say(page: Page, key: str, **details: object) -> str:
    return escape(page.t(f"goal_board.{key}", **details))
