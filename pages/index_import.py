"""Import of an index: a release or its scores from a file, levels and weights once told, and undoing any of it."""

from pages.components.index import index_import, index_settings
from pages.components.shell import layout, session

page = session.begin("index_import")
layout.header(page)

index_import.saved(page)
deed = index_import.deed(page)

if deed == "framework":
    index_import.framework(page)
elif deed == "scores":
    index_import.scores(page)
elif deed == "levels":
    index_settings.levels(page)
elif deed == "weights":
    index_settings.weights(page)
else:
    index_import.done(page)
