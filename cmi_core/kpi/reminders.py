"""Reminders that need no mail server: who owes which value, a calendar feed, and an e-mail ready to send."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import quote

from icalendar import Calendar, Event

from cmi_core.calendar.periods import (
    Period,
    between,
    containing,
    days_late,
    due_on,
    following,
    label,
    last_ended,
    parse,
)

Translate = Callable[..., str]
AHEAD = 4  # periods to come that a calendar shows for each KPI
MOST_LINES = 60  # KPIs in one e-mail


@dataclass(frozen=True)
class Duty:
    """
    A KPI that a coordinator reports: `last` is the code of the latest period with a value, `begins` the
    first one that is wanted. Without either only the latest period that is over is asked for.
    """

    kpi: str
    name: str
    coordinator: str
    frequency: str
    grace_days: int = 0
    last: str | None = None
    begins: str | None = None


@dataclass(frozen=True)
class Owed:
    """A value that is owed: its first missing period, when it was due, how many periods are missing."""

    duty: Duty
    period: Period
    due_on: date
    days_late: int
    missing: int

    @property
    def state(self) -> str:
        """`due` while there is time, `overdue` after the due day."""
        return "overdue" if self.days_late else "due"


@dataclass(frozen=True)
class Mail:
    """An e-mail as plain text, to be copied or sent."""

    subject: str
    body: str

    def link(self, address: str) -> str:
        """A `mailto:` address that opens the e-mail in the reader's own programme."""
        return f"mailto:{quote(address, safe='@')}?subject={quote(self.subject)}&body={quote(self.body)}"


def owed(duties: Iterable[Duty], today: date) -> list[Owed]:
    """
    What is owed today, the longest due first: a period is owed from the day after its end.

    >>> duty = Duty("k1", "BOD", "nok", "monthly", grace_days=15, last="2024-03")
    >>> [(each.period.code, each.days_late, each.missing) for each in owed([duty], date(2024, 6, 1))]
    [('2024-04', 17, 2)]
    """
    found = (_owed(duty, today) for duty in duties)
    return sorted(
        (each for each in found if each), key=lambda each: (each.due_on, each.duty.coordinator, each.duty.kpi)
    )


def calendar(duties: Iterable[Duty], today: date, *, translate: Translate, address: str = "") -> bytes:
    """
    An iCalendar feed (RFC 5545): one all-day event on each due day, owed or to come.

    A UID stays the same for a KPI and period, so a calendar moves or drops an event, never doubles it.
    `address` is the page where values are recorded. Words: `reminders.*`, names as given.
    """
    feed = Calendar()
    feed.add("prodid", "-//Chiang Mai City of Innovation//KPI//TH")
    feed.add("version", "2.0")
    feed.add("method", "PUBLISH")
    feed.add("x-wr-calname", translate("reminders.calendar"))
    feed.add("x-published-ttl", "PT12H")
    for duty in duties:
        for period in _listed(duty, today):
            feed.add_component(_event(duty, period, today, translate=translate, address=address))
    return feed.to_ical()


def mail(debts: Iterable[Owed], *, name: str, translate: Translate, address: str = "") -> Mail:
    """The e-mail to one coordinator about everything owed; `name` is how they are greeted."""
    theirs = list(debts)
    overdue = sum(each.state == "overdue" for each in theirs)
    lines = [_line(each, translate) for each in theirs[:MOST_LINES]]
    if len(theirs) > MOST_LINES:
        lines.append(translate("reminders.more", count=len(theirs) - MOST_LINES))
    parts = [
        translate("reminders.greeting", name=_one_line(name)),
        translate("reminders.opening", count=len(theirs), overdue=overdue),
        "\n".join(lines),
        translate("reminders.where", address=address) if address else "",
        translate("reminders.closing"),
    ]
    subject = translate("reminders.subject", count=len(theirs), overdue=overdue)
    return Mail(_one_line(subject), "\n\n".join(part for part in parts if part))


def _owed(duty: Duty, today: date) -> Owed | None:
    missing = _missing(duty, today)
    if not missing:
        return None
    first = missing[0]
    due, late = due_on(first, duty.grace_days), days_late(first, today, duty.grace_days)
    return Owed(duty, first, due, late, len(missing))


def _missing(duty: Duty, today: date) -> list[Period]:
    """The periods that are over and later than the last recorded one."""
    return between(_first(duty, today), last_ended(duty.frequency, today))


def _first(duty: Duty, today: date) -> Period:
    """The first period without a value, also where the KPI was reported at another frequency before."""
    if duty.last:
        last = parse(duty.last)
        same = containing(last.end, duty.frequency)
        return same if same.end > last.end else following(same)
    if duty.begins:
        return containing(parse(duty.begins).start, duty.frequency)
    return last_ended(duty.frequency, today)


def _listed(duty: Duty, today: date) -> list[Period]:
    """The first missing period, and those whose due day is still to come."""
    wanted = between(_first(duty, today), following(last_ended(duty.frequency, today), AHEAD))
    return [
        period for place, period in enumerate(wanted) if not place or due_on(period, duty.grace_days) >= today
    ]


def _event(duty: Duty, period: Period, today: date, *, translate: Translate, address: str) -> Event:
    due = due_on(period, duty.grace_days)
    late = days_late(period, today, duty.grace_days)
    event = Event()
    event.add("uid", f"{duty.kpi}.{period.code}.{duty.coordinator}@chiang-mai-innovation".replace(" ", "_"))
    event.add("dtstamp", datetime.combine(today, time(), UTC))
    event.add("dtstart", due)
    event.add("dtend", due + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    key = "reminders.event_overdue" if late else "reminders.event_due"
    said = label(period, translate)
    event.add("summary", _one_line(translate(key, name=duty.name, period=said, days=late)))
    event.add(
        "description", translate("reminders.event_detail", name=duty.name, period=said, address=address)
    )
    if address:
        event.add("url", address)
    return event


def _line(debt: Owed, translate: Translate) -> str:
    key = "reminders.line_overdue" if debt.days_late else "reminders.line_due"
    due = debt.due_on
    day = f"{due.day} " + label(parse(f"{due.year}-{due.month:02}"), translate)
    return translate(
        key,
        name=_one_line(debt.duty.name),
        period=label(debt.period, translate),
        day=day,
        days=debt.days_late,
        missing=debt.missing,
    )


def _one_line(text: str) -> str:
    """Text without line breaks, so that it cannot add a header or an event of its own."""
    return " ".join(text.split())
