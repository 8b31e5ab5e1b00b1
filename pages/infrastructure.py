"""Infrastructure: bring in points from a file, and say which dimension or goal a point serves."""

from pages.components.map import infrastructure
from pages.components.shell import layout, session

page = session.begin("infrastructure")
layout.header(page)

infrastructure.done(page)
part = infrastructure.part(page)
if part == "ties":
    infrastructure.ties(page)
if part == "import":
    infrastructure.bring_in(page)
    infrastructure.imports(page)
