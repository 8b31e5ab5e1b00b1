"""KPI definitions: make and change KPIs one by one or all in one sheet, say who records them and what they are tied to."""

from pages.components.kpi import definition_import, kpi_definitions
from pages.components.shell import layout, session

page = session.begin("kpi_definitions")
layout.header(page)

if kpi_definitions.chosen_way(page) == kpi_definitions.SHEET:
    definition_import.show(page)
else:
    kpi_definitions.show(page, kpi_definitions.chosen_kpi(page))
