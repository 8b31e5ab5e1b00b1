"""Forms about indices: importing a release or scores, and undoing any entry about them."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from cmi_core.actions import indices as actions
from cmi_core.calendar.written import understand
from cmi_core.index.framework_sheet import FRAMEWORK_HEADINGS, FrameworkSheet
from cmi_core.index.score_sheet import QUALITIES
from cmi_core.store import indices
from cmi_core.tables import safe_csv
from cmi_core.views import index_import as views
from pages.components.comparison.board import quality
from pages.components.comparison.choices import release_name
from pages.components.index import index_fields, index_reading
from pages.components.shell import filters, forms, layout, reading
from pages.components.shell.session import Page
from pages.components.shell.words import escape

DEEDS = ("framework", "scores", "levels", "weights", "done")
FILES = ["xlsx", "csv", "tsv", "txt"]
SHOWN = 300  # cells of a preview told one by one
VERDICTS = ("changed", "new", "same", "refused")


def deed(page: Page) -> str:
    """What the editor wants to do."""
    return filters.segments(
        "deed",
        DEEDS,
        label=page.t("index_import.deed"),
        say=lambda code: page.t(f"index_import.deed_{code}"),
        width="stretch",
    )


def release(page: Page) -> object:
    """The release that a deed is about."""
    rows = page.read(indices.frameworks)
    heads = {row.framework: row for row in rows.itertuples()}
    code = filters.select(
        "release",
        list(heads),
        label=page.t("index_import.release"),
        say=lambda code: release_name(page, heads[code]),
    )
    return heads[code]


def framework(page: Page) -> None:
    """A new release: template, dry run, and one entry."""
    st.markdown(page.t("index_import.framework_how"))
    heads = page.read(indices.frameworks)
    index_fields.template(
        page,
        "framework",
        {"framework": page.read(views.framework_template, None), "help": index_fields.about(page)},
    )
    uploaded = st.file_uploader(
        page.t("index_import.file"), FILES, key=f"{forms.key_of('framework')}_file", max_upload_size=60
    )
    if uploaded is None:
        return
    sheet = forms.answer(page, lambda: _framework_read(page, uploaded))
    if sheet is None:
        return
    reading.ask(page, sheet.questions, uploaded.file_id)
    index_reading.understood(page, sheet.understood)
    index_reading.problems(page, sheet.problems, 0)
    index_reading.computed(page, sheet.nodes)
    layout.data_table(
        page,
        sheet.nodes.replace(
            {"direction": {way: page.t(f"read_index.says_{way}") for way in ("higher", "lower")}}
        ),
        columns={name: page.t(f"index_import.column_{name}") for name in FRAMEWORK_HEADINGS},
        file="framework_preview",
    )
    reading.left_out(page, sheet.left_out, file="framework_left_out")
    if sheet.problems:
        layout.nothing(page, "index_import.fix_first")
        return
    if not reading.ready(page, sheet.questions, uploaded.file_id):
        return
    if sheet.nodes["weight"].isna().sum() > 1:
        st.warning(page.t("index_import.weights_unknown"), icon=":material/balance:")
    _framework_form(page, sheet.nodes, heads)


def _framework_read(page: Page, uploaded: Any) -> FrameworkSheet:
    return reading.fitting(
        uploaded.file_id,
        lambda answers: views.preview_framework(page.store, uploaded.getvalue(), uploaded.name, answers),
    )


def _framework_form(page: Page, nodes: pd.DataFrame, heads: pd.DataFrame) -> None:
    key = forms.key_of("framework")
    with st.form(key):
        head = _head(page, heads)
        st.markdown(page.t("index_import.levels_how"))
        levels = index_fields.levels_editor(
            page,
            pd.DataFrame({"printed": [""] * 4, "position": [None] * 4, "lower": [None] * 4}),
            key=f"{key}_levels",
        )
        source, note = index_fields.source_and_note(page)
        sent = st.form_submit_button(page.t("index_import.commit_framework"), type="primary")
    if sent:
        forms.save(
            page,
            "framework",
            lambda: actions.import_framework(
                page.store,
                page.actor,
                head=head,
                nodes=nodes,
                levels=levels,
                source=source,
                note=note,
                at=page.now,
            ),
        )


def _head(page: Page, heads: pd.DataFrame) -> dict[str, object]:
    """What a release is called, what it scores, and how."""
    left, right = st.columns(2)
    given: dict[str, object] = {
        "index_code": left.text_input(
            page.t("index_import.index_code"), help=page.t("index_import.index_code_help")
        ),
        "release": right.text_input(
            page.t("index_import.release_name"), help=page.t("index_import.release_help")
        ),
        "name_th": left.text_input(page.t("index_import.name_th")),
        "name_en": right.text_input(page.t("index_import.name_en")),
        "area_kind": left.selectbox(
            page.t("index_import.area_kind"),
            actions.AREA_KINDS,
            index=1,
            format_func=lambda kind: page.t(f"area_kind.{kind}"),
        ),
        "supersedes": right.selectbox(
            page.t("index_import.supersedes"),
            [None, *heads["framework"]],
            format_func=lambda code: page.t("index_import.supersedes_none") if code is None else code,
        ),
        **index_fields.methods(page, left, right),
        "decimals": 2,
    }
    share = left.number_input(page.t("index_import.min_coverage"), 0, 100, 0, step=5)
    return given | {"min_coverage": share / 100 if share else None}


def scores(page: Page) -> None:
    """Values of places: template, dry run with every cell's verdict, and one entry."""
    head = release(page)
    if head.measure == "rank":
        st.markdown(page.t("index_import.ranks_how"))
    st.markdown(page.t("index_import.scores_how"))
    index_fields.template(
        page,
        f"{head.framework}_scores",
        {
            "scores": page.read(views.score_template, head.framework, page.language),
            "help": index_fields.about(page),
        },
    )
    written = st.text_input(
        page.t("index_import.year"), key="score_year", help=page.t("index_import.year_help")
    )
    uploaded = st.file_uploader(
        page.t("index_import.file"), FILES, key=forms.key_of("score_file"), max_upload_size=60
    )
    if uploaded is None:
        return
    preview = forms.answer(page, lambda: _previewed(page, head, uploaded, written))
    if preview is None:
        return
    reading.ask(page, preview.questions, uploaded.file_id)
    index_reading.understood(page, preview.understood)
    _score_preview(page, head, preview)
    reading.left_out(page, preview.left_out, file="scores_left_out")
    if preview.counts["refused"]:
        layout.nothing(page, "index_import.fix_first")
    elif not reading.ready(page, preview.questions, uploaded.file_id):
        return
    elif preview.counts["new"] + preview.counts["changed"] == 0:
        layout.nothing(page, "index_import.nothing_new")
    else:
        _score_form(page, head, preview, form=f"scores_{uploaded.file_id}_{written}")


def _previewed(page: Page, head: object, uploaded: Any, written: str) -> views.ScorePreview:
    """What a file of scores would do, for the year that was typed."""
    year = understand(written, frequency="yearly").start.year if written.strip() else None
    given: dict[str, Any] = {"framework": head.framework, "year": year}

    def read(answers: dict[str, str], told: Callable[[float], object]) -> views.ScorePreview:
        return views.preview_scores(
            page.store, uploaded.getvalue(), uploaded.name, **given, progress=told, answers=answers
        )

    return reading.fitting(
        uploaded.file_id, lambda answers: reading.with_bar(page, lambda told: read(answers, told))
    )


def _score_preview(page: Page, head: object, preview: views.ScorePreview) -> None:
    counts = preview.counts
    tiles = "".join(
        f'<div class="cmi-count cmi-{verdict}"><strong>{counts[verdict]:,}</strong><span>{escape(page.t(f"index_import.{verdict}"))}</span></div>'
        for verdict in VERDICTS
    )
    st.html(
        f'<section class="cmi-counts" aria-label="{escape(page.t("index_import.preview"))}">{tiles}</section>'
    )
    st.markdown(
        page.t(
            "index_import.preview_places",
            places=f"{len(preview.places):,}",
            fresh=f"{int(preview.places['new'].sum()):,}",
        )
    )
    index_reading.problems(page, preview.problems, preview.more_problems)
    nodes = page.read(indices.nodes, head.framework)
    index_reading.agreements(page, preview, nodes.set_index("node")[f"name_{page.language}"].to_dict())
    index_reading.new_places(page, preview)
    offered = [verdict for verdict in ("changed", "new", "same") if counts[verdict]]
    if not offered:
        return
    verdict = filters.segments(
        "cells", offered, label=page.t("index_import.cells"), say=lambda code: page.t(f"index_import.{code}")
    )
    st.dataframe(
        _cells(page, head, preview, verdict, SHOWN), hide_index=True, width="stretch", placeholder=""
    )
    if counts[verdict] > SHOWN:
        st.markdown(page.t("index_import.first_cells", count=SHOWN, of=f"{counts[verdict]:,}"))
    st.download_button(
        page.t("shell.download_csv"),
        data=lambda: safe_csv.write_csv(_cells(page, head, preview, verdict, None)),
        file_name="import_preview.csv",
        mime="text/csv",
        icon=":material/download:",
        key=f"csv_{page.name}_import_preview",
        on_click="ignore",
    )


def _cells(
    page: Page, head: object, preview: views.ScorePreview, verdict: str, limit: int | None
) -> pd.DataFrame:
    """The cells of one verdict in the reader's words: what stands and what would stand, value and mark."""
    table = views.differences(preview, page.read(indices.nodes, head.framework), verdict, limit)
    marks = {code: quality(page, code) for code in QUALITIES}
    table = table.assign(
        year_told=["" if pd.isna(year) else str(int(year)) for year in table["year"]],
        mark_before=table["before_quality"].map(marks).fillna(""),
        mark_after=table["quality"].map(marks).fillna(""),
    )
    columns = {
        "cell": page.t("index_import.cell"),
        f"name_{page.language}": page.t("city_comparison.place"),
        "year_told": page.t("index_import.year_ce"),
        f"node_name_{page.language}": page.t("city_comparison.indicator"),
        "before": page.t("index_import.before"),
        "value": page.t("index_import.after"),
        "mark_before": page.t("value_import.quality_before"),
        "mark_after": page.t("value_import.quality_after"),
    }
    return table[list(columns)].set_axis(layout.told_apart(list(columns.values())), axis=1)


def _score_form(page: Page, head: object, preview: views.ScorePreview, *, form: str) -> None:
    # Each run previews the file anew: what the reader looked at is what stood when the form was opened.
    seen, key = forms.opened(form, preview.expected_version), forms.key_of(form)
    with st.form(key):
        mark = st.selectbox(
            page.t("index_import.quality"),
            QUALITIES[:7],
            index=None,
            placeholder=page.t("reading.choose"),
            format_func=lambda code: quality(page, code),
            key=f"{key}_quality",
        )
        source, note = index_fields.source_and_note(page)
        sent = st.form_submit_button(page.t("index_import.commit_scores"), type="primary")
    if not sent:
        return
    given = {
        "framework": head.framework,
        "places": preview.places,
        "source": source,
        "quality": mark,
        "note": note,
    }

    def deed() -> int:
        values = preview.cells[["year", "city", "node", "value", "quality"]]
        entry = actions.import_scores(
            page.store,
            page.actor,
            **given,
            values=values,
            at=page.now,
            expected_version=seen,
            aliases=preview.aliases,
        )
        forms.closed("score_file")
        return entry

    with st.spinner(page.t("index_import.saving")):
        forms.save(page, form, deed, now=lambda: preview.expected_version)


def done(page: Page) -> None:
    """The imports so far, and undoing one of them as one further entry."""
    table = page.read(indices.imports, 40)
    if table.empty:
        layout.nothing(page, "index_import.none_done")
        return
    told = table.assign(
        deed=[page.t(f"deed.{code}") for code in table["deed"]],
        name=page.who.each(table),
        when=[page.say_date(at.date()) for at in table["recorded_at"]],
        state=[
            page.t("index_import.undone" if pd.notna(by) else "index_import.counts")
            for by in table["undone_by"]
        ],
    )
    columns = {
        name: page.t(f"index_import.done_{name}")
        for name in ("entry", "deed", "framework", "places", "cells", "when", "name", "note", "state")
    }
    layout.data_table(page, told, columns=columns, file="index_entries")
    standing = told[told["undone_by"].isna()]
    if standing.empty:
        return
    labels = {row.entry: f"{row.entry} · {row.deed} · {row.note}" for row in standing.itertuples()}
    with st.form(forms.key_of("undo_import")):
        entry = st.selectbox(
            page.t("index_import.undo_which"), list(labels), format_func=lambda code: labels[code]
        )
        note = st.text_input(page.t("index_import.note"))
        sent = st.form_submit_button(page.t("index_import.undo"), icon=":material/undo:")
    if sent:
        forms.save(
            page,
            "undo_import",
            lambda: actions.undo(page.store, page.actor, entry=int(entry), note=note, at=page.now),
        )


def saved(page: Page) -> None:
    """The entry the reader has just made. Read from the record, since a toast does not outlive a new run."""
    if page.actor is None:
        return
    entry = views.just_saved(page.store, page.actor.account, page.now)
    if entry is not None:
        st.success(page.t("index_import.saved", entry=entry), icon=":material/check:")
