"""The steps of replacing an outline: the file, its questions, its warnings, the picture, one entry, the way back."""

from functools import lru_cache
from typing import Any

import pandas as pd
import streamlit as st

from cmi_core.actions import places as deeds
from cmi_core.calendar.days import understand_day
from cmi_core.charts import places as charts
from cmi_core.errors import CmiError
from cmi_core.geography.boundaries import BoundaryUpload, read_boundaries
from cmi_core.store import places
from cmi_core.text.numbers import say_number
from cmi_core.views import district_map
from pages.components.map import map_deeds
from pages.components.shell import forms, layout, words
from pages.components.shell.session import Page
from pages.components.shell.words import escape

FEW = 6  # so many areas are all offered where none is known by name
# What a file may leave open, and the answer that settles it.
_QUESTIONS = {"crs_missing": "crs", "layers": "layer"}
_CRS = {
    32647: "UTM 47N WGS84",
    24047: "UTM 47N Indian 1975",
    32648: "UTM 48N WGS84",
    24048: "UTM 48N Indian 1975",
}


def done(page: Page) -> None:
    """What the last deed of this reader did, said once."""
    map_deeds.done(page)


def upload(page: Page) -> BoundaryUpload | None:
    """The file, with the questions it asks back; None until it can be used."""
    given = st.file_uploader(
        page.t("boundary_upload.file"),
        help=page.t("boundary_upload.file_help"),
        key="boundary_file",
        max_upload_size=20,
    )
    if given is None:
        layout.nothing(page, "boundary_upload.nothing_yet")
        return None
    answers: dict[str, Any] = {"crs": None, "layer": None}
    while True:
        found, refusal = _read(given.getvalue(), given.name, answers["crs"], answers["layer"])
        if refusal is None:
            return found
        question = _QUESTIONS.get(refusal.reason)
        if question is None or answers[question] is not None:
            forms.refused(page, refusal)
            return None
        answers[question] = _ask(page, question, refusal, given.file_id)
        if answers[question] is None:
            return None


def warnings(page: Page, found: BoundaryUpload) -> None:
    """What was read and everything to look at before accepting, row by row."""
    st.markdown(
        page.t(
            "boundary_upload.read",
            count=len(found.areas),
            format=found.format,
            crs=words.as_text(found.source_crs),
            hash=found.sha256[:12],
        )
    )
    for warning in found.warnings:
        told = words.as_text(page.t(f"boundaries.{warning.code}", **warning.details))
        st.warning(told, icon=":material/rule:")
    rows = found.areas.drop(columns=["geometry", "attributes"])
    layout.data_table(
        page,
        pd.DataFrame(rows).assign(area_km2=rows["area_km2"].round(4)),
        columns={
            "row": page.t("boundary_upload.row"),
            "code": page.t("boundary_upload.code"),
            "name_th": page.t("boundary_upload.name_th"),
            "name_en": page.t("boundary_upload.name_en"),
            "area_km2": page.t("map.area_km2"),
        },
        file="uploaded_areas",
    )


def which(page: Page, found: BoundaryUpload) -> dict[int, str]:
    """Which uploaded areas take the place of which districts; guessed by code or name, and open to change."""
    rows = page.read(district_map.every)
    names = {row.place: page.name_of(row) for row in rows.itertuples()}
    st.subheader(page.t("boundary_upload.which"), anchor=False)
    told = {int(area.row): _told_area(page, area) for area in found.areas.itertuples()}
    guesses = {int(area.row): _guess(area, rows) for area in found.areas.itertuples()}
    likely = [row for row, place in guesses.items() if place]
    used = st.multiselect(
        page.t("boundary_upload.rows"),
        list(told),
        default=likely or (list(told) if len(told) <= FEW else []),
        format_func=told.__getitem__,
        placeholder=page.t("boundary_upload.rows_hint"),
        key=f"rows_{found.sha256[:8]}_{found.layer}",
    )
    chosen = {}
    for row in used:
        options = ["", *names]
        place = st.selectbox(
            words.as_text(told[row]),
            options,
            index=options.index(guesses[row]),
            format_func=lambda code: names.get(code, page.t("boundary_upload.leave_out")),
            key=f"replaces_{found.sha256[:8]}_{found.layer}_{row}",
        )
        if place:
            chosen[row] = place
    return chosen


def picture(page: Page, found: BoundaryUpload, replaces: dict[int, str]) -> None:
    """Old and new drawn together, with both areas."""
    if not replaces:
        return
    rows = page.read(district_map.every).set_index("place")
    shapes = dict(zip(found.areas["row"], found.areas.geometry, strict=True))
    areas = dict(zip(found.areas["row"], found.areas["area_km2"], strict=True))
    old = {
        place: rows.loc[place, "geometry"]
        for place in replaces.values()
        if isinstance(rows.loc[place, "geometry"], str)
    }
    said = {
        "old": page.t("boundary_upload.old"),
        "new": page.t("boundary_upload.new"),
        "which": page.t("map.boundary"),
    }
    spec = charts.old_and_new(old, {replaces[row]: shapes[row] for row in replaces}, said, page.look)
    st.vega_lite_chart(spec, theme=None, width="stretch", alt=page.t("boundary_upload.picture_alt"))
    for row, place in replaces.items():
        before = rows.loc[place, "measured_km2"]
        known = before == before and before is not None
        st.markdown(
            page.t(
                "boundary_upload.before_after" if known else "boundary_upload.first_outline",
                name=words.as_text(rows.loc[place, f"name_{page.language}"]),
                before=say_number(before, 3) if known else "",
                after=say_number(areas[row], 3),
            )
        )


def save(page: Page, found: BoundaryUpload, replaces: dict[int, str]) -> None:
    """Source, licence and reason, then one entry."""
    form = f"boundary_{found.sha256[:8]}_{found.layer}"
    stands = _stands(page)
    seen, key = forms.opened(form, stands), forms.key_of(form)
    with st.form(key):
        left, right = st.columns(2)
        kind = left.selectbox(
            page.t("boundary_upload.kind"),
            deeds.KINDS,
            index=None,
            placeholder=page.t("boundary_upload.kind_hint"),
            format_func=lambda kind: page.t(f"map.boundary_{kind}"),
            key=f"{key}_kind",
        )
        producer = left.text_input(page.t("boundary_upload.producer"), key=f"{key}_producer")
        title = right.text_input(page.t("boundary_upload.source_title"), key=f"{key}_title")
        licence = right.text_input(page.t("boundary_upload.licence"), key=f"{key}_licence")
        # Typed, since a calendar would show years of the Common Era to Thai readers.
        valid_from = left.text_input(
            page.t("boundary_upload.valid_from"),
            placeholder=page.t("boundary_upload.day_hint"),
            key=f"{key}_valid_from",
        )
        accuracy = right.number_input(
            page.t("map.accuracy"), value=None, min_value=0.1, max_value=5000.0, key=f"{key}_accuracy"
        )
        note = st.text_input(page.t("boundary_upload.note"), key=f"{key}_note")
        pressed = st.form_submit_button(
            page.t("boundary_upload.save"), type="primary", icon=":material/save:"
        )
    if pressed:
        forms.save(
            page,
            form,
            lambda: deeds.replace_boundaries(
                page.store, page.actor, upload=found, replaces=replaces, kind=kind, producer=producer, title=title,
                licence=licence, valid_from=understand_day(valid_from, page.t), accuracy_m=accuracy, note=note, seen=seen, at=page.now,
            ),
            lambda _: page.t("boundary_upload.saved", count=len(replaces)),
            now=lambda: stands,
        )  # fmt: skip


def changes(page: Page) -> None:
    """What was replaced before, and the way back."""
    rows = page.read(places.boundary_changes)
    st.subheader(page.t("boundary_upload.changes"), anchor=False)
    if rows.empty:
        layout.nothing(page, "boundary_upload.no_changes")
    for row in rows.itertuples():
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.html(f"<p>{escape(_told(page, row))}</p>")
            if not row.undone:
                st.button(
                    page.t("boundary_upload.undo"),
                    key=f"undo_{row.entry}",
                    icon=":material/undo:",
                    on_click=map_deeds.take_back,
                    args=(page, int(row.entry)),
                )


def _ask(page: Page, question: str, refusal: CmiError, file: str) -> Any:
    """The reader's answer to what the file leaves open; it holds for this file only."""
    st.warning(forms.sentence(page.t, refusal), icon=":material/help:")
    return st.radio(
        page.t(f"boundary_upload.{question}"),
        list(refusal.details["choices"]),
        index=None,
        format_func=lambda choice: (
            f"{_CRS[choice]} (EPSG:{choice})" if question == "crs" else words.as_text(str(choice))
        ),
        key=f"boundary_{question}_{file}",
    )


def _told_area(page: Page, area: Any) -> str:
    """An uploaded row by its number, name and size."""
    name = area.name_th or area.name_en or area.code or "–"
    return page.t("boundary_upload.area_is", row=area.row, name=name, area=say_number(area.area_km2, 3))


def _guess(area: Any, rows: pd.DataFrame) -> str:
    """The place that goes by the area's code or one of its names; empty where none does."""
    told = {_bare(name) for name in (area.code, area.name_th, area.name_en) if name}
    for row in rows.itertuples():
        if told & {_bare(name) for name in (row.place, row.name_th, row.name_en)}:
            return row.place
    return ""


def _bare(name: str) -> str:
    """A name without what stands in brackets, and without the word for district before it."""
    return name.partition(" (")[0].strip().casefold().removeprefix("ย่าน").strip()


def _stands(page: Page) -> dict[str, int]:
    """The entry of the outline in force of each district: what the picture shows as the old one."""
    rows = page.read(district_map.every)
    return {
        row.place: 0 if pd.isna(row.boundary_entry) else int(row.boundary_entry) for row in rows.itertuples()
    }


def _told(page: Page, row: Any) -> str:
    names = {place.place: page.name_of(place) for place in page.read(district_map.every).itertuples()}
    listed = ", ".join(names.get(code, code) for code in row.codes.split(","))
    key = "boundary_upload.change_undone" if row.undone else "boundary_upload.change"
    return page.t(
        key,
        entry=row.entry,
        names=listed,
        file=row.file_name or "–",
        who=page.who(row.recorded_by, row.entry),
        note=row.note,
    )


@lru_cache(maxsize=4)
def _read(
    data: bytes, name: str, crs: int | None, layer: str | None
) -> tuple[BoundaryUpload | None, CmiError | None]:
    """Parsed once per file and answer, also where it is refused: every touch of a widget runs the page again."""
    return forms.outcome(lambda: read_boundaries(data, filename=name, crs=crs, layer=layer))
