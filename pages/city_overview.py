"""City overview: the state of the innovation city in one look, and one page to print."""

import streamlit as st

from cmi_core.views import breakdown
from pages.components import cards, layout, overview, reports, session

page = session.begin("city_overview")
layout.header(page)

st.html(page.made(cards.hero))
st.html(page.made(overview.weakest))
st.html(page.made(overview.strategies))

changed, owed = st.columns(2, gap="medium")
changed.html(page.made(overview.lately))
owed.html(page.made(overview.overdue))

reports.one_page(page)
scores = page.read(breakdown.printed, *breakdown.HOME)
layout.sources(page, [*scores["source"], "draft_kpi_2026"])
