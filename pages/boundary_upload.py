"""Boundary upload: an official boundary takes the place of an indicative outline, seen before it is saved."""

from pages.components import boundary_forms, layout, session

page = session.begin("boundary_upload")
layout.guard(page)
layout.header(page)

boundary_forms.done(page)
upload = boundary_forms.upload(page)
if upload is not None:
    boundary_forms.warnings(page, upload)
    replaces = boundary_forms.which(page, upload)
    boundary_forms.picture(page, upload, replaces)
    boundary_forms.save(page, upload, replaces)
boundary_forms.changes(page)
