"""Forms about indices: importing a release or scores, and undoing any entry about them."""

from collections.abc import Callable
from html import escape

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cmi_core.actions import indices as actions
from cmi_core.calendar.written import understand
from cmi_core.errors import CmiError
from cmi_core.index.framework_sheet import FRAMEWORK_HEADINGS
from cmi_core.index.score_sheet import QUALITIES
from cmi_core.index.sheet import Problem
from cmi_core.store import indices
from cmi_core.tables import safe_csv
from cmi_core.text import refusal as sentence
from cmi_core.views import index_import as views
from pages.components.comparison.board import quality
from pages.components.comparison.choices import release_name
from pages.components.comparison.uncertainty import with_bar
from pages.components.shell import filters, layout
from pages.components.shell.refusals import refused
from pages.components.shell.session import Page

DEEDS = ("framework", "scores", "levels", "weights", "done")
NORMALISERS = (
    "minmax:0:100",
    "goalposts",
    "zscore:0:1",
    "percentile-rank",
    "rank",
    "borda",
    "distance-to-maximum",
    "none",
)
AGGREGATIONS = ("arithmetic", "geometric", "harmonic")
FILES = ["xlsx", "csv", "tsv", "txt"]
SHOWN = 300  # cells of a preview told one by one
VERDICTS = ("changed", "new", "same", "refused")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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
    _template(
        page, "framework", {"framework": page.read(views.framework_template, None), "help": _help(page)}
    )
    uploaded = st.file_uploader(page.t("index_import.file"), FILES, key="framework_file", max_upload_size=60)
    if uploaded is None:
        return
    try:
        sheet = views.preview_framework(page.store, uploaded.getvalue(), uploaded.name)
    except CmiError as refusal:
        refused(page, refusal)
        return
    _problems(page, sheet.problems, 0)
    layout.data_table(
        page,
        sheet.nodes,
        columns={name: page.t(f"index_import.column_{name}") for name in FRAMEWORK_HEADINGS},
        file="framework_preview",
    )
    if sheet.problems:
        layout.nothing(page, "index_import.fix_first")
        return
    if sheet.nodes["weight"].isna().sum() > 1:
        st.warning(page.t("index_import.weights_unknown"), icon=":material/balance:")
    _framework_form(page, sheet.nodes, heads)


def _framework_form(page: Page, nodes: pd.DataFrame, heads: pd.DataFrame) -> None:
    with st.form("framework_form"):
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
            **methods(page, left, right),
            "decimals": 2,
        }
        share = left.number_input(page.t("index_import.min_coverage"), 0, 100, 0, step=5)
        st.markdown(page.t("index_import.levels_how"))
        levels = levels_editor(
            page,
            pd.DataFrame({"printed": [""] * 4, "position": [None] * 4, "lower": [None] * 4}),
            key="new_levels",
        )
        source, note = source_and_note(page)
        sent = st.form_submit_button(page.t("index_import.commit_framework"), type="primary")
    if sent:
        head = given | {"min_coverage": share / 100 if share else None}
        attempt(
            page,
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


def scores(page: Page) -> None:
    """Values of places: template, dry run with every cell's verdict, and one entry."""
    head = release(page)
    if head.measure == "rank":
        st.markdown(page.t("index_import.ranks_how"))
    st.markdown(page.t("index_import.scores_how"))
    _template(
        page,
        f"{head.framework}_scores",
        {"scores": page.read(views.score_template, head.framework, page.language), "help": _help(page)},
    )
    written = st.text_input(
        page.t("index_import.year"), key="score_year", help=page.t("index_import.year_help")
    )
    uploaded = st.file_uploader(page.t("index_import.file"), FILES, key="score_file", max_upload_size=60)
    if uploaded is None:
        return
    try:
        year = understand(written, frequency="yearly").start.year if written.strip() else None
        preview = with_bar(
            page,
            lambda told: views.preview_scores(
                page.store,
                uploaded.getvalue(),
                uploaded.name,
                framework=head.framework,
                year=year,
                progress=told,
            ),
        )
    except CmiError as refusal:
        refused(page, refusal)
        return
    _score_preview(page, head, preview)
    if preview.counts["refused"]:
        layout.nothing(page, "index_import.fix_first")
    elif preview.counts["new"] + preview.counts["changed"] == 0:
        layout.nothing(page, "index_import.nothing_new")
    else:
        _score_form(page, head, preview)


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
    _problems(page, preview.problems, preview.more_problems)
    offered = [verdict for verdict in ("changed", "new", "same") if counts[verdict]]
    if not offered:
        return
    verdict = filters.segments(
        "cells", offered, label=page.t("index_import.cells"), say=lambda code: page.t(f"index_import.{code}")
    )
    table = views.differences(preview, page.read(indices.nodes, head.framework), verdict, SHOWN)
    if counts[verdict] > SHOWN:
        st.markdown(page.t("index_import.first_cells", count=SHOWN, of=f"{counts[verdict]:,}"))
    table = table.assign(year_told=["" if pd.isna(year) else str(int(year)) for year in table["year"]])
    columns = {
        "cell": page.t("index_import.cell"),
        f"name_{page.language}": page.t("city_comparison.place"),
        "year_told": page.t("index_import.year_ce"),
        f"node_name_{page.language}": page.t("city_comparison.indicator"),
        "before": page.t("index_import.before"),
        "value": page.t("index_import.after"),
    }
    layout.data_table(page, table, columns=columns, file="import_preview")


def _score_form(page: Page, head: object, preview: views.ScorePreview) -> None:
    with st.form("score_form"):
        mark = st.selectbox(
            page.t("index_import.quality"), QUALITIES[:7], format_func=lambda code: quality(page, code)
        )
        source, note = source_and_note(page)
        sent = st.form_submit_button(page.t("index_import.commit_scores"), type="primary")
    if sent:
        with st.spinner(page.t("index_import.saving")):
            attempt(
                page,
                lambda: actions.import_scores(
                    page.store,
                    page.actor,
                    framework=head.framework,
                    places=preview.places,
                    values=preview.cells[["year", "city", "node", "value", "quality"]],
                    source=source,
                    quality=mark,
                    note=note,
                    at=page.now,
                    expected_version=preview.expected_version,
                ),
            )


def done(page: Page) -> None:
    """The imports so far, and undoing one of them as one further entry."""
    table = page.read(indices.imports, 40)
    if table.empty:
        layout.nothing(page, "index_import.none_done")
        return
    told = table.assign(
        deed=[page.t(f"deed.{code}") for code in table["deed"]],
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
    with st.form("undo_form"):
        entry = st.selectbox(
            page.t("index_import.undo_which"), list(labels), format_func=lambda code: labels[code]
        )
        note = st.text_input(page.t("index_import.note"))
        sent = st.form_submit_button(page.t("index_import.undo"), icon=":material/undo:")
    if sent:
        attempt(page, lambda: actions.undo(page.store, page.actor, entry=int(entry), note=note, at=page.now))


def attempt(page: Page, act: Callable[[], int]) -> None:
    """Do it and draw the page anew, or say why not; `saved` then tells the entry's number."""
    try:
        act()
    except CmiError as refusal:
        refused(page, refusal)
        return
    st.rerun()


def saved(page: Page) -> None:
    """The entry the reader has just made. Read from the record, since a toast does not outlive a new run."""
    if page.actor is None:
        return
    entry = views.just_saved(page.store, page.actor.account, page.now)
    if entry is not None:
        st.success(page.t("index_import.saved", entry=entry), icon=":material/check:")


def _problems(page: Page, problems: tuple[Problem, ...], more: int) -> None:
    if not problems:
        return
    st.error(page.t("index_import.problems", count=f"{len(problems) + more:,}"), icon=":material/error:")
    table = pd.DataFrame(
        {
            "cell": [each.cell for each in problems],
            "why": [sentence(page.t, each.reason) for each in problems],
        }
    )
    layout.data_table(
        page,
        table,
        columns={"cell": page.t("index_import.cell"), "why": page.t("index_import.why")},
        file="import_problems",
    )


def levels_editor(page: Page, rows: pd.DataFrame, *, key: str) -> list[dict[str, object]]:
    """Names of levels with order and lower cut; rows without a name are left out."""
    edited = st.data_editor(
        rows.astype({"position": float, "lower": float}).reset_index(drop=True),
        key=key,
        hide_index=True,
        width="stretch",
        num_rows="dynamic",
        column_order=["printed", "position", "lower"],
        column_config={
            "printed": st.column_config.TextColumn(page.t("index_import.level_name")),
            "position": st.column_config.NumberColumn(
                page.t("index_import.level_position"), min_value=1, step=1
            ),
            "lower": st.column_config.NumberColumn(page.t("index_import.level_lower")),
        },
        alt=page.t("index_import.levels_alt"),
    )
    return [
        {str(name): None if pd.isna(cell) else cell for name, cell in row.items()}
        for row in edited.to_dict("records")
        if isinstance(row["printed"], str) and row["printed"].strip()
    ]


def source_and_note(page: Page) -> tuple[dict[str, object], str]:
    """Where it comes from: a source on record or a new one; and why it is entered."""
    titles = page.made(layout.source_titles)
    code = st.selectbox(
        page.t("index_import.source"),
        [None, *titles],
        format_func=lambda code: page.t("index_import.source_new") if code is None else titles[code],
    )
    left, right = st.columns(2)
    fresh = {
        "producer": left.text_input(page.t("index_import.producer")),
        "title": right.text_input(page.t("index_import.source_title")),
        "url": left.text_input(page.t("index_import.url")),
        "published": right.text_input(page.t("index_import.published")),
        "accessed": page.today,
    }
    note = st.text_input(page.t("index_import.note"))
    return ({"source": code} if code else {name: value or None for name, value in fresh.items()}), note


def methods(page: Page, left: DeltaGenerator, right: DeltaGenerator) -> dict[str, str | None]:
    """Normaliser and aggregation of an index, side by side; None where it is not known."""
    return {
        name: place.selectbox(
            page.t(f"index_import.{name}"),
            [None, *known],
            format_func=lambda spec: _method_name(page, spec),
        )
        for name, place, known in (("normalise", left, NORMALISERS), ("aggregate", right, AGGREGATIONS))
    }


def _method_name(page: Page, spec: str | None) -> str:
    return page.t("index_import.not_known") if spec is None else page.t(f"method.{spec.split(':')[0]}")


def _template(page: Page, name: str, sheets: dict[str, pd.DataFrame]) -> None:
    left, right = st.columns(2)
    first = next(iter(sheets.values()))
    left.download_button(
        page.t("index_import.template_xlsx"),
        data=lambda: safe_csv.write_xlsx(sheets),
        file_name=f"{name}.xlsx",
        mime=XLSX,
        icon=":material/download:",
        on_click="ignore",
        width="stretch",
        key=f"template_{name}_xlsx",
    )
    right.download_button(
        page.t("index_import.template_csv"),
        data=lambda: safe_csv.write_csv(first),
        file_name=f"{name}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        width="stretch",
        key=f"template_{name}_csv",
    )


def _help(page: Page) -> pd.DataFrame:
    """What each column of a template takes, in words, as a second sheet."""
    rows = [
        (name, page.t(f"index_import.column_{name}"), page.t(f"index_import.about_{name}"))
        for name in FRAMEWORK_HEADINGS
    ]
    return pd.DataFrame(
        rows, columns=["column", page.t("index_import.heading"), page.t("index_import.about")]
    )
