"""A file of points, step by step: how it was read, what it leaves open, its source, what would change, one entry."""

from typing import Any

import pandas as pd
import streamlit as st

from cmi_core.actions import places as deeds
from cmi_core.views import point_import
from cmi_core.views.point_import import Preview
from pages.components.map import placed
from pages.components.shell import form_state, forms, layout, reading
from pages.components.shell.session import Page
from pages.components.shell.words import as_text

LISTED = 50
_ANOTHER = ("", "")
_FORM = "points"
_STATES = ("new", "changed", "same", "left", "refused")
_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
_MARKS = {
    "utf-8": "UTF-8",
    "cp874": "Windows-874",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252",
}
_FIELDS = {
    "name_th": "boundary_upload.name_th", "name_en": "boundary_upload.name_en", "category": "map.kinds",
    "place": "map.place_label", "lat": "map.latitude", "lon": "map.longitude", "accuracy_m": "map.accuracy",
    "coordinate_source": "field.coordinate_source", "source_id": "field.source_id",
}  # fmt: skip


def bring_in(page: Page) -> None:
    """A file of points: what was understood and what is open, what would come in and what not, before anything is saved."""
    given = st.file_uploader(
        page.t("infrastructure.file"),
        help=page.t("infrastructure.file_help"),
        key=f"{forms.key_of(_FORM)}_file",
        max_upload_size=5,
    )
    if given is None:
        layout.nothing(page, "infrastructure.nothing_yet")
        return
    # Everything below belongs to this file alone: the next one starts fresh.
    file = f"points_{given.file_id}"
    source = _source_so_far(page, file)
    found = forms.answer(page, lambda: _preview(page, given.getvalue(), given.name, file, source))
    if found is None:
        return
    _understood(page, found)
    _source(page, file)
    reading.ask(page, found.questions, file)
    placed.draw(page, found.open, found.drawn, page.t("infrastructure.placed_alt"))
    _told(page, found, named=all(source[name].strip() for name in ("producer", "title")))
    reading.left_out(page, found.left_out, file="points_left_out")
    _save(page, found, file, source)


def _preview(page: Page, data: bytes, name: str, file: str, source: dict[str, str]) -> Preview:
    """The file beside the record, as the reader's answers have it. Raises FileRefused."""
    told = {"filename": name, "producer": source["producer"], "title": source["title"]}
    return reading.fitting(
        file, lambda answers: point_import.preview(page.store, data, answers=answers, **told)
    )


# ---------------------------------------------------------------- the source


def _sources(page: Page) -> dict[tuple[str, str], tuple[str, int]]:
    """Sources that points came from before: producer and title, with their licence and how many points."""
    rows = page.read(point_import.sources).itertuples()
    return {(row.producer, row.title): (row.licence or "", int(row.points)) for row in rows}


def _source_so_far(page: Page, file: str) -> dict[str, str]:
    """What was typed or chosen about the source, known before its fields are drawn."""
    told = {name: form_state.typed(f"{file}_{name}") for name in ("producer", "title", "licence")}
    chosen, known = form_state.typed(f"{file}_source"), _sources(page)
    if chosen in known:
        licence = known[chosen][0] if told["licence"] is None else told["licence"]
        told = {"producer": chosen[0], "title": chosen[1], "licence": licence}
    return {name: str(each or "") for name, each in told.items()}


def _source(page: Page, file: str) -> None:
    """Who made the data and what they are called: by that a newer file renews its own points, and no others."""
    known = _sources(page)
    st.subheader(page.t("infrastructure.source"), anchor=False)
    chosen = _ANOTHER
    if known:
        chosen = st.selectbox(
            page.t("infrastructure.which_source"),
            [*known, _ANOTHER],
            index=None,
            placeholder=page.t("reading.choose"),
            format_func=lambda source: (
                f"{source[1]} · {source[0]} ({known[source][1]})"
                if source in known
                else page.t("infrastructure.another_source")
            ),
            key=f"{file}_source",
        )
    if chosen is None:
        return
    if chosen == _ANOTHER:
        left, right = st.columns(2)
        left.text_input(page.t("boundary_upload.producer"), key=f"{file}_producer")
        right.text_input(page.t("boundary_upload.source_title"), key=f"{file}_title")
    stands = known[chosen][0] if chosen in known else ""
    st.text_input(page.t("boundary_upload.licence"), value=stands, key=f"{file}_licence")


# ---------------------------------------------------------------- what was read, and what it would do


def _understood(page: Page, found: Preview) -> None:
    """How the file was read, in one line, and what is to be looked at."""
    told = dict(found.understood)
    asked = {question.id for question in found.open}
    separator = _SEPARATORS.get(str(told.get("separator", "")))
    lines = [
        page.t("read_points.format", format=str(told.get("format", "")).upper()),
        *([page.t("read_points.sheet", sheet=told["sheet"])] if told.get("sheet") else []),
        *([page.t("read_points.layer", layer=told["layer"])] if told.get("layer") else []),
        *([page.t("read_points.header", row=told["header"])] if told.get("header") else []),
        *(
            [page.t("read_points.encoding", encoding=_MARKS.get(str(told["encoding"]), told["encoding"]))]
            if told.get("encoding")
            else []
        ),
        *(
            [page.t("read_points.separator", separator=page.t(f"read_points.separator_{separator}"))]
            if separator
            else []
        ),
        *([page.t("read_points.crs", crs=told["crs"])] if told.get("crs") and not asked & {"crs"} else []),
    ]
    st.caption(as_text(" · ".join(lines)))
    for note in found.notes:
        st.info(as_text(page.t(note.say, **note.details)), icon=":material/rule:")


def _told(page: Page, found: Preview, *, named: bool) -> None:
    """How many points would be new or changed, the changed ones with their old content, and every row in a table."""
    st.subheader(page.t("infrastructure.would"), anchor=False)
    if not named:
        layout.nothing(page, "infrastructure.source_first", count=len(found.points))
    else:
        counts = [
            page.t(f"infrastructure.count_{state}", count=found.count(state))
            for state in _STATES
            if found.count(state)
        ]
        st.markdown(" · ".join([*counts, page.t("infrastructure.nothing_saved")]))
    if found.problems:
        told = page.t("infrastructure.refused", count=len(found.problems))
        with st.expander(told, expanded=True, icon=":material/error:"):
            for problem in found.problems[:LISTED]:
                st.markdown(f"- {forms.sentence(page.t, problem)}")
            if len(found.problems) > LISTED:
                st.markdown(page.t("refusals.more", count=len(found.problems) - LISTED))
    _changed(page, found)
    if named and found.beside.absent:
        names = ", ".join(found.beside.absent[:5]) + (" …" if len(found.beside.absent) > 5 else "")
        layout.nothing(page, "infrastructure.absent", count=len(found.beside.absent), names=names)
    _table(page, found, named=named)


def _changed(page: Page, found: Preview) -> None:
    """Each point that would be renewed: its old name, and what of it would change."""
    changed = [held for held in found.beside.rows if held.changes]
    if not changed:
        return
    told = page.t("infrastructure.changes", count=len(changed))
    with st.expander(told, expanded=True, icon=":material/published_with_changes:"):
        for held in changed[:LISTED]:
            name = as_text(str((held.before or {})[f"name_{page.language}"]))
            st.markdown(
                f"- **{name}** ({page.t('boundary_upload.row')} {held.row}): {as_text(_differences(page, held.changes))}"
            )
        if len(changed) > LISTED:
            st.markdown(page.t("refusals.more", count=len(changed) - LISTED))


def _differences(page: Page, changes: dict[str, tuple[Any, Any]]) -> str:
    return "; ".join(
        f"{page.t(_FIELDS[name])}: {_content(page, name, before)} → {_content(page, name, after)}"
        for name, (before, after) in changes.items()
    )


def _content(page: Page, name: str, content: Any) -> str:
    """A field's content as a reader reads it; a kind from before that is none of ours is told as it stands."""
    if content is None:
        return "–"
    if name == "category":
        return _kind(page, str(content))
    return f"{content:.6f}".rstrip("0").rstrip(".") if isinstance(content, float) else str(content)


def _kind(page: Page, category: str) -> str:
    return page.t(f"map.category_{category}") if category in deeds.categories.CATEGORIES else category


def _table(page: Page, found: Preview, *, named: bool) -> None:
    rows = [
        {
            "row": held.row,
            "state": page.t(f"infrastructure.state_{held.state}") if named else "",
            **{name: held.after[name] for name in _FIELDS},
            "category": _kind(page, str(held.after["category"]))
            if held.after["category"]
            else page.t("infrastructure.kind_open"),
            "before": _differences(page, held.changes) if held.before else "",
        }
        for held in found.beside.rows
    ]
    columns = {"row": page.t("boundary_upload.row"), "state": page.t("infrastructure.state")}
    columns |= {name: page.t(key) for name, key in _FIELDS.items()} | {
        "before": page.t("infrastructure.before")
    }
    if rows:
        layout.data_table(page, pd.DataFrame(rows), columns=columns, file="points_dry_run")


# ---------------------------------------------------------------- saving


def _save(page: Page, found: Preview, file: str, source: dict[str, str]) -> None:
    if found.open:
        first = found.open[0]
        layout.nothing(
            page, "infrastructure.open", count=len(found.open), question=page.t(first.why, **first.details)
        )
        return
    if not reading.ready(page, found.questions, file):
        return
    if not all(text.strip() for text in source.values()):
        layout.nothing(page, "error.upload_source_missing")
        return
    if not found.wanted:
        layout.nothing(page, "error.points_same" if found.count("same") else "error.points_none")
        return
    with st.form(f"{file}_save"):
        note = st.text_input(page.t("boundary_upload.note"), key=f"{file}_note")
        pressed = st.form_submit_button(
            page.t("infrastructure.import_save", count=found.wanted), type="primary", icon=":material/save:"
        )
    if pressed:
        forms.save(
            page,
            _FORM,
            lambda: deeds.import_points(
                page.store, page.actor, points=found.points, **source, note=note, at=page.now,
                answers=reading.given(file), seen=found.seen,
            ),
            lambda _: page.t("infrastructure.imported", count=found.wanted),
        )  # fmt: skip
