"""Infrastructure: bring in points from a file, and say which dimension or goal a point serves."""

import streamlit as st

from cmi_core.roles import may
from pages.components import layout, point_forms, session

page = session.begin("infrastructure")
layout.header(page)
if not may(page.actor, "edit_place"):
    layout.ask_to_sign_in(page, "edit_place")
    st.stop()

point_forms.done(page)
part = point_forms.part(page)
if part == "ties":
    point_forms.ties(page)
if part == "import":
    point_forms.bring_in(page)
    point_forms.imports(page)
