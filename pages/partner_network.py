"""Partner network: the organisations the report names and the links between them that its text states."""

import streamlit as st

from pages.components.plan import partner_network
from pages.components.shell import filters, layout, session

page = session.begin("partner_network")
layout.header(page)

one, state = st.columns([4, 5])
with one:
    organisation = partner_network.choose(page)
with state:
    shown = partner_network.states(page)

if organisation:
    partner_network.whole(page, organisation)

partner_network.draw(page, shown, organisation)
partner_network.unnamed(page)

table = filters.segments(
    "table",
    ("links", "organisations"),
    label=page.t("partner_network.table"),
    say=lambda name: page.t(f"partner_network.table_{name}"),
)
if table == "links":
    rows = page.made(partner_network.links_table, shown, organisation)
    partner_network.show_table(page, rows, "partner_links")
else:
    partner_network.show_table(page, page.made(partner_network.organisations_table), "partner_organisations")

layout.sources(page, page.made(partner_network.sources))
