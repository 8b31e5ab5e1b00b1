"""The privacy notice: what is kept of the people who use this, why, how long, and what they can ask for."""

from pages.components.people import privacy
from pages.components.shell import layout, session

page = session.begin("privacy")
layout.header(page)
privacy.notice(page)
privacy.onward(page)
