"""The script: settings, language, look, who is signed in, and the navigation by role."""

import streamlit as st

from pages.components import layout, session

GROUPS = {
    "city": ("city_overview", "index_breakdown", "district_map", "participatory_map"),
    "plan": ("goal_board", "kpi_tracking", "partner_network"),
    "update": ("kpi_entry", "boundary_upload", "infrastructure"),
    "about": (),
}

page = session.begin()
st.set_page_config(page_title=page.t("app.name"), page_icon="static/mark.svg", layout="wide")
layout.navigation(page, GROUPS)
