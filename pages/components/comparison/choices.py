"""What is compared: index, year, node, places and the way of looking, each in the address."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from cmi_core.accounts.roles import may
from cmi_core.calendar import periods
from cmi_core.views import city_comparison as views
from cmi_core.views import comparison_tables as tables
from pages.components.shell import filters, forms, layout
from pages.components.shell.session import Page
from pages.components.shell.words import as_text, escape

VIEWS = ("league", "profile", "heatmap", "sure", "checks", "scatter", "time", "whatif", "lift", "take_away")
FIRST = 4  # places chosen for a reader who has chosen none
MOST = 8  # more marks than this cannot be told apart
HOME = "isc_2019"
_YEAR = re.compile("(19|20)[0-9]{2}")


@dataclass(frozen=True, eq=False)
class Choice:
    """One ranking and what the reader wants to see of it."""

    found: views.Comparison
    chosen: tuple[str, ...]  # assessments
    year: str
    node: str
    cities: tuple[str, ...]
    view: str
    offered: tuple[str, ...]  # places that lists show, all of them unless there are very many

    @property
    def computed(self) -> bool:
        return self.found.result is not None

    @property
    def printed_only(self) -> bool:
        return self.found.result is None


def choose(page: Page) -> Choice:
    """Ask for index and year, then places and node; a ranking that must not be is refused with its reasons."""
    names, first = page.made(_indices)
    with st.container(key="comparison_choice"):
        left, right = st.columns([5, 2], vertical_alignment="bottom")
        with left:
            framework = filters.select(
                "index",
                list(names),
                label=page.t("city_comparison.index"),
                default=first,
                say=names.__getitem__,
            )
        known = page.read(views.assessments, framework)
        with right:
            year = filters.select(
                "year",
                tables.year_codes(known),
                label=page.t("city_comparison.year"),
                say=lambda code: say_year(page, code),
            )
    chosen = page.read(views.of_year, framework, year)
    found = _ranking(page, chosen, known)
    node, cities, offer = _node_and_cities(page, found, chosen)
    head_card(page, found, year)
    offered = [view for view in VIEWS if view in _useful(found)]
    view = filters.segments(
        "view",
        offered,
        label=page.t("city_comparison.view"),
        say=lambda code: page.t(f"city_comparison.view_{code}"),
        label_visibility="collapsed",
        width="stretch",
    )
    return Choice(found, tuple(found.assessments["assessment"]), year, node, cities, view, offer)


def _useful(found: views.Comparison) -> Sequence[str]:
    """The ways of looking that can show something for this ranking."""
    several = len(found.cities) > 1
    if found.result is not None:
        return (
            VIEWS
            if several
            else [view for view in VIEWS if view not in {"sure", "checks", "scatter", "heatmap"}]
        )
    parts = len(found.nodes) > 1
    return ["league", *(["profile", "lift"] if parts else []), "time", "take_away"]


def _ranking(page: Page, chosen: tuple[str, ...], known: pd.DataFrame) -> views.Comparison:
    """The ranking of a year, with other assessments the reader put into it unless they do not belong."""
    others = [code for code in filters.chosen("with") if code in set(known["assessment"]) - set(chosen)]
    found = forms.answer(page, lambda: views.comparison(page.store, (*chosen, *others)))
    if found is not None:
        return found
    if not others:
        st.stop()
    return views.comparison(page.store, chosen)


def together(page: Page, choice: Choice) -> None:
    """Offer to put another assessment into the same ranking, which is refused where it does not belong."""
    known = page.read(views.assessments, str(choice.found.head["framework"]))
    own = page.read(views.of_year, str(choice.found.head["framework"]), choice.year)
    others = [code for code in known["assessment"] if code not in own]
    if not others:
        return
    years = dict(zip(known["assessment"], known["year_code"], strict=True))
    with st.expander(page.t("city_comparison.together"), icon=":material/join:"):
        st.markdown(page.t("city_comparison.together_why"))
        filters.many(
            "with",
            others,
            label=page.t("city_comparison.together_label"),
            say=lambda code: f"{code} · {say_year(page, years[code])}",
        )


def _node_and_cities(
    page: Page, found: views.Comparison, chosen: tuple[str, ...]
) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The node, the places to look at, and the places offered; with very many there is a field to search them."""
    many = len(found.cities) > tables.OFFERED
    left, *middle, right = st.columns([2, 2, 4] if many else [2, 5], vertical_alignment="top")
    scored = page.made(_scored, tuple(found.assessments["assessment"]))
    root = found.root if found.root in scored else next(iter(scored))
    with left:
        node = filters.select(
            "node",
            list(scored),
            default=root,
            label=page.t("city_comparison.node"),
            say=scored.__getitem__,
        )
    words = ""
    if many:
        with middle[0]:
            words = filters.words(
                "find_city",
                label=page.t("city_comparison.find_city", count=f"{len(found.cities):,}"),
                icon=":material/search:",
            )
    best = page.read(tables.offered, chosen, node, "", ())[:FIRST]
    kept = (*filters.chosen("cities", best), *filters.chosen("city"))
    offer = page.read(tables.offered, chosen, node, words, kept)
    names = found.cities.loc[list(offer), f"name_{page.language}"].to_dict()
    with right:
        cities = filters.many(
            "cities",
            offer,
            label=page.t("city_comparison.cities"),
            say=lambda code: names[code],
            default=best,
            max_selections=MOST,
            placeholder=page.t("city_comparison.cities_none"),
        )
    if many and words and not set(offer) - set(kept):
        st.markdown(page.t("city_comparison.find_none", words=as_text(words)))
    return node, tuple(cities), offer


def choose_city(page: Page, choice: Choice, label: str) -> str:
    """One place out of those looked at and offered; the same on every way of looking that needs one."""
    names = choice.found.cities[f"name_{page.language}"]
    options = list(dict.fromkeys([*choice.cities, *choice.offered]))
    return filters.select("city", options, label=page.t(label), say=lambda code: names[code])


def _indices(page: Page) -> tuple[dict[str, str], str]:
    """The indices that hold something, by name, and the one to begin with."""
    releases = page.read(views.catalogue)
    releases = releases[releases["state"] != "empty"]
    names = {row.framework: release_name(page, row) for row in releases.itertuples()}
    return names, next(iter(names)) if releases["state"].iloc[0] == "computed" else HOME


def _scored(page: Page, chosen: tuple[str, ...]) -> dict[str, str]:
    """The nodes that have scores, with their names set in by depth."""
    found = views.comparison(page.store, chosen)
    scores = tables.scores_of(found)
    return {node: indented(page, found, node) for node in found.nodes.index if node in scores}


def head_card(page: Page, found: views.Comparison, year: str) -> None:
    """What is compared, in which year, of which kind of place, by whose method."""
    head = found.head
    kind = page.t(f"area_kind.{head['area_kind']}")
    facts = [
        page.t("city_comparison.release", release=say_release(page, head["release"])),
        say_year(page, year),
        page.t("city_comparison.places", count=f"{len(found.cities):,}", kind=kind),
    ]
    if found.result is not None:
        state, told = "computed", page.t("city_comparison.locked", method=method_told(page, found))
    else:
        state, told = "printed", page.t("city_comparison.as_printed", why=_why_not(page, found))
    st.html(
        f"""
        <section class="cmi-index-head cmi-index-{state}">
          <h2>{escape(str(head[f"name_{page.language}"]))}</h2>
          <p class="cmi-chips">{"".join(f"<span>{escape(fact)}</span>" for fact in facts)}</p>
          <p class="cmi-small">{escape(told)}</p>
        </section>
        """
    )
    if remark := head[f"remark_{page.language}"]:
        st.markdown(f":material/info: {as_text(remark)}")
    if len(found.cities) == 1 and found.result is None:
        alone(page, found)


def alone(page: Page, found: views.Comparison) -> None:
    """A place that nothing stands beside: said, and how to bring others."""
    name = str(found.cities[f"name_{page.language}"].iloc[0])
    layout.nothing(page, "city_comparison.alone", name=name)
    offer_import(page)


def offer_import(page: Page) -> None:
    """The way to more scores, or who may go it."""
    if may(page.actor, "edit_framework"):
        st.page_link(
            "index_import.py",
            label=page.t("city_comparison.import_offer"),
            icon=":material/upload_file:",
        )
    else:
        st.markdown(page.t("city_comparison.import_by_editor"))


def method_told(page: Page, found: views.Comparison) -> str:
    """The official method in a few words."""
    given = found.options
    return page.t(
        "city_comparison.method",
        normalise=page.t(f"method.{str(given['normalise']).split(':')[0]}"),
        aggregate=page.t(f"method.{str(given['aggregate']).split(':')[0]}"),
        coverage=f"{float(str(given['min_coverage'])) * 100:.0f}",
    )


def release_name(page: Page, row: object) -> str:
    """An index with its release and kind of place, as a list shows it."""
    return f"{page.name_of(row)} · {say_release(page, row.release)} · {page.t(f'area_kind.{row.area_kind}')}"


def say_release(page: Page, release: str) -> str:
    """A release as it is called; one that is called by a year, by the year in the reader's era."""
    return periods.year_label(int(release), page.t) if _YEAR.fullmatch(release) else release


def say_year(page: Page, code: str) -> str:
    """A year of the address in words."""
    return (
        page.t("city_comparison.undated") if code == views.UNDATED else periods.year_label(int(code), page.t)
    )


def node_name(page: Page, found: views.Comparison, node: str) -> str:
    """The name of a node in the reader's language."""
    return str(found.nodes.loc[node, f"name_{page.language}"])


def indented(page: Page, found: views.Comparison, node: str) -> str:
    """A node's name set in by its depth."""
    depth = int(found.nodes.loc[node, "depth"])
    return "\u2003" * depth + ("· " if depth > 1 else "") + node_name(page, found, node)


def _why_not(page: Page, found: views.Comparison) -> str:
    return page.t(f"error.{found.unknown.reason}", **found.unknown.details) if found.unknown else ""
