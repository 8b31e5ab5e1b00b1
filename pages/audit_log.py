"""Audit log: who recorded what, when and why, with before and after; and is the chain of seals whole?"""

from pages.components import audit_list, layout, session

page = session.begin("audit_log")
layout.header(page)

audit_list.chain(page)
chosen = audit_list.choice(page)
audit_list.entries(page, chosen)
audit_list.download(page, chosen)
audit_list.take_back(page)
