"""The comparison drawn: league, profile, heatmap, scatter, years."""

import math
from html import escape

import pandas as pd
import streamlit as st

from cmi_core.text.numbers import say_number
from cmi_core.views import city_comparison as views
from cmi_core.views import comparison_runs as runs
from cmi_core.views import comparison_tables as tables
from pages.components.comparison.choices import Choice, node_name, say_release, say_year
from pages.components.shell import filters, layout
from pages.components.shell.session import Page

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
        page.t("city_comparison.league_of", node=node_name(page, choice.found, choice.node)), anchor=False
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
        "comparison.printed_ranks" if ranked else "comparison.printed",
        shown,
        file=f"{choice.found.head['framework']}_printed",
        words={"figure": f"{figure} ({unit})" if unit else figure, "place": page.t("city_comparison.place")},
        alt=page.t("city_comparison.printed_alt", node=node_name(page, choice.found, choice.node)),
        columns=columns,
    )
    for note in shown["flag"].dropna().unique():
        st.warning(note, icon=":material/rule:")
    st.markdown(page.t("city_comparison.lower_first" if ranked else "city_comparison.no_rank_of_ours"))


def profile(page: Page, choice: Choice) -> None:
    """Each chosen place's parts beside the others': a dot plot, a radar on request, and every value with its source."""
    table = page.read(tables.profile, choice.chosen, choice.node, choice.cities)
    if table.empty:
        layout.nothing(page, "city_comparison.no_parts")
        return
    shown = table.assign(
        name=table[f"name_{page.language}"],
        part=table[f"node_name_{page.language}"],
        chosen=table["city"].isin(choice.cities),
        told=[say_number(score, 2) for score in table["score"]],
    )
    places = len(choice.found.cities)
    st.subheader(
        page.t("city_comparison.profile_of", node=node_name(page, choice.found, choice.node)), anchor=False
    )
    if places > tables.DOTS:
        st.markdown(page.t("city_comparison.others_left_out", count=f"{places:,}"))
    headings = {
        "name": page.t("city_comparison.place"),
        "part": page.t("city_comparison.part"),
        "score": page.t("city_comparison.score"),
        "median": page.t("city_comparison.median"),
    }
    words = {"score": score_word(page, choice), "place": headings["name"], "median": headings["median"]}
    layout.chart(
        page,
        "comparison.profile",
        shown,
        words=words,
        columns=headings,
        file="profile",
        alt=page.t("city_comparison.profile_alt"),
    )
    st.markdown(page.t("city_comparison.profile_how"))
    radar = st.expander(
        page.t("city_comparison.radar"), icon=":material/radar:", on_change="rerun", key="radar"
    )
    if radar.open:
        with radar:
            _radar(page, choice, shown[shown["chosen"]])


def _radar(page: Page, choice: Choice, table: pd.DataFrame) -> None:
    """Points around a circle; needs three parts, and scores that run from 0 to 100."""
    parts = table.drop_duplicates("position").sort_values("position")["part"].tolist()
    if len(parts) < 3 or not table["score"].dropna().between(0, 100).all():
        layout.nothing(page, "city_comparison.radar_needs")
        return
    angles = {part: math.tau * place / len(parts) for place, part in enumerate(parts)}
    rows = []
    for name, group in table.groupby("name", sort=False):
        points = group.sort_values("position").to_dict("records")
        for order, point in enumerate([*points, points[0]]):
            x, y = _on_circle(angles[point["part"]], point["score"] / 100)
            rows.append(
                {"name": name, "part": point["part"], "told": point["told"], "order": order, "x": x, "y": y}
            )
    for ring in (0.25, 0.5, 0.75, 1.0):
        for order, part in enumerate([*parts, parts[0]]):
            x, y = _on_circle(angles[part], ring)
            rows.append({"name": f"ring {ring}", "order": order, "x": x, "y": y, "frame": True})
    for part in parts:
        x, y = _on_circle(angles[part], 1.14)
        rows.append({"name": part, "order": 0, "x": x, "y": y, "word": part})
    drawn = pd.DataFrame(rows).assign(frame=lambda t: t["frame"].notna() if "frame" in t else False)
    words = {"place": page.t("city_comparison.place"), "score": page.t("city_comparison.score")}
    told = drawn[~drawn["frame"] & drawn["word"].isna()].drop_duplicates(["name", "part"])
    layout.chart(
        page,
        "comparison.radar",
        drawn,
        words=words,
        alt=page.t("city_comparison.radar_alt"),
        file="radar",
        told=told,
        columns={"name": words["place"], "part": page.t("city_comparison.part"), "told": words["score"]},
    )


def _on_circle(angle: float, radius: float) -> tuple[float, float]:
    return radius * math.sin(angle), radius * math.cos(angle)


def heatmap(page: Page, choice: Choice) -> None:
    """Parts × places, the best places and the chosen ones."""
    table = page.read(tables.heatmap, choice.chosen, choice.node, choice.cities)
    st.subheader(
        page.t("city_comparison.heatmap_of", node=node_name(page, choice.found, choice.node)), anchor=False
    )
    if len(choice.found.cities) > tables.SHOWN:
        st.markdown(page.t("city_comparison.best_shown", count=tables.SHOWN))
    least, most = table["score"].min(), table["score"].max()
    # From here on the words on a cell change to the other ink, so that they stay legible.
    turn = least + (0.58 if page.look == "light" else 0.48) * (most - least)
    shown = table.assign(
        name=table[f"name_{page.language}"],
        part=table[f"node_name_{page.language}"],
        told=[say_number(score, 1) for score in table["score"]],
        strong=table["score"] > turn,
    )
    headings = {
        "name": page.t("city_comparison.place"),
        "part": page.t("city_comparison.part"),
        "score": page.t("city_comparison.score"),
    }
    layout.chart(
        page,
        "comparison.heatmap",
        shown,
        columns=headings,
        file="heatmap",
        alt=page.t("city_comparison.heatmap_alt"),
        words={"score": score_word(page, choice), "place": headings["name"]},
    )
    missing = page.read(tables.gaps, choice.chosen, choice.node)
    if len(missing):
        with st.expander(
            page.t("city_comparison.gaps", count=f"{len(missing):,}"), icon=":material/grid_off:"
        ):
            layout.data_table(
                page,
                missing,
                file="gaps",
                columns={
                    f"name_{page.language}": headings["name"],
                    f"node_name_{page.language}": page.t("city_comparison.indicator"),
                },
            )


def scatter(page: Page, choice: Choice) -> None:
    """Any two nodes of every place against each other."""
    found = choice.found
    nodes = [node for node in found.nodes.index if node in tables.scores_of(found)]
    parts = [node for node in nodes if node != found.root] or nodes
    left, right = st.columns(2)
    with left:
        across = filters.select(
            "across",
            nodes,
            default=parts[0],
            label=page.t("city_comparison.across"),
            say=lambda n: node_name(page, found, n),
        )
    with right:
        other = next(
            (node for node in parts if found.nodes["parent"][node] == found.root and node != across), across
        )
        up = filters.select(
            "up",
            nodes,
            default=other,
            label=page.t("city_comparison.up"),
            say=lambda n: node_name(page, found, n),
        )
    table = page.read(tables.pairs, choice.chosen, across, up)
    told = table.assign(name=table[f"name_{page.language}"], chosen=table["city"].isin(choice.cities))
    words = {
        "across": node_name(page, found, across),
        "up": node_name(page, found, up),
        "place": page.t("city_comparison.place"),
    }
    many = len(told) > tables.DOTS
    count = {"count": page.t("city_comparison.places_count")} if many else {}
    drawn = told
    if many:
        squares = page.read(_squares, choice.chosen, across, up)
        drawn = pd.concat([squares.assign(chosen=False), told[told["chosen"]]], ignore_index=True)
    layout.chart(
        page,
        "comparison.density" if many else "comparison.scatter",
        drawn,
        words=words | count,
        file="scatter",
        alt=page.t("city_comparison.scatter_alt", **words),
        columns={"name": words["place"], "across": words["across"], "up": words["up"]},
        told=told,
    )
    key = "city_comparison.density_how" if many else "city_comparison.scatter_how"
    st.markdown(page.t(key, count=f"{len(told):,}"))


def _squares(store: object, chosen: tuple[str, ...], across: str, up: str) -> pd.DataFrame:
    return tables.squares(tables.pairs(store, chosen, across, up))


def time(page: Page, choice: Choice) -> None:
    """Scores through the years; releases are never joined."""
    code = str(choice.found.head["index_code"])
    table = page.read(tables.over_time, code, choice.node, choice.cities)
    if table.empty or table["year"].nunique() < 2:
        layout.nothing(page, "city_comparison.one_year")
        return
    shown = table.assign(
        name=table[f"name_{page.language}"],
        release=[say_release(page, release) for release in table["release"]],
        year_told=[say_year(page, str(year)) for year in table["year"]],
        told=[say_number(score, 2) for score in table["score"]],
        how=[
            page.t("city_comparison.computed" if done else "city_comparison.printed")
            for done in table["computed"]
        ],
    )
    if (releases := sorted(shown["release"].unique())) and len(releases) > 1:
        st.warning(page.t("city_comparison.break", releases=", ".join(releases)), icon=":material/timeline:")
    words = {
        "score": score_word(page, choice),
        "year": page.t("city_comparison.year"),
        "place": page.t("city_comparison.place"),
        "release": page.t("city_comparison.release_word"),
    }
    layout.chart(
        page,
        "comparison.years",
        shown,
        words=words,
        file="years",
        alt=page.t("city_comparison.time_alt"),
        columns={
            "name": words["place"],
            "year_told": words["year"],
            "release": words["release"],
            "score": page.t("city_comparison.score"),
            "how": page.t("city_comparison.how_made"),
        },
    )
    st.markdown(page.t("city_comparison.time_how"))


def quality(page: Page, code: object) -> str:
    """A quality mark in words."""
    if not isinstance(code, str):
        return ""
    own = {"published": "city_comparison.quality_published", "imputed": "city_comparison.quality_imputed"}
    return page.t(own.get(code, f"quality.{code}"))


def score_word(page: Page, choice: Choice) -> str:
    """What a score on screen is: computed by us, or as printed."""
    return page.t("city_comparison.score" if choice.computed else "city_comparison.printed_score")
