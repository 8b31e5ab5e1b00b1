"""My updates: what this coordinator owes, one field at a time; Enter saves and moves on."""

import streamlit as st

from pages.components.kpi import my_updates
from pages.components.shell import layout, session

page = session.begin("my_updates")
layout.header(page)

rows = my_updates.mine(page)
my_updates.counts(page, rows)
my_updates.one(page, rows)
my_updates.to_verify(page)
if not rows.empty:
    st.subheader(page.t("my_updates.list"), anchor=False)
my_updates.rest(page, rows)
