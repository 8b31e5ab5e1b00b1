"""The district map with its choices: in a fragment, so that a click costs no run of the whole page."""

import os
from html import escape
from typing import Any

import streamlit as st
from streamlit_folium import st_folium

from cmi_core import landmark_kinds, maps
from cmi_core.actions.proposals import THEMES
from cmi_core.views import districts, geometry
from cmi_core.web.geography import address, tiles_address
from pages.components import filters, map_parts, place_cards
from pages.components.session import Page

NONE = "none"
HEIGHT = 680
LAYERS = ("front", "others", "labels", "landmarks", "reach", "water", "roads", "names", "proposals")
SHOWN = ("front", "others", "labels", "landmarks", "reach", "water", "roads", "names")
TILES = "tiles"
_FRAME = "district_map"


@st.fragment
def explore(page: Page) -> None:
    """Choices, the map, and the card of the chosen district beside it."""
    rows = page.read(districts.every)
    place = _choices(page, rows)
    left, right = st.columns([2.1, 1], gap="medium")
    with left:
        _map(page, rows, place)
        legend(page)
    with right, st.container(key="map_side"):
        if place == NONE:
            place_cards.invitation(page, rows)
        else:
            place_cards.card(page, place)
    map_parts.parts(page, rows)


def names(page: Page, rows: Any) -> dict[str, str]:
    """Code -> name in the reader's language."""
    return {row.place: page.name_of(row) for row in rows.itertuples()}


def serves(page: Page, **more: Any) -> str:
    """Choose what the infrastructure shall serve: a dimension of the index or a goal; or all."""
    targets = page.read(districts.targets)
    said = {districts.ALL: page.t("map.serves_all")} | {
        f"{row.kind}:{row.target}": f"{page.t(f'map.kind_{row.kind}')}: {page.name_of(row)}"
        for row in targets.itertuples()
    }
    return filters.select(
        "serves", list(said), label=page.t("map.serves_label"), say=said.__getitem__, **more
    )


def legend(page: Page) -> None:
    """What the signs of the map mean, as text beside it."""
    marks = "".join(
        f"<li>{place_cards.mark(page, family)}<span>{escape(page.t(f'map.family_{family}'))}</span></li>"
        for family in landmark_kinds.ALL
        if family != landmark_kinds.OTHER
    )
    lines = "".join(
        f'<li><i class="cmi-line cmi-line-{kind}"></i><span>{escape(page.t(f"map.line_{kind}"))}</span></li>'
        for kind in ("indicative", "official", "reach", "water", "road")
    )
    st.html(
        f'<section class="cmi-mapkey" aria-label="{escape(page.t("map.legend"))}"><ul>{marks}</ul><ul>{lines}</ul>'
        f"<p>{escape(page.t('map.caution'))}</p></section>"
    )


def drawing_map(page: Page, *, draw: str, turn: int, key: str) -> dict[str, Any]:
    """The map to draw on, with the proposals on it; what was drawn comes back as `drawing` (GeoJSON) and `corners`."""
    rows = page.read(districts.every)
    state = _state(page, rows, NONE) | {
        "layers": ["front", "others", "labels", "water", "roads", "names", "proposals"],
        "compare": [],
        "tiles": "",
        "draw": draw,
        "turn": turn,
    }
    with st.container(key="district_map_drawing"):
        told = st_folium(
            maps.base(page.read(geometry.bounds)),
            key=key,
            height=HEIGHT,
            use_container_width=True,
            returned_objects=[],
            feature_group_to_add=maps.showing(state),
        )
    return told or {}


def _choices(page: Page, rows: Any) -> str:
    """The row above the map: district, what is served, and what is drawn."""
    said = {NONE: page.t("map.every_district")} | names(page, rows)
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
            offered = (*LAYERS, TILES) if tiles_address() else LAYERS
            filters.several(
                "layers",
                offered,
                label=page.t("map.layers_label"),
                say=lambda layer: page.t(f"map.layer_{layer}"),
                default=SHOWN,
            )
    return place


def _map(page: Page, rows: Any, place: str) -> None:
    state = _state(page, rows, place)
    with st.container(key=_FRAME):
        st_folium(
            maps.base(page.read(geometry.bounds)),
            key=_FRAME,
            height=HEIGHT,
            use_container_width=True,
            returned_objects=[],
            feature_group_to_add=maps.showing(state),
            on_change=lambda: filters.told("place", _FRAME),
        )


def _state(page: Page, rows: Any, place: str) -> dict[str, Any]:
    layers = filters.chosen("layers", SHOWN)
    version = page.store.version
    return {
        "language": page.language,
        "look": page.look,
        "place": None if place == NONE else place,
        "compare": map_parts.compared_on_the_map(),
        "layers": layers,
        "families": filters.chosen("kinds", landmark_kinds.ALL),
        "serves": filters.chosen("serves", (districts.ALL,))[0],
        "colours": maps.colours(page.look, maps.DISTRICTS),
        "familyColours": maps.colours(page.look, maps.FAMILIES),
        "draftColour": maps.colours(
            page.look, {look: {"draft": colour} for look, colour in maps.DRAFT.items()}
        ).get("draft", ""),
        "tiles": tiles_address() if TILES in layers else "",
        "urls": {
            name: address(name, version) for name in ("context", "places", "landmarks", "reach", "proposals")
        },
        "tips": {row.place: _tip(page, row) for row in rows.itertuples() if isinstance(row.geometry, str)},
        "words": _words(page) | ({"credit": _tiles_credit(page)} if TILES in layers else {}),
    }


def _tiles_credit(page: Page) -> str:
    """Our own line and the one that the source of the tiles asks for."""
    return f"{page.t('map.js_credit')} · {os.environ.get('CMI_TILES_CREDIT', '© OpenStreetMap contributors')}"


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
        f"{row.kind}:{row.target}": page.name_of(row) for row in page.read(districts.targets).itertuples()
    }
    themes = {theme: page.t(f"participatory_map.theme_{theme}") for theme in THEMES}
    return said | {"categories": categories, "targets": targets, "themes": themes}


def _tip(page: Page, row: Any) -> list[str]:
    """What a touch of a district says: what it is, how far its line may be off, and that it is indicative."""
    said = [page.t(f"map.place_{row.kind}")]
    if focus := getattr(row, f"focus_{page.language}"):
        said.append(focus)
    said.append(place_cards.boundary_words(page, row))
    return said
