"""Districts side by side: every line one question, every column a district."""

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from cmi_core.geography import categories
from cmi_core.store import Store
from cmi_core.text.numbers import say_number
from cmi_core.views import district_map, kpis
from pages.components.map import place_cards
from pages.components.shell import filters, layout
from pages.components.shell.session import Page, anybody
from pages.components.shell.words import as_text, escape


def compare(page: Page, rows: pd.DataFrame) -> None:
    """Two or more districts side by side, every line the same question."""
    names = _compared_names(page, rows)
    chosen = filters.several(
        "compare",
        list(names),
        label=page.t("map.compare_label"),
        say=names.__getitem__,
        default=district_map.IN_FRONT,
        also=(filters.MAP, filters.BELOW_MAP),
    )
    if len(chosen) < 2:
        layout.nothing(page, "map.compare_two")
        return
    places = tuple(place for place in names if place in chosen)
    st.html(page.read(side_by_side, page.language, page.look, places, page.today))
    general = page.read(district_map.strategy_findings)
    with st.expander(page.t("map.general_findings"), icon=":material/groups:"):
        lines = [
            f"- **{page.t(f'map.finding_{row.kind}')}** · {as_text(page.name_of(row))}"
            for row in general.itertuples()
        ]
        st.markdown("\n".join(lines))
    cards = [page.read(district_map.card, place) for place in places]
    layout.sources(page, [code for found in cards for code in found.source_codes])


def side_by_side(store: Store, language: str, look: str, places: tuple[str, ...], today: date) -> str:
    """The comparison as HTML, kept until the record changes: progress is judged on `today`."""
    page = anybody(store, "district_map", language, look)
    cards = [page.read(district_map.card, place) for place in places]
    words = _words(page, today)
    names = {found.about["place"]: str(found.about[f"name_{language}"]) for found in cards}
    asked = [
        _line(page.t(f"map.{key}"), [say(page, found, words) for found in cards], list(names.values()))
        for key, say in _QUESTIONS.items()
    ]
    lines = [*asked[:_BEFORE_COUNTS], *_infrastructure(page, cards), *asked[_BEFORE_COUNTS:]]
    heads = "".join(
        f'<th scope="col" {place_cards.colour_style(page, place)}>{escape(name)}</th>'
        for place, name in names.items()
    )
    return (
        f'<div class="cmi-compare" tabindex="0" role="region" aria-label="{escape(page.t("map.part_compare"))}">'
        f'<table style="--columns:{len(names)}"><thead><tr><td></td>{heads}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )


def _compared_names(page: Page, rows: pd.DataFrame) -> dict[str, str]:
    return {row.place: page.name_of(row) for row in rows[rows["rank_group"] <= 3].itertuples()}


def _words(page: Page, today: date) -> dict[str, str]:
    """KPI -> its progress in the written rule's words."""
    judged = page.read(kpis.tracking, today)
    return {row.kpi: page.t(f"progress.{row.word}") for row in judged.itertuples()}


def _focus(page: Page, found: district_map.Card, _: Any) -> str:
    return _text(page, found, "focus") or _none(page, "no_focus")


def _lead(page: Page, found: district_map.Card, _: Any) -> str:
    return _text(page, found, "lead") or _none(page, "no_lead")


def _partners(page: Page, found: district_map.Card, _: Any) -> str:
    said = [
        f"{page.name_of(row)} ({page.t(f'map.role_{row.role}')})" for row in found.organisations.itertuples()
    ]
    return _bullets(page, said, "no_organisations")


def _means(page: Page, found: district_map.Card, _: Any) -> str:
    return _bullets(page, [page.name_of(row) for row in found.means.itertuples()], "no_means")


def _kpis(page: Page, found: district_map.Card, words: dict[str, str]) -> str:
    said = [
        f"{page.name_of(row)} · {words.get(row.kpi, '')} · {place_cards.tie_words(page, row.confidence)}"
        for row in found.kpis.itertuples()
    ]
    return _bullets(page, said, "no_kpis")


def _infrastructure(page: Page, cards: list[district_map.Card]) -> list[str]:
    """A line per family of points, so that one reads across: inside, within 500 m, within 1 km."""
    counted = [_by_family(found) for found in cards]
    there = [family for family in categories.ALL if any(sum(told.get(family, ())) for told in counted)]
    rings = " · ".join(page.t(f"map.within_{metres}") for metres in district_map.WITHIN)
    head = (
        f'<tr class="cmi-tight"><th scope="row">{escape(page.t("map.infrastructure"))}</th>'
        + f"<td>{escape(rings)}</td>" * len(cards)
        + "</tr>"
    )
    rows = [
        f'<tr class="cmi-tight cmi-counted"><th scope="row">{place_cards.mark(page, family)}{escape(page.t(f"map.family_{family}"))}</th>'
        + "".join(f"<td>{_rings(page, told.get(family))}</td>" for told in counted)
        + "</tr>"
        for family in there
    ]
    total = [tuple(map(sum, zip(*told.values(), strict=True))) if told else None for told in counted]
    sums = "".join(f"<td><b>{_rings(page, numbers)}</b></td>" for numbers in total)
    return [
        head,
        *rows,
        f'<tr class="cmi-tight"><th scope="row">{escape(page.t("map.total"))}</th>{sums}</tr>',
    ]


def _by_family(found: district_map.Card) -> dict[str, tuple[int, ...]]:
    """Family -> counts by ring; nothing where the place has no outline."""
    wide = found.counts.pivot_table(index="family", columns="metres", values="count", aggfunc="sum")
    return {
        str(family): tuple(int(row[metres]) for metres in district_map.WITHIN)
        for family, row in wide.iterrows()
    }


def _rings(page: Page, numbers: tuple[int, ...] | None) -> str:
    return " · ".join(map(say_number, numbers)) if numbers else _none(page, "no_counts")


def _strengths(page: Page, found: district_map.Card, _: Any) -> str:
    return _found(page, found, ("strength", "opportunity", "main_activity"), "no_strengths")


def _constraints(page: Page, found: district_map.Card, _: Any) -> str:
    return _found(page, found, ("challenge",), "no_constraints")


def _evidence(page: Page, found: district_map.Card, _: Any) -> str:
    said = [
        f"{place_cards.happened(page, row.happened)}: {page.name_of(row)}"
        for row in found.events.itertuples()
    ]
    said += [
        f"{page.name_of(row, 'producer')}: {page.name_of(row, 'title')}"
        for row in found.evidence.itertuples()
    ]
    return _bullets(page, said, "no_events")


def _area(page: Page, found: district_map.Card, _: Any) -> str:
    return escape(place_cards.area_words(page, found.area))


def _confidence(page: Page, found: district_map.Card, _: Any) -> str:
    kind = found.about["boundary_kind"]
    kind = kind if isinstance(kind, str) else "none"
    return escape(f"{page.t(f'map.boundary_{kind}')} · {place_cards.confidence_words(page, found.about)}")


_QUESTIONS = {
    "focus": _focus,
    "lead": _lead,
    "organisations": _partners,
    "means": _means,
    "kpis": _kpis,
    "strengths": _strengths,
    "constraints": _constraints,
    "events": _evidence,
    "area": _area,
    "confidence": _confidence,
}
# The counts of infrastructure stand before the strengths.
_BEFORE_COUNTS = list(_QUESTIONS).index("strengths")


def _line(asked: str, cells: list[str], names: list[str]) -> str:
    """One question; on a phone the districts' names, which have scrolled away, stand in the cells again."""
    inner = "".join(
        f'<td data-name="{escape(name)}">{cell}</td>' for cell, name in zip(cells, names, strict=True)
    )
    return f'<tr><th scope="row">{escape(asked)}</th>{inner}</tr>'


def _found(page: Page, found: district_map.Card, kinds: tuple[str, ...], empty: str) -> str:
    rows = found.findings[found.findings["kind"].isin(kinds)]
    return _bullets(
        page,
        [f"{page.t(f'map.finding_{row.kind}')}: {page.name_of(row)}" for row in rows.itertuples()],
        empty,
    )


def _text(page: Page, found: district_map.Card, field: str) -> str:
    told = found.about[f"{field}_{page.language}"]
    return escape(told) if isinstance(told, str) else ""


def _bullets(page: Page, said: list[str], empty: str) -> str:
    return (
        "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in said) + "</ul>"
        if said
        else _none(page, empty)
    )


def _none(page: Page, key: str) -> str:
    return f'<span class="cmi-unknown">{escape(page.t(f"map.{key}"))}</span>'
