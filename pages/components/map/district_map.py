"""
The district map with its choices, and the card beside it.

They are one fragment and what lies below the map is another: a change of district runs the first alone.
"""

from collections.abc import Sequence
from typing import Any

import streamlit as st
from streamlit_folium import st_folium

from cmi_core.actions.proposals import THEMES
from cmi_core.geography import categories as landmark_kinds
from cmi_core.geography import map_script
from cmi_core.settings import Settings
from cmi_core.store import Store
from cmi_core.views import district_map, geometry
from cmi_core.web.geography import address, basemap_address, basemap_offered, tiles_address
from pages.components.map import map_parts, place_cards
from pages.components.shell import filters, session
from pages.components.shell.session import Page, anybody
from pages.components.shell.words import escape

NONE = "none"
HEIGHT = 680  # where no style sheet is read; else the page gives the height
LAYERS = ("front", "others", "labels", "landmarks", "reach", "water", "roads", "names", "proposals")
SHOWN = ("front", "others", "labels", "landmarks", "reach", "water", "roads", "names")
TILES, BASEMAP = "tiles", "basemap"
# Where people draw, the streets of the base map help, and marks would stand in the way.
DRAWN_ON = ("front", "others", "labels", "water", "roads", "names", "proposals", BASEMAP)
# The kinds of line in the legend.
LINES = ("indicative", "user", "official", "reach", "water", "road", "proposal")
_FRAME = "district_map"


@session.fragment(key=filters.MAP)
def explore(page: Page) -> None:
    """Choices, the map, and the card of the chosen district beside it."""
    place = _choices(page)
    left, right = st.columns([2.1, 1], gap="medium")
    with left:
        _map(page, place)
        st.html(f'<p class="cmi-small">{escape(page.t("map.caution"))}</p>')
    with right, st.container(key="map_side"):
        if place == NONE:
            place_cards.invitation(page, page.read(district_map.every))
        else:
            place_cards.card(page, place)


def serves(page: Page, **more: Any) -> str:
    """Choose what the infrastructure shall serve: a dimension of the index or a goal; or all."""
    said = page.read(targets, page.language, page.look)
    return filters.select(
        "serves",
        list(said),
        label=page.t("map.serves_label"),
        say=said.__getitem__,
        also=(filters.MAP, filters.BELOW_MAP),
        **more,
    )


def names(store: Store, language: str, look: str) -> dict[str, str]:
    """What the list of districts offers: code -> name."""
    page = anybody(store, "district_map", language, look)
    every = {row.place: page.name_of(row) for row in page.read(district_map.every).itertuples()}
    return {NONE: page.t("map.every_district")} | every


def targets(store: Store, language: str, look: str) -> dict[str, str]:
    """What the list of dimensions and goals offers: kind:code -> name."""
    page = anybody(store, "district_map", language, look)
    return {district_map.ALL: page.t("map.serves_all")} | {
        f"{row.kind}:{row.target}": f"{page.t(f'map.kind_{row.kind}')}: {page.name_of(row)}"
        for row in page.read(district_map.targets).itertuples()
    }


def drawing_map(page: Page, *, draw: str, typed: str, turn: int, key: str) -> dict[str, Any]:
    """
    The map to draw on, with the proposals on it.

    What was drawn comes back as `drawing` (GeoJSON) and `after`, the `typed` shape that stood there before.
    """
    state = _state(page, NONE, DRAWN_ON) | {
        "compare": [],
        "draw": draw,
        "typed": typed,
        "turn": turn,
    }
    with st.container(key="district_map_drawing"):
        told = st_folium(
            map_script.base(page.read(geometry.bounds)),
            key=key,
            height=HEIGHT,
            use_container_width=True,
            returned_objects=[],
            render=False,
            feature_group_to_add=map_script.showing(state),
        )
    return told or {}


def _choices(page: Page) -> str:
    """The row above the map: district, what is served, and what is drawn."""
    said = page.read(names, page.language, page.look)
    with st.container(horizontal=True, vertical_alignment="bottom", key="map_choices"):
        place = filters.select(
            "place", list(said), label=page.t("map.place_label"), say=said.__getitem__, width=240
        )
        serves(page, width=330)
        with st.popover(page.t("map.kinds"), icon=":material/category:"):
            filters.several(
                "kinds",
                landmark_kinds.ALL,
                label=page.t("map.kinds_label"),
                say=lambda family: page.t(f"map.family_{family}"),
                default=landmark_kinds.ALL,
            )
        with st.popover(page.t("map.layers"), icon=":material/layers:"):
            offered = (
                LAYERS + ((BASEMAP,) if basemap_offered() else ()) + ((TILES,) if tiles_address() else ())
            )
            filters.several(
                "layers",
                offered,
                label=page.t("map.layers_label"),
                say=lambda layer: page.t(f"map.layer_{layer}"),
                default=SHOWN,
            )
    return place


def _map(page: Page, place: str) -> None:
    state = _state(page, place, filters.chosen("layers", SHOWN))
    with st.container(key=_FRAME):
        st_folium(
            map_script.base(page.read(geometry.bounds)),
            key=_FRAME,
            height=HEIGHT,
            use_container_width=True,
            returned_objects=[],
            render=False,
            feature_group_to_add=map_script.showing(state),
            on_change=lambda: filters.told("place", _FRAME),
        )


def _state(page: Page, place: str, layers: Sequence[str]) -> dict[str, Any]:
    """What the map shall show now: the reader's choices, and what is said about everything in their language."""
    spoken = page.read(said, page.language, page.look)
    below = _below(page, layers)
    return spoken | {
        "place": None if place == NONE else place,
        "compare": map_parts.compared_on_the_map(),
        "layers": list(layers),
        "families": filters.chosen("kinds", landmark_kinds.ALL),
        "serves": filters.chosen("serves", (district_map.ALL,))[0],
        "words": spoken["words"] | {"credit": " · ".join([page.t("map.js_credit"), *below.pop("owed")])},
        "urls": {name: session.readable(page, url) for name, url in spoken["urls"].items()},
        **below,
    }


def _below(page: Page, layers: Sequence[str]) -> dict[str, Any]:
    """What lies under our own layers, where the reader switched it on, and whose work it is."""
    offered = basemap_offered() if BASEMAP in layers else None
    tiled = tiles_address() if TILES in layers else ""
    owed = [page.t("map.basemap_credit")] if offered else []
    owed += [Settings.from_env().tiles_credit] if tiled else []
    based = (
        {"url": session.readable(page, basemap_address(offered)), "most": offered.max_zoom}
        if offered
        else None
    )
    return {"tiles": tiled, "basemap": based, "owed": owed}


def said(store: Store, language: str, look: str) -> dict[str, Any]:
    """What does not change with a choice: addresses, colours and words; kept until the record changes."""
    page = anybody(store, "district_map", language, look)
    drafts = {name: {"draft": colour} for name, colour in map_script.DRAFT.items()}
    rows = page.read(district_map.every)
    return {
        "language": language,
        "look": look,
        "colours": map_script.colours(look, map_script.DISTRICTS),
        "familyColours": map_script.colours(look, map_script.FAMILIES),
        "draftColour": map_script.colours(look, drafts).get("draft", ""),
        "urls": {
            name: address(name, store.version)
            for name in ("context", "places", "landmarks", "reach", "proposals")
        },
        "tips": {row.place: _tip(page, row) for row in rows.itertuples() if isinstance(row.geometry, str)},
        "words": _words(page),
    }


def _words(page: Page) -> dict[str, Any]:
    said = {
        key: page.t(f"map.js_{key}")
        for key in (
            "alt", "metre", "kilometre", "north", "north_alt", "credit", "serves", "problem", "home", "print", "zoom_in", "zoom_out",
            "proposal", "draw_back", "draw_clear"
        )
    }  # fmt: skip
    categories = {category: page.t(f"map.category_{category}") for category in landmark_kinds.CATEGORIES}
    targets = {
        f"{row.kind}:{row.target}": page.name_of(row) for row in page.read(district_map.targets).itertuples()
    }
    themes = {theme: page.t(f"participatory_map.theme_{theme}") for theme in THEMES}
    legend = {
        "title": page.t("map.legend"),
        "families": {family: page.t(f"map.family_{family}") for family in landmark_kinds.ALL},
        "lines": {line: page.t(f"map.line_{line}") for line in LINES},
    }
    return said | {"categories": categories, "targets": targets, "themes": themes, "legend": legend}


def _tip(page: Page, row: Any) -> list[str]:
    """What a touch of a district says: what it is, how far its line may be off, and that it is indicative."""
    said = [place_cards.kind_words(page, row.kind, row.rank_group)]
    if focus := getattr(row, f"focus_{page.language}"):
        said.append(focus)
    said.append(place_cards.boundary_words(page, row))
    return said
