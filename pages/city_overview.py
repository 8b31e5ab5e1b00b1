"""City overview: the state of the innovation city in one look, and one page to print."""

import streamlit as st

from cmi_core.views import breakdown, kpis
from pages.components import cards, layout, overview, reports, session

page = session.begin("city_overview")
layout.header(page)

scores = page.read(breakdown.printed, *breakdown.HOME)
strategies = page.read(kpis.by_strategy, page.today)
late = page.read(kpis.overdue, page.today)
lately = page.read(kpis.lately, 5)

cards.hero(page, scores)
overview.weakest(page, scores)
overview.strategies(page, strategies)

changed, owed = st.columns(2, gap="medium")
with changed:
    overview.lately(page, lately)
with owed:
    overview.overdue(page, late)

reports.one_page(page)
layout.sources(page, [*scores["source"], "draft_kpi_2026"])
