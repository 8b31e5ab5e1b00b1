"""My account: who I am here, and my password."""

import streamlit as st

from pages.components import account_forms, layout, session

page = session.begin("my_account")
layout.header(page)
if not account_forms.allowed(page, "change_own_password"):
    st.stop()

account_forms.who(page)
st.subheader(page.t("my_account.password"), anchor=False)
st.markdown(page.t("my_account.sessions_end"))
account_forms.own_password(page)
