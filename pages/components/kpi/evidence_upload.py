"""The fields for evidence: a link or a file."""

from typing import Any

import streamlit as st

from cmi_core.actions import evidence
from cmi_core.record.evidence_files import LARGEST
from pages.components.shell.session import Page


def fields(page: Page) -> tuple[str, Any]:
    """A link and a file, both optional; call it inside a form."""
    with st.expander(page.t("kpi_entry.evidence"), icon=":material/attach_file:"):
        link = st.text_input(page.t("kpi_entry.evidence_link"), placeholder="https://", autocomplete="off")
        file = st.file_uploader(
            page.t("kpi_entry.evidence_file", limit=LARGEST // 2**20), max_upload_size=LARGEST // 2**20
        )
    return link, file


def keep(page: Page, file: Any) -> str | None:
    """Keep the uploaded file, if there is one; its SHA-256."""
    if file is None:
        return None
    return evidence.keep(page.store, page.actor, data=file.getvalue(), name=file.name, at=page.now)
