"""KPI definitions: make and change KPIs, say who records them and what they are tied to."""

from pages.components import definition_forms, layout, session

page = session.begin("kpi_definitions")
layout.guard(page)
layout.header(page)

definition_forms.show(page, definition_forms.chosen_kpi(page))
