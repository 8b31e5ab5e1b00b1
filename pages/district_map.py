"""District map: where the innovation districts are, what stands in them, and what each of them is for."""

from pages.components.map import district_map, map_parts
from pages.components.shell import layout, session

page = session.begin("district_map")
layout.header(page)

district_map.explore(page)
map_parts.parts(page)
