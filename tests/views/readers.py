"""How readers see people, without a page."""

from cmi_core import text
from cmi_core.views import people


def who(store, language="en", *, names=False):
    """The way somebody sees people who sees names, or does not."""
    return people.Who(people.everybody(store), names, text.translator(language), language)
