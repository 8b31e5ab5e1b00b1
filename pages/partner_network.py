"""Partner network: the organisations the report names and the links between them that its text states."""

import streamlit as st

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
if table == "links":
    rows = page.made(partners.links_table, shown, organisation)
    partners.show_table(page, rows, "partner_links")
else:
    partners.show_table(page, page.made(partners.organisations_table), "partner_organisations")

layout.sources(page, page.made(partners.sources))
