"""User accounts: an administrator makes accounts, changes them and gives new passwords."""

from pages.components.people import user_accounts
from pages.components.shell import layout, session

page = session.begin("user_accounts")
layout.header(page)
everybody = user_accounts.everybody(page)
user_accounts.listed(page, everybody)
user_accounts.show(page, everybody)
