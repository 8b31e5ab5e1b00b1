"""Audit log: who recorded what, when and why, with before and after; and is the chain of seals whole?"""

from pages.components.people import audit_log, evidence_removal
from pages.components.shell import forms, layout, session

page = session.begin("audit_log")
layout.header(page)

audit_log.chain(page)
chosen = audit_log.choice(page)
audit_log.entries(page, chosen)
audit_log.download(page, chosen)
forms.told()
audit_log.take_back(page)
evidence_removal.take_out(page)
