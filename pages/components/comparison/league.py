"""Who stands where: the ranking as a list and a table with how sure each rank is, or figures as printed."""

import math

import pandas as pd
import streamlit as st

from cmi_core.text.numbers import say_number
from cmi_core.views import city_comparison as views
from cmi_core.views import comparison_runs as runs
from cmi_core.views import comparison_tables as tables
from pages.components.comparison.board import quality
from pages.components.comparison.choices import Choice, node_name
from pages.components.shell import filters, layout
from pages.components.shell.session import Page
from pages.components.shell.words import as_text, escape

LISTED = 15  # places told one by one before the table
QUICK = 150  # places for which rank intervals are computed without being asked
PEERS = ("all", "chosen", "country")


def league(page: Page, choice: Choice) -> None:
    """Who stands where: a list of the best and the chosen, the whole as a table, with how sure each rank is."""
    table = page.read(views.league, choice.chosen, choice.node)
    if choice.printed_only:
        _printed_league(page, choice, table)
        return
    shown = (choice.chosen, choice.node, choice.cities, _peers(page, table))
    st.subheader(
        page.t("city_comparison.league_of", node=as_text(node_name(page, choice.found, choice.node))),
        anchor=False,
    )
    st.html(page.made(_list, *shown))
    st.markdown(page.t("city_comparison.league_how"))
    whole = st.expander(
        page.t("city_comparison.whole_table", count=f"{len(table):,}"),
        icon=":material/table_chart:",
        on_change="rerun",
        key="whole_table",
    )
    if whole.open:
        with whole:
            _league_table(page, choice, _ranked(page, *shown))


def _peers(page: Page, table: pd.DataFrame) -> str:
    countries = table["country"].dropna().nunique()
    offered = [peers for peers in PEERS if peers != "country" or countries > 1]
    peers = filters.segments(
        "peers",
        offered,
        label=page.t("city_comparison.peers"),
        say=lambda code: page.t(f"city_comparison.peers_{code}"),
    )
    if peers != "all":
        st.markdown(page.t("city_comparison.peers_how", count=f"{len(table):,}"))
    return peers


def _list(page: Page, chosen: tuple[str, ...], node: str, cities: tuple[str, ...], peers: str) -> str:
    """The best places and the chosen ones."""
    table = _ranked(page, chosen, node, cities, peers)
    near = (pd.RangeIndex(len(table)) < LISTED) | table["city"].isin(cities)
    rows = "".join(_row(page, row, chosen=row.city in cities) for row in table[near].itertuples())
    return f'<ol class="cmi-league">{rows}</ol>'


def _ranked(
    page: Page, chosen: tuple[str, ...], node: str, cities: tuple[str, ...], peers: str
) -> pd.DataFrame:
    """Every place with how sure its rank is, and its rank among the peers asked for."""
    table = page.read(views.league, chosen, node)
    if peers != "all":
        inside = set(cities)
        if peers == "country":
            own = set(table.loc[table["city"].isin(inside), "country"])
            inside = set(table.loc[table["country"].isin(own), "city"])
        table = tables.with_peers(table, tuple(inside))
    found = views.comparison(page.store, chosen)
    if node in found.leaves or not 1 < len(found.cities) <= QUICK:
        return table.assign(rank_lower=math.nan, rank_upper=math.nan)
    run = runs.uncertainty(page.store, chosen, node, runs.Choices())
    bands = run.table().set_index("place")[["rank_lower", "rank_upper"]]
    return table.join(bands, on="city")


def _row(page: Page, row: object, *, chosen: bool) -> str:
    scored = not math.isnan(row.score)
    rank = f"{row.rank:.0f}" if scored else "–"
    width = min(max(row.score, 0), 100) if scored else 0
    notes = "".join(f"<span>{escape(note)}</span>" for note in _notes(page, row))
    level = f'<b class="cmi-tag">{escape(row.level)}</b>' if getattr(row, "level", None) else ""
    tie = f"<small>{escape(page.t('city_comparison.tied_short'))}</small>" if scored and row.tied else ""
    return f"""
      <li class="{"cmi-chosen" if chosen else ""}"><span class="cmi-rank">{rank}{tie}</span>
        <div><p class="cmi-league-name"><strong>{escape(page.name_of(row))}</strong>{level}<em>{say_number(row.score, 2)}</em></p>
        <div class="cmi-track"><i style="width:{width:.2f}%"></i></div>
        <p class="cmi-small">{notes}</p></div></li>"""


def _notes(page: Page, row: object) -> list[str]:
    notes = []
    if getattr(row, "peer_rank", None) and not math.isnan(row.peer_rank):
        notes.append(page.t("city_comparison.peer_rank", rank=f"{row.peer_rank:.0f}"))
    if row.rank_lower == row.rank_upper:
        notes.append(page.t("city_comparison.interval_one", rank=f"{row.rank_lower:.0f}"))
    elif not math.isnan(row.rank_lower):
        notes.append(
            page.t("city_comparison.interval", lower=f"{row.rank_lower:.0f}", upper=f"{row.rank_upper:.0f}")
        )
    notes.append(page.t("city_comparison.coverage", share=f"{row.coverage * 100:.0f}"))
    if math.isnan(row.score):
        notes.append(page.t("city_comparison.too_little"))
    elif row.missing:
        notes.append(page.t("city_comparison.missing", count=row.missing))
    return notes


def _league_table(page: Page, choice: Choice, table: pd.DataFrame) -> None:
    shown = table.assign(
        name=table[f"name_{page.language}"],
        tie=[page.t("city_comparison.tied") if tied else "" for tied in table["tied"]],
        interval=[
            "" if math.isnan(row.rank_lower) else f"{row.rank_lower:.0f}–{row.rank_upper:.0f}"
            for row in table.itertuples()
        ],
        share=table["coverage"] * 100,
    )
    headings = {
        "rank": page.t("city_comparison.rank"),
        "tie": page.t("city_comparison.tie"),
        "name": page.t("city_comparison.place"),
        "score": page.t("city_comparison.score"),
        "interval": page.t("city_comparison.rank_interval"),
        "share": page.t("city_comparison.coverage_share"),
        "missing": page.t("city_comparison.missing_count"),
    }
    for extra in ("peer_rank", "value", "printed", "level"):
        if extra in shown and shown[extra].notna().any():
            headings[extra] = page.t(f"city_comparison.{extra}")
    layout.data_table(
        page, shown, columns=headings, file=f"{choice.found.head['framework']}_{choice.year}_{choice.node}"
    )


def _printed_league(page: Page, choice: Choice, table: pd.DataFrame) -> None:
    """Figures as their source prints them: no rank, no score, no level of ours."""
    decimals = int(choice.found.head["decimals"] or 0)
    ranked = choice.found.head["measure"] == "rank"
    figure = page.t("city_comparison.world_rank" if ranked else "city_comparison.printed_score")
    unit = choice.found.nodes.loc[choice.node, f"unit_{page.language}"]
    shown = table.assign(
        name=table[f"name_{page.language}"],
        place=range(len(table)),
        told=[say_number(value, decimals) for value in table["printed"]],
        flag=table[f"flag_{page.language}"],
        full=100.0 if choice.found.nodes.loc[choice.node, "unit_en"] == "%" else math.nan,
        quality_told=[quality(page, code) for code in table["quality"]],
        source=table["source"].map(page.made(layout.source_titles)),
    )
    columns = {
        "name": page.t("city_comparison.place"),
        "printed": figure,
        "level_as_printed": page.t("city_comparison.level_as_printed"),
        "quality_told": page.t("city_comparison.quality"),
        "source": page.t("city_comparison.source"),
    }
    layout.chart(
        page,
        "comparison_league.printed_ranks" if ranked else "comparison_league.printed",
        shown,
        file=f"{choice.found.head['framework']}_printed",
        words={"figure": f"{figure} ({unit})" if unit else figure, "place": page.t("city_comparison.place")},
        alt=page.t("city_comparison.printed_alt", node=node_name(page, choice.found, choice.node)),
        columns=columns,
    )
    for note in shown["flag"].dropna().unique():
        st.warning(as_text(note), icon=":material/rule:")
    st.markdown(page.t("city_comparison.lower_first" if ranked else "city_comparison.no_rank_of_ours"))
