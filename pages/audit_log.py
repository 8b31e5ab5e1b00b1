"""Audit log: who recorded what, when and why, with before and after; and is the chain of seals whole?"""

from pages.components.people import audit_log
from pages.components.shell import layout, session

page = session.begin("audit_log")
layout.header(page)

audit_log.chain(page)
chosen = audit_log.choice(page)
audit_log.entries(page, chosen)
audit_log.download(page, chosen)
audit_log.take_back(page)
