"""Reminders go out by a real mail server, encrypted; what it refuses is said in words."""

import asyncio
import ssl
import threading
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cmi_core.accounts.roles import Account
from cmi_core.actions import mailing
from cmi_core.errors import CmiError, PermissionRefused, StoreError
from cmi_core.kpi.reminders import Mail

EDITOR = Account("ed", "Ed", "editor")
MAIL = Mail("ค่าตัวชี้วัดที่รอบันทึก 2 รายการ", "เรียน คุณนก\n\n• BOD คลองแม่ข่า — เม.ย. 2569\n.\nขอบคุณ")


class Post:
    """A mail server on this machine: keeps what it is given, in the order of the commands it heard."""

    def __init__(self, *, certificate=None, password=None, refuses="", from_the_start=None):
        self.from_the_start = from_the_start
        self.certificate, self.password, self.refuses = certificate, password, refuses
        self.heard, self.mails, self.port = [], [], 0
        self._loop, self._ready = asyncio.new_event_loop(), threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        assert self._ready.wait(20)
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(20)

    def _run(self):
        async def serve():
            self._stop = asyncio.Event()
            server = await asyncio.start_server(self._talk, "127.0.0.1", 0, ssl=self.from_the_start)
            self.port = server.sockets[0].getsockname()[1]
            self._ready.set()
            await self._stop.wait()
            server.close()
            talks = asyncio.all_tasks() - {asyncio.current_task()}
            for talk in talks:
                talk.cancel()
            await asyncio.gather(*talks, return_exceptions=True)
            await server.wait_closed()
            await asyncio.sleep(0)  # the sockets close in the loop's next turn

        self._loop.run_until_complete(serve())
        self._loop.close()

    async def _talk(self, reader, writer):
        plain = writer.transport
        try:
            await self._answer(reader, writer)
        finally:
            writer.transport.abort()
            plain.abort()

    async def _answer(self, reader, writer):
        writer.write(b"220 post ready\r\n")
        encrypted = False
        while line := await reader.readline():
            command = line.decode().strip()
            word = command.split(" ")[0].upper()
            self.heard.append(("encrypted " if encrypted else "") + word)
            if word == "EHLO":
                offers = ["250-post", *(["250-STARTTLS"] if self.certificate and not encrypted else [])]
                offers += ["250-AUTH PLAIN"] if self.password else []
                writer.write("\r\n".join([*offers, "250 8BITMIME", ""]).encode())
            elif word == "STARTTLS":
                writer.write(b"220 go on\r\n")
                await writer.drain()
                try:
                    await writer.start_tls(self.certificate)
                except (OSError, ssl.SSLError):
                    return
                encrypted = True
            elif word == "AUTH":
                given = b64decode(command.split(" ")[2]).decode().split("\0")[1:]
                writer.write(b"235 in\r\n" if given == ["nok", self.password] else b"535 wrong password\r\n")
            elif word == "RCPT" and self.refuses:
                writer.write(f"550 {self.refuses}\r\n".encode())
            elif word == "DATA":
                writer.write(b"354 go on\r\n")
                sent = await reader.readuntil(b"\r\n.\r\n")
                self.mails.append(sent.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n."))
                writer.write(b"250 kept\r\n")
            elif word == "QUIT":
                writer.write(b"221 bye\r\n")
                await writer.drain()
                return
            else:
                writer.write(b"250 ok\r\n")
            await writer.drain()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for `localhost`, its file, and a server's side of it."""
    file = tmp_path_factory.mktemp("tls") / "post.pem"
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "post")]),
    )
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return file, context


@pytest.fixture
def use(monkeypatch):
    """Set the mail server up as an operator would."""

    def use(server, **settings):
        told = {
            "HOST": "localhost",
            "PORT": str(server.port),
            "FROM": "เมืองนวัตกรรม <city@example.org>",
        } | settings
        for name in ("HOST", "PORT", "FROM", "USER", "PASSWORD", "STARTTLS", "CA_FILE"):
            monkeypatch.delenv(f"CMI_SMTP_{name}", raising=False)
        for name, value in told.items():
            monkeypatch.setenv(f"CMI_SMTP_{name}", value)

    return use


def test_without_settings_nothing_is_offered(monkeypatch):
    monkeypatch.delenv("CMI_SMTP_HOST", raising=False)

    assert not mailing.configured()


def test_a_reminder_arrives_as_it_was_written(use):
    with Post() as server:
        use(server, STARTTLS="false")
        assert mailing.configured()
        mailing.send(EDITOR, MAIL, to="nok@example.org")
    got = message_from_bytes(server.mails[0], policy=policy.default)

    assert got["Subject"] == MAIL.subject
    assert got["To"] == "nok@example.org"
    assert got["From"].addresses[0].display_name == "เมืองนวัตกรรม"
    assert got["Date"]
    assert got["Message-ID"]
    assert got.get_content().replace("\r\n", "\n").strip() == MAIL.body


def test_the_password_goes_only_over_an_encrypted_line(use, certificate):
    with Post(certificate=certificate[1], password="long enough") as server:
        use(server, USER="nok", PASSWORD="long enough", CA_FILE=str(certificate[0]))
        mailing.send(EDITOR, MAIL, to="nok@example.org")

    assert server.heard.index("STARTTLS") < server.heard.index("encrypted AUTH")
    assert "AUTH" not in server.heard
    assert len(server.mails) == 1


def test_a_port_that_is_encrypted_from_the_start_is_spoken_to_so(use, certificate, monkeypatch):
    with Post(from_the_start=certificate[1]) as server:
        monkeypatch.setattr(mailing, "_TLS_FROM_THE_START", server.port)
        use(server, CA_FILE=str(certificate[0]))
        mailing.send(EDITOR, MAIL, to="nok@example.org")

    assert "STARTTLS" not in server.heard
    assert len(server.mails) == 1


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({}, "certificate"),  # nobody we trust has signed it
        ({"HOST": "127.0.0.1", "CA_FILE": "own"}, "certificate"),  # it is for another name
    ],
)
def test_a_server_that_cannot_be_trusted_gets_nothing(use, certificate, settings, why):
    with Post(certificate=certificate[1]) as server:
        use(
            server,
            **{name: str(certificate[0]) if value == "own" else value for name, value in settings.items()},
        )
        with pytest.raises(StoreError, match="mail_failed") as refused:
            mailing.send(EDITOR, MAIL, to="nok@example.org")

    assert why in refused.value.details["why"]
    assert server.mails == []


def test_a_server_without_encryption_is_refused_unless_the_operator_allows_it(use):
    with Post() as server:
        use(server)
        with pytest.raises(StoreError) as refused:
            mailing.send(EDITOR, MAIL, to="nok@example.org")

    assert "STARTTLS" in refused.value.details["why"]
    assert server.mails == []


def test_what_the_server_refuses_is_told(use):
    with Post(refuses="no such mailbox") as server:
        use(server, STARTTLS="false")
        with pytest.raises(StoreError) as refused:
            mailing.send(EDITOR, MAIL, to="nobody@example.org")

    assert "no such mailbox" in refused.value.details["why"]


def test_a_wrong_password_is_told(use, certificate):
    with Post(certificate=certificate[1], password="long enough") as server:
        use(server, USER="nok", PASSWORD="wrong", CA_FILE=str(certificate[0]))
        with pytest.raises(StoreError) as refused:
            mailing.send(EDITOR, MAIL, to="nok@example.org")

    assert "wrong password" in refused.value.details["why"]


@pytest.mark.parametrize(
    ("settings", "to"),
    [
        ({"PORT": "post"}, "nok@example.org"),
        ({"PORT": "1"}, "nok@example.org"),
        ({"STARTTLS": "false"}, "nok@example.org\r\nBcc: all@example.org"),
        ({"CA_FILE": "/no/such/file"}, "nok@example.org"),
    ],
)
def test_whatever_else_is_wrong_is_a_refusal_and_no_mail(use, settings, to):
    with Post() as server:
        use(server, **settings)
        reason = "setting_not_number" if settings.get("PORT") == "post" else "mail_failed"
        with pytest.raises(CmiError, match=reason):
            mailing.send(EDITOR, MAIL, to=to)

    assert server.mails == []


def test_only_those_who_assign_kpis_send(use):
    with Post() as server:
        use(server, STARTTLS="false")
        with pytest.raises(PermissionRefused):
            mailing.send(Account("nok", "นก", "coordinator"), MAIL, to="nok@example.org")

    assert server.heard == []
