"""Backups: take a verified copy while people work; see what there is."""

from pages.components import backup_list, layout, session

page = session.begin("backups")
layout.guard(page)
layout.header(page)

backup_list.take(page)
backup_list.listed(page)
