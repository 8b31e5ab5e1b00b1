"""A refusal on screen: the sentence, and every further problem found with it."""

from html import escape

import streamlit as st

from cmi_core import text
from cmi_core.errors import CmiError, StaleEdit
from pages.components.shell import words
from pages.components.shell.session import Page

TOLD = 30


def refused(page: Page, refusal: CmiError) -> None:
    """Say why, in the reader's language; problems below are listed, the rest counted."""
    lines = [text.refusal(page.t, refusal)]
    lines += [f"- {text.refusal(page.t, problem)}" for problem in refusal.problems[:TOLD]]
    if len(refusal.problems) > TOLD:
        lines.append(page.t("refusals.more", count=len(refusal.problems) - TOLD))
    st.error("\n".join(lines), icon=":material/error:")


def both(page: Page, refusal: StaleEdit) -> None:
    """Somebody saved in between: both values side by side, and how to choose."""
    st.warning(words.as_text(text.refusal(page.t, refusal)), icon=":material/group:")
    if "theirs" not in refusal.details:
        return
    st.html(
        f"""<div class="cmi-both"><div>{escape(page.t("kpi_entry.theirs", who=refusal.details["who"]))}
        <b>{escape(str(refusal.details["theirs"]))}</b>{escape(page.t("kpi_entry.theirs_how"))}</div>
        <div>{escape(page.t("kpi_entry.mine"))}<b>{escape(str(refusal.details["mine"]))}</b>
        {escape(page.t("kpi_entry.mine_how"))}</div></div>"""
    )
