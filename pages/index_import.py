"""Import of frameworks and scores."""

from pages.components import layout, session

page = session.begin("index_import")
layout.header(page)
