"""What is kept of the people who use this, why, how long, and what they can ask for: the privacy notice, part by part."""

from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

from cmi_core.accounts import retention
from cmi_core.settings import Settings
from cmi_core.store import backup
from cmi_core.text import Translate
from cmi_core.views.own_data import BESIDE, COOKIES, KEPT

# Whom people can turn to by the law, in the order in which they are told.
RIGHTS = ("see", "correct", "close", "object", "complain")
STAYS = ("code", "before", "backups", "file", "texts")
# What shows somebody's name: to whom depends on how the server is set up.
_NAMED = {"account", "deeds", "assignment"}


class Part(NamedTuple):
    """A heading; what is told below it, a list, and a table with its headings. What there is none of is empty."""

    heading: str
    told: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def notice(say: Translate, settings: Settings) -> list[Part]:
    """The whole notice in one language, as this server is set up."""
    return [
        Part(say("privacy.who"), (_responsible(say, settings), say("privacy.law"))),
        Part(
            say("privacy.kept"),
            (
                say("privacy.kept_lede"),
                say("privacy.looked_for", period=say_period(retention.LOOKED_FOR, say)),
            ),
            columns=_columns(say, "what", "why", "long", "seen"),
            rows=tuple(_kept(each.code, say, settings) for each in KEPT),
        ),
        Part(
            say("privacy.beside"),
            columns=_columns(say, "where", "what_there", "long"),
            rows=tuple(_beside(code, say) for code in BESIDE),
        ),
        Part(
            say("privacy.cookies"),
            (say("privacy.cookies_lede"),),
            columns=_columns(say, "cookie", "why", "long"),
            rows=tuple(_cookie(name, stays, say) for name, stays in COOKIES.items()),
        ),
        Part(say("privacy.outside"), _outside(say, settings)),
        Part(say("privacy.rights"), listed=tuple(say(f"privacy.right_{each}") for each in RIGHTS)),
        Part(
            say("privacy.stays"),
            (say("privacy.stays_lede"),),
            listed=tuple(say(f"privacy.stays_{each}") for each in STAYS),
        ),
    ]


def how_long(code: str, say: Translate) -> str:
    """For how long something of `KEPT` stays."""
    stays: Mapping[str, timedelta] = next(each.stays for each in KEPT if each.code == code)
    return say(f"privacy.long_{code}", **{name: say_period(each, say) for name, each in stays.items()})


def say_period(period: timedelta, say: Translate) -> str:
    """
    How long something is, in its largest whole unit.

    >>> from cmi_core.text import translator
    >>> [say_period(timedelta(**each), translator("en")) for each in ({"days": 180}, {"hours": 36}, {"minutes": 1})]
    ['180 days', '36 hours', '1 minute']
    """
    for unit in ("days", "hours", "minutes"):
        one = timedelta(**{unit: 1})
        if period >= one and not period % one:
            return say(f"privacy.{unit}", count=period // one)
    return say("privacy.minutes", count=-(-period // timedelta(minutes=1)))


def _kept(code: str, say: Translate, settings: Settings) -> tuple[str, str, str, str]:
    seen = code
    if code in _NAMED and settings.public_read and settings.public_names:
        seen += "_named"
    elif code in _NAMED - {"account"} and not settings.public_read:
        seen += "_closed"
    return (
        say(f"privacy.what_{code}"),
        say(f"privacy.why_{code}"),
        how_long(code, say),
        say(f"privacy.seen_{seen}"),
    )


def _beside(code: str, say: Translate) -> tuple[str, str, str]:
    numbers = {
        "backup": {"count": backup.KEPT},
        "browser": {"period": say_period(retention.DRAFT_IN_BROWSER, say)},
    }
    return (
        say(f"privacy.where_{code}"),
        say(f"privacy.there_{code}"),
        say(f"privacy.there_long_{code}", **numbers.get(code, {})),
    )


def _cookie(name: str, stays: timedelta | None, say: Translate) -> tuple[str, str, str]:
    long = say_period(stays, say) if stays else say("privacy.until_closed")
    return name, say(f"privacy.cookie_{name.strip('_')}"), long


def _responsible(say: Translate, settings: Settings) -> str:
    if settings.privacy_contact:
        return say("privacy.responsible", contact=settings.privacy_contact)
    return say("privacy.responsible_unknown")


def _outside(say: Translate, settings: Settings) -> tuple[str, ...]:
    told = [say("privacy.outside_none"), say("privacy.outside_sign_in")]
    if settings.sends_mail:
        told.append(say("privacy.outside_mail", host=settings.smtp_host))
    if settings.tiles_url:
        told.append(say("privacy.outside_tiles"))
    return tuple(told)


def _columns(say: Translate, *names: str) -> tuple[str, ...]:
    return tuple(say(f"privacy.col_{name}") for name in names)
