"""Sending reminders by e-mail, only where an operator has set a mail server (`CMI_SMTP_*`)."""

import os
import smtplib
from email.message import EmailMessage

from cmi_core.errors import StoreError
from cmi_core.reminders import Mail
from cmi_core.roles import Account, require

_SECONDS = 15


def configured() -> bool:
    """Whether a mail server and a sender are set."""
    return bool(os.environ.get("CMI_SMTP_HOST") and os.environ.get("CMI_SMTP_FROM"))


def send(actor: Account | None, mail: Mail, *, to: str) -> None:
    """Send one e-mail. Raises StoreError `mail_failed` with what the server said."""
    require(actor, "assign_kpi")
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = os.environ["CMI_SMTP_FROM"], to, mail.subject
    message.set_content(mail.body)
    host, port = os.environ["CMI_SMTP_HOST"], int(os.environ.get("CMI_SMTP_PORT") or 587)
    try:
        with smtplib.SMTP(host, port, timeout=_SECONDS) as server:
            if os.environ.get("CMI_SMTP_STARTTLS", "true").lower() != "false":
                server.starttls()
            if user := os.environ.get("CMI_SMTP_USER"):
                server.login(user, os.environ.get("CMI_SMTP_PASSWORD", ""))
            server.send_message(message)
    except (OSError, smtplib.SMTPException, ValueError) as problem:
        raise StoreError("mail_failed", why=str(problem)[:200]) from problem
