"""The comparison drawn: profile, heatmap, scatter, years."""

import math

import pandas as pd
import streamlit as st

from cmi_core.text.numbers import say_number
from cmi_core.views import comparison_tables as tables
from pages.components.comparison.choices import Choice, node_name, say_release, say_year
from pages.components.shell import filters, layout
from pages.components.shell.session import Page
from pages.components.shell.words import as_text


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
    node = as_text(node_name(page, choice.found, choice.node))
    st.subheader(page.t("city_comparison.profile_of", node=node), anchor=False)
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
        "comparison_board.profile",
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
        "comparison_board.radar",
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
    node = as_text(node_name(page, choice.found, choice.node))
    st.subheader(page.t("city_comparison.heatmap_of", node=node), anchor=False)
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
        "comparison_board.heatmap",
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
    across, up = _two_nodes(page, choice)
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
        "comparison_board.density" if many else "comparison_board.scatter",
        drawn,
        words=words | count,
        file="scatter",
        alt=page.t("city_comparison.scatter_alt", **words),
        columns={"name": words["place"], "across": words["across"], "up": words["up"]},
        told=told,
    )
    key = "city_comparison.density_how" if many else "city_comparison.scatter_how"
    st.markdown(page.t(key, count=f"{len(told):,}"))


def _two_nodes(page: Page, choice: Choice) -> tuple[str, str]:
    """Which node goes across and which up; parts of the index itself unless the reader chose others."""
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
    return across, up


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
        st.warning(
            page.t("city_comparison.break", releases=as_text(", ".join(releases))), icon=":material/timeline:"
        )
    words = {
        "score": score_word(page, choice),
        "year": page.t("city_comparison.year"),
        "place": page.t("city_comparison.place"),
        "release": page.t("city_comparison.release_word"),
    }
    layout.chart(
        page,
        "comparison_board.years",
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
