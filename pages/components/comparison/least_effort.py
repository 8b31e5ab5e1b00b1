"""The least that would lift a place to a score, what each step adds, and who would do it."""

import math

import pandas as pd
import streamlit as st

from cmi_core.index.levels import CutPoints
from cmi_core.text.numbers import say_number
from cmi_core.views import comparison_runs as runs
from cmi_core.views import comparison_tables as tables
from pages.components.comparison.choices import Choice, choose_city, node_name, offer_import
from pages.components.shell import filters, forms, layout
from pages.components.shell.session import Page
from pages.components.shell.words import as_text, escape

UNKNOWN = ("indicators", "weights", "values", "levels")


def lift(page: Page, choice: Choice) -> None:
    """The cheapest steps to a score, who would do them, and the place's strengths and weaknesses behind it."""
    found = choice.found
    city = choose_city(page, choice, "city_comparison.lift_city")
    name = found.cities[f"name_{page.language}"][city]
    st.subheader(
        page.t(
            "city_comparison.lift_of", city=as_text(name), node=as_text(node_name(page, found, choice.node))
        ),
        anchor=False,
    )
    if choice.printed_only:
        _without_indicators(page, choice, city)
        _doers(page, runs.lineage(found, choice.node))
        return
    steps = _plan(page, choice, city)
    nodes = runs.between(found, steps, choice.node) if steps else runs.lineage(found, choice.node)
    _doers(page, nodes)
    _strengths(page, choice, city)


def _without_indicators(page: Page, choice: Choice, city: str) -> None:
    """No plan without indicators: how far it is, what must be known, and how it gets into the system."""
    found = choice.found
    printed = found.raw.get(choice.node, pd.Series(dtype=float)).get(city)
    if printed is None or math.isnan(printed):
        layout.nothing(page, "city_comparison.plan_no_score")
        return
    decimals = int(found.head["decimals"] or 2)
    row = found.values[(found.values["city"] == city) & (found.values["node"] == choice.node)].iloc[0]
    target = _target(page, choice, float(printed))
    level = row["level_as_printed"] if isinstance(row["level_as_printed"], str) else ""
    gap = target - float(printed)
    key = "city_comparison.gap_told" if gap > 0 else "city_comparison.gap_none"
    told = {
        "node": node_name(page, found, choice.node),
        "score": say_number(float(printed), decimals),
        "target": f"{target:g}",
        "gap": say_number(gap, decimals),
    }
    _headline(page.t(key, **told), level, now=float(printed), target=target)
    st.info(
        page.t("city_comparison.lift_unknown")
        + "\n"
        + "\n".join(f"- {page.t(f'city_comparison.unknown_{each}')}" for each in UNKNOWN),
        icon=":material/help:",
    )
    if len(found.cities) > 1:  # else the page offers it already
        offer_import(page)


def _headline(told: str, level: str, *, now: float, target: float, reached: float | None = None) -> None:
    """One sentence, and a track from 0 to 100 with the score now, what is added and the score to reach."""
    tag = f' <b class="cmi-tag">{escape(level)}</b>' if level else ""
    track = ""
    if 0 <= now <= 100 and 0 <= target <= 100:
        added = min(max((target if reached is None else reached) - now, 0), 100 - now)
        kind = "cmi-missing" if reached is None else "cmi-added"
        track = (
            f'<div class="cmi-track cmi-way"><i style="width:{now:.2f}%"></i>'
            f'<i class="{kind}" style="left:{now:.2f}%;width:{added:.2f}%"></i>'
            f'<b style="left:{target:.2f}%"></b></div>'
        )
    st.html(f'<section class="cmi-headline"><p>{escape(told)}{tag}</p>{track}</section>')


def _plan(page: Page, choice: Choice, city: str) -> list[str]:
    """Set a score to reach, find the cheapest steps, tell them; the indicators of the plan, if there is one."""
    found = choice.found
    row, column = found.computed.framework.number(choice.node), found.computed.places.index(city)
    now = float(found.computed.scores[row, column])
    if math.isnan(now):
        layout.nothing(page, "city_comparison.plan_no_score")
        return []
    offered = page.read(runs.steps, choice.chosen, city, choice.node)
    if offered.empty:
        layout.nothing(page, "city_comparison.plan_no_steps")
        return []
    target = _target(page, choice, now)
    answer = st.container()
    with st.expander(page.t("city_comparison.steps"), icon=":material/edit_note:"):
        edited = _steps_editor(
            page, choice, offered, key=f"steps_{'_'.join(choice.chosen)}_{city}_{choice.node}"
        )
    with answer:
        plan = forms.answer(
            page,
            lambda: runs.least_effort(
                page.store, choice.chosen, city=city, node=choice.node, target=target, offered=edited
            ),
        )
        if plan is None:
            return []
        _plan_told(page, choice, plan, edited)
    return plan.steps["indicator"].tolist()


def _target(page: Page, choice: Choice, now: float) -> float:
    """The score to reach: that of the next level where its cut point is data, else set by the reader."""
    default = float(min(100, math.ceil(now / 5 + 1) * 5))
    rule = choice.found.cuts.get(choice.node)
    above = _next_level(rule, now) if rule else None
    if above:
        default = above[1]
        st.markdown(page.t("city_comparison.next_level", level=as_text(above[0]), cut=f"{above[1]:g}"))
    else:
        st.markdown(page.t("city_comparison.target_why" if rule is None else "city_comparison.highest_level"))
    return filters.amount(
        "target",
        label=page.t("city_comparison.target", now=say_number(now, 2)),
        default=default,
        lowest=0.0,
        highest=1000.0,
        step=1.0,
    )


def _next_level(rule: CutPoints, now: float) -> tuple[str, float] | None:
    return next(((name, cut) for name, cut in zip(rule.names[1:], rule.cuts, strict=True) if cut > now), None)


def _steps_editor(page: Page, choice: Choice, offered: pd.DataFrame, *, key: str) -> pd.DataFrame:
    st.markdown(page.t("city_comparison.steps_how"))
    found = choice.found
    shown = pd.DataFrame(
        {
            "indicator": offered["indicator"],
            "name": [node_name(page, found, code) for code in offered["indicator"]],
            "step": [page.t(f"city_comparison.stage_{stage}") for stage in offered["stage"]],
            "unit": [found.nodes.loc[code, f"unit_{page.language}"] or "" for code in offered["indicator"]],
            "now": offered["now"],
            "value": offered["value"],
            "effort": offered["effort"],
            "possible": True,
        }
    )
    words = {
        column: page.t(f"city_comparison.step_{column}")
        for column in ("name", "step", "unit", "now", "value", "effort", "possible")
    }
    edited = st.data_editor(
        shown,
        key=key,
        hide_index=True,
        width="stretch",
        num_rows="fixed",
        disabled=["name", "step", "unit", "now"],
        column_order=["name", "step", "now", "value", "unit", "effort", "possible"],
        column_config={
            **{column: st.column_config.TextColumn(words[column]) for column in ("name", "step", "unit")},
            "now": st.column_config.NumberColumn(words["now"], format="%.6g"),
            "value": st.column_config.NumberColumn(words["value"], format="%.6g", required=True),
            "effort": st.column_config.NumberColumn(words["effort"], min_value=0.0, required=True),
            "possible": st.column_config.CheckboxColumn(words["possible"]),
        },
        alt=page.t("city_comparison.steps_alt"),
    )
    return edited[edited["possible"]].reset_index(drop=True)


def _plan_told(page: Page, choice: Choice, plan: runs.Plan, edited: pd.DataFrame) -> None:
    """The answer in a sentence, each step in words, what it adds as a chart, and all of it as a table."""
    given = {
        "node": node_name(page, choice.found, choice.node),
        "target": f"{plan.target:g}",
        "before": say_number(plan.score_before, 2),
        "score": say_number(plan.score, 2),
    }
    rule = choice.found.cuts.get(choice.node)
    level = rule.level_of(pd.Series([plan.score]).to_numpy())[0] if rule else ""
    if not plan.reachable:
        st.warning(as_text(page.t("city_comparison.not_reachable", **given)), icon=":material/block:")
        return
    if plan.steps.empty:
        st.success(as_text(page.t("city_comparison.already_there", **given)), icon=":material/check:")
        return
    told = page.t("city_comparison.plan_found", count=len(plan.steps), effort=f"{plan.effort:,.6g}", **given)
    _headline(told, level, now=plan.score_before, target=plan.target, reached=plan.score)
    reached = [plan.score_before, *plan.reached]
    shown = plan.steps.merge(
        edited.drop_duplicates(["indicator", "value", "effort"]),
        on=["indicator", "value", "effort"],
        how="left",
    ).assign(
        of_node=[after - before for before, after in zip(reached, plan.reached, strict=False)],
        score_before=plan.steps["score_before"].round(2),
        score=plan.steps["score"].round(2),
    )
    st.html(f'<ol class="cmi-plan">{"".join(_step(page, row) for row in shown.itertuples())}</ol>')
    _adds_up(page, plan, shown)
    st.markdown(page.t("city_comparison.plan_how"))


def _step(page: Page, row: object) -> str:
    way = page.t(
        "city_comparison.step_way",
        now=f"{row.now:,.6g}",
        value=f"{row.value:,.6g}",
        unit=row.unit,
        step=row.step,
    )
    adds = page.t("city_comparison.step_adds", points=say_number(row.of_node, 2), effort=f"{row.effort:,.6g}")
    return f"<li><strong>{escape(row.name)}</strong><span>{escape(way)}</span><em>{escape(adds)}</em></li>"


def _adds_up(page: Page, plan: runs.Plan, shown: pd.DataFrame) -> None:
    """How the steps carry the score from where it is to where it shall be."""
    starts = [plan.score_before, *plan.reached[:-1]]
    bars = [
        {"name": page.t("city_comparison.score_now"), "from": 0.0, "to": plan.score_before, "kind": "now"},
        *(
            {"name": row.name, "from": start, "to": end, "kind": "step"}
            for row, start, end in zip(shown.itertuples(), starts, plan.reached, strict=True)
        ),
        {"name": page.t("city_comparison.score_then"), "from": 0.0, "to": plan.score, "kind": "then"},
    ]
    drawn = pd.DataFrame(bars).assign(order=range(len(bars)), target=plan.target)
    drawn["told"] = [
        ("+" if row.kind == "step" else "") + say_number(row.to - row._2, 2) for row in drawn.itertuples()
    ]
    headings = {
        "name": "step_name",
        "now": "step_now",
        "value": "step_value",
        "unit": "step_unit",
        "score_before": "score_before",
        "score": "score_after",
        "of_node": "step_points",
        "effort": "step_effort",
    }
    layout.chart(
        page,
        "comparison_least_effort.lift",
        drawn,
        words={"score": page.t("city_comparison.score"), "target": page.t("city_comparison.target_word")},
        alt=page.t("city_comparison.adds_alt"),
        file="least_effort",
        columns={column: page.t(f"city_comparison.{key}") for column, key in headings.items()},
        told=shown,
    )


def _doers(page: Page, nodes: tuple[str, ...]) -> None:
    """KPIs of the plan tied to the nodes, by who answers for them."""
    st.markdown(f"### {page.t('city_comparison.doers')}")
    table = page.read(runs.who_would_do_it, nodes)
    if table.empty:
        layout.nothing(page, "city_comparison.no_doers")
        return
    st.markdown(page.t("city_comparison.doers_how"))
    owners = table[f"owner_{page.language}"].fillna(page.t("city_comparison.no_owner"))
    parts = []
    for owner, rows in table.groupby(owners, sort=False):
        lines = "".join(_doer(page, row) for row in rows.itertuples())
        parts.append(f"<section><h4>{escape(str(owner))}</h4><ul>{lines}</ul></section>")
    st.html(f'<div class="cmi-doers">{"".join(parts)}</div>')


def _doer(page: Page, row: object) -> str:
    told = page.t(
        "city_comparison.doer",
        goal=getattr(row, f"goal_{page.language}"),
        confidence=page.t(f"confidence.{row.confidence}"),
    )
    link = f"/kpi-tracking?kpi={escape(row.kpi)}&amp;lang={page.language}"
    return f'<li><a href="{link}" target="_self">{escape(page.name_of(row))}</a> <small>{escape(told)}</small></li>'


def _strengths(page: Page, choice: Choice, city: str) -> None:
    st.markdown(f"### {page.t('city_comparison.strengths')}")
    rules = ("among_places", "against_own_score")
    rule = filters.segments(
        "rule",
        rules,
        label=page.t("city_comparison.rule"),
        say=lambda code: page.t(f"city_comparison.rule_{code}"),
    )
    table = page.read(tables.strengths, choice.chosen, city, choice.node, rule)
    told = table.attrs["rule"]
    st.markdown(
        page.t(
            f"city_comparison.rule_{rule}_told",
            share=f"{told.share * 100:.0f}",
            gap=f"{told.gap:g}",
            count=told.count,
        )
    )
    columns = st.columns(2, gap="medium")
    for column, kind in zip(columns, ("strength", "weakness"), strict=True):
        rows = table[table["kind"] == kind]
        lines = [_told(page, row) for row in rows.itertuples()] or [page.t("city_comparison.none_by_rule")]
        with column.container(border=True):
            st.markdown("\n".join([f"**{page.t(f'city_comparison.{kind}')}**", "", *lines]))


def _told(page: Page, row: object) -> str:
    return "- " + page.t(
        "city_comparison.strong_row",
        name=as_text(page.name_of(row)),
        value=f"{row.value:,.6g}",
        unit=as_text(getattr(row, f"unit_{page.language}") or ""),
        score=say_number(row.score, 1),
        rank=f"{row.rank:.0f}",
        of=row.of,
    )
