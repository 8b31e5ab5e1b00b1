"""A sheet of KPI values as it is handed out to be filled in, and the names of quality marks in every language."""

from collections.abc import Callable, Iterable, Mapping

import pandas as pd

from cmi_core.calendar.periods import Period, label

QUALITIES = ("measured", "survey", "higher_level", "estimate", "personal_estimate", "untraceable")


def template(
    wanted: Iterable[tuple[str, str, Period]], *, translate: Callable[..., str], quality: str = ""
) -> pd.DataFrame:
    """
    A sheet to fill in: a row for each KPI (code, name) and period, in the reader's language and era.

    `quality` is a mark to put in beforehand. What comes back filled in is understood by `value_file.read`.
    """
    columns = {
        name: translate(f"kpi_sheet.{name}") for name in ("kpi", "name", "period", "value", "quality", "note")
    }
    mark = translate(f"quality.{quality}") if quality else None
    rows = [(code, name, label(period, translate), None, mark, None) for code, name, period in wanted]
    return pd.DataFrame(rows, columns=list(columns.values()), dtype=object)


def quality_labels(*catalogues: Mapping[str, str]) -> dict[str, str]:
    """
    Labels in several languages → marks, from catalogues with the keys `quality.<mark>`.

    >>> quality_labels({"quality.measured": "Measured"})
    {'Measured': 'measured'}
    """
    return {
        each[f"quality.{mark}"]: mark
        for each in catalogues
        for mark in QUALITIES
        if f"quality.{mark}" in each
    }
