"""KPI entry: record a value, set what a KPI is judged by, correct or withdraw; three actions for a value."""

import streamlit as st

from pages.components.kpi import kpi_entry
from pages.components.shell import layout, session

page = session.begin("kpi_entry")
layout.header(page)

row = kpi_entry.chosen_kpi(page)
if row is None:
    st.stop()
kpi_entry.show(page, row, kpi_entry.chosen_deed(page))
kpi_entry.recent(page, row)
