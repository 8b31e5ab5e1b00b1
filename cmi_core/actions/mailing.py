"""Sending e-mail, only where an operator has set a mail server (`CMI_SMTP_*`): reminders, and links that people ask for."""

import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from cmi_core.accounts.roles import Account, require
from cmi_core.errors import StoreError
from cmi_core.kpi.reminders import Mail
from cmi_core.settings import Settings

_SECONDS = 15
_TLS_FROM_THE_START = 465  # by convention; on other ports a server is asked for it


def configured() -> bool:
    """Whether a mail server and a sender are set."""
    return Settings.from_env().sends_mail


def send(actor: Account | None, mail: Mail, *, to: str) -> None:
    """
    Send one reminder. Raises StoreError `mail_failed` with what the server said.

    Reaching the server takes its time, so the sender is asked again before the e-mail leaves.
    """
    require(actor, "assign_kpi")
    deliver(mail, to=to, still=lambda: require(actor, "assign_kpi"))


def deliver(
    mail: Mail, *, to: str, still: Callable[[], object] = lambda: None, automatic: bool = False
) -> None:
    """
    Hand one e-mail to the mail server. Raises StoreError `mail_failed` with what the server said.

    The connection is encrypted and the server's certificate checked, unless the operator says otherwise;
    `CMI_SMTP_CA_FILE` names the authority of a server of one's own. `still` raises where it is not to leave any more.
    One that is `automatic` asks not to be answered by another program, which would send its link on.
    """
    try:
        settings = Settings.from_env()
        message = _message(mail, settings.smtp_from, to)
        if automatic:
            message["Auto-Submitted"] = "auto-generated"
        with _connection(settings) as server:
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password)
            still()
            server.send_message(message)
    except (OSError, smtplib.SMTPException, ValueError) as problem:
        raise StoreError("mail_failed", why=" ".join(str(problem).split())[:200]) from problem


def _message(mail: Mail, sender: str, to: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, mail.subject
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain="chiang-mai-innovation")
    message.set_content(mail.body)
    return message


def _connection(settings: Settings) -> smtplib.SMTP:
    host, port = settings.smtp_host, settings.mail_port
    trust = ssl.create_default_context(cafile=settings.smtp_ca_file or None)
    if port == _TLS_FROM_THE_START:
        return smtplib.SMTP_SSL(host, port, timeout=_SECONDS, context=trust)
    server = smtplib.SMTP(host, port, timeout=_SECONDS)
    if settings.smtp_starttls:
        try:
            server.starttls(context=trust)
        except BaseException:
            server.close()
            raise
    return server
