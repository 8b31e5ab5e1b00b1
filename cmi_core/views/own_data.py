"""What is kept of the people who use this: all of it by name, and what of it is about one of them."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pandas as pd

from cmi_core import text
from cmi_core.accounts import retention
from cmi_core.accounts.roles import Account, require
from cmi_core.calendar.days import say_day, say_moment
from cmi_core.calendar.periods import label, parse
from cmi_core.store import Store, own_data
from cmi_core.tables import safe_csv
from cmi_core.views import people


class Kept(NamedTuple):
    """
    One thing that is kept of people: the tables and columns that hold it, and how long, where it has an end of its own.

    `code` ends the keys of its sentences in the notice: what it is, what for, for how long (with `stays`), who sees it.
    """

    code: str
    columns: Mapping[str, tuple[str, ...]]
    stays: Mapping[str, timedelta] = {}


# In the order of the notice. `tests/views/test_own_data.py` holds it against every table and column there is.
KEPT = (
    Kept(
        "account",
        {
            "account_line": ("account", "name", "role", "organisation", "email", "active", "person_hash"),
            "person": ("account", "name", "email", "sign_in", "salt"),
        },
    ),
    Kept("closure", {"closure_line": ("account", "number")}),
    Kept("deeds", {"entry": ("deed", "recorded_by", "recorded_at", "note")}),
    Kept("assignment", {"kpi_assignment_line": ("account", "kpi", "role", "ends_on")}),
    Kept(
        "password",
        {
            "credential": ("account", "hash", "epoch", "changed_at"),
            "password_given": ("account", "given_at"),
        },
    ),
    Kept(
        "password_link",
        {"password_link": ("account", "mailed", "code_hash", "made_at", "account_entry", "password")},
        {"mailed": retention.MAILED_LINK, "printed": retention.PRINTED_LINK},
    ),
    Kept(
        "factor",
        {
            "second_factor": ("account", "secret", "since", "last_step"),
            "recovery_code": ("account", "hash"),
        },
    ),
    Kept("identity", {"identity": ("account", "issuer", "subject", "since")}),
    Kept(
        "invitation",
        {"invitation": ("account", "code_hash", "made_at")},
        {"period": retention.INVITATION},
    ),
    Kept(
        "sessions",
        {"account_session": ("account", "sessions_from"), "setting": ("setting", "value")},
        {"period": retention.ENDED_SESSION},
    ),
    Kept(
        "draft",
        {"draft": ("account", "kpi", "period", "breakdown", "value", "quality", "note", "saved_at")},
        {"period": retention.DRAFT},
    ),
    Kept("feed", {"feed": ("account", "token")}),
    Kept("evidence", {"evidence": ("evidence", "name", "added_by", "added_at")}),
    Kept("removal", {"evidence_removal_line": ("evidence_file",)}),
    Kept("texts", {"proposal_line": ("title", "comment", "workshop")}),
)
# What is kept of people where no table is.
BESIDE = ("backup", "removals", "mail", "throttle", "log", "browser")
# By name, and how long the browser keeps each: None is until it is closed. Behind HTTPS ours begin with `__Host-`.
COOKIES: Mapping[str, timedelta | None] = {
    "cmi_session": retention.SESSION,
    "cmi_known": retention.KNOWN_BROWSER,
    "cmi_invited": retention.INVITED_BROWSER,
    "cmi_password": retention.INVITED_BROWSER,
    "_streamlit_xsrf": None,
    "_streamlit_user": retention.ORGANISATION_BROWSER,
    "_streamlit_user_tokens": retention.ORGANISATION_BROWSER,
}
# The plan, the indices, the map and what was published of them: nobody who uses this stands in their columns.
OF_NOBODY = frozenset(
    {
        "assessment_line", "boundary_line", "city", "city_fact", "criterion_score_line", "event", "finding",
        "framework_line", "framework_node_line", "goal", "initiative", "kpi", "kpi_line", "kpi_link_line",
        "kpi_milestone_line", "kpi_value_line", "kpi_value_now", "kpi_verdict_line", "landmark", "landmark_line",
        "landmark_link_line", "level_cut_line", "level_line", "link", "means", "means_initiative", "means_line",
        "means_link_line", "means_organisation", "migration", "node_setting_line", "open_question", "organisation",
        "organisation_role", "place", "place_alias_line", "place_line", "place_means", "place_organisation", "place_source",
        "planning_stage", "planning_step", "proposal", "published_value", "rebuild_line", "remembered_answer", "score_line", "seal",
        "source", "source_wording", "strategy", "toolkit", "workshop", "workshop_organisation", "workshop_outcome",
        "workshop_toolkit",
    }
)  # fmt: skip
# What is told of somebody to themselves: each a sheet, and what of `KEPT` it is of.
SHEETS = {
    "ways": "password",
    "account": "account",
    "entries": "deeds",
    "about": "deeds",
    "assignments": "assignment",
    "evidence": "evidence",
    "drafts": "draft",
}


def told(store: Store, actor: Account | None, language: str) -> dict[str, pd.DataFrame]:
    """
    What is kept about the reader, in words: the sheets of `SHEETS`, those without a row too. No secret is among it.

    It is read anew each time and only for whoever the actor is at this moment. Raises PermissionRefused.
    """
    by = require(actor, "own_data")
    say = text.translator(language)
    in_words = _Words(say, language, people.Who(people.everybody(store), True, say, language)).of
    return {
        "ways": _ways(own_data.ways_in(store, by.account), say),
        "account": in_words(own_data.account(store, by.account)),
        "entries": in_words(own_data.entries_by(store, by.account)),
        "about": in_words(own_data.entries_about(store, by.account)),
        "assignments": in_words(own_data.assignments(store, by.account)),
        "evidence": in_words(own_data.evidence(store, by.account)),
        "drafts": in_words(own_data.drafts(store, by.account)),
    }


def workbook(store: Store, actor: Account | None, language: str) -> bytes:
    """The same as an Excel file. Raises PermissionRefused."""
    say = text.translator(language)
    return safe_csv.write_xlsx(
        {say(f"own_data.sheet_{code}"): table for code, table in told(store, actor, language).items()}
    )


class _Words:
    """Says the cells of a table in one language, and its headings."""

    def __init__(self, say: text.Translate, language: str, who: people.Who) -> None:
        self.say, self.language, self.who = say, language, who
        self.by_column: dict[str, Callable[[Any], object]] = {
            "recorded_at": self._moment,
            "added_at": self._moment,
            "saved_at": self._moment,
            "removed_at": self._moment,
            "recorded_by": who,
            "deed": lambda code: self._word("deed", code),
            "role": lambda code: self._word("audit_log", f"role_{code}", f"role.{code}"),
            "active": lambda active: say("own_data.yes" if active else "own_data.no"),
            "ends_on": lambda day: say_day(day.date(), say),
            "period": lambda code: label(parse(code), say),
            "quality": lambda code: self._word("quality", code) if code else "",
        }

    def of(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The table in words; of two languages the reader's."""
        told = {}
        if "deed" in rows.columns:
            # A reason may begin with the code of whom it is about, who may be closed for good by now.
            rows = rows.assign(note=list(map(self.who.note, rows["deed"], rows["note"], rows["entry"])))
        for column in rows.columns:
            name, _, language = column.rpartition("_")
            if language in text.LANGUAGES and language != self.language:
                continue
            shown = name if language == self.language else column
            say = self.by_column.get(column, lambda cell: cell)
            cells = [None if pd.isna(cell) else say(cell) for cell in rows[column]]
            told[self.say(f"own_data.{shown}")] = pd.Series(cells, index=rows.index, dtype="object")
        return pd.DataFrame(told)

    def _moment(self, at: datetime) -> str:
        return say_moment(at, self.say)

    def _word(self, group: str, code: str, other: str = "") -> str:
        """The word for a code; the code itself where an older version wrote one that there is no word for."""
        found = [key for key in (f"{group}.{code}", other) if key in text.catalogue(self.language)]
        return self.say(found[0]) if found else code


def _ways(found: own_data.WaysIn, say: text.Translate) -> pd.DataFrame:
    """The ways to sign in, one row each, also those that there are none of."""
    nothing = say("own_data.nothing")

    def since(at: datetime | None) -> str:
        return say("own_data.since", at=say_moment(at, say)) if at else nothing

    rows = {
        "password": since(found.password_since),
        "given": since(found.given_since),
        "link": since(found.link_since),
        "factor": since(found.factor_since),
        "codes": str(found.codes_left),
        "issuer": found.issuer or nothing,
        "subject": found.subject or nothing,
        "tied": since(found.tied_since),
        "invitation": since(found.invited_since),
        "sessions": say_moment(found.ended_since, say) if found.ended_since else nothing,
        "feed": say("own_data.feed_there" if found.feed else "own_data.nothing"),
        "mail": say("own_data.mail_none"),
    }
    told = {"what": [say(f"own_data.way_{code}") for code in rows], "told": list(rows.values())}
    return pd.DataFrame({say(f"own_data.{column}"): cells for column, cells in told.items()})
