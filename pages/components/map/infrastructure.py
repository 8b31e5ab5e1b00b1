"""Points from a file, and what each point serves."""

from zlib import crc32

import streamlit as st

from cmi_core.actions import places as deeds
from cmi_core.kpi.confidence import CONFIDENCES
from cmi_core.store import places
from cmi_core.views import district_map
from pages.components.map import map_deeds, point_import
from pages.components.shell import filters, forms, layout
from pages.components.shell.session import Page
from pages.components.shell.words import as_text, escape

PARTS = ("ties", "import")
bring_in = point_import.bring_in


def done(page: Page) -> None:
    """What the last deed of this reader did, said once."""
    map_deeds.done(page)


def part(page: Page) -> str:
    """Which of the two is done here now."""
    return filters.segments(
        "work",
        PARTS,
        label=page.t("infrastructure.work"),
        say=lambda name: page.t(f"infrastructure.work_{name}"),
    )


def ties(page: Page) -> None:
    """What one point serves, with the confidence of each tie."""
    points = page.read(district_map.landmarks)
    names = {row.landmark: page.name_of(row) for row in points.itertuples()}
    landmark = filters.select(
        "point", list(names), label=page.t("infrastructure.point"), say=names.__getitem__
    )
    held = page.read(places.ties)
    held = {(row.kind, row.target): row.confidence for row in held[held["landmark"] == landmark].itertuples()}
    # Ties changed meanwhile are another form: nobody saves over what they have not seen.
    form = f"ties_{landmark}_{crc32(repr(sorted(held.items())).encode())}"
    wanted, note, pressed = _ties(page, held, forms.key_of(form))
    if pressed:
        forms.save(
            page,
            form,
            lambda: deeds.tie(
                page.store, page.actor, landmark=landmark, wanted=wanted, note=note, at=page.now
            ),
            lambda _: page.t("infrastructure.saved", name=names[landmark]),
        )


def _ties(
    page: Page, held: dict[tuple[str, str], str], key: str
) -> tuple[dict[tuple[str, str], str], str, bool]:
    """What is tied with which confidence, why, and whether it is to be saved."""
    said = {
        (row.kind, row.target): f"{page.t(f'map.kind_{row.kind}')}: {page.name_of(row)}"
        for row in page.read(places.targets).itertuples()
    }
    chosen = st.multiselect(
        page.t("infrastructure.serves"),
        list(said),
        default=[target for target in held if target in said],
        format_func=said.__getitem__,
        key=f"{key}_serves",
        placeholder=page.t("infrastructure.serves_hint"),
    )
    with st.form(key):
        wanted = {
            target: st.select_slider(
                as_text(said[target]),
                CONFIDENCES[::-1],
                value=held.get(target, "medium"),
                format_func=lambda code: page.t(f"confidence.{code}"),
                key=f"{key}_sure_{target[1]}",
            )
            for target in chosen
        }
        note = st.text_input(page.t("boundary_upload.note"), key=f"{key}_note")
        pressed = st.form_submit_button(page.t("infrastructure.save"), type="primary", icon=":material/save:")
    return wanted, note, pressed


def imports(page: Page) -> None:
    """Imports before this one, and the way back."""
    rows = page.read(places.point_imports)
    st.subheader(page.t("infrastructure.imports"), anchor=False)
    if rows.empty:
        layout.nothing(page, "infrastructure.no_imports")
    for row in rows.itertuples():
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            key = "infrastructure.import_undone" if row.undone else "infrastructure.import_was"
            told = page.t(
                key,
                entry=row.entry,
                count=row.points,
                who=page.who(row.recorded_by, row.entry),
                note=row.note,
            )
            st.html(f"<p>{escape(told)}</p>")
            if not row.undone:
                st.button(
                    page.t("boundary_upload.undo"), key=f"undo_{row.entry}", icon=":material/undo:",
                    on_click=map_deeds.take_back, args=(page, int(row.entry)),
                )  # fmt: skip
