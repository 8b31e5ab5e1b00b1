"""City overview: the state of the innovation city in one look, and one page to print."""

import streamlit as st

from pages.components.overview import cards, city_overview, reports
from pages.components.shell import layout, session

page = session.begin("city_overview")
layout.header(page, beside=reports.one_page)

st.html(page.made(cards.hero))
st.html(page.made(city_overview.way_up))
st.html(page.made(city_overview.strategies))

changed, owed = st.columns(2, gap="small")
changed.html(page.made(city_overview.lately))
owed.html(page.made(city_overview.overdue))

layout.sources(page, page.made(city_overview.sources))
