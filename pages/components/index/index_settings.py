"""What the makers of an index tell later: levels, weights and methods; and a printed number that was wrong."""

import pandas as pd
import streamlit as st

from cmi_core.accounts.roles import may
from cmi_core.actions import index_settings as actions
from cmi_core.store import indices, scores
from cmi_core.text.numbers import say_number
from cmi_core.views import index_import as views
from pages.components.index import index_fields, index_import
from pages.components.shell import filters, forms, layout
from pages.components.shell.session import Page


def levels(page: Page) -> None:
    """Order and cut points of a release's levels, once its makers tell them; a part may have its own cut points."""
    head = index_import.release(page)
    st.markdown(page.t("index_import.levels_set_how"))
    known = page.read(scores.levels, head.framework)
    ordered = len(known) > 1 and known["position"].notna().all()
    nodes = {row.node: page.name_of(row) for row in page.read(indices.nodes, head.framework).itertuples()}
    node = filters.select(
        "level_node",
        list(nodes) if ordered else list(nodes)[:1],
        label=page.t("index_import.level_node"),
        say=nodes.__getitem__,
        help=page.t("index_import.level_node_help"),
    )
    part = node != next(iter(nodes))
    held = (
        page.read(views.levels_of_part, head.framework, node)
        if part
        else known[["level", "printed", "position", "lower"]]
    )
    stands, form = page.read(indices.last_entry, head.framework), f"levels_{head.framework}_{node}"
    # The table to write in stays as it was opened: another one would drop what was typed into it.
    (seen, told), key = forms.opened(form, (stands, held)), forms.key_of(form)
    with st.form(key):
        editor = _cuts_editor if part else index_fields.levels_editor
        rows = editor(page, told, key=f"{key}_table")
        source, note = index_fields.source_and_note(page)
        sent = st.form_submit_button(page.t("index_import.commit_levels"), type="primary")
    if sent:
        forms.save(
            page,
            form,
            lambda: actions.set_levels(
                page.store,
                page.actor,
                framework=head.framework,
                levels=rows,
                source=source,
                note=note,
                at=page.now,
                expected_version=seen,
                node=node if part else "",
            ),
            now=lambda: (_stands(page, held, stands), told),
        )


def weights(page: Page) -> None:
    """Weights and methods a release left empty, once its makers tell them."""
    head = index_import.release(page)
    nodes = page.read(indices.nodes, head.framework)
    held = nodes[(nodes["weight"].isna() | nodes["filled"]) & nodes["parent"].notna()]
    if held.empty:
        layout.nothing(page, "index_import.weights_laid")
        return
    st.markdown(page.t("index_import.weights_how"))
    stands, form = page.read(indices.last_entry, head.framework), f"weights_{head.framework}"
    (seen, empty), key = forms.opened(form, (stands, held)), forms.key_of(form)
    with st.form(key):
        given = _weights_editor(page, empty, key=f"{key}_table")
        methods = index_fields.methods(page, *st.columns(2))
        source, note = index_fields.source_and_note(page)
        sent = st.form_submit_button(page.t("index_import.commit_weights"), type="primary")
    if sent:
        forms.save(
            page,
            form,
            lambda: actions.set_weights(
                page.store,
                page.actor,
                framework=head.framework,
                weights=given,
                methods={name: spec or "" for name, spec in methods.items()},
                source=source,
                note=note,
                at=page.now,
                expected_version=seen,
            ),
            now=lambda: (_stands(page, held, stands), empty),
        )


def _stands(page: Page, rows: pd.DataFrame, entry: int) -> int:
    """What stands now, beside the draft, and its entry."""
    heads = {
        "printed": "level_name",
        "position": "level_position",
        "lower": "level_lower",
        f"name_{page.language}": "column_name_" + page.language,
        "weight": "column_weight",
    }
    told = {page.t(f"index_import.{key}"): rows[name] for name, key in heads.items() if name in rows}
    st.dataframe(pd.DataFrame(told), hide_index=True, width="stretch", placeholder="")
    return entry


def _weights_editor(page: Page, empty: pd.DataFrame, *, key: str) -> dict[str, float]:
    """The weight of each node that a release left empty, as far as it is told."""
    shown = pd.DataFrame(
        {
            "node": empty["node"],
            "name": empty[f"name_{page.language}"],
            "weight": empty["weight"].astype(float),
        }
    )
    edited = st.data_editor(
        shown,
        hide_index=True,
        width="stretch",
        disabled=["node", "name"],
        key=key,
        column_config={
            "node": st.column_config.TextColumn(page.t("index_import.column_code")),
            "name": st.column_config.TextColumn(page.t("city_comparison.part")),
            "weight": st.column_config.NumberColumn(page.t("index_import.column_weight"), min_value=0.0),
        },
        alt=page.t("index_import.weights_alt"),
    )
    return {str(row.node): float(row.weight) for row in edited.itertuples() if pd.notna(row.weight)}


def correct(page: Page, table: pd.DataFrame, assessment: str, city: str) -> None:
    """Put another number in place of a printed one, with a reason; for editors only."""
    if not may(page.actor, "edit_framework"):
        return
    rows = {row.node: row for row in table.itertuples() if pd.notna(row.value)}
    folded = st.expander(
        page.t("index_import.correct"), icon=":material/edit:", on_change="rerun", key="correct"
    )
    if not folded.open:
        return
    form = f"correct_{assessment}_{city}"
    stands = {node: int(row.entry) for node, row in rows.items()}
    seen, key = forms.opened(form, stands), forms.key_of(form)
    with folded, st.form(key):
        st.markdown(page.t("index_import.correct_how"))
        node = st.selectbox(
            page.t("index_import.correct_which"),
            list(rows),
            format_func=lambda code: f"{page.name_of(rows[code])} · {say_number(rows[code].value, 2)}",
            key=f"{key}_node",
        )
        value = st.text_input(page.t("index_import.correct_value"), key=f"{key}_value")
        note = st.text_input(
            page.t("index_import.note"), placeholder=page.t("index_import.correct_note"), key=f"{key}_note"
        )
        sent = st.form_submit_button(page.t("index_import.commit_correct"), type="primary")
    if sent:
        forms.save(
            page,
            form,
            lambda: actions.correct_score(
                page.store,
                page.actor,
                assessment=assessment,
                city=city,
                node=node,
                value=value,
                note=note,
                at=page.now,
                expected_version=seen.get(node, 0),
            ),
            now=lambda: stands,
        )


def _cuts_editor(page: Page, rows: pd.DataFrame, *, key: str) -> list[dict[str, object]]:
    """Where each level of the release begins on one part; names and order are those of the release."""
    edited = st.data_editor(
        rows,
        key=key,
        hide_index=True,
        width="stretch",
        num_rows="fixed",
        disabled=["printed", "position"],
        column_order=["printed", "position", "lower"],
        column_config={
            "printed": st.column_config.TextColumn(page.t("index_import.level_name")),
            "position": st.column_config.NumberColumn(page.t("index_import.level_position")),
            "lower": st.column_config.NumberColumn(page.t("index_import.level_lower")),
        },
        alt=page.t("index_import.levels_alt"),
    )
    return [
        {str(name): None if pd.isna(cell) else cell for name, cell in row.items()}
        for row in edited.to_dict("records")
    ]
