"""Infrastructure: bring in points from a file, and say which dimension or goal a point serves."""

from pages.components import layout, point_forms, session

page = session.begin("infrastructure")
layout.guard(page)
layout.header(page)

point_forms.done(page)
part = point_forms.part(page)
if part == "ties":
    point_forms.ties(page)
if part == "import":
    point_forms.bring_in(page)
    point_forms.imports(page)
