"""One place's index taken apart: printed beside computed, dimensions, the whole tree, KPIs, corrections."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from cmi_core.errors import CmiError
from cmi_core.numbers import say_number
from cmi_core.views import breakdown as views
from cmi_core.views import comparison
from cmi_core.views import comparison_tables as tables
from pages.components import cards, filters, layout
from pages.components.comparison_choice import release_name, say_year
from pages.components.comparison_take_away import tree_table
from pages.components.refusals import refused
from pages.components.session import Page


@dataclass(frozen=True, eq=False)
class Taken:
    """An assessment and a place of it, with its tree."""

    assessment: str
    city: str
    tree: pd.DataFrame
    found: comparison.Comparison

    @property
    def computed(self) -> bool:
        return self.found.result is not None


def choose(page: Page) -> Taken:
    """Ask which assessment and place to take apart; the city's own index comes first."""
    known = page.read(views.assessments)
    rows = {row.assessment: row for row in known.itertuples()}
    years = ["undated" if pd.isna(year) else str(int(year)) for year in known["year"]]
    told = dict(zip(known["assessment"], years, strict=True))
    left, right = st.columns([3, 2])
    with left:
        assessment = filters.select(
            "assessment",
            list(rows),
            label=page.t("index_breakdown.assessment"),
            say=lambda code: f"{release_name(page, rows[code])} · {say_year(page, told[code])}",
        )
    places = page.read(views.places, assessment)
    names = dict(zip(places["city"], places[f"name_{page.language}"], strict=True))
    with right:
        city = filters.select(
            "place", list(names), label=page.t("index_breakdown.place"), say=lambda code: names[code]
        )
    try:
        found = comparison.comparison(page.store, (assessment,))
    except CmiError as refusal:
        refused(page, refusal)
        st.stop()
    return Taken(assessment, city, page.read(tables.values_of, (assessment,), city), found)


def beside(page: Page, taken: Taken) -> None:
    """Printed scores beside the plain mean of their parts, and beside what the index computes where it can."""
    cards.printed_beside_computed(page, page.read(views.mean_of_children, taken.assessment, taken.city))
    root = taken.tree[taken.tree["depth"] == 0].iloc[0]
    if taken.computed:
        st.markdown(
            page.t(
                "index_breakdown.computed_root",
                name=root[f"name_{page.language}"],
                score=say_number(root["score"], 2),
                rank="–" if pd.isna(root["rank"]) else f"{root['rank']:.0f}",
                of=f"{root['of']:.0f}",
            )
        )


def dimensions(page: Page, taken: Taken) -> None:
    """The parts right below the index as bars: as printed, or computed where nothing is printed."""
    rows = taken.tree[taken.tree["depth"] == 1]
    if rows.empty:
        layout.nothing(page, "index_breakdown.no_parts")
        return
    printed = rows["value"].notna().any()
    scores = rows["value"] if printed else rows["score"]
    siblings = rows["value"].notna().sum()
    shown = pd.DataFrame(
        {
            "name": rows[f"name_{page.language}"],
            "value": scores,
            "full": 100.0,
            "position": rows["position"],
            "told": [say_number(score, 2) for score in scores],
            "level": rows["level_as_printed"],
            "contribution": rows["value"] / siblings if printed else rows["points"],
            "source": rows["source"],
        }
    )
    st.subheader(page.t("index_breakdown.dimensions"), anchor=False)
    score = page.t("index_breakdown.score" if printed else "index_breakdown.score_computed")
    columns = {"name": page.t("index_breakdown.dimension"), "value": score}
    if printed:
        columns["level"] = page.t("index_breakdown.level")
    columns["contribution"] = page.t("index_breakdown.contribution" if printed else "index_breakdown.points")
    layout.chart(
        page,
        "breakdown.dimensions",
        shown,
        words={"score": score, "level": page.t("index_breakdown.level")},
        alt=page.t("index_breakdown.chart_alt"),
        columns=columns | {"source": page.t("index_breakdown.source")},
        file=f"{taken.assessment}_dimensions",
    )
    if not taken.found.cuts:
        st.markdown(page.t("index_breakdown.no_level_rule"))
    for node, rule in taken.found.cuts.items():
        cuts = " · ".join(f"{name} ≥ {cut:g}" for name, cut in zip(rule.names[1:], rule.cuts, strict=True))
        told = page.t("index_breakdown.level_rule", lowest=rule.names[0], cuts=cuts)
        st.markdown(f"**{taken.found.nodes.loc[node, f'name_{page.language}']}** · {told}")


def whole(page: Page, taken: Taken) -> None:
    """The tree to its last indicator: depth, weight, value, and what is computed in columns of its own."""
    if len(taken.tree) < 2:
        return
    st.subheader(page.t("index_breakdown.tree"), anchor=False)
    decimals = int(taken.found.head["decimals"] or 2)
    st.html(f'<div class="cmi-tree-scroll">{tree_table(page, taken.tree, decimals=decimals)}</div>')
    if not taken.computed and taken.found.unknown is not None:
        st.markdown(
            page.t(
                "index_breakdown.not_computed",
                why=page.t(f"error.{taken.found.unknown.reason}", **taken.found.unknown.details),
            )
        )
    columns = {
        f"name_{page.language}": "city_comparison.part",
        "depth": "city_comparison.depth",
        "weight": "index_import.column_weight",
        "value": "city_comparison.value",
        "score": "city_comparison.score",
        "effective": "city_comparison.effective",
        "points": "city_comparison.points",
        "quality": "city_comparison.quality",
        "source": "city_comparison.source",
    }
    with st.expander(page.t("shell.as_table"), icon=":material/table_chart:"):
        layout.data_table(
            page,
            taken.tree,
            columns={column: page.t(key) for column, key in columns.items()},
            file=f"{taken.assessment}_tree",
        )


def dimension_cards(page: Page, taken: Taken) -> None:
    """One folded card per dimension: definition, score and level as printed, KPIs tied to it or below it."""
    kpis = page.read(views.linked_kpis)
    parents = taken.tree.set_index("node")["parent"]
    rows = taken.tree[taken.tree["depth"] == 1]
    for row in rows.itertuples():
        printed = row.value == row.value
        score = row.value if printed else row.score
        with st.expander(f"**{page.name_of(row)}** · {say_number(score, 2)}"):
            st.markdown(
                getattr(row, f"definition_{page.language}") or page.t("index_breakdown.no_definition")
            )
            if printed:
                level = row.level_as_printed if isinstance(row.level_as_printed, str) else "–"
                st.markdown(
                    page.t("index_breakdown.card", score=say_number(score, 2), level=level, source=row.source)
                )
            else:
                st.markdown(
                    page.t(
                        "index_breakdown.card_computed",
                        score=say_number(score, 2),
                        points=say_number(row.points, 2),
                    )
                )
            note = getattr(row, f"flag_{page.language}")
            if isinstance(note, str) and note:
                st.markdown(f":material/rule: {note}")
            below = {row.node, *parents.index[parents == row.node]}
            tied = kpis[kpis["node"].isin(below)].drop_duplicates("kpi")
            st.markdown(f"**{page.t('index_breakdown.kpis')}**")
            st.markdown(
                "\n".join(_kpi(page, kpi) for kpi in tied.itertuples()) or page.t("index_breakdown.no_kpis")
            )
            st.page_link(
                "goal_board.py",
                label=page.t("index_breakdown.to_goals"),
                icon=":material/flag:",
                query_params={"node": row.node, "lang": page.language},
            )


def _kpi(page: Page, kpi: object) -> str:
    link = f"/kpi-tracking?kpi={kpi.kpi}&lang={page.language}"
    return f"- [{page.name_of(kpi)}]({link}) · {page.t(f'confidence.{kpi.confidence}')}"


def corrected(page: Page, taken: Taken) -> None:
    """Numbers that were put right after the report: from what, to what, when, by whom and why."""
    found = page.read(views.corrections, taken.assessment, taken.city)
    for row in found.itertuples():
        st.info(
            page.t(
                "index_breakdown.corrected",
                name=page.name_of(row),
                before=say_number(row.before, 2),
                after=say_number(row.value, 2),
                day=page.say_date(row.recorded_at.date()),
                by=row.name,
                note=row.note,
                entry=row.entry,
            ),
            icon=":material/edit_note:",
        )
