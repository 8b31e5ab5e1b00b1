"""Who owes what: the values that are due and overdue by coordinator, reminders, the calendar feed."""

from pages.components import layout, owed_list, session

page = session.begin("who_owes_what")
layout.guard(page)
layout.header(page)

owed_list.everybody(page)
owed_list.mails(page)
owed_list.feed(page)
