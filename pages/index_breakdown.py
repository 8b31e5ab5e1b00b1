"""Index breakdown: the printed scores, what they add up to, and what is meant to move each of them."""

from pages.components.index import index_breakdown, index_import, index_settings
from pages.components.shell import layout, session

page = session.begin("index_breakdown")
layout.header(page)

index_import.saved(page)
taken = index_breakdown.choose(page)

index_breakdown.beside(page, taken)
index_breakdown.corrected(page, taken)
index_breakdown.dimensions(page, taken)
index_breakdown.whole(page, taken)
index_breakdown.dimension_cards(page, taken)
index_settings.correct(page, taken.tree, taken.assessment, taken.city)

index_breakdown.sources(page, taken)
