"""My account: who I am here, my password, my second factor, and my devices."""

from pages.components.people import my_account, second_factor
from pages.components.shell import layout, session

page = session.begin("my_account")
layout.header(page)
ways = my_account.who(page)
if ways.password:
    my_account.own_password(page, ways)
    second_factor.show(page, ways)
my_account.own_sessions(page)
