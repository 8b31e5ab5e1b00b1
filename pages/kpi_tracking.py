"""KPI tracking: each KPI against baseline, target and expected path; one KPI whole when it is chosen."""

import streamlit as st

from cmi_core.views import kpis as views
from pages.components.kpi import kpi_detail, kpi_tracking
from pages.components.shell import layout, session

page = session.begin("kpi_tracking")
layout.header(page)

rows = page.read(views.tracking, page.today)
kpi, choices = kpi_tracking.choose(page)

if kpi:
    kpi_detail.show(page, kpi)
else:
    kpi_tracking.beginning(page, rows)
    st.html(page.made(kpi_tracking.summary, choices))
    kpi_tracking.cards(page, choices)
    layout.folded_table(page, lambda: page.made(kpi_tracking.table, choices), file="kpis")
    layout.sources(page, rows["source"].tolist())
