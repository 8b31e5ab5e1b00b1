"""My account: who I am here, and my password."""

import streamlit as st

from pages.components.people import my_account
from pages.components.shell import layout, session

page = session.begin("my_account")
layout.header(page)
my_account.who(page)
st.subheader(page.t("my_account.password"), anchor=False)
st.markdown(page.t("my_account.sessions_end"))
my_account.own_password(page)
