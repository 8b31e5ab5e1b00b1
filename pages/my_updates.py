"""My updates: what this coordinator owes, one field at a time; Enter saves and moves on."""

import streamlit as st

from pages.components import layout, session, updates

page = session.begin("my_updates")
layout.guard(page)
layout.header(page)

rows = updates.mine(page)
updates.counts(page, rows)
updates.one(page, rows)
updates.to_verify(page)
if not rows.empty:
    st.subheader(page.t("my_updates.list"), anchor=False)
updates.rest(page, rows)
