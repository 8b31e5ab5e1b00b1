"""What an operator may set: environment variables, read in one place, and README's table of them."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from cmi_core.errors import CmiError

ROOT = Path(__file__).parents[1]
# Nothing but where the site is: no name of a user, no path, nothing that a mail could break at.
_ADDRESS = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?/?", re.IGNORECASE)


def _setting(name: str, meaning: str, default: Any, *, told: str) -> Any:
    return field(default=default, metadata={"name": name, "meaning": meaning, "told": told})


@dataclass(frozen=True, slots=True)
class Settings:
    """
    How this process is set up. What is not set has its default.

    A switch takes `true` or `false` in any case, a number its digits; anything else leaves its default.
    """

    data_directory: Path = _setting(  # noqa: RUF009 - a field of a dataclass, made by a shorter word
        "CMI_DATA_DIR", "the data directory", ROOT / "var", told="`var/`"
    )
    public_read: bool = _setting(
        "CMI_PUBLIC_READ", "`false` closes reading to people without an account", True, told="`true`"
    )
    public_names: bool = _setting(
        "CMI_PUBLIC_NAMES",
        "`true` shows everybody who recorded something by name; otherwise people without an account see role and organisation",
        False,
        told="`false`",
    )
    https: bool = _setting(
        "CMI_HTTPS",
        "`true` behind a proxy that speaks HTTPS: cookies are then sent over HTTPS only, and browsers ask for nothing else",
        False,
        told="`false`",
    )
    proxy: bool = _setting(
        "CMI_PROXY",
        "`true` where that proxy stands on this machine and writes `X-Forwarded-For` itself: guessing is then slowed "
        "down by that address",
        False,
        told="`false`",
    )
    hosts: frozenset[str] = _setting(
        "CMI_HOSTS",
        "the names the server answers to, separated by commas, such as `kpi.city.example`",
        frozenset(),
        told="any",
    )
    site: str = _setting(
        "CMI_SITE",
        "the address that people open, such as `https://kpi.city.example`; links that are mailed or printed begin with it",
        "",
        told="none: nobody is mailed a link for a forgotten password",
    )
    admin_second_factor: bool = _setting(
        "CMI_ADMIN_SECOND_FACTOR",
        "`true` asks every administrator who signs in with a password for a second factor, and has them set one up",
        False,
        told="`false`",
    )
    max_sessions: int = _setting(
        "CMI_MAX_SESSIONS",
        "how many pages may be open at once; a fifth is kept for people who signed in, others are told that it is busy",
        500,
        told="500",
    )
    idle_minutes: int = _setting(
        "CMI_IDLE_MINUTES",
        "after how many minutes a page that nobody touches is closed until somebody does; `0` for never, as on a wall",
        60,
        told="60",
    )
    privacy_contact: str = _setting(
        "CMI_PRIVACY_CONTACT",
        "who answers for people's data here and how to reach them, in words, for the privacy notice",
        "",
        told="none: the notice says that nobody is named",
    )
    demonstration: bool = _setting(
        "CMI_DEMO", "`true` serves the demonstration data (what `make demo` sets)", False, told="`false`"
    )
    oidc_email_verified: bool = _setting(
        "CMI_OIDC_EMAIL_VERIFIED",
        "`true` where the organisation's sign-in checks every address and leaves the claim `email_verified` out",
        False,
        told="`false`",
    )
    basemap: Path | None = _setting(  # noqa: RUF009 - as above
        "CMI_BASEMAP",
        "a PMTiles file of the city that readers may switch on (`geo/README.md`)",
        None,
        told="`basemap.pmtiles` in the data directory, if it is there",
    )
    tiles_url: str = _setting(
        "CMI_TILES_URL",
        "an online tile server that readers may switch on",
        "",
        told="none: nothing leaves the machine",
    )
    tiles_credit: str = _setting(
        "CMI_TILES_CREDIT",
        "whom to thank for its tiles",
        "© OpenStreetMap contributors",
        told="© OpenStreetMap contributors",
    )
    smtp_host: str = _setting(
        "CMI_SMTP_HOST",
        "the mail server for reminders and for links to choose a password",
        "",
        told="none: reminders are ready texts and calendar feeds",
    )
    smtp_port: str = _setting(
        "CMI_SMTP_PORT",
        "its port; 465 is encrypted from the start, others are asked for it (STARTTLS)",
        "587",
        told="587",
    )
    smtp_from: str = _setting(
        "CMI_SMTP_FROM", "the sender's address; without it nothing is sent", "", told="none"
    )
    smtp_user: str = _setting(
        "CMI_SMTP_USER", "the name to sign in with there, where it asks", "", told="none"
    )
    smtp_password: str = _setting("CMI_SMTP_PASSWORD", "the password to it", "", told="none")
    smtp_starttls: bool = _setting(
        "CMI_SMTP_STARTTLS",
        "`false` sends unencrypted: only to a server on this machine or network",
        True,
        told="`true`",
    )
    smtp_ca_file: str = _setting(
        "CMI_SMTP_CA_FILE",
        "the certificate authority of a mail server of one's own (PEM)",
        "",
        told="the system's",
    )

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """The settings of an environment, of this process's where none is given."""
        given = os.environ if environment is None else environment
        return _read(tuple(given.get(each.metadata["name"], "") for each in fields(cls)))

    @property
    def basemap_path(self) -> Path:
        """Where the city's own base map lies, whether or not it is there."""
        return self.basemap or self.data_directory / "basemap.pmtiles"

    @property
    def mail_port(self) -> int:
        """The mail server's port. Raises CmiError `setting_not_number`: only where mail is sent, the city is read all the same."""
        if not self.smtp_port.isdecimal():
            raise CmiError("setting_not_number", name="CMI_SMTP_PORT", value=self.smtp_port)
        return int(self.smtp_port)

    @property
    def site_address(self) -> str:
        """
        What links to this site begin with, without a stroke at its end; empty where nobody has said.

        Raises CmiError `setting_not_address`.
        """
        if self.site and not _ADDRESS.fullmatch(self.site):
            raise CmiError("setting_not_address", name="CMI_SITE", value=self.site)
        return self.site.rstrip("/").lower()

    @property
    def sends_mail(self) -> bool:
        """Whether a mail server and a sender are set."""
        return bool(self.smtp_host and self.smtp_from)


def table() -> str:
    """The settings as rows of README's table: variable, meaning, default."""
    rows = [each.metadata for each in fields(Settings)]
    return "\n".join(f"| `{row['name']}` | {row['meaning']} | {row['told']} |" for row in rows)


@lru_cache(maxsize=8)
def _read(words: tuple[str, ...]) -> Settings:
    """Kept for the same words: the environment of a server does not change, that of a test does."""
    told = zip(fields(Settings), words, strict=True)
    return Settings(**{each.name: _understood(each.default, word) for each, word in told if word.strip()})


def _understood(default: object, word: str) -> Any:
    if isinstance(default, bool):
        return {"true": True, "false": False}.get(word.strip().lower(), default)
    if isinstance(default, int):
        return int(word) if word.strip().isdecimal() else default
    if isinstance(default, frozenset):
        return frozenset(host.strip().lower() for host in word.split(",") if host.strip())
    return Path(word).expanduser() if default is None or isinstance(default, Path) else word.strip()
