"""KPI definitions: make and change KPIs, say who records them and what they are tied to."""

from pages.components.kpi import kpi_definitions
from pages.components.shell import layout, session

page = session.begin("kpi_definitions")
layout.header(page)

kpi_definitions.show(page, kpi_definitions.chosen_kpi(page))
