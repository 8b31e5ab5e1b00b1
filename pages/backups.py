"""Backups: take a verified copy while people work; see what there is."""

from pages.components.people import backups
from pages.components.shell import layout, session

page = session.begin("backups")
layout.header(page)

backups.take(page)
backups.listed(page)
