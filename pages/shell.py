"""The script: settings, language, look, who is signed in, and the navigation by role."""

import streamlit as st

from pages.components import layout, session

CITY = ("city_overview", "index_breakdown")
PLAN = ("goal_board", "partner_network")
UPDATE = ("my_account", "user_accounts")
ABOUT = ("method_sources",)

page = session.begin()
st.set_page_config(page_title=page.t("app.name"), page_icon="static/mark.svg", layout="wide")
layout.navigation(page, {"city": CITY, "plan": PLAN, "update": UPDATE, "about": ABOUT})
