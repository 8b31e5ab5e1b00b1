"""City comparison: who stands where on an index, how sure that is, and the least that would lift a place."""

import streamlit as st

from pages.components import comparison_board as board
from pages.components import (
    comparison_checks,
    comparison_choice,
    comparison_lift,
    comparison_take_away,
    comparison_trials,
    comparison_what_if,
    formulas,
    layout,
    session,
)

page = session.begin("city_comparison")
layout.header(page)

choice = comparison_choice.choose(page)

if choice.view == "league":
    board.league(page, choice)
elif choice.view == "profile":
    board.profile(page, choice)
    comparison_take_away.values_with_sources(page, choice)
elif choice.view == "heatmap":
    board.heatmap(page, choice)
elif choice.view == "sure":
    comparison_trials.sure(page, choice)
elif choice.view == "checks":
    comparison_checks.checks(page, choice)
elif choice.view == "scatter":
    board.scatter(page, choice)
elif choice.view == "time":
    board.time(page, choice)
elif choice.view == "whatif":
    comparison_what_if.whatif(page, choice)
elif choice.view == "lift":
    comparison_lift.lift(page, choice)
else:
    comparison_take_away.files(page, choice)

comparison_choice.together(page, choice)
method = st.expander(
    page.t("city_comparison.formulas"), icon=":material/function:", on_change="rerun", key="formulas"
)
if method.open:
    with method:
        formulas.of_framework(page, str(choice.found.head["framework"]))

layout.sources(page, comparison_take_away.cited_by(choice))
