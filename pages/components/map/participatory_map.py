"""Drawing a proposal, saying who proposes it, and deciding on it."""

from typing import Any
from urllib.parse import urlencode

import shapely
import streamlit as st

from cmi_core import text
from cmi_core.accounts.roles import may
from cmi_core.actions import proposals as deeds
from cmi_core.geography import categories, measures
from cmi_core.geography.coordinates import typed_shape
from cmi_core.store import proposals
from cmi_core.text.numbers import say_number
from cmi_core.views import partner_network
from pages.components.map import district_map, map_deeds
from pages.components.shell import filters, forms, layout, session
from pages.components.shell.session import Page
from pages.components.shell.words import as_text, escape

_FORM = "proposal"
KINDS = ("point", "line", "area")
_ICONS = {"point": ":material/location_on:", "line": ":material/timeline:", "area": ":material/pentagon:"}


def done(page: Page) -> None:
    """What the last deed of this reader did, said once."""
    map_deeds.done(page)


@session.fragment
def workspace(page: Page) -> None:
    """The map, and for those who may propose the pencil, the field for positions and the form."""
    if not may(page.actor, "propose_place"):
        district_map.drawing_map(page, draw="", typed="", turn=0, key="proposal_map")
        st.info(page.t("participatory_map.who_may"), icon=":material/lock:")
        if page.actor is None:
            query = urlencode({"lang": page.language, "next": f"/participatory-map?lang={page.language}"})
            session.way_out(page.t("sign_in.title"), f"/signin?{query}")
        return
    turn = forms.turn(_FORM)
    kind = filters.segments(
        "draw",
        KINDS,
        label=page.t("participatory_map.draw"),
        say=lambda kind: page.t(f"participatory_map.kind_{kind}"),
    )
    st.html(f'<p class="cmi-small">{escape(page.t("participatory_map.how"))}</p>')
    above, below = st.container(), st.container()
    with below:
        typed = _typed(page, kind, turn)
    with above:
        told = district_map.drawing_map(page, draw=kind, typed=typed, turn=turn, key="proposal_map")
    # What was drawn after the text was read counts; else the text does.
    drawing = told.get("drawing") or ""
    shape = typed if typed and told.get("after") != typed else drawing
    with below:
        st.html(f'<p class="cmi-small" role="status">{escape(_measured(page, shape))}</p>')
        _form(page, shape, turn)


def listed(page: Page) -> None:
    """Every proposal with its state; editors decide on the open ones."""
    rows = page.read(proposals.every)
    st.subheader(page.t("participatory_map.listed"), anchor=False)
    if rows.empty:
        layout.nothing(page, "participatory_map.nobody")
    for row in rows.itertuples():
        label = f"{row.proposal} · {as_text(row.title)} · {page.t(f'participatory_map.state_{row.state}')}"
        with st.expander(label, icon=_ICONS[row.kind]):
            st.markdown(_about(page, row))
            if row.state == "open" and may(page.actor, "edit_place"):
                _decision(page, row)
            if row.state == "accepted" and may(page.actor, "edit_place"):
                st.button(
                    page.t("participatory_map.undo"), key=f"undo_{row.entry}", icon=":material/undo:",
                    on_click=map_deeds.take_back, args=(page, int(row.entry)),
                )  # fmt: skip


def _form(page: Page, shape: str, turn: int) -> None:
    names = page.read(partner_network.names)
    owners = dict(zip(names["organisation"], names[f"name_{page.language}"], strict=True))
    with st.form(f"{_FORM}_{turn}"):
        left, right = st.columns(2)
        title = left.text_input(page.t("participatory_map.title_of"), key=f"proposal_title_{turn}")
        theme = right.selectbox(
            page.t("participatory_map.theme"),
            deeds.THEMES,
            format_func=lambda theme: page.t(f"participatory_map.theme_{theme}"),
            key=f"proposal_theme_{turn}",
        )
        owner = left.selectbox(
            page.t("participatory_map.organisation"),
            [None, *owners],
            format_func=lambda code: owners.get(code, page.t("participatory_map.no_organisation")),
            key=f"proposal_organisation_{turn}",
        )
        workshop = right.text_input(page.t("participatory_map.workshop"), key=f"proposal_workshop_{turn}")
        comment = st.text_area(page.t("participatory_map.comment"), key=f"proposal_comment_{turn}")
        pressed = st.form_submit_button(
            page.t("participatory_map.save"), type="primary", icon=":material/add_location_alt:"
        )
    if not pressed:
        return
    forms.save(
        page,
        _FORM,
        lambda: deeds.propose(
            page.store, page.actor, geometry=shape, title=title, comment=comment, theme=theme,
            organisation=owner, workshop=workshop, note=page.t("participatory_map.note", title=title or "–"), at=page.now,
        ),
        lambda _: page.t("participatory_map.saved"),
    )  # fmt: skip


def _typed(page: Page, kind: str, turn: int) -> str:
    """The shape that was typed, as GeoJSON; empty where nothing was, or where it cannot be read, which is said."""
    text_typed = st.text_area(
        page.t("participatory_map.coordinates"),
        help=page.t("participatory_map.coordinates_help"),
        key=f"proposal_coordinates_{turn}",
        height=96,
    )
    return forms.answer(page, lambda: _understood(text_typed, kind)) or ""


def _understood(text_typed: str, kind: str) -> str:
    shape = typed_shape(text_typed, kind)
    if shape:
        deeds.drawn_shape(shape)
    return shape


def _measured(page: Page, shape: str) -> str:
    """What will be sent, with its length or area."""
    if not shape:
        return page.t("participatory_map.nothing_drawn")
    found = shapely.from_geojson(shape)
    if found.geom_type == "Point":
        return page.t(
            "participatory_map.will_send_point", latitude=f"{found.y:.5f}", longitude=f"{found.x:.5f}"
        )
    if found.geom_type == "LineString":
        length = say_number(measures.length_km(found), 2)
        return page.t("participatory_map.will_send_line", corners=len(found.coords), length=length)
    area = measures.area_km2(found)
    return page.t(
        "participatory_map.will_send_area",
        corners=len(found.exterior.coords) - 1,
        km2=say_number(area, 3),
        rai=say_number(measures.rai(area)),
    )


def _decision(page: Page, row: Any) -> None:
    """Accept or decline an open proposal: a point as a point of the map, a line or an area as a place."""
    with st.form(f"decide_{row.proposal}_{row.entry}"):
        about = {"name_en": st.text_input(page.t("boundary_upload.name_en"), key=f"name_en_{row.proposal}")}
        about |= _as_point(page, row) if row.kind == "point" else _as_place(page, row)
        note = st.text_input(page.t("boundary_upload.note"), key=f"note_{row.proposal}")
        left, right = st.columns(2)
        key = "accept" if row.kind == "point" else "accept_place"
        accepted = left.form_submit_button(
            page.t(f"participatory_map.{key}"), type="primary", icon=":material/check:", width="stretch"
        )
        declined = right.form_submit_button(
            page.t("participatory_map.decline"), icon=":material/close:", width="stretch"
        )
    if accepted or declined:
        _decide(page, row, note, about if accepted else None)


def _as_point(page: Page, row: Any) -> dict[str, Any]:
    category = st.selectbox(
        page.t("infrastructure.category"),
        categories.CATEGORIES,
        format_func=lambda category: page.t(f"map.category_{category}"),
        key=f"category_{row.proposal}",
    )
    return {"category": category}


def _as_place(page: Page, row: Any) -> dict[str, Any]:
    left, right = st.columns(2)
    most = float(deeds.MOST_METRES)
    accuracy = left.number_input(
        page.t("participatory_map.accuracy"), 0.0, most, value=None, key=f"accuracy_{row.proposal}"
    )
    corridor = None
    if row.kind == "line":
        corridor = right.number_input(
            page.t("participatory_map.corridor"), 0.0, most, value=None, key=f"corridor_{row.proposal}"
        )
    extent = tuple(
        text.translator(language)(
            f"participatory_map.extent_{row.kind}", proposal=row.proposal, metres=say_number(corridor or 0)
        )
        for language in text.LANGUAGES
    )
    return {"accuracy_m": accuracy, "corridor_m": corridor, "extent": extent}


def _decide(page: Page, row: Any, note: str, about: dict[str, Any] | None) -> None:
    """One entry: accepted as `about` says, or declined where it says nothing."""
    given = {"proposal": row.proposal, "note": note, "seen": int(row.entry), "at": page.now}
    if about is None:
        deed, told = deeds.decline, "declined"
    elif row.kind == "point":
        deed, told = deeds.accept_as_landmark, "accepted"
    else:
        deed, told = deeds.accept_as_place, "accepted_place"
    forms.save(
        page,
        f"decide_{row.proposal}_{row.entry}",
        lambda: deed(page.store, page.actor, **given, **about or {}),
        lambda _: page.t(f"participatory_map.{told}"),
    )


def _about(page: Page, row: Any) -> str:
    owner = getattr(row, f"organisation_{page.language}")
    by = " · ".join(part for part in (owner, row.workshop) if isinstance(part, str)) or page.t(
        "participatory_map.no_organisation"
    )
    comment = row.comment if isinstance(row.comment, str) else page.t("participatory_map.no_comment")
    return page.t(
        "participatory_map.about",
        kind=page.t(f"participatory_map.kind_{row.kind}"),
        theme=page.t(f"participatory_map.theme_{row.theme}"),
        by=as_text(by),
        who=as_text(page.who(row.recorded_by, row.first_entry)),
        comment=as_text(comment),
    )
