"""Documents to download."""

import streamlit as st

from cmi_core.documents import reports
from cmi_core.views import one_page as views
from pages.components.shell import session
from pages.components.shell.session import Page


def one_page(page: Page) -> None:
    """A button that gives the executives' page as PDF, made only when it is asked for."""
    st.download_button(
        page.t("one_page.download"),
        data=session.for_readers(page, lambda: _made(page)),
        file_name=f"{page.t('one_page.file')}_{page.today:%Y%m%d}.pdf",
        mime="application/pdf",
        icon=":material/picture_as_pdf:",
        key=f"one_page_{page.name}",
        on_click="ignore",
    )


def _made(page: Page) -> bytes:
    facts = views.facts(
        page.store, page.language, page.today, page.now, who=page.who, demonstration=page.demonstration
    )
    return reports.one_page(facts, page.language)
