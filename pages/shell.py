"""The script: settings, language, look, who is signed in, and the navigation by role."""

import streamlit as st

from pages.components.shell import layout, session

GROUPS = {
    "city": ("city_overview", "index_breakdown", "city_comparison", "district_map", "participatory_map"),
    "plan": ("goal_board", "kpi_tracking", "partner_network"),
    "update": ("my_updates", "kpi_entry", "value_import", "who_owes_what", "audit_log"),
    "edit": ("kpi_definitions", "index_import", "infrastructure", "boundary_upload"),
    "about": ("method_sources",),
    "account": ("my_account", "user_accounts", "backups"),
}

page = session.begin()
st.set_page_config(
    page_title=page.t("app.name"), page_icon="static/mark.svg", layout="wide", initial_sidebar_state=272
)
layout.navigation(page, GROUPS)
