"""KPI entry: record a value, set what a KPI is judged by, correct or withdraw; three actions for a value."""

import streamlit as st

from pages.components import kpi_forms, layout, session

page = session.begin("kpi_entry")
layout.guard(page)
layout.header(page)

row = kpi_forms.chosen_kpi(page)
if row is None:
    st.stop()
kpi_forms.show(page, row, kpi_forms.chosen_deed(page))
kpi_forms.recent(page, row)
