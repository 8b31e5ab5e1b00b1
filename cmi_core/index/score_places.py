"""The places that an uploaded table of scores names, by code or by name; another name for one on record is asked about."""

from collections.abc import Mapping
from functools import cached_property

import pandas as pd

from cmi_core.errors import ObservationError
from cmi_core.index.asking import Asking, spans
from cmi_core.index.codes import slug
from cmi_core.index.place_likeness import Likeness
from cmi_core.index.score_words import SCORE_HEADINGS
from cmi_core.index.sheet import Found, plain
from cmi_core.tables.questions import Candidate

NEW, LEAVE = "as_new", "leave_out"
MOST_ASKED = 25
_FIELDS = ("city", "name_th", "name_en", "country")
_CODE = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_-.")


class PlaceNames:
    """Places by code, by name or by what they were called before; new ones get a code of their own."""

    def __init__(
        self,
        known: pd.DataFrame,
        area_kind: str,
        asking: Asking | None = None,
        aliases: Mapping[str, str] | None = None,
        *,
        codes_alone: bool = False,
    ) -> None:
        self.codes_alone = codes_alone  # whether a new code needs no name
        self.made: set[str] = set()  # codes of ours
        self.known, self.area_kind, self.asking = known, area_kind, asking or Asking()
        same = known[known["area_kind"] == area_kind]
        self.by_name: dict[str, str] = {}
        for column in ("name_th", "name_en"):
            for city, name in same[column].items():
                self.by_name.setdefault(plain(name), str(city))
        self.same = same
        self.kinds = known["area_kind"].to_dict()
        self.written = {
            str(city): (str(thai), str(english))
            for city, thai, english in zip(known.index, known["name_th"], known["name_en"], strict=True)
        }
        self.named: dict[str, set[str]] = {
            city: {plain(thai), plain(english)}
            for city, thai, english in zip(known.index, known["name_th"], known["name_en"], strict=True)
        }
        self.folded: dict[str, list[str]] = {}
        for code in self.named:
            self.folded.setdefault(code.casefold(), []).append(code)
        self.aliases = {plain(alias): city for alias, city in (aliases or {}).items() if city in self.named}
        self.places: dict[str, dict[str, object]] = {}
        self.told: dict[str, str] = {}  # aliases that an answer of this file says, to be remembered
        self.settled: dict[tuple[str, ...], str | ObservationError | None] = {}
        self.left: dict[str, list[int]] = {}

    @cached_property
    def likeness(self) -> Likeness:
        """What the names on record have in common with others."""
        return Likeness({str(city): self.written[str(city)] for city in self.same.index})

    def city(
        self, cells: Mapping[int, object], columns: Mapping[str, int], row: int, found: Found
    ) -> str | None:
        """The place's code; None where a problem was found, a question is open or the row is left out."""
        before = len(found.problems) + found.more
        said = {
            name: found.text(name, cells.get(column) or "", row, column)
            for name, column in columns.items()
            if name in _FIELDS
        }
        if len(found.problems) + found.more > before:
            return None
        if "name_th" not in columns and "name_en" not in columns:
            said = self._by_only_column(said)
        at = place_column(columns)
        names = [name for name in (said.get("name_th"), said.get("name_en")) if name]
        if not said.get("city") and not names:
            found.add(row, at, ObservationError("score_place_missing"))
            return None
        code = self._code(said.get("city") or "", names, row)
        if isinstance(code, ObservationError):
            differs = code.reason == "score_name_differs"
            found.add(row, columns.get("name_th", columns.get("name_en", at)) if differs else at, code)
            return None
        if code is not None and code not in self.places:
            self.places[code] = self._place(code, names, said)
            self._learn(code, names)
        return code

    def _by_only_column(self, said: dict[str, str]) -> dict[str, str]:
        """Where one column alone says the place, it may hold names: what looks like no code is one."""
        code = said.get("city", "")
        if not code or self._known_code(code) or plain(code) in self.aliases:
            return said
        short = code.isascii() and code.isupper() and len(code) <= 4
        if (short or set(code) <= _CODE) and plain(code) not in self.by_name:
            return said
        return {**said, "city": "", ("name_en" if code.isascii() else "name_th"): code}

    def _known_code(self, code: str) -> str | None:
        """The code on record, whether or not the file writes it in capitals."""
        if code in self.named:
            return code
        alike = self.folded.get(code.casefold(), [])
        return alike[0] if len(alike) == 1 else None

    def _code(self, code: str, names: list[str], row: int) -> str | ObservationError | None:
        key = (code, *names)
        if key not in self.settled:
            self.settled[key] = self._coded(code, names) if code else self._by_names(names)
        settled = self.settled[key]
        if settled == LEAVE:
            self.left.setdefault(" · ".join(filter(None, key)), []).append(row)
            return None
        return settled

    def _coded(self, code: str, names: list[str]) -> str | ObservationError | None:
        """The place of a code, or why a row cannot be about it."""
        known = self._known_code(code) or self.aliases.get(plain(code))
        if known is None:
            return self._new_code(code, names)
        if known in self.kinds and self.kinds[known] != self.area_kind:
            return ObservationError(
                "score_area_kind", city=known, found=self.kinds[known], wanted=self.area_kind
            )
        said = {plain(name) for name in names}
        if not said or said & self.named[known] or any(self.aliases.get(name) == known for name in said):
            return known
        # The name of another place on record: rows have shifted. The same holds for a place that this file began.
        if (known in self.places and self.places[known]["new"]) or any(name in self.by_name for name in said):
            return self._differs(known, names)
        return self._ask(code, names, [known], new=False)

    def _differs(self, code: str, names: list[str]) -> ObservationError:
        place = self.places.get(code, {})
        known = self.written[code][0] if code in self.written else str(place["name_th"])
        return ObservationError("score_name_differs", city=code, name=names[0], known=known)

    def _new_code(self, code: str, names: list[str]) -> str | ObservationError | None:
        if not names:
            return code if self.codes_alone else ObservationError("score_place_unknown", city=code)
        held = [self.by_name[plain(name)] for name in names if plain(name) in self.by_name]
        held += [self.aliases[plain(name)] for name in names if plain(name) in self.aliases]
        if held and held[0] in self.written:
            answer = self._ask(code, names, held[:1], new=True)
            return code if answer == NEW else answer
        return code

    def _by_names(self, names: list[str]) -> str | ObservationError | None:
        """The place that has one of the names, one that may be meant, or a new one."""
        held = {self.by_name.get(plain(name)) or self.aliases.get(plain(name)) for name in names} - {None}
        if len(held) > 1:
            first, other = sorted(str(each) for each in held)
            return ObservationError("score_names_apart", names=" / ".join(names), one=first, other=other)
        if held:
            return str(next(iter(held)))
        alike = list(dict.fromkeys(city for name in names for city in self.likeness.of(name)))[:3]
        if not alike:
            return self._free(slug(names[-1]))
        answer = self._ask("", names, alike, new=True)
        return self._free(slug(names[-1])) if answer == NEW else answer

    def _ask(
        self, code: str, names: list[str], candidates: list[str], *, new: bool
    ) -> str | ObservationError | None:
        """Whether a name means a place on record; a yes is remembered."""
        name = " / ".join(names)
        if len([q for q in self.asking.questions if q.id.startswith("place_")]) >= MOST_ASKED:
            known = ", ".join(self._told(city) for city in candidates)
            reason = "score_place_alike" if new else "score_name_differs"
            return ObservationError(reason, city=code or candidates[0], name=name, known=known)
        offered = [Candidate(city, told=self._told(city)) for city in candidates]
        further = [Candidate(NEW, say="read_index.place_new")] if new else []
        answer = self.asking.ask(
            f"place_{code}_{plain(names[0])}" if code else f"place_{plain(names[0])}",
            "read_index.ask_place",
            [*offered, *further, Candidate(LEAVE, say="read_index.place_leave")],
            name=f"{name} ({code})" if code else name,
        )
        if answer in candidates:
            # A code of the file's own is remembered as the names are: the next file may have nothing else.
            for said in {*names, *([code] if code and code != answer else [])}:
                if plain(said) not in self.named[str(answer)]:
                    self.told[said] = str(answer)
        return answer

    def _told(self, city: str) -> str:
        thai, english = self.written[city]
        names = [thai, *([english] if plain(thai) != plain(english) else [])]
        return f"{' · '.join(names)} ({city})"

    def _free(self, code: str) -> str:
        """A code that no place has; none of another kind either."""
        number, free = 2, code
        while free in self.named or free in self.places:
            free, number = f"{code}_{number}", number + 1
        self.made.add(free)
        return free

    def _learn(self, code: str, names: list[str]) -> None:
        """A place that this file began is known to its next rows."""
        if code not in self.named:
            self.named[code] = {plain(name) for name in names}
            self.folded.setdefault(code.casefold(), []).append(code)
            for name in names:
                self.by_name.setdefault(plain(name), code)

    def _place(self, code: str, names: list[str], said: Mapping[str, str]) -> dict[str, object]:
        if code in self.written:
            thai, english = self.written[code]
            return {
                "city": code,
                "name_th": thai,
                "name_en": english,
                "area_kind": self.area_kind,
                "new": False,
            }
        return {
            "city": code,
            "name_th": said.get("name_th") or [*names, code][0],
            "name_en": said.get("name_en") or [*names, code][0],
            "area_kind": self.area_kind,
            "country": said.get("country") or None,
            "new": True,
        }

    def say_left(self) -> None:
        """Note the rows of places that somebody leaves out."""
        for name, rows in self.left.items():
            self.asking.leave("row", spans(rows), "read_index.row_place_left", name=name)

    def table(self) -> pd.DataFrame:
        """The places of the rows that are read."""
        return pd.DataFrame(
            list(self.places.values()), columns=["city", "name_th", "name_en", "area_kind", "country", "new"]
        )


def place_column(columns: Mapping[str, int]) -> int:
    """The column in which a row says its place."""
    return next(columns[name] for name in SCORE_HEADINGS if name in columns)
