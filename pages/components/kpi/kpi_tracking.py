"""The KPIs of the plan as cards per strategy, with the choices that narrow them."""

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cmi_core.kpi.progress import WORDS
from cmi_core.views import kpis
from pages.components.kpi import kpi_words
from pages.components.shell import filters, words
from pages.components.shell.session import Page
from pages.components.shell.words import escape

ALL = "all"
Choices = tuple[str, str, str]


def choose(page: Page) -> tuple[str, Choices]:
    """The KPI whose page is open, or nothing, and then what narrows the list of all."""
    whole, *narrower = st.columns([3, 2, 1.4, 2])
    names = page.made(_names)
    with whole:
        kpi = filters.select(
            "kpi", list(names), label=page.t("kpi_tracking.kpi"), say=names.__getitem__, default=""
        )
    return kpi, (ALL, ALL, "") if kpi else _choices(page, *narrower)


def _choices(page: Page, first: DeltaGenerator, second: DeltaGenerator, third: DeltaGenerator) -> Choices:
    """A strategy, a word of progress, words of the name; empty where all."""
    strategies = page.made(_strategies)
    with first:
        strategy = filters.select(
            "strategy", list(strategies), label=page.t("kpi_tracking.strategy"), say=strategies.__getitem__
        )
    with second:
        word = filters.select(
            "progress",
            (ALL, *WORDS, "overdue"),
            label=page.t("kpi_tracking.progress"),
            say=lambda code: _said_progress(page, code),
        )
    with third:
        sought = filters.words("find", label=page.t("kpi_tracking.find"), icon=":material/search:")
    return strategy, word, sought


def narrowed(page: Page, choices: Choices) -> pd.DataFrame:
    """The rows that the choices leave."""
    rows = page.read(kpis.tracking, page.today)
    strategy, word, sought = choices
    if strategy != ALL:
        rows = rows[rows["strategy"] == strategy]
    if word == "overdue":
        rows = rows[rows["days_late"] > 0]
    elif word != ALL:
        rows = rows[rows["word"] == word]
    return rows[_holds(rows, sought)] if sought else rows


def summary(page: Page, choices: Choices) -> str:
    """How many KPIs stand where, those without data too."""
    rows = page.made(narrowed, choices)
    counts = "".join(
        f"<li>{kpi_words.word(page, word)}<b>{int((rows['word'] == word).sum())}</b></li>" for word in WORDS
    )
    late, waiting = int((rows["days_late"] > 0).sum()), int((rows["count_waiting"] > 0).sum())
    told = [page.t("kpi_tracking.count", count=len(rows))]
    if late:
        told.append(page.t("kpi_tracking.count_late", count=late))
    if waiting:
        told.append(page.t("kpi_tracking.count_waiting", count=waiting))
    return f'<ul class="cmi-tally">{counts}</ul><p class="cmi-small">{escape(" · ".join(told))}</p>'


def beginning(page: Page, rows: pd.DataFrame) -> None:
    """Why nothing is judged yet and how that changes, while no KPI has a baseline and a target."""
    if rows.empty or rows["has_plan"].any():
        return
    steps = "".join(
        f"<li><b>{number}</b><span>{escape(page.t(f'kpi_tracking.step_{number}'))}</span></li>"
        for number in (1, 2, 3)
    )
    st.html(
        f"""<section class="cmi-begin"><h2>{escape(page.t("kpi_tracking.begin", count=len(rows)))}</h2>
        <p>{escape(page.t("kpi_tracking.begin_why"))}</p><ol>{steps}</ol></section>"""
    )


def cards(page: Page, choices: Choices) -> None:
    """One card per KPI, under its strategy."""
    if page.made(narrowed, choices).empty:
        st.info(page.t("kpi_tracking.none_found"), icon=":material/search_off:")
    else:
        st.html(page.made(_cards, choices))


def _cards(page: Page, choices: Choices) -> str:
    rows = page.made(narrowed, choices)
    rolled = page.read(kpis.by_strategy, page.today).set_index("strategy")
    parts = []
    for code, part in rows.groupby("strategy", sort=False):
        row = rolled.loc[code]
        told = page.t("progress.counted", judged=row["judged"], total=row["total"], missing=row["missing"])
        parts.append(
            f"""<section class="cmi-s{row["position"]}"><header class="cmi-kpi-head">
            <h2><small lang="en">{escape(row["short"])}</small>{escape(row[f"name_{page.language}"])}</h2>
            <p class="cmi-small">{kpi_words.word(page, row["word"]) if row["judged"] else ""} {escape(told)}</p></header>
            <div class="cmi-kpi-cards">{"".join(_card(page, each) for each in part.itertuples())}</div></section>"""
        )
    return "".join(parts)


def table(page: Page, choices: Choices) -> tuple[pd.DataFrame, dict[str, str]]:
    """The same as a table in words, with its headings."""
    rows = page.made(narrowed, choices)
    shown = pd.DataFrame(
        {
            "kpi": rows["kpi"],
            "name": rows[f"name_{page.language}"],
            "goal": rows[f"goal_short_{page.language}"],
            "approval": [page.t(f"kpi_words.approval_{code}") for code in rows["approval"]],
            "unit": rows[f"unit_{page.language}"],
            "baseline": rows["baseline"],
            "baseline_period": [words.period(page, code) for code in rows["baseline_period"]],
            "target": rows["target"],
            "target_period": [words.period(page, code) for code in rows["target_period"]],
            "latest": rows["value"],
            "latest_period": [words.period(page, code) for code in rows["period"]],
            "expected": rows["expected"],
            "progress": [page.t(f"progress.{code}") for code in rows["word"]],
            "reason": [page.t(f"progress.reason_{code}") if code else "" for code in rows["reason"]],
            "days_late": rows["days_late"],
        }
    )
    return shown, {name: page.t(f"kpi_words.{name}") for name in shown.columns}


def _card(page: Page, row: object) -> str:
    name = words.link(page.name_of(row), words.here(page, "/kpi-tracking", kpi=row.kpi), kind="cmi-kpi-name")
    tags = [page.t(f"periods.every_{row.frequency}")]
    if row.approval == "draft":
        tags.insert(0, page.t("kpi_words.approval_draft"))
    late = f'<span class="cmi-tag">{_t(page, "late", days=row.days_late)}</span>' if row.days_late else ""
    waiting = f'<span class="cmi-tag cmi-tag-soft">{_t(page, "waiting")}</span>' if row.count_waiting else ""
    body = _figures(page, row) if row.has_plan or row.count_values else _missing(page, row)
    return f"""<article class="cmi-kpi"><p class="cmi-kpi-top">{kpi_words.word(page, row.word)}{late}{waiting}</p>
      <h3>{name}</h3><p class="cmi-small">{escape(getattr(row, f"goal_short_{page.language}"))} · {escape(" · ".join(tags))}</p>
      {body}</article>"""


def _figures(page: Page, row: object) -> str:
    figures = [("baseline", row.baseline, row.baseline_period), ("latest", row.value, row.period)]
    target = (
        f"{kpi_words.said(page, row, row.band_lower)}–{kpi_words.said(page, row, row.band_upper)}"
        if row.direction == "band"
        else kpi_words.said(page, row, row.target)
    )
    cells = "".join(
        f"<div><dt>{escape(page.t(f'kpi_words.{key}'))}</dt><dd>{kpi_words.said(page, row, value)}</dd>"
        f"<small>{escape(words.period(page, code))}</small></div>"
        for key, value, code in figures
    )
    cells += (
        f"<div><dt>{escape(page.t('kpi_words.target'))}</dt><dd>{target}</dd>"
        f"<small>{escape(words.period(page, row.target_period))}</small></div>"
    )
    return f'<dl class="cmi-trio">{cells}</dl>{_track(page, row)}<p class="cmi-unit">{escape(kpi_words.unit(page, row))}</p>'


def _track(page: Page, row: object) -> str:
    """From baseline to target: how far the latest value has come, and where the path is by then."""
    span = (row.target - row.baseline) if row.has_plan and row.direction != "band" else 0
    if not span or row.value is None or row.value != row.value or row.expected != row.expected:
        return ""
    done, due = (
        max(0.0, min(100.0, 100 * (value - row.baseline) / span)) for value in (row.value, row.expected)
    )
    told = page.t("kpi_words.track", expected=kpi_words.said(page, row, row.expected))
    return (
        f'<div class="cmi-way cmi-w-{row.word}" role="img" aria-label="{escape(told)}" title="{escape(told)}">'
        f'<i style="width:{done:.1f}%"></i><b style="left:{due:.1f}%"></b></div>'
    )


def _missing(page: Page, row: object) -> str:
    address = words.to_do(page, "/kpi-entry", kpi=row.kpi, do="target")
    return (
        f'<p class="cmi-unset">{_t(page, "unset", unit=kpi_words.unit(page, row))}</p>'
        f"{words.link(page.t('kpi_tracking.set_target'), address)}"
    )


def _holds(rows: pd.DataFrame, sought: str) -> pd.Series:
    fields = ("kpi", "name_th", "name_en", "goal_short_th", "goal_short_en", "unit_th", "unit_en")
    text = rows[list(fields)].astype("str").agg(" ".join, axis=1).str.casefold()
    found = pd.Series(True, index=rows.index)
    for each in sought.casefold().split():
        found &= text.str.contains(each, regex=False)
    return found


def _names(page: Page) -> dict[str, str]:
    rows = page.read(kpis.tracking, page.today)
    names = dict(zip(rows["kpi"], rows[f"name_{page.language}"], strict=True))
    return {"": page.t("kpi_tracking.all_kpis")} | names


def _strategies(page: Page) -> dict[str, str]:
    rows = page.read(kpis.tracking, page.today).drop_duplicates("strategy")
    told = zip(
        rows["strategy"], rows["strategy_position"], rows[f"strategy_name_{page.language}"], strict=True
    )
    return {ALL: page.t("kpi_tracking.all_strategies")} | {
        code: f"{position} · {name}" for code, position, name in told
    }


def _said_progress(page: Page, code: str) -> str:
    if code == ALL:
        return page.t("kpi_tracking.all_progress")
    return (
        page.t("kpi_tracking.overdue")
        if code == "overdue"
        else f"{kpi_words.MARKS[code]} {page.t(f'progress.{code}')}"
    )


def _t(page: Page, key: str, **details: object) -> str:
    return escape(page.t(f"kpi_tracking.{key}", **details))
