"""Value import: many values from Excel or CSV, shown cell by cell first, recorded as one entry."""

from pages.components import import_form, layout, session

page = session.begin("value_import")
layout.guard(page)
layout.header(page)

import_form.template(page)
import_form.upload(page)
import_form.take_back(page)
