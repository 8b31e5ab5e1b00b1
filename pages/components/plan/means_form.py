"""The form by which an editor says how far a means is, who answers for it and when."""

from datetime import date
from typing import Any

import streamlit as st

from cmi_core.accounts.roles import may
from cmi_core.actions import goals as deeds
from cmi_core.calendar.days import say_day, understand_day, write_day
from cmi_core.kpi.confidence import CONFIDENCES
from cmi_core.views import goal_board as views
from cmi_core.views import index_breakdown, partner_network
from pages.components.shell import filters, forms, words
from pages.components.shell.session import Page


def show(page: Page, board: views.Board) -> None:
    """The form for one of the means shown; readers without the right get a sentence."""
    if not may(page.actor, "update_means"):
        st.caption(page.t("goal_board.who_may"))
        return
    forms.told()
    rows = {row.means: row for row in board.means.itertuples()}
    if not rows:
        return
    st.subheader(page.t("goal_board.edit"), anchor=False)
    code = filters.select(
        "means",
        list(rows),
        label=page.t("goal_board.edit_which"),
        say=lambda means: f"{rows[means].number} {page.name_of(rows[means])}",
    )
    _form(page, rows[code])
    _ties(page, rows[code], board)


def _form(page: Page, row: object) -> None:
    form = f"means_{row.means}"
    # What the reader saw when the form was opened; a save by somebody else must not change it silently.
    seen, key = forms.opened(form, int(row.entry)), forms.key_of(form)
    with st.form(key):
        given = _fields(page, row, key)
        sent = st.form_submit_button(page.t("goal_board.save"), type="primary", icon=":material/save:")
    if sent:
        _save(page, row, given, form=form, seen=seen)


def _ties(page: Page, row: object, board: views.Board) -> None:
    """Which dimensions of the index the means is to move, each with how sure the editor is."""
    held = board.moves[board.moves["means"] == row.means]
    now = dict(zip(held["node"], held["confidence"], strict=True))
    key = f"moves_{row.means}_{int(held['entry'].max()) if len(held) else 0}"
    with st.expander(page.t("goal_board.ties"), icon=":material/account_tree:", expanded=bool(now)):
        st.caption(page.t("goal_board.ties_why"))
        with st.form(key):
            wanted = {
                node.node: st.segmented_control(
                    words.as_text(page.name_of(node)),
                    ("", *CONFIDENCES[::-1]),
                    default=now.get(node.node, ""),
                    required=True,
                    wrap=True,
                    format_func=lambda code: page.t(f"confidence.{code}" if code else "goal_board.no_tie"),
                    key=f"{key}_{node.node}",
                )
                for node in page.read(index_breakdown.weakest, *index_breakdown.HOME).itertuples()
            }
            note = st.text_input(
                page.t("goal_board.note"), placeholder=page.t("goal_board.note_hint"), key=f"{key}_note"
            )
            sent = st.form_submit_button(page.t("goal_board.ties_save"), icon=":material/save:")
    if not sent:
        return
    # Ties to parts of the index that are not offered here stay as they are.
    kept = {node: sure for node, sure in now.items() if node not in wanted}
    made = kept | {node: str(sure) for node, sure in wanted.items() if sure}
    forms.save(
        page,
        key,
        lambda: deeds.tie_means(page.store, page.actor, means=row.means, wanted=made, note=note, at=page.now),
        lambda _: page.t("goal_board.saved", number=row.number),
        how="toast",
    )


def _fields(page: Page, row: object, key: str) -> dict[str, Any]:
    names = page.read(partner_network.names)
    owners = dict(zip(names["organisation"], names[f"name_{page.language}"], strict=True))
    options = [None, *owners]
    first, second = st.columns(2)
    with first:
        state = st.selectbox(
            page.t("goal_board.state"),
            deeds.STATES,
            index=deeds.STATES.index(row.state or "unknown"),
            format_func=lambda state: page.t(f"goal_board.state_{state}"),
            key=f"{key}_state",
        )
        starts_on = _day(page, "starts_on", row.starts_on, key)
    with second:
        owner = st.selectbox(
            page.t("goal_board.owner"),
            options,
            index=options.index(row.owner) if row.owner in owners else 0,
            format_func=lambda code: owners.get(code, page.t("goal_board.no_owner")),
            key=f"{key}_owner",
        )
        ends_on = _day(page, "ends_on", row.ends_on, key)
    note = st.text_input(
        page.t("goal_board.note"), placeholder=page.t("goal_board.note_hint"), key=f"{key}_note"
    )
    return {"state": state, "owner": owner, "starts_on": starts_on, "ends_on": ends_on, "note": note}


def _day(page: Page, field: str, held: str | None, key: str) -> str:
    """Typed, since a calendar would show years of the Common Era to Thai readers."""
    return st.text_input(
        page.t(f"goal_board.{field}"),
        value=write_day(date.fromisoformat(held) if held else None, page.language),
        placeholder=page.t("goal_board.day_hint"),
        key=f"{key}_{field}",
    )


def _save(page: Page, row: object, given: dict[str, Any], *, form: str, seen: int) -> None:
    def deed() -> int:
        days = {field: understand_day(given[field], page.t) for field in ("starts_on", "ends_on")}
        return deeds.update_means(
            page.store, page.actor, means=row.means, seen=seen, at=page.now, **given | days
        )

    forms.save(
        page,
        form,
        deed,
        lambda _: page.t("goal_board.saved", number=row.number),
        now=lambda: _stands(page, row),
        how="toast",
    )


def _stands(page: Page, row: object) -> int:
    """What stands now, beside the draft, and its entry."""
    st.markdown(
        page.t(
            "goal_board.stands_now",
            state=page.t(f"goal_board.state_{row.state or 'unknown'}"),
            owner=words.as_text(page.name_of(row, "owner") or page.t("goal_board.no_owner")),
            starts_on=say_day(row.starts_on, page.t) if row.starts_on else "–",
            ends_on=say_day(row.ends_on, page.t) if row.ends_on else "–",
        )
    )
    return int(row.entry)
