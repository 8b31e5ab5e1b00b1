"""My account: who I am here, my password, my second factor, my devices, and what is kept about me."""

from pages.components.people import my_account, own_data, second_factor
from pages.components.shell import layout, session

page = session.begin("my_account")
layout.header(page)
ways = my_account.who(page)
if ways.password:
    my_account.own_password(page, ways)
    second_factor.show(page, ways)
my_account.own_sessions(page)
own_data.show(page)
