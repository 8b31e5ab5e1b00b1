"""The script: settings, language, look, who is signed in, and the navigation by role."""

import streamlit as st

from pages.components import layout, session

CITY = ("city_overview", "index_breakdown", "city_comparison")
UPDATE = ("index_import",)

page = session.begin()
st.set_page_config(page_title=page.t("app.name"), page_icon="static/mark.svg", layout="wide")
layout.navigation(page, {"city": CITY, "update": UPDATE})
