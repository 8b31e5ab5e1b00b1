"""Who owes what: the values that are due and overdue by coordinator, reminders, the calendar feed."""

from pages.components.kpi import who_owes_what
from pages.components.shell import layout, session

page = session.begin("who_owes_what")
layout.header(page)

who_owes_what.everybody(page)
who_owes_what.mails(page)
who_owes_what.feed(page)
