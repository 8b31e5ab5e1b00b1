"""A refusal on screen: the sentence, and every further problem found with it."""

import streamlit as st

from cmi_core import text
from cmi_core.errors import CmiError
from pages.components.session import Page

TOLD = 30


def refused(page: Page, refusal: CmiError) -> None:
    """Say why, in the reader's language; problems below are listed, the rest counted."""
    lines = [text.refusal(page.t, refusal)]
    lines += [f"- {text.refusal(page.t, problem)}" for problem in refusal.problems[:TOLD]]
    if len(refusal.problems) > TOLD:
        lines.append(page.t("refusals.more", count=len(refusal.problems) - TOLD))
    st.error("\n".join(lines), icon=":material/error:")
