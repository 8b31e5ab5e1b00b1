"""User accounts: an administrator makes accounts, changes them and gives new passwords."""

import streamlit as st

from pages.components.people import account_fields, user_accounts
from pages.components.shell import layout, session

page = session.begin("user_accounts")
layout.header(page)
if not account_fields.allowed(page, "manage_accounts"):
    st.stop()

everybody = user_accounts.everybody(page)
user_accounts.listed(page, everybody)
user_accounts.show(page, everybody)
