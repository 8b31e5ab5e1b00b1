"""Everything behind a comparison: values with their sources, and files to compute it again."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from cmi_core.index import files as index_files
from cmi_core.text.numbers import say_number
from cmi_core.views import comparison_runs as runs
from cmi_core.views import comparison_tables as tables
from cmi_core.views import index_files as files_views
from pages.components.comparison.board import quality
from pages.components.comparison.choices import Choice
from pages.components.comparison.uncertainty import with_bar
from pages.components.comparison.what_if import trial_of
from pages.components.shell import filters, forms, layout
from pages.components.shell.session import Page
from pages.components.shell.words import escape


def values_with_sources(page: Page, choice: Choice) -> None:
    """Each chosen place's values with quality mark and source, one place at a time."""
    cities = list(choice.cities)
    if not cities:
        return
    names = choice.found.cities[f"name_{page.language}"]
    st.subheader(page.t("city_comparison.values_of"), anchor=False)
    city = filters.select("of", cities, label=page.t("city_comparison.place"), say=lambda code: names[code])
    table = page.read(tables.values_of, choice.chosen, city)
    cited = cited_by(choice)
    st.html(
        f'<div class="cmi-tree-scroll">{tree_table(page, table, decimals=_decimals(choice), cited=cited)}</div>'
    )
    shown = table.assign(
        quality_told=[quality(page, code) for code in table["quality"]],
        source=table["source"].map(page.made(layout.source_titles)),
    )
    columns = {
        f"name_{page.language}": page.t("city_comparison.part"),
        "depth": page.t("city_comparison.depth"),
        "value": page.t("city_comparison.value"),
        f"unit_{page.language}": page.t("city_comparison.step_unit"),
        "quality_told": page.t("city_comparison.quality"),
        "source": page.t("city_comparison.source"),
        "score": page.t("city_comparison.score"),
        "rank": page.t("city_comparison.rank"),
        "effective": page.t("city_comparison.effective"),
        "points": page.t("city_comparison.points"),
    }
    with st.expander(page.t("shell.as_table"), icon=":material/table_chart:"):
        layout.data_table(page, shown, columns=columns, file=f"{city}_values")


def cited_by(choice: Choice) -> list[str]:
    """The sources of the index and of every value compared."""
    return [str(choice.found.head["source"]), *choice.found.values["source"].unique()]


def tree_table(page: Page, table: pd.DataFrame, *, decimals: int, cited: Sequence[str]) -> str:
    """
    A place's tree as HTML: names set in by depth, what is recorded and what is computed in columns of their own.

    `cited` are the sources that the page lists below; each value carries the number of its own.
    """
    numbers, titles = layout.references(cited), page.made(layout.source_titles)
    computed = table["score"].notna().any()
    heads = [
        "part",
        "value",
        *(["score", "rank", "effective", "points"] if computed else []),
        "quality",
        "source",
    ]
    rows = []
    for row in table.itertuples():
        name = f'<th scope="row" style="padding-left:{0.4 + row.depth * 1.1:.1f}rem">{escape(page.name_of(row))}</th>'
        cells = [
            _recorded(page, row, places=2 if row.leaf else decimals),
            *(_computed(row) if computed else []),
            _cell(escape(quality(page, row.quality))),
            _cell(_reference(row.source, numbers, titles)),
        ]
        rows.append(f'<tr class="depth{min(row.depth, 3)}">{name}{"".join(cells)}</tr>')
    headings = "".join(f'<th scope="col">{escape(page.t(f"city_comparison.{head}"))}</th>' for head in heads)
    return f'<table class="cmi-tree"><thead><tr>{headings}</tr></thead><tbody>{"".join(rows)}</tbody></table>'


def _recorded(page: Page, row: Any, *, places: int) -> str:
    """The cell of what is on record: the value with its unit, and the level as printed."""
    unit = getattr(row, f"unit_{page.language}") or ""
    value = (
        f"{say_number(row.value, places)} <small>{escape(unit)}</small>" if row.value == row.value else "–"
    )
    return _cell(value + _level(row.level_as_printed), "num")


def _computed(row: Any) -> list[str]:
    """The cells of what is computed: score with level, rank, effective weight and points."""
    rank = "–" if row.rank != row.rank else f"{row.rank:.0f}/{row.of:.0f}"
    share = "–" if row.effective != row.effective else f"{row.effective * 100:.1f} %"
    return [
        _cell(say_number(row.score, 2) + _level(row.level), "num calc"),
        _cell(rank, "num calc"),
        _cell(share, "num calc"),
        _cell(say_number(row.points, 2), "num calc"),
    ]


def _level(name: object) -> str:
    return f' <b class="cmi-tag">{escape(name)}</b>' if isinstance(name, str) else ""


def _cell(content: str, kind: str = "") -> str:
    return f'<td class="{kind}">{content}</td>'


def _reference(code: object, numbers: Mapping[str, int], titles: Mapping[str, str]) -> str:
    if not isinstance(code, str):
        return ""
    title = escape(titles[code])
    return f'<abbr title="{title}" aria-label="{title}">[{numbers[code]}]</abbr>'


def files(page: Page, choice: Choice) -> None:
    """The whole ranking as Excel, JSON or CSV, with method, versions, seed and sources."""
    st.subheader(page.t("city_comparison.files"), anchor=False)
    st.markdown(page.t("city_comparison.files_how" if choice.computed else "city_comparison.files_printed"))
    run, trial = None, runs.Trial()
    if choice.computed:
        places = len(choice.found.cities)
        few = places <= runs.MANY
        if places > 1 and st.toggle(page.t("city_comparison.files_run"), value=few, key="files_run"):
            run = runs.Choices()
        trial = trial_of(page, choice)
        if trial != runs.Trial():
            st.markdown(page.t("city_comparison.files_own"))
    sheets = forms.answer(page, lambda: _sheets(page, choice, run, trial))
    if sheets is None:
        return
    name = f"{choice.found.head['framework']}_{choice.year}"
    _downloads(page, sheets, name)
    st.code("python -m cmi_core index recompute " + f"{name}.xlsx", language="bash")
    _folded(page, sheets, name)


def _sheets(
    page: Page, choice: Choice, run: runs.Choices | None, trial: runs.Trial
) -> dict[str, pd.DataFrame]:
    if run is not None:
        with_bar(page, lambda told: runs.uncertainty(page.store, choice.chosen, choice.node, run, told))
    return page.read(_package, choice.chosen, choice.node, run, trial)


def _downloads(page: Page, sheets: dict[str, pd.DataFrame], name: str) -> None:
    columns = st.columns(3)
    for column, suffix, mime, make in (
        (
            columns[0],
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            files_views.as_xlsx,
        ),
        (columns[1], "json", "application/json", index_files.as_json),
    ):
        column.download_button(
            page.t(f"city_comparison.file_{suffix}"),
            data=lambda make=make: make(sheets),
            file_name=f"{name}.{suffix}",
            mime=mime,
            icon=":material/download:",
            on_click="ignore",
            width="stretch",
            key=f"file_{suffix}",
        )


def _folded(page: Page, sheets: dict[str, pd.DataFrame], name: str) -> None:
    """Every table of the files, folded."""
    for table_name, table in sheets.items():
        folded = st.expander(
            f"{page.t(f'city_comparison.sheet_{table_name}')} · {table_name} · {len(table):,}",
            on_change="rerun",
            key=f"sheet_{table_name}",
        )
        if folded.open:
            with folded:
                layout.data_table(
                    page,
                    table,
                    columns={column: str(column) for column in table.columns},
                    file=f"{name}_{table_name}",
                )


def _package(
    store: object, chosen: tuple[str, ...], node: str, run: runs.Choices | None, trial: runs.Trial
) -> dict:
    return files_views.package(store, chosen, node, run=run, trial=trial)


def _decimals(choice: Choice) -> int:
    return int(choice.found.head["decimals"] or 2)
