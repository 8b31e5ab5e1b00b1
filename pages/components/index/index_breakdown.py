"""One place's index taken apart: printed beside computed, dimensions, the whole tree, KPIs, corrections."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from cmi_core.store import scores as stored_scores
from cmi_core.text.numbers import say_number
from cmi_core.views import city_comparison
from cmi_core.views import comparison_tables as tables
from cmi_core.views import index_breakdown as views
from pages.components.comparison.board import quality
from pages.components.comparison.choices import release_name, say_year
from pages.components.comparison.take_away import tree_table
from pages.components.overview import cards
from pages.components.shell import filters, forms, layout
from pages.components.shell.session import Page
from pages.components.shell.words import as_text


@dataclass(frozen=True, eq=False)
class Taken:
    """An assessment and a place of it, with its tree."""

    assessment: str
    city: str
    tree: pd.DataFrame
    found: city_comparison.Comparison

    @property
    def computed(self) -> bool:
        return self.found.result is not None


def choose(page: Page) -> Taken:
    """Ask which assessment and place to take apart; the city's own index comes first."""
    listed = page.made(_assessments)
    left, right = st.columns([3, 2])
    with left:
        assessment = filters.select(
            "assessment", list(listed), label=page.t("index_breakdown.assessment"), say=listed.__getitem__
        )
    names = page.made(_places, assessment)
    with right:
        city = filters.select(
            "place", list(names), label=page.t("index_breakdown.place"), say=names.__getitem__
        )
    found = forms.answer(page, lambda: city_comparison.comparison(page.store, (assessment,)))
    if found is None:
        st.stop()
    return Taken(assessment, city, page.read(tables.values_of, (assessment,), city), found)


def beside(page: Page, taken: Taken) -> None:
    """Printed scores beside the plain mean of their parts, and beside what the index computes where it can."""
    cards.printed_beside_computed(page, taken.assessment, taken.city)
    if taken.computed:
        root = taken.tree[taken.tree["depth"] == 0].iloc[0]
        st.markdown(
            page.t(
                "index_breakdown.computed_root",
                name=as_text(root[f"name_{page.language}"]),
                score=say_number(root["score"], 2),
                rank="–" if pd.isna(root["rank"]) else f"{root['rank']:.0f}",
                of=f"{root['of']:.0f}",
            )
        )


def dimensions(page: Page, taken: Taken) -> None:
    """The parts right below the index as bars: as printed, or computed where nothing is printed."""
    shown, printed = page.made(_bars, taken.assessment, taken.city)
    if shown.empty:
        layout.nothing(page, "index_breakdown.no_parts")
        return
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
        told = page.t("index_breakdown.level_rule", lowest=as_text(rule.names[0]), cuts=as_text(cuts))
        st.markdown(f"**{as_text(taken.found.nodes.loc[node, f'name_{page.language}'])}** · {told}")


def whole(page: Page, taken: Taken) -> None:
    """The tree to its last indicator: depth, weight, value, and what is computed in columns of its own."""
    if len(taken.tree) < 2:
        return
    st.subheader(page.t("index_breakdown.tree"), anchor=False)
    st.html(page.made(_tree, taken.assessment, taken.city, int(taken.found.head["decimals"] or 2)))
    if not taken.computed and taken.found.unknown is not None:
        st.markdown(
            page.t(
                "index_breakdown.not_computed",
                why=forms.sentence(page.t, taken.found.unknown),
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
    said = {column: page.t(key) for column, key in columns.items()}
    layout.folded_table(page, lambda: (_in_words(page, taken.tree), said), file=f"{taken.assessment}_tree")


def sources(page: Page, taken: Taken) -> None:
    """Where the index and every value of the tree come from, under the numbers that the tree shows."""
    layout.sources(page, _cited(page, taken.assessment, taken.tree))


def dimension_cards(page: Page, taken: Taken) -> None:
    """One folded card per dimension: definition, score and level as printed, KPIs tied to it or below it."""
    for node, title, told in page.made(_cards, taken.assessment, taken.city):
        with st.expander(title):
            st.markdown(told)
            st.page_link(
                "goal_board.py",
                label=page.t("index_breakdown.to_goals"),
                icon=":material/flag:",
                query_params={"node": node, "lang": page.language},
            )


def _assessments(page: Page) -> dict[str, str]:
    return {
        row.assessment: f"{release_name(page, row)} · {say_year(page, _year_code(row.year))}"
        for row in page.read(views.assessments).itertuples()
    }


def _year_code(year: float) -> str:
    return city_comparison.UNDATED if pd.isna(year) else str(int(year))


def _places(page: Page, assessment: str) -> dict[str, str]:
    places = page.read(views.places, assessment)
    return dict(zip(places["city"], places[f"name_{page.language}"], strict=True))


def _bars(page: Page, assessment: str, city: str) -> tuple[pd.DataFrame, bool]:
    """The parts right below the index, and whether their scores are printed rather than computed."""
    tree = page.read(tables.values_of, (assessment,), city)
    rows = tree[tree["depth"] == 1]
    printed = bool(rows["value"].notna().any())
    scores = rows["value"] if printed else rows["score"]
    shown = {
        "name": rows[f"name_{page.language}"],
        "value": scores,
        "full": 100.0,
        "position": rows["position"],
        "told": [say_number(score, 2) for score in scores],
        "level": rows["level_as_printed"],
        "contribution": rows["value"] / rows["value"].notna().sum() if printed else rows["points"],
        "source": rows["source"].map(page.made(layout.source_titles)),
    }
    return pd.DataFrame(shown), printed


def _tree(page: Page, assessment: str, city: str, decimals: int) -> str:
    tree = page.read(tables.values_of, (assessment,), city)
    drawn = tree_table(page, tree, decimals=decimals, cited=_cited(page, assessment, tree))
    return f'<div class="cmi-tree-scroll">{drawn}</div>'


def _in_words(page: Page, tree: pd.DataFrame) -> pd.DataFrame:
    return tree.assign(
        quality=[quality(page, code) for code in tree["quality"]],
        source=tree["source"].map(page.made(layout.source_titles)),
    )


def _cited(page: Page, assessment: str, tree: pd.DataFrame) -> list[str]:
    head = city_comparison.comparison(page.store, (assessment,)).head
    return [str(head["source"]), *tree["source"].dropna()]


def _cards(page: Page, assessment: str, city: str) -> list[tuple[str, str, str]]:
    """Node, title and text of the card of each dimension."""
    tree, kpis = page.read(tables.values_of, (assessment,), city), page.read(stored_scores.linked_kpis)
    parents = tree.set_index("node")["parent"]
    cards_ = []
    for row in tree[tree["depth"] == 1].itertuples():
        below = {row.node, *parents.index[parents == row.node]}
        tied = kpis[kpis["node"].isin(below)].drop_duplicates("kpi")
        score = say_number(row.value if row.value == row.value else row.score, 2)
        cards_.append(
            (row.node, f"**{as_text(page.name_of(row))}** · {score}", _card(page, row, score, tied))
        )
    return cards_


def _card(page: Page, row: object, score: str, tied: pd.DataFrame) -> str:
    if row.value == row.value:
        level = row.level_as_printed if isinstance(row.level_as_printed, str) else "–"
        told = page.t(
            "index_breakdown.card",
            score=score,
            level=as_text(level),
            source=as_text(page.made(layout.source_titles)[row.source]),
        )
    else:
        told = page.t("index_breakdown.card_computed", score=score, points=say_number(row.points, 2))
    note = getattr(row, f"flag_{page.language}")
    parts = [
        as_text(getattr(row, f"definition_{page.language}") or page.t("index_breakdown.no_definition")),
        told,
        f":material/rule: {as_text(note)}" if isinstance(note, str) and note else "",
        f"**{page.t('index_breakdown.kpis')}**",
        "\n".join(_kpi(page, kpi) for kpi in tied.itertuples()) or page.t("index_breakdown.no_kpis"),
    ]
    return "\n\n".join(part for part in parts if part)


def _kpi(page: Page, kpi: object) -> str:
    link = f"/kpi-tracking?kpi={kpi.kpi}&lang={page.language}"
    return f"- [{as_text(page.name_of(kpi))}]({link}) · {page.t(f'confidence.{kpi.confidence}')}"


def corrected(page: Page, taken: Taken) -> None:
    """Numbers that were put right after the report: from what, to what, when, by whom and why."""
    for told in page.made(_corrections, taken.assessment, taken.city):
        st.info(told, icon=":material/edit_note:")


def _corrections(page: Page, assessment: str, city: str) -> list[str]:
    return [
        page.t(
            "index_breakdown.corrected",
            name=as_text(page.name_of(row)),
            before=say_number(row.before, 2),
            after=say_number(row.value, 2),
            day=page.say_date(row.recorded_at.date()),
            by=as_text(page.who(row.recorded_by, row.entry)),
            note=as_text(row.note),
            entry=row.entry,
        )
        for row in page.read(views.corrections, assessment, city).itertuples()
    ]
