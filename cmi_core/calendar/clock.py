"""The one clock: moments as the record keeps them, days as the city counts them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

CITY_TIME = ZoneInfo("Asia/Bangkok")


def now() -> datetime:
    """The moment, in UTC without zone, as the record keeps it."""
    return datetime.now(UTC).replace(tzinfo=None)


def today() -> date:
    """The day in Chiang Mai."""
    return datetime.now(CITY_TIME).date()


def there(at: datetime) -> datetime:
    """A moment of the record by the clock of Chiang Mai."""
    return at.replace(tzinfo=UTC).astimezone(CITY_TIME)
