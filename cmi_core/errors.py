"""
What we raise on purpose, as a tree.

* CmiError
  + FrameworkError      the definition of an index contradicts itself
  + ComputationError    scores, ranks or plans cannot be computed from what was given
  + ObservationError    a value, period or quality mark cannot be recorded
  + PermissionRefused   the account may not do this
  + AccountError        sign-in, password or account details are wrong
  + StaleEdit           somebody saved since the form was opened
  + FileRefused         an uploaded file cannot be used
  + StoreError          the database cannot be opened or written
"""


class CmiError(Exception):
    """
    A refusal with a reason a reader understands.

    `reason` is a key of the catalogue (`error.<reason>`), `details` fill its placeholders.
    `problems` holds further refusals found in the same pass, so that all are shown at once.
    """

    def __init__(self, reason: str, /, *, problems: tuple["CmiError", ...] = (), **details: object) -> None:
        self.reason = reason
        self.details = details
        self.problems = problems
        told = ", ".join(f"{key}={value!r}" for key, value in details.items())
        super().__init__(f"{reason} ({told})" if told else reason)


class FrameworkError(CmiError):
    """The definition of an index contradicts itself."""


class ComputationError(CmiError):
    """Scores, ranks or plans cannot be computed from what was given."""


class ObservationError(CmiError):
    """A value, period, reason or quality mark cannot be recorded."""


class PermissionRefused(CmiError):
    """The account may not do this."""


class AccountError(CmiError):
    """Sign-in, password or account details are wrong."""


class StaleEdit(CmiError):
    """Somebody saved since the form was opened."""


class FileRefused(CmiError):
    """An uploaded file cannot be used."""


class StoreError(CmiError):
    """The database cannot be opened or written."""
