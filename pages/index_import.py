"""Import of an index: a release or its scores from a file, levels and weights once told, and undoing any of it."""

import streamlit as st

from pages.components import index_forms, index_settings, layout, session

page = session.begin("index_import")
layout.header(page)

if not index_forms.allowed(page):
    st.stop()

index_forms.saved(page)
deed = index_forms.deed(page)

if deed == "framework":
    index_forms.framework(page)
elif deed == "scores":
    index_forms.scores(page)
elif deed == "levels":
    index_settings.levels(page)
elif deed == "weights":
    index_settings.weights(page)
else:
    index_forms.done(page)
