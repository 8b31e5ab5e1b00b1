"""How long what is kept of people stays, where it has an end of its own: it is forgotten by these, and told by these."""

from datetime import datetime, timedelta
from typing import NamedTuple

from cmi_core.accounts import passwords

SESSION = timedelta(seconds=passwords.SESSION_SECONDS)
KNOWN_BROWSER = timedelta(seconds=passwords.KNOWN_SECONDS)
DRAFT_IN_BROWSER = timedelta(seconds=passwords.DRAFT_SECONDS)
# Streamlit's own, of whom the organisation's sign-in vouches for: it says nothing any more once the session is over.
ORGANISATION_BROWSER = timedelta(days=30)
# Longer than any session, however two clocks differ: nothing that was ended comes back when this is forgotten.
ENDED_SESSION = timedelta(days=1)
DRAFT = timedelta(days=180)
INVITATION = timedelta(days=7)
# In the browser, from the link of an invitation to the end of signing in.
INVITED_BROWSER = timedelta(minutes=15)
# Links to choose a password: by mail to who forgot theirs, or handed over by who looks after the account.
MAILED_LINK = timedelta(hours=1)
PRINTED_LINK = timedelta(days=7)
# How often it is looked for what has had its time; so long may it stay beyond it.
LOOKED_FOR = timedelta(days=1)


class Before(NamedTuple):
    """The moments (UTC without zone) before which what is kept has had its time."""

    draft: datetime
    ended: datetime
    invitation: datetime
    mailed_link: datetime
    printed_link: datetime


def before(at: datetime) -> Before:
    """
    What has had its time at a moment.

    >>> before(datetime(2026, 7, 1, 3)).invitation
    datetime.datetime(2026, 6, 24, 3, 0)
    """
    return Before(
        draft=at - DRAFT,
        ended=at - ENDED_SESSION,
        invitation=at - INVITATION,
        mailed_link=at - MAILED_LINK,
        printed_link=at - PRINTED_LINK,
    )
