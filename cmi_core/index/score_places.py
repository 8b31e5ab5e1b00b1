"""The places that an uploaded table of scores names, by code or by name."""

from collections.abc import Mapping

import pandas as pd

from cmi_core.errors import ObservationError
from cmi_core.index.codes import slug
from cmi_core.index.sheet import Found, plain


class PlaceNames:
    """Places by code or by name; new ones get a code of their own."""

    def __init__(self, known: pd.DataFrame, area_kind: str) -> None:
        self.known, self.area_kind = known, area_kind
        same = known[known["area_kind"] == area_kind]
        self.by_name = {
            plain(name): city for column in ("name_th", "name_en") for city, name in same[column].items()
        }
        self.kinds = known["area_kind"].to_dict()
        self.named = {
            city: {plain(thai), plain(english)}
            for city, thai, english in zip(known.index, known["name_th"], known["name_en"], strict=True)
        }
        self.places: dict[str, dict[str, object]] = {}

    def city(
        self, cells: Mapping[int, object], columns: Mapping[str, int], row: int, found: Found
    ) -> str | None:
        """The place's code; None where a problem was found."""
        said = {
            name: found.text(name, cells.get(column) or "", row, column)
            for name, column in columns.items()
            if name in ("city", "name_th", "name_en", "country")
        }
        names = [name for name in (said.get("name_th"), said.get("name_en")) if name]
        at = place_column(columns)
        if not said.get("city") and not names:
            found.add(row, at, ObservationError("score_place_missing"))
            return None
        code = said.get("city") or self._code(names, said.get("name_en"))
        if problem := self._problem(code, names):
            differs = problem.reason == "score_name_differs"
            found.add(row, columns.get("name_th", at) if differs else at, problem)
            return None
        if code not in self.places:
            self.places[code] = self._place(code, names, said)
        return code

    def _code(self, names: list[str], english: str | None) -> str:
        """The code of the place that has one of the names, or a new one."""
        known = next((self.by_name[plain(name)] for name in names if plain(name) in self.by_name), "")
        return known or slug(english or names[0])

    def _problem(self, code: str, names: list[str]) -> ObservationError | None:
        """Why a row cannot be about the place of a code, if so."""
        if code in self.kinds and self.kinds[code] != self.area_kind:
            return ObservationError(
                "score_area_kind", city=code, found=self.kinds[code], wanted=self.area_kind
            )
        if code in self.named and names and not {plain(name) for name in names} & self.named[code]:
            known = str(self.known.loc[code, "name_th"])
            return ObservationError("score_name_differs", city=code, name=names[0], known=known)
        if code not in self.named and not names:
            return ObservationError("score_place_unknown", city=code)
        return None

    def _place(self, code: str, names: list[str], said: Mapping[str, str]) -> dict[str, object]:
        first = names[0] if names else str(self.known.loc[code, "name_th"])
        return {
            "city": code,
            "name_th": said.get("name_th") or first,
            "name_en": said.get("name_en") or first,
            "area_kind": self.area_kind,
            "country": said.get("country") or None,
            "new": code not in self.named,
        }

    def table(self) -> pd.DataFrame:
        return pd.DataFrame(
            list(self.places.values()), columns=["city", "name_th", "name_en", "area_kind", "country", "new"]
        )


def place_column(columns: Mapping[str, int]) -> int:
    """The column in which a row says its place."""
    return columns.get("city") or columns.get("name_th") or columns["name_en"]
