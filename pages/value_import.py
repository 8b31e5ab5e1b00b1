"""Value import: many values from Excel or CSV, shown cell by cell first, recorded as one entry."""

from pages.components.kpi import value_import
from pages.components.shell import layout, session

page = session.begin("value_import")
layout.header(page)

value_import.template(page)
value_import.upload(page)
value_import.take_back(page)
