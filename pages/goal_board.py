"""Goal board: what the plan wants, by which means, who and where it names, and how far it has come."""

import streamlit as st

from cmi_core.views import goals as views
from pages.components import filters, layout, means_form, plan_board, plan_filters, session

page = session.begin("goal_board")
layout.header(page)

choices = plan_filters.choices(page)
board = views.choose(page.read(views.whole), **dict(choices))

plan_filters.trail(page, choices, board)
counted, switch = st.columns([5, 4], vertical_alignment="center")
with counted:
    plan_board.counts(page, board)
with switch:
    view = filters.segments(
        "view",
        plan_board.VIEWS,
        label=page.t("goal_board.view"),
        say=lambda name: page.t(f"goal_board.view_{name}"),
        label_visibility="collapsed",
        width="stretch",
    )
if board.goals.empty:
    layout.nothing(page, "goal_board.nothing")

if view == "board":
    plan_board.show(page, board, opened=len(choices) > 0)
    means_form.show(page, board)
elif view == "table":
    layout.data_table(
        page, plan_board.table(page, board), columns=plan_board.headings(page), file="plan_means"
    )
else:
    plan_board.findings(page, page.read(views.findings), board)

layout.sources(page, [*board.means["source"], *board.kpis["source"]])
