"""What a sheet of KPI definitions may speak of: KPIs, goals, organisations and people on record, and what they are called."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

from cmi_core.kpi import definition_words as words
from cmi_core.kpi.kpi_names import KpiNames, SheetKpi
from cmi_core.text.spelling import same

ALIKE = 0.6  # from here on a name is taken to be meant by another one


@dataclass(frozen=True)
class Person:
    """An account: its person's name, by what else it may be called (how they sign in first), and whether it may record values."""

    name: str
    also: tuple[str, ...]
    role: str
    active: bool

    @property
    def told(self) -> str:
        """The person, told apart from others of the same name."""
        return f"{self.name} ({self.also[0]})" if self.also else self.name


@dataclass(frozen=True)
class OnRecord:
    """
    KPIs, goals, organisations, people by their codes, who records what (KPI → account → role), and
    the goal of each KPI.

    Names are those of both languages.
    """

    kpis: Mapping[str, SheetKpi]
    goals: Mapping[str, tuple[str, ...]]
    organisations: Mapping[str, tuple[str, ...]]
    people: Mapping[str, Person]
    assigned: Mapping[str, Mapping[str, str]]
    goal_of: Mapping[str, str]

    @cached_property
    def kpi_names(self) -> KpiNames:
        """The KPIs by what they are called."""
        return KpiNames(self.kpis)

    @cached_property
    def _goals(self) -> dict[str, str]:
        return _by_name(self.goals)

    @cached_property
    def _organisations(self) -> dict[str, str]:
        return _by_name(self.organisations)

    @cached_property
    def _people(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for account, each in self.people.items():
            for name in {words.person(name) for name in (each.name, *each.also) if name}:
                found.setdefault(name, []).append(account)
        return found

    def goal(self, said: object) -> str | None:
        """The goal that a text names, exactly or as part of its name; None where it names none or two."""
        plain = words.group_name(said)
        if plain in self._goals:
            return self._goals[plain]
        within = {code for name, code in self._goals.items() if plain and plain in name}
        return within.pop() if len(within) == 1 else None

    def organisation(self, said: object) -> str | None:
        """The organisation that a text names."""
        return self._organisations.get(same(said))

    def accounts(self, said: object) -> list[str]:
        """The accounts that a name belongs to; an account's own name comes before a person's."""
        if str(said).strip() in self.people:
            return [str(said).strip()]
        return self._people.get(words.person(said), [])


def likeliest(said: object, named: Mapping[str, Iterable[str]]) -> list[tuple[str, float]]:
    """
    Codes by how much one of their names is like a text, the likest first, with that likeness (0 to 1).

    >>> likeliest("การเดินทาง", {"a": ("การเดินทางที่เชื่อมต่อ",), "b": ("ไฟฟ้า",)})[0][0]
    'a'
    """
    plain = words.group_name(said)
    found = {
        code: max((_alike(plain, same(name)) for name in names if name), default=0.0)
        for code, names in named.items()
    }
    return sorted(found.items(), key=lambda each: -each[1])


def _alike(one: str, other: str) -> float:
    shorter, longer = sorted((one, other), key=len)
    if shorter and shorter in longer:
        return max(0.9, len(shorter) / len(longer))
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _by_name(named: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Each name that belongs to one alone, and each code."""
    found: dict[str, str | None] = {}
    for code, names in named.items():
        for name in {same(each) for each in names if each}:
            found[name] = None if name in found else code
    return {name: code for name, code in found.items() if code} | {same(code): code for code in named}
