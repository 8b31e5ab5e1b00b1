"""Trials beside the official ranking: how sure it is, other weights, and the least that would lift a place."""

import math
import time as clock
from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from cmi_core.errors import CmiError
from cmi_core.numbers import say_number
from cmi_core.roles import may
from cmi_core.views import comparison as views
from cmi_core.views import comparison_runs as runs
from cmi_core.views import comparison_tables as tables
from pages.components import filters, layout
from pages.components.comparison_choice import Choice, node_name
from pages.components.refusals import refused
from pages.components.session import Page

NOISES = ("10", "25", "50")
ALTERNATIVES = {
    "minmax": {"normalise": ("minmax:0:100",)},
    "geometric": {"aggregate": ("geometric",)},
    "median": {"impute": ("median",)},
}
SHOWN = 40
PATIENCE = 1.0  # seconds before a bar says how far a run has come


def sure(page: Page, choice: Choice) -> None:
    """Rank intervals and probabilities from seeded draws of weights and methods, and what they hang on."""
    choices = _choices(page)
    try:
        run = with_bar(
            page, lambda told: runs.uncertainty(page.store, choice.chosen, choice.node, choices, told)
        )
    except CmiError as refusal:
        refused(page, refusal)
        return
    st.subheader(
        page.t("city_comparison.sure_of", node=node_name(page, choice.found, choice.node)), anchor=False
    )
    _significance(page, run)
    bands = runs.bands(run, choice.found.cities)
    kept = [
        row.city for place, row in enumerate(bands.itertuples()) if place < SHOWN or row.city in choice.cities
    ]
    shown = bands[bands["city"].isin(kept)].assign(
        name=lambda t: t[f"name_{page.language}"],
        chosen=lambda t: t["city"].isin(choice.cities),
        told=lambda t: [f"{row.rank_lower:.0f}–{row.rank_upper:.0f}" for row in t.itertuples()],
    )
    if len(bands) > len(shown):
        st.markdown(page.t("city_comparison.best_shown", count=SHOWN))
    words = {name: page.t(f"city_comparison.{key}") for name, key in WORDS.items()}
    layout.chart(
        page,
        "comparison.bands",
        shown,
        words=words,
        file="rank_intervals",
        alt=page.t("city_comparison.bands_alt"),
        columns={
            "name": words["place"],
            "rank": words["rank"],
            "rank_lower": page.t("city_comparison.rank_from"),
            "rank_median": page.t("city_comparison.rank_median"),
            "rank_upper": page.t("city_comparison.rank_to"),
            "best_chance": page.t("city_comparison.best_chance"),
        },
    )
    st.markdown(page.t("city_comparison.bands_how", seed=run.seed, replications=f"{run.replications:,}"))
    _chances(page, choice, run, kept, words)
    _levels(page, choice, run)
    _hangs_on(page, choice, choices)


WORDS = {"rank": "rank", "place": "place", "interval": "rank_interval", "probability": "probability"}


def _choices(page: Page) -> runs.Choices:
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    with left:
        noise = filters.segments(
            "noise",
            NOISES,
            default="25",
            label=page.t("city_comparison.noise"),
            say=lambda code: f"±{code} %",
        )
    with right:
        also = filters.several(
            "also",
            tuple(ALTERNATIVES),
            label=page.t("city_comparison.also"),
            say=lambda code: page.t(f"city_comparison.also_{code}"),
        )
    parts: dict[str, tuple[str, ...]] = {}
    for code in also:
        parts |= ALTERNATIVES[code]
    return runs.Choices(noise=int(noise) / 100, **parts)


def _significance(page: Page, run: object) -> None:
    rule = run.significance()
    places = rule["places"]
    key = "city_comparison.not_significant" if places else "city_comparison.never_significant"
    told = {"confidence": f"{rule['confidence'] * 100:.0f}", "share": f"{rule['share'] * 100:.0f}"}
    st.info(page.t(key, **(told | ({"places": places} if places else {}))), icon=":material/straighten:")


def _chances(page: Page, choice: Choice, run: object, kept: list[str], words: dict[str, str]) -> None:
    folded = st.expander(
        page.t("city_comparison.chances"), icon=":material/grid_on:", on_change="rerun", key="chances"
    )
    if not folded.open:
        return
    table = runs.chances(run, choice.found.cities, kept)
    with folded:
        layout.chart(
            page,
            "comparison.chances",
            table.assign(name=table[f"name_{page.language}"]),
            words=words,
            file="rank_probability",
            alt=page.t("city_comparison.chances_alt"),
            columns={"name": words["place"], "taken": words["rank"], "probability": words["probability"]},
        )


def _levels(page: Page, choice: Choice, run: object) -> None:
    if run.cut_points is None:
        return
    with st.expander(page.t("city_comparison.level_chances"), icon=":material/stairs:"):
        table = runs.level_chances(run, choice.found.cities)
        headings = {f"name_{page.language}": page.t("city_comparison.place")}
        layout.data_table(
            page,
            table,
            columns=headings | {level: level for level in run.cut_points.names},
            file="level_probability",
        )


def _hangs_on(page: Page, choice: Choice, choices: runs.Choices) -> None:
    """Sobol indices, only when asked: it takes some seconds."""
    folded = st.expander(
        page.t("city_comparison.hangs_on"), icon=":material/tune:", on_change="rerun", key="sobol"
    )
    if not folded.open:
        return
    with folded:
        try:
            table = with_bar(
                page, lambda told: runs.sensitivity(page.store, choice.chosen, choice.node, choices, told)
            )
        except CmiError as refusal:
            refused(page, refusal)
            return
        shown = table[table["options"] > 1].assign(
            name=lambda t: [page.t(f"city_comparison.input_{each}") for each in t["input"]]
        )
        words = {each: page.t(f"city_comparison.sobol_{each}") for each in ("share", "first", "total")}
        layout.chart(
            page,
            "comparison.indices",
            shown,
            words=words,
            file="sobol",
            alt=page.t("city_comparison.sobol_alt"),
            columns={
                "name": page.t("city_comparison.input"),
                "first": words["first"],
                "first_lower": words["first"] + " ↓",
                "first_upper": words["first"] + " ↑",
                "total": words["total"],
                "total_lower": words["total"] + " ↓",
                "total_upper": words["total"] + " ↑",
            },
        )
        st.markdown(page.t("city_comparison.sobol_how", seed=runs.SEED))


def with_bar(page: Page, run: Callable[[Callable[[float], object]], Any]) -> Any:
    """Run something that tells how far it is; a bar shows once it takes more than a second."""
    place, begun = st.empty(), clock.monotonic()

    def told(share: float) -> None:
        if clock.monotonic() - begun > PATIENCE:
            place.progress(
                min(max(share, 0.0), 1.0), page.t("city_comparison.running", share=f"{share * 100:.0f}")
            )

    found = run(told)
    place.empty()
    return found


def whatif(page: Page, choice: Choice) -> None:
    """The reader's own weights beside the official ones; they live in the address and are never saved."""
    found = choice.found
    parent = choice.node if choice.node not in found.leaves else found.root
    parts = views.children_of(found, parent)
    st.subheader(page.t("city_comparison.whatif_of", node=node_name(page, found, parent)), anchor=False)
    st.markdown(page.t("city_comparison.whatif_why"))
    official = {part: float(found.framework.weights[found.framework.number(part)]) for part in parts}
    highest = max(10.0, 2 * max(official.values()))
    left, right = st.columns([2, 3], gap="large")
    with left:
        given = filters.amounts(
            f"w_{parent}",
            official,
            highest=highest,
            say=lambda part: page.t(
                "city_comparison.own_weight",
                name=node_name(page, found, part),
                official=f"{official[part]:g}",
            ),
        )
    changed = tuple((part, weight) for part, weight in given.items() if weight != official[part])
    try:
        table = runs.other_weights(page.store, choice.chosen, parent, changed)
    except CmiError as refusal:
        with right:
            refused(page, refusal)
        return
    with right:
        if not changed:
            layout.nothing(page, "city_comparison.whatif_unchanged")
        _moves(page, choice, table)
    _moved_table(page, table)


def _moves(page: Page, choice: Choice, table: pd.DataFrame) -> None:
    ranked = table.dropna(subset=["rank_before", "rank_after"])
    ranked = ranked[ranked["rank_before"].le(SHOWN / 2) | ranked["city"].isin(choice.cities)]
    sides = []
    for side, (column, key) in enumerate((("rank_before", "official"), ("rank_after", "own"))):
        sides.append(
            ranked.assign(
                rank=ranked[column],
                side=side,
                side_told=page.t(f"city_comparison.{key}"),
                name=ranked[f"name_{page.language}"],
                changed=ranked["rank_change"] != 0,
            )
        )
    drawn = pd.concat(sides, ignore_index=True)
    drawn["label"] = [f"{row.rank:.0f}  {row.name}" for row in drawn.itertuples(index=False)]
    words = {"rank": page.t("city_comparison.rank"), "place": page.t("city_comparison.place")}
    layout.chart(
        page,
        "comparison.moves",
        drawn,
        words=words,
        file="moves",
        alt=page.t("city_comparison.moves_alt"),
        columns={
            "name": words["place"],
            "side_told": page.t("city_comparison.weights"),
            "rank": words["rank"],
        },
    )


def _moved_table(page: Page, table: pd.DataFrame) -> None:
    headings = {f"name_{page.language}": page.t("city_comparison.place")} | {
        column: page.t(f"city_comparison.{column}")
        for column in (
            "score_before",
            "score_after",
            "score_change",
            "rank_before",
            "rank_after",
            "rank_change",
        )
    }
    if "level_before" in table:
        headings |= {
            column: page.t(f"city_comparison.{column}") for column in ("level_before", "level_after")
        }
    layout.data_table(page, table, columns=headings, file="own_weights")


def lift(page: Page, choice: Choice) -> None:
    """Strengths and weaknesses of one place, the cheapest steps to a score the reader sets, and who would do it."""
    found = choice.found
    options = list(dict.fromkeys([*choice.cities, *found.cities.index]))
    names = found.cities[f"name_{page.language}"]
    city = filters.select(
        "city", options, label=page.t("city_comparison.lift_city"), say=lambda code: names[code]
    )
    st.subheader(
        page.t("city_comparison.lift_of", city=names[city], node=node_name(page, found, choice.node)),
        anchor=False,
    )
    if choice.printed_only:
        _lift_unknown(page, choice, city)
    else:
        _strengths(page, choice, city)
        _plan(page, choice, city)
    _doers(page, choice)


def _lift_unknown(page: Page, choice: Choice, city: str) -> None:
    """No plan without indicators: the printed score, what is missing, and what would make a plan possible."""
    printed = choice.found.raw.get(choice.node, pd.Series(dtype=float)).get(city)
    told = say_number(printed, int(choice.found.head["decimals"] or 2))
    st.info(
        page.t("city_comparison.lift_unknown", score=told, node=node_name(page, choice.found, choice.node)),
        icon=":material/help:",
    )
    if may(page.actor, "edit_framework"):
        st.page_link(
            "index_import.py",
            label=page.t("city_comparison.import_offer"),
            icon=":material/upload_file:",
        )
    else:
        st.markdown(page.t("city_comparison.import_by_editor"))


def _strengths(page: Page, choice: Choice, city: str) -> None:
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
        lines = [f"**{page.t(f'city_comparison.{kind}')}**"]
        lines += [_told(page, row) for row in rows.itertuples()] or [page.t("city_comparison.none_by_rule")]
        with column.container(border=True):
            st.markdown("\n".join(lines))


def _told(page: Page, row: object) -> str:
    return "- " + page.t(
        "city_comparison.strong_row",
        name=page.name_of(row),
        value=f"{row.value:,.6g}",
        unit=getattr(row, f"unit_{page.language}") or "",
        score=say_number(row.score, 1),
        rank=f"{row.rank:.0f}",
        of=row.of,
    )


def _plan(page: Page, choice: Choice, city: str) -> None:
    found = choice.found
    row, column = found.framework.number(choice.node), found.result.places.index(city)
    now = float(found.result.scores[row, column])
    st.markdown(f"### {page.t('city_comparison.plan')}")
    if math.isnan(now):
        layout.nothing(page, "city_comparison.plan_no_score")
        return
    offered = page.read(runs.steps, choice.chosen, city, choice.node)
    if offered.empty:
        layout.nothing(page, "city_comparison.plan_no_steps")
        return
    target = _target(page, choice, now)
    answer = st.container()
    with st.expander(page.t("city_comparison.steps"), icon=":material/edit_note:", expanded=True):
        edited = _steps_editor(
            page, choice, offered, key=f"steps_{'_'.join(choice.chosen)}_{city}_{choice.node}"
        )
    with answer:
        try:
            plan = runs.least_effort(
                page.store, choice.chosen, city=city, node=choice.node, target=target, offered=edited
            )
        except CmiError as refusal:
            refused(page, refusal)
        else:
            _plan_told(page, choice, plan)


def _target(page: Page, choice: Choice, now: float) -> float:
    """The score to reach: set by the reader, since a level's cut point is used only where it is data."""
    cuts = choice.found.cut_points
    if cuts and choice.node == choice.found.root:
        nexts = [(name, cut) for name, cut in zip(cuts.names[1:], cuts.cuts, strict=True) if cut > now]
        if nexts:
            st.markdown(page.t("city_comparison.next_level", level=nexts[0][0], cut=f"{nexts[0][1]:g}"))
    else:
        st.markdown(page.t("city_comparison.target_why"))
    return filters.amount(
        "target",
        label=page.t("city_comparison.target", now=say_number(now, 2)),
        default=float(min(100, math.ceil(now / 5 + 1) * 5)),
        lowest=0.0,
        highest=1000.0,
        step=1.0,
    )


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


def _plan_told(page: Page, choice: Choice, plan: object) -> None:
    given = {
        "target": f"{plan.target:g}",
        "before": say_number(plan.score_before, 2),
        "score": say_number(plan.score, 2),
    }
    if not plan.reachable:
        st.warning(page.t("city_comparison.not_reachable", **given), icon=":material/block:")
        return
    if plan.steps.empty:
        st.success(page.t("city_comparison.already_there", **given), icon=":material/check:")
        return
    st.success(
        page.t("city_comparison.plan_found", count=len(plan.steps), effort=f"{plan.effort:,.6g}", **given),
        icon=":material/check:",
    )
    shown = plan.steps.assign(
        name=[node_name(page, choice.found, code) for code in plan.steps["indicator"]],
        score_before=plan.steps["score_before"].round(2),
        score=plan.steps["score"].round(2),
    )
    headings = {
        "name": "step_name",
        "now": "step_now",
        "value": "step_value",
        "unit": "step_unit",
        "score_before": "score_before",
        "score": "score_after",
        "effort": "step_effort",
    }
    layout.data_table(
        page,
        shown,
        columns={column: page.t(f"city_comparison.{key}") for column, key in headings.items()},
        file="least_effort",
    )
    st.markdown(page.t("city_comparison.plan_how"))


def _doers(page: Page, choice: Choice) -> None:
    """KPIs of the plan tied to the node, the goal they serve and who answers for them."""
    st.markdown(f"### {page.t('city_comparison.doers')}")
    table = page.read(runs.who_would_do_it, runs.lineage(choice.found, choice.node))
    if table.empty:
        layout.nothing(page, "city_comparison.no_doers")
        return
    lines = []
    for row in table.itertuples():
        owner = getattr(row, f"owner_{page.language}") or page.t("city_comparison.no_owner")
        lines.append(
            "- "
            + page.t(
                "city_comparison.doer",
                kpi=page.name_of(row),
                code=row.kpi,
                language=page.language,
                goal=getattr(row, f"goal_{page.language}"),
                owner=owner,
                confidence=page.t(f"confidence.{row.confidence}"),
            )
        )
    st.markdown("\n".join(lines))
