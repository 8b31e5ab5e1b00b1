"""The steps of replacing an outline: the file, its questions, its warnings, the picture, one entry, the way back."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from zlib import crc32

import pandas as pd
import streamlit as st

from cmi_core.actions import places as deeds
from cmi_core.calendar.days import understand_day
from cmi_core.charts import places as charts
from cmi_core.errors import CmiError
from cmi_core.geography.boundaries import BoundaryUpload, Standing, likely, read_boundaries
from cmi_core.store import places
from cmi_core.text.numbers import say_number
from cmi_core.views import district_map
from pages.components.map import map_deeds, placed
from pages.components.shell import forms, layout, reading, words
from pages.components.shell.session import Page
from pages.components.shell.words import escape

FILE = "boundary_file"  # the form that the file itself is: saved, it opens fresh
FEW = 6  # so many areas are all offered where none is known by name
TELLING = 3  # so many fields tell a row without a name of its own


def done(page: Page) -> None:
    """What the last deed of this reader did, said once."""
    map_deeds.done(page)


def upload(page: Page) -> BoundaryUpload | None:
    """The file, with the questions it asks back; None until nothing about it is open."""
    given = st.file_uploader(
        page.t("boundary_upload.file"),
        help=page.t("boundary_upload.file_help"),
        key=f"{forms.key_of(FILE)}_file",
        max_upload_size=20,
    )
    if given is None:
        layout.nothing(page, "boundary_upload.nothing_yet")
        return None
    found = forms.answer(page, lambda: _understood(given.getvalue(), given.name, given.file_id))
    if found is None:
        return None
    reading.ask(page, found.questions, given.file_id)
    if not found.open:
        return found
    placed.draw(page, found.open, found.drawn, page.t("boundary_upload.placed_alt"))
    asked = [page.t(question.why, **question.details) for question in found.open]
    st.warning(
        words.as_text(page.t("boundary_upload.open", questions=" · ".join(asked))), icon=":material/help:"
    )
    return None


def warnings(page: Page, found: BoundaryUpload) -> None:
    """What was read, everything to look at before accepting, what is left out, and each row with the file's own fields."""
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
        st.warning(words.as_text(page.t(warning.say, **warning.details)), icon=":material/rule:")
    reading.left_out(page, found.left_out, file="left_out_of_areas")
    rows = found.areas.drop(columns=["geometry", "attributes"])
    table = pd.DataFrame(rows).assign(area_km2=rows["area_km2"].round(4))
    own = {f"field_{number}": name for number, name in enumerate(found.fields)}
    for key, name in own.items():
        table[key] = [attributes.get(name, "") for attributes in found.areas["attributes"]]
    layout.data_table(
        page,
        table,
        columns={
            "row": page.t("boundary_upload.row"),
            "code": page.t("boundary_upload.code"),
            "name_th": page.t("boundary_upload.name_th"),
            "name_en": page.t("boundary_upload.name_en"),
            "area_km2": page.t("map.area_km2"),
            **own,
        },
        file="uploaded_areas",
    )


def which(page: Page, found: BoundaryUpload) -> dict[int, str]:
    """Which uploaded areas take the place of which districts; guessed by code or name, and open to change."""
    rows = page.read(district_map.every)
    names = {row.place: page.name_of(row) for row in rows.itertuples()}
    standing = [Standing(row.place, (row.name_th, row.name_en)) for row in rows.itertuples()]
    st.subheader(page.t("boundary_upload.which"), anchor=False)
    told = _told_areas(page, found)
    guesses = {
        int(area.row): likely((area.code, area.name_th, area.name_en), standing)
        for area in found.areas.itertuples()
    }
    guessed = [row for row, place in guesses.items() if place]
    key = _key(found)
    used = st.multiselect(
        page.t("boundary_upload.rows"),
        list(told),
        default=guessed or (list(told) if len(told) <= FEW else []),
        format_func=told.__getitem__,
        placeholder=page.t("boundary_upload.rows_hint"),
        key=f"rows_{key}",
    )
    chosen = {}
    for row in used:
        options = ["", *names]
        place = st.selectbox(
            words.as_text(told[row]),
            options,
            index=options.index(guesses[row]),
            format_func=lambda code: names.get(code, page.t("boundary_upload.leave_out")),
            key=f"replaces_{key}_{row}",
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
    form = f"boundary_{found.sha256[:8]}"
    stands = _stands(page)
    seen, key = forms.opened(form, stands), forms.key_of(form)
    with st.form(key):
        about = _about(page, key)
        pressed = st.form_submit_button(
            page.t("boundary_upload.save"), type="primary", icon=":material/save:"
        )

    def replace() -> int:
        about["valid_from"] = understand_day(about["valid_from"], page.t)
        entry = deeds.replace_boundaries(
            page.store, page.actor, upload=found, replaces=replaces, seen=seen, at=page.now, **about
        )
        forms.closed(FILE)  # the next file is given, and told about, anew
        return entry

    if pressed:
        forms.save(
            page,
            form,
            replace,
            lambda _: page.t("boundary_upload.saved", count=len(replaces)),
            now=lambda: stands,
        )


def _about(page: Page, key: str) -> dict[str, Any]:
    """What is said about the outlines: where they are from, what may be done with them, and why they change."""
    left, right = st.columns(2)
    return {
        "kind": left.selectbox(
            page.t("boundary_upload.kind"),
            deeds.KINDS,
            index=None,
            placeholder=page.t("boundary_upload.kind_hint"),
            format_func=lambda kind: page.t(f"map.boundary_{kind}"),
            key=f"{key}_kind",
        ),
        "producer": left.text_input(page.t("boundary_upload.producer"), key=f"{key}_producer"),
        "title": right.text_input(page.t("boundary_upload.source_title"), key=f"{key}_title"),
        "licence": right.text_input(page.t("boundary_upload.licence"), key=f"{key}_licence"),
        # Typed, since a calendar would show years of the Common Era to Thai readers.
        "valid_from": left.text_input(
            page.t("boundary_upload.valid_from"),
            placeholder=page.t("boundary_upload.day_hint"),
            key=f"{key}_valid_from",
        ),
        "accuracy_m": right.number_input(
            page.t("map.accuracy"), value=None, min_value=0.1, max_value=5000.0, key=f"{key}_accuracy"
        ),
        "note": st.text_input(page.t("boundary_upload.note"), key=f"{key}_note"),
    }


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


def _key(found: BoundaryUpload) -> str:
    """What is chosen about a file holds for it as it is read: other columns or another system are asked about anew."""
    read = "|".join(f"{name}={answer}" for name, answer in sorted(found.answers.items()))
    return f"{found.sha256[:8]}_{crc32(read.encode()):08x}"


def _told_areas(page: Page, found: BoundaryUpload) -> dict[int, str]:
    """Each row by its number, name and size; by its own fields too where that name is none or stands twice."""
    names = {int(area.row): area.name_th or area.name_en or area.code for area in found.areas.itertuples()}
    given = list(names.values())
    told = {}
    for area in found.areas.itertuples():
        row = int(area.row)
        alone = names[row] and given.count(names[row]) == 1
        fields = "" if alone else _fields(area.attributes, names[row])
        name = " · ".join(part for part in (names[row], fields) if part) or "–"
        told[row] = page.t("boundary_upload.area_is", row=row, name=name, area=say_number(area.area_km2, 3))
    return told


def _fields(attributes: Mapping[str, str], name: str) -> str:
    """The first of a row's own fields, but for its name."""
    others = [f"{field} {text}" for field, text in attributes.items() if text != name]
    return ", ".join(others[:TELLING])


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


def _understood(data: bytes, name: str, file: str) -> BoundaryUpload | None:
    """The file as the reader's answers have it. Raises FileRefused."""

    def read(answers: dict[str, str]) -> BoundaryUpload | None:
        found, refusal = _read(data, name, tuple(sorted(answers.items())))
        if refusal is not None:
            raise refusal
        return found

    return reading.fitting(file, read)


@lru_cache(maxsize=4)
def _read(
    data: bytes, name: str, answers: tuple[tuple[str, str], ...]
) -> tuple[BoundaryUpload | None, CmiError | None]:
    """Parsed once per file and answers, also where it is refused: every touch of a widget runs the page again."""
    return forms.outcome(lambda: read_boundaries(data, filename=name, answers=dict(answers)))
