"""City overview: the state of the innovation city in one look, and one page to print."""

import streamlit as st

from pages.components import cards, layout, overview, reports, session

page = session.begin("city_overview")
layout.header(page, beside=reports.one_page)

st.html(page.made(cards.hero))
st.html(page.made(overview.way_up))
st.html(page.made(overview.strategies))

changed, owed = st.columns(2, gap="small")
changed.html(page.made(overview.lately))
owed.html(page.made(overview.overdue))

layout.sources(page, page.made(overview.sources))
