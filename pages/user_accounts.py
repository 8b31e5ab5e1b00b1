"""User accounts: an administrator makes accounts, changes them and gives new passwords."""

import streamlit as st

from pages.components import account_forms, layout, session

page = session.begin("user_accounts")
layout.header(page)
if not account_forms.allowed(page, "manage_accounts"):
    st.stop()

everybody = account_forms.everybody(page)
account_forms.listed(page, everybody)
account_forms.show(page, everybody)
