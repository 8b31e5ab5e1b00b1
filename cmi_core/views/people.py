"""What a reader may see of whoever recorded something: a name, a number in its place, or an organisation and a role."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cmi_core.store import Store, people
from cmi_core.text import LANGUAGES, Translate, catalogue

# How a command signs where its caller gives no name, and the program where it restores a backup.
SIGNS = {"command-line": "people.command_line", "restore": "people.restore"}
# Deeds whose reason begins with the code of the account that they are about (`record.append(..., about=account)`).
ABOUT_AN_ACCOUNT = frozenset(
    {"set_password", "reset_sign_in", "end_sessions", "invite", "untie_identity", "make_password_link"}
)


@dataclass(frozen=True)
class Everybody:
    """Every account: its name (none once it is closed for good), its number then, and its part since which entry."""

    names: dict[str, str]
    closed: dict[str, int]
    parts: dict[str, list[people.Part]]

    def name(self, account: str, t: Translate) -> str:
        """Somebody as who has signed in sees them."""
        if number := self.closed.get(account):
            return t("people.closed", number=number)
        return self.names.get(account) or _without_account(account, t) or account

    def part(self, account: str, t: Translate, language: str, entry: int | None = None) -> str:
        """
        Somebody as everybody sees them: role and organisation, as they were when they made an entry.

        Without an `entry`, as they are.
        """
        parts = self.parts.get(account)
        if not parts:
            # A command takes any name its caller gives.
            return _without_account(account, t) or t("people.operator")
        at = len(parts) if entry is None else bisect_right(parts, entry, key=lambda part: part.entry)
        part = parts[max(0, at - 1)]
        organisation = part.organisation_th if language == "th" else part.organisation_en
        return " · ".join(told for told in (t(f"role.{part.role}"), organisation) if told)


@dataclass(frozen=True)
class Who:
    """
    The one door by which somebody's name reaches a reader; a code never does.

    `names`: whether this reader sees people by name; everybody else sees role and organisation.
    """

    everybody: Everybody
    names: bool
    t: Translate
    language: str

    def __call__(self, account: str, entry: int | None = None) -> str:
        """Somebody as this reader may see them; their role and organisation as they were at an entry, or are."""
        if self.names:
            return self.everybody.name(account, self.t)
        return self.everybody.part(account, self.t, self.language, entry)

    def each(
        self, rows: Mapping[str, Iterable], account: str = "recorded_by", entry: str = "entry"
    ) -> list[str]:
        """Whoever made the entries of a table, by its columns of accounts and of entries."""
        return [self(code, int(number)) for code, number in zip(rows[account], rows[entry], strict=True)]

    def note(self, deed: str, note: str, entry: int) -> str:
        """The reason of an entry, without the code of the account that it is about."""
        about, colon, reason = note.partition(": ")
        if deed in ABOUT_AN_ACCOUNT and colon and about in self.everybody.parts:
            return f"{self(about, entry)}: {reason}"
        return note


def everybody(store: Store) -> Everybody:
    """Every account that there ever was."""
    parts: dict[str, list[people.Part]] = {}
    for part in people.parts(store):
        parts.setdefault(part.account, []).append(part)
    found = people.named(store)
    return Everybody(
        {account: name for account, name, number in found if number is None},
        {account: number for account, _, number in found if number is not None},
        parts,
    )


def _without_account(account: str, t: Translate) -> str:
    """Whoever signs without an account of this program and without a name: a command, or the starting data."""
    if account in SIGNS:
        return t(SIGNS[account])
    seeded = {catalogue(language)["app.seed_by"] for language in LANGUAGES}
    return t("app.seed_by") if account in seeded else ""
