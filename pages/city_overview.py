"""City overview: the state of the innovation city in one look."""

from cmi_core.views import breakdown
from pages.components import cards, layout, session

page = session.begin("city_overview")
layout.header(page)

scores = page.read(breakdown.printed, *breakdown.HOME)
cards.hero(page, scores)

layout.sources(page, scores["source"].tolist())
