"""What is kept about the reader: a table to look at, and all of it as a file."""

import streamlit as st

from cmi_core.views import own_data, privacy
from pages.components.shell import filters, forms, layout, session, words
from pages.components.shell.session import Page


def show(page: Page) -> None:
    """The sheets one by one, and the file with all of them; both are read anew, as drafts make no entry."""
    sheets, _ = forms.outcome(lambda: own_data.told(page.store, page.actor, page.language))
    if sheets is None:
        # A form above has just ended the session, and says so.
        return
    st.subheader(page.t("own_data.title"), anchor=False)
    st.markdown(page.t("own_data.lede"))
    chosen = filters.segments(
        "kept",
        tuple(sheets),
        label=page.t("own_data.which"),
        say=lambda code: page.t(
            "own_data.counted", what=page.t(f"own_data.sheet_{code}"), count=len(sheets[code])
        ),
    )
    if sheets[chosen].empty:
        layout.nothing(page, "own_data.empty")
    else:
        st.dataframe(sheets[chosen], hide_index=True, width="stretch", placeholder="")
    st.caption(page.t("own_data.long", told=privacy.how_long(own_data.SHEETS[chosen], page.t)))
    _file(page)
    link = words.link(page.t("own_data.more"), words.here(page, "/privacy"))
    st.html(f'<p class="cmi-gos">{link}</p>')


def _file(page: Page) -> None:
    made = session.for_readers(page, lambda: own_data.workbook(page.store, page.actor, page.language))
    st.download_button(
        page.t("own_data.download"),
        data=made,
        file_name="about_me.xlsx",
        mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        icon=":material/download:",
        on_click="ignore",
    )
