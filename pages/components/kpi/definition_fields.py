"""The fields of a KPI's definition, in groups: what it is, how it is measured, from where to where, who, rules."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from cmi_core.actions import kpi_definitions as deeds
from cmi_core.calendar.periods import FREQUENCIES
from cmi_core.kpi.paths import DIRECTIONS
from cmi_core.store import kpis
from pages.components.shell import words
from pages.components.shell.session import Page

_PERIODS = ("baseline_period", "target_period", "starts_in")


class Fields:
    """Draws the fields of one turn of the form and gathers what they hold."""

    def __init__(self, page: Page, held: Mapping[str, Any], form: str) -> None:
        self.page = page
        self.held = held
        self.form = form
        self.found: dict[str, Any] = dict(held)
        self.names: dict[str, Mapping[str, str]] = {}

    def text(self, name: str, *, area: bool = False, **more: Any) -> None:
        """A line or an area of text; empty is None."""
        field = st.text_area if area else st.text_input
        written = field(
            self._label(name), value=self._shown(name, self.held[name]), key=self._key(name), help=self._about(name),
            max_chars=4000 if area else 300, **more,
        )  # fmt: skip
        self.found[name] = _stored(name, written or "")

    def choice(self, name: str, names: Mapping[str, str]) -> None:
        """One of a list."""
        first = next(iter(names), "")
        self.names[name] = names
        held = self.held[name] if self.held[name] in names else first
        self.found[name] = (
            st.selectbox(
                self._label(name), list(names), index=list(names).index(held or first), key=self._key(name),
                format_func=names.__getitem__, help=self._about(name),
            )
            or None
        )  # fmt: skip

    def coded(self, name: str, codes: tuple[str, ...], prefix: str) -> None:
        """One of a few codes, said by the words of `prefix`."""
        self.choice(name, {code: self.page.t(f"{prefix}{code}") for code in codes})

    def number(self, name: str, most: int) -> None:
        """A whole number from 0."""
        self.found[name] = int(
            st.number_input(
                self._label(name), 0, most, int(self.held[name]), key=self._key(name), help=self._about(name)
            )
        )

    def tick(self, name: str) -> None:
        """Yes or no."""
        self.found[name] = st.checkbox(
            self._label(name), bool(self.held[name]), key=self._key(name), help=self._about(name)
        )

    def differing(self, stands: Mapping[str, Any]) -> list[tuple[str, str, str]]:
        """The fields in which a definition differs from what was typed here: name, theirs, mine, both as shown."""
        told = [
            (name, self._said(name, self._shown(name, stands[name])), self._said(name, self._typed(name)))
            for name in deeds.FIELDS
        ]
        return [each for each in told if each[1] != each[2]]

    def pair(self, left: Callable[[], None], right: Callable[[], None]) -> None:
        """Two fields side by side; on a phone one after the other."""
        one, other = st.columns(2)
        with one:
            left()
        with other:
            right()

    def _label(self, name: str) -> str:
        return self.page.t(f"kpi_definitions.field_{name}")

    def _about(self, name: str) -> str:
        return self.page.t(f"kpi_definitions.about_{name}")

    def _key(self, name: str) -> str:
        return f"{self.form}_{name}"

    def _typed(self, name: str) -> str:
        held = self.found[name]
        return held if isinstance(held, str) and name != "breakdown" else self._shown(name, held)

    def _said(self, name: str, shown: str) -> str:
        return self.names.get(name, {}).get(shown, shown) or "–"

    def _shown(self, name: str, held: Any) -> str:
        """The content of a field as stored, as the form shows it."""
        if held is None:
            return ""
        if isinstance(held, bool):
            return self.page.t(f"kpi_words.{'yes' if held else 'no'}")
        if name in _PERIODS:
            return words.period(self.page, held)
        if name == "breakdown":
            return "\n".join(str(held).split(";"))
        return words.exactly(held) if isinstance(held, float) else str(held)


def what(page: Page, fields: Fields) -> None:
    """What the KPI is: names, units, goal, definition."""
    goals = page.read(kpis.choices, "goal")
    fields.choice("goal", dict(zip(goals["code"], goals[f"name_{page.language}"], strict=True)))
    fields.pair(lambda: fields.text("name_th"), lambda: fields.text("name_en"))
    fields.pair(lambda: fields.text("unit_th"), lambda: fields.text("unit_en"))
    fields.pair(
        lambda: fields.text("definition_th", area=True), lambda: fields.text("definition_en", area=True)
    )


def measured(page: Page, fields: Fields) -> None:
    """How it is measured: direction (with the bounds of a band), frequency, kind, parts."""
    fields.pair(
        lambda: fields.coded("direction", DIRECTIONS, "kpi_words.direction_"),
        lambda: fields.coded("frequency", FREQUENCIES, "periods.every_"),
    )
    if fields.found["direction"] == "band":
        fields.pair(lambda: fields.text("band_lower"), lambda: fields.text("band_upper"))
    else:
        fields.found |= {"band_lower": None, "band_upper": None}
    fields.pair(
        lambda: fields.coded("kind", deeds.KINDS, "kpi_words.kind_"), lambda: fields.number("decimals", 6)
    )
    fields.tick("cumulative")
    fields.text("breakdown", area=True, height=100)


def judged(page: Page, fields: Fields, steps: str) -> str:
    """From where to where: baseline, target, milestones; the milestones as typed."""
    band = fields.found["direction"] == "band"
    if band:
        st.caption(page.t("kpi_definitions.band_judged"))
    fields.pair(lambda: fields.text("baseline"), lambda: fields.text("baseline_period"))
    if band:
        fields.text("target_period")
        fields.found["target"] = None
        return ""
    fields.pair(lambda: fields.text("target"), lambda: fields.text("target_period"))
    return st.text_area(
        page.t("kpi_definitions.milestones"), value=steps, help=page.t("kpi_definitions.milestones_how"),
        key=f"{fields.form}_milestones", height=100,
    )  # fmt: skip


def answers(page: Page, fields: Fields) -> None:
    """Who answers for it, and who has the data."""
    owners = page.read(kpis.choices, "organisation")
    names = dict(zip(owners["code"], owners[f"name_{page.language}"], strict=True))
    fields.pair(
        lambda: fields.choice("owner", {"": page.t("kpi_words.not_set")} | names),
        lambda: fields.text("data_owner"),
    )


def rules(fields: Fields) -> None:
    """The rules: in use or not, from when, how late, by how many eyes."""
    fields.pair(
        lambda: fields.coded("approval", deeds.APPROVALS, "kpi_words.approval_"),
        lambda: fields.text("starts_in"),
    )
    fields.number("grace_days", 730)
    fields.tick("four_eyes")


def _stored(name: str, written: str) -> str | None:
    """As the action takes it: parts of a breakdown in one line, nothing for nothing."""
    if name == "breakdown":
        return ";".join(line.strip() for line in written.splitlines() if line.strip()) or None
    return written or None
