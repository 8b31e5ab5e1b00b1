"""Participatory map: what people propose on the map, apart from facts until an editor accepts it."""

from pages.components.map import participatory_map
from pages.components.shell import layout, session

page = session.begin("participatory_map")
layout.header(page)

participatory_map.done(page)
participatory_map.workspace(page)
participatory_map.listed(page)
