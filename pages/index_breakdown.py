"""Index breakdown: the printed scores, what they add up to, and what is meant to move each of them."""

import streamlit as st

from cmi_core.views import breakdown as views
from pages.components import cards, layout, session

page = session.begin("index_breakdown")
layout.header(page)

scores = page.read(views.printed, *views.HOME)
means = page.read(views.mean_of_children, *views.HOME)

cards.printed_beside_computed(page, means)

st.subheader(page.t("index_breakdown.dimensions"), anchor=False)
dimensions = cards.dimensions_table(page, scores)
layout.chart(
    page,
    "breakdown.dimensions",
    dimensions,
    words={"score": page.t("index_breakdown.score"), "level": page.t("index_breakdown.level")},
    alt=page.t("index_breakdown.chart_alt"),
    columns={
        "name": page.t("index_breakdown.dimension"),
        "value": page.t("index_breakdown.score"),
        "level": page.t("index_breakdown.level"),
        "contribution": page.t("index_breakdown.contribution"),
        "source": page.t("index_breakdown.source"),
    },
    file="isc_dimensions",
)
st.caption(page.t("index_breakdown.no_level_rule"))
cards.dimension_cards(page, scores, page.read(views.linked_kpis))

layout.sources(page, scores["source"].tolist())
