"""Goal board: what the plan wants, by which means, who and where it names, and how far it has come."""

import streamlit as st

from cmi_core.store import goals
from pages.components.plan import goal_board, means_form, plan_filters
from pages.components.shell import filters, layout, session

page = session.begin("goal_board")
layout.header(page)

choices = plan_filters.choices(page)
board = page.made(goal_board.chosen, choices)

plan_filters.trail(page, choices, board)
counted, switch = st.columns([5, 4], vertical_alignment="center")
with counted:
    goal_board.counts(page, board)
with switch:
    view = filters.segments(
        "view",
        goal_board.VIEWS,
        label=page.t("goal_board.view"),
        say=lambda name: page.t(f"goal_board.view_{name}"),
        label_visibility="collapsed",
        width="stretch",
    )
if board.goals.empty:
    layout.nothing(page, "goal_board.nothing")

if view == "board":
    goal_board.show(page, choices)
    means_form.show(page, board)
elif view == "table":
    layout.data_table(
        page, goal_board.table(page, board), columns=goal_board.headings(page), file="plan_means"
    )
else:
    goal_board.findings(page, page.read(goals.findings), board)

layout.sources(page, [*board.means["source"], *board.kpis["source"]])
