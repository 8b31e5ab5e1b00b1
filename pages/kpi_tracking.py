"""KPI tracking: each KPI against baseline, target and expected path; one KPI whole when it is chosen."""

import streamlit as st

from cmi_core.views import kpis as views
from pages.components import kpi_detail, kpi_list, layout, session

page = session.begin("kpi_tracking")
layout.header(page)

rows = page.read(views.tracking, page.today)
kpi, choices = kpi_list.choose(page)

if kpi:
    kpi_detail.show(page, kpi)
else:
    kpi_list.beginning(page, rows)
    st.html(page.made(kpi_list.summary, choices))
    kpi_list.cards(page, choices)
    layout.folded_table(page, lambda: page.made(kpi_list.table, choices), file="kpis")
    layout.sources(page, rows["source"].tolist())
