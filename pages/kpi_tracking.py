"""KPI tracking: each KPI against baseline, target and expected path; one KPI whole when it is chosen."""

import streamlit as st

from cmi_core.views import kpis as views
from pages.components import kpi_detail, kpi_list, layout, session

page = session.begin("kpi_tracking")
layout.header(page)

rows = page.read(views.tracking, page.today)
kpi = kpi_list.chosen(page, rows)

if kpi:
    kpi_detail.show(page, kpi)
else:
    shown = kpi_list.narrowed(page, rows)
    kpi_list.beginning(page, rows)
    kpi_list.summary(page, shown)
    kpi_list.cards(page, shown)
    table, headings = kpi_list.table(page, shown)
    with st.expander(page.t("shell.as_table"), icon=":material/table_chart:"):
        layout.data_table(page, table, columns=headings, file="kpis")
    layout.sources(page, rows["source"].tolist())
