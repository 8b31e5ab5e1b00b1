"""District map: where the innovation districts are, what stands in them, and what each of them is for."""

from pages.components import layout, map_parts, maps, session

page = session.begin("district_map")
layout.header(page)

maps.explore(page)
map_parts.parts(page)
