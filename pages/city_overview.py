"""City overview: the state of the innovation city in one look, and one page to print."""

import streamlit as st

from cmi_core.views import breakdown, goals, kpis
from pages.components import cards, layout, overview, reports, session

page = session.begin("city_overview")
layout.header(page, beside=reports.one_page)

scores = page.read(breakdown.printed, *breakdown.HOME)
lowest = page.read(breakdown.lowest, *breakdown.HOME)
meant = page.read(goals.meant_for, lowest.node)
strategies = page.read(kpis.by_strategy, page.today)
late = page.read(kpis.overdue, page.today)
lately = page.read(kpis.lately, 5)

cards.hero(page, scores)
overview.way_up(page, lowest, meant)
overview.strategies(page, strategies)

changed, owed = st.columns(2, gap="small")
with changed:
    overview.lately(page, lately)
with owed:
    overview.overdue(page, late)

layout.sources(page, [*scores["source"], *meant.kpis["source"]])
