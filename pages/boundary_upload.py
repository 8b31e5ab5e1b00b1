"""Boundary upload: an official boundary takes the place of an indicative outline, seen before it is saved."""

from pages.components.map import boundary_upload
from pages.components.shell import layout, session

page = session.begin("boundary_upload")
layout.header(page)

boundary_upload.done(page)
upload = boundary_upload.upload(page)
if upload is not None:
    boundary_upload.warnings(page, upload)
    replaces = boundary_upload.which(page, upload)
    boundary_upload.picture(page, upload, replaces)
    boundary_upload.save(page, upload, replaces)
boundary_upload.changes(page)
