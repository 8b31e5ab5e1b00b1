"""Index breakdown: the printed scores, what they add up to, and what is meant to move each of them."""

from pages.components import breakdown_tree, index_forms, index_settings, layout, session

page = session.begin("index_breakdown")
layout.header(page)

index_forms.saved(page)
taken = breakdown_tree.choose(page)

breakdown_tree.beside(page, taken)
breakdown_tree.corrected(page, taken)
breakdown_tree.dimensions(page, taken)
breakdown_tree.whole(page, taken)
breakdown_tree.dimension_cards(page, taken)
index_settings.correct(page, taken.tree, taken.assessment, taken.city)

breakdown_tree.sources(page, taken)
