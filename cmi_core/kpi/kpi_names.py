"""What a KPI may be called in a file: its code, its names, with a number before them or a unit behind."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cmi_core.kpi.value_cells import Raw
from cmi_core.tables.headings import bare
from cmi_core.text.numbers import is_gap
from cmi_core.text.spelling import same, tidy

PER_CENT = frozenset({"%", "ร้อยละ", "percent", "per cent", "เปอร์เซ็นต์", "pct"})
NUMBERED = re.compile(r"^\(?\d+(?:\.\d+)*[.)]?\s+|^ตัวชี้วัดที่\s*\d+(?:\.\d+)*[\s:.]*")
CODE_FIRST = re.compile(r"^([a-z][a-z0-9_]*)[\s:–\-]+")


@dataclass(frozen=True)
class SheetKpi:
    """
    What a sheet needs to know of a KPI: its frequency, names it may go by beside its code, its units.

    `largest` is the largest value on record, as far from zero as any; None where there is none.
    """

    frequency: str
    names: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    largest: float | None = None


class KpiNames:
    """What the KPIs of a reader may be called; a name that two of them share names neither."""

    def __init__(self, kpis: Mapping[str, SheetKpi]) -> None:
        self.kpis = kpis
        names: dict[str, str | None] = {}
        for code, kpi in kpis.items():
            for name in {key for each in kpi.names if each for key in (same(each), bare(each)) if key}:
                names[name] = None if name in names else code
        self._codes = {name: code for name, code in names.items() if code} | {
            same(code): code for code in kpis
        }
        self._told: dict[str, str | None] = {}

    def code(self, content: object) -> str | None:
        """The code of the KPI that a cell names, None where it names none or two."""
        if content is None or isinstance(content, int | float | date):
            return None
        said = str(content)
        if said not in self._told:
            self._told[said] = self._found(said)
        return self._told[said]

    def _found(self, said: str) -> str | None:
        plain = same(said)
        for key in (plain, bare(said), same(NUMBERED.sub("", plain)), bare(NUMBERED.sub("", plain))):
            if key in self._codes:
                return self._codes[key]
        first = CODE_FIRST.match(plain)
        return self._codes.get(first[1]) if first and first[1] in self.kpis else None

    def known(self, content: object) -> bool:
        """Whether a cell names a KPI."""
        return self.code(content) is not None

    def of(self, raw: Raw, only: str) -> str | None:
        """The KPI a value is for."""
        return only or self.code(raw.kpi) or (self.code(raw.name) if is_gap(raw.kpi) else None)

    def offered(self) -> dict[str, tuple[str, ...]]:
        """Every KPI with its names, to choose from."""
        return {code: kpi.names for code, kpi in self.kpis.items()}

    def shares_asked(self, code: str | None) -> bool:
        """Whether a number of at most 1 may be a share: the KPI is in per cent, and its record does not count so low."""
        if code is None or not any(same(unit) in PER_CENT for unit in self.kpis[code].units):
            return False
        largest = self.kpis[code].largest
        return largest is None or abs(largest) > 1

    def without_unit(self, code: str | None, value: object) -> object:
        """A value without the KPI's own unit behind it: `5 ครั้ง` is 5 where it is counted in ครั้ง."""
        if code is None or not isinstance(value, str):
            return value
        plain = tidy(value)
        unit = next(
            (unit for unit in map(same, self.kpis[code].units) if unit and same(plain).endswith(unit)), ""
        )
        return plain[: len(plain) - len(unit)].rstrip() or value if unit else value
