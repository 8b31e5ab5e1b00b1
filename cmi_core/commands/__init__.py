"""The command line, one module per subject; each adds its subcommands to the parser it is given."""

from cmi_core import text
from cmi_core.errors import CmiError


def sentence(refusal: CmiError) -> str:
    """The refusal in English, as the command line says it."""
    return text.refusal(text.translator("en"), refusal)
