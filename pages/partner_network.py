"""Partner network: the organisations the report names and the links between them that its text states."""

import streamlit as st

from cmi_core.views import network as views
from pages.components import filters, layout, partners, session

page = session.begin("partner_network")
layout.header(page)

one, state = st.columns([4, 5])
with one:
    organisation = partners.choose(page)
with state:
    shown = partners.states(page)

if organisation:
    partners.whole(page, organisation)

partners.draw(page, shown, organisation)
partners.unnamed(page)

table = filters.segments(
    "table",
    ("links", "organisations"),
    label=page.t("partner_network.table"),
    say=lambda name: page.t(f"partner_network.table_{name}"),
)
links = partners.links_of(page, shown, organisation)
if table == "links":
    partners.show_table(page, partners.links_table(page, links), "partner_links")
else:
    partners.show_table(page, partners.organisations_table(page), "partner_organisations")

layout.sources(page, [*page.read(views.links)["source"], *page.read(views.organisations)["source"]])
