"""City comparison: who stands where on an index, how sure that is, and the least that would lift a place."""

import streamlit as st

from pages.components.comparison import (
    board,
    checks,
    choices,
    league,
    least_effort,
    take_away,
    uncertainty,
    what_if,
)
from pages.components.method import formulas
from pages.components.shell import layout, session

page = session.begin("city_comparison")
layout.header(page)

choice = choices.choose(page)

if choice.view == "league":
    league.league(page, choice)
elif choice.view == "profile":
    board.profile(page, choice)
    take_away.values_with_sources(page, choice)
elif choice.view == "heatmap":
    board.heatmap(page, choice)
elif choice.view == "sure":
    uncertainty.sure(page, choice)
elif choice.view == "checks":
    checks.checks(page, choice)
elif choice.view == "scatter":
    board.scatter(page, choice)
elif choice.view == "time":
    board.time(page, choice)
elif choice.view == "whatif":
    what_if.whatif(page, choice)
elif choice.view == "lift":
    least_effort.lift(page, choice)
else:
    take_away.files(page, choice)

choices.together(page, choice)
method = st.expander(
    page.t("city_comparison.formulas"), icon=":material/function:", on_change="rerun", key="formulas"
)
if method.open:
    with method:
        formulas.of_framework(page, str(choice.found.head["framework"]))

layout.sources(page, take_away.cited_by(choice))
