"""What the forms about indices share: templates to fill in, levels, methods, the source and the reason."""

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cmi_core.index.framework_sheet import FRAMEWORK_HEADINGS
from cmi_core.tables import safe_csv
from pages.components.shell import layout
from pages.components.shell.session import Page

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
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def template(page: Page, name: str, sheets: dict[str, pd.DataFrame]) -> None:
    """A template to fill in, as a workbook and as CSV."""
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


def about(page: Page) -> pd.DataFrame:
    """What each column of a template takes, in words, as a second sheet."""
    rows = [
        (name, page.t(f"index_import.column_{name}"), page.t(f"index_import.about_{name}"))
        for name in FRAMEWORK_HEADINGS
    ]
    return pd.DataFrame(
        rows, columns=["column", page.t("index_import.heading"), page.t("index_import.about")]
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
