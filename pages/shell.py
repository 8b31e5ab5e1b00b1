"""The script: settings, language, look, who is signed in, and the navigation by role."""

import streamlit as st

from pages.components.shell import forms, layout, session

page = session.begin()
st.set_page_config(
    page_title=page.t("app.name"), page_icon="static/mark.svg", layout="wide", initial_sidebar_state=272
)
with forms.telling():
    layout.navigation(page)
