"""Drawing a proposal, saying who proposes it, and deciding on it."""

from html import escape
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from cmi_core import landmark_kinds, text
from cmi_core.actions import proposals as deeds
from cmi_core.errors import CmiError
from cmi_core.roles import may
from cmi_core.views import network
from cmi_core.views import proposals as views
from pages.components import filters, layout, maps
from pages.components.session import Page

_DONE = "proposal_done"
_FORM = "proposal"
KINDS = ("point", "line", "area")


def done() -> None:
    """What the last deed of this reader did, said once."""
    if told := filters.recall(_DONE):
        st.success(told, icon=":material/check_circle:")
        filters.keep(_DONE, None)


@st.fragment
def workspace(page: Page) -> None:
    """The map, and for those who may propose the pencil and the form."""
    drawing = may(page.actor, "propose_place")
    _, turn = filters.opened(_FORM, 0)
    kind = ""
    if drawing:
        kind = filters.segments(
            "draw",
            KINDS,
            label=page.t("participatory_map.draw"),
            say=lambda kind: page.t(f"participatory_map.kind_{kind}"),
        )
        st.html(f'<p class="cmi-small">{escape(page.t("participatory_map.how"))}</p>')
    told = maps.drawing_map(page, draw=kind, turn=turn, key="proposal_map")
    if not drawing:
        st.info(page.t("participatory_map.who_may"), icon=":material/lock:")
        if page.actor is None:
            query = urlencode({"lang": page.language, "next": f"/participatory-map?lang={page.language}"})
            layout.way_out(page.t("sign_in.title"), f"/signin?{query}")
        return
    _form(page, told, turn)


def listed(page: Page) -> None:
    """Every proposal with its state; editors decide on the open ones."""
    rows = page.read(views.every)
    st.subheader(page.t("participatory_map.listed"), anchor=False)
    if rows.empty:
        layout.nothing(page, "participatory_map.nobody")
    for row in rows.itertuples():
        label = f"{row.proposal} · {_plain(row.title)} · {page.t(f'participatory_map.state_{row.state}')}"
        with st.expander(label, icon=":material/location_on:", expanded=False):
            st.markdown(_about(page, row))
            if row.state == "open" and may(page.actor, "edit_place"):
                _decision(page, row)


def _form(page: Page, told: dict[str, Any], turn: int) -> None:
    names = page.read(network.names)
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
        coordinates = st.text_input(
            page.t("participatory_map.coordinates"),
            help=page.t("participatory_map.coordinates_help"),
            key=f"proposal_coordinates_{turn}",
        )
        pressed = st.form_submit_button(
            page.t("participatory_map.save"), type="primary", icon=":material/add_location_alt:"
        )
    if not pressed:
        return
    try:
        deeds.propose(
            page.store, page.actor, geometry=_typed(coordinates) or told.get("drawing") or "", title=title, comment=comment, theme=theme,
            organisation=owner, workshop=workshop, note=page.t("participatory_map.note", title=title or "–"), at=page.now,
        )  # fmt: skip
    except CmiError as refusal:
        st.error(text.refusal(page.t, refusal), icon=":material/error:")
    else:
        filters.closed(_FORM)
        filters.keep(_DONE, page.t("participatory_map.saved"))
        st.rerun()


def _decision(page: Page, row: Any) -> None:
    with st.form(f"decide_{row.proposal}_{row.entry}"):
        category = st.selectbox(
            page.t("infrastructure.category"),
            landmark_kinds.CATEGORIES,
            format_func=lambda category: page.t(f"map.category_{category}"),
            key=f"category_{row.proposal}",
        )
        name_en = st.text_input(page.t("boundary_upload.name_en"), key=f"name_en_{row.proposal}")
        note = st.text_input(page.t("boundary_upload.note"), key=f"note_{row.proposal}")
        left, right = st.columns(2)
        accepted = left.form_submit_button(
            page.t("participatory_map.accept"),
            type="primary",
            icon=":material/check:",
            disabled=row.kind != "point",
            width="stretch",
        )
        declined = right.form_submit_button(
            page.t("participatory_map.decline"), icon=":material/close:", width="stretch"
        )
    if accepted or declined:
        try:
            deeds.decide(
                page.store, page.actor, proposal=row.proposal, accept=accepted, category=category, name_en=name_en, note=note,
                seen=int(row.entry), at=page.now,
            )  # fmt: skip
        except CmiError as refusal:
            st.error(text.refusal(page.t, refusal), icon=":material/error:")
        else:
            filters.keep(
                _DONE, page.t("participatory_map.accepted" if accepted else "participatory_map.declined")
            )
            st.rerun()


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
        by=_plain(by),
        who=_plain(row.recorded_by),
        comment=_plain(comment),
    )


def _plain(told: str) -> str:
    """Words of a reader, without what Markdown would take for marks."""
    return "".join(f"\\{sign}" if sign in r"\`*_{}[]<>()#+-!|~$:" else sign for sign in told)


def _typed(coordinates: str) -> str:
    """A point typed as "18.79, 98.97" in GeoJSON; empty where nothing was typed; what is no number is refused later."""
    if not coordinates.strip():
        return ""
    latitude, _, longitude = coordinates.partition(",")
    return f'{{"type": "Point", "coordinates": [{longitude.strip()}, {latitude.strip()}]}}'
