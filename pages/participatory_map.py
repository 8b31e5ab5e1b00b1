"""Participatory map: what people propose on the map, apart from facts until an editor accepts it."""

from pages.components import layout, proposal_forms, session

page = session.begin("participatory_map")
layout.header(page)

proposal_forms.done(page)
proposal_forms.workspace(page)
proposal_forms.listed(page)
