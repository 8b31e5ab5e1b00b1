"""What is known of a district, as a card: plain HTML, printable, every statement with its source."""

from typing import Any

import streamlit as st

from cmi_core.geography import categories, map_script
from cmi_core.geography.measures import ShownArea
from cmi_core.store import Store, sources
from cmi_core.text.numbers import say_number
from cmi_core.views import district_map
from pages.components.shell import filters
from pages.components.shell.session import Page, anybody
from pages.components.shell.words import as_text, escape


def invitation(page: Page, rows: Any) -> None:
    """Before a district is chosen: every place in its group, each a button that opens its card."""
    st.html(f'<p class="cmi-invite">{escape(page.t("map.invite"))}</p>{_edges(page)}')
    for rank in (1, 2, 3):
        of_rank = [row for row in rows.itertuples() if row.rank_group == rank]
        st.html(f'<h3 class="cmi-group">{escape(page.t(f"map.rank_{rank}"))}</h3>')
        with st.container(key=f"map_rank_{rank}", gap=None):
            for row in of_rank:
                st.button(
                    f"**{as_text(page.name_of(row))}**  {as_text(getattr(row, f'focus_{page.language}') or page.t('map.no_focus'))}",
                    key=f"choose_{row.place}",
                    on_click=filters.choose,
                    args=("place", row.place),
                    width="stretch",
                )


def card(page: Page, place: str) -> None:
    """The card of one district, and above it the way back to all of them."""
    st.button(
        page.t("map.back"),
        icon=":material/arrow_back:",
        on_click=filters.choose,
        args=("place", "none"),
        key="place_back",
        type="tertiary",
    )
    st.html(page.read(html, page.language, page.look, place))


def html(store: Store, language: str, look: str, place: str) -> str:
    """A district's card as HTML, kept until the record changes."""
    page = anybody(store, "district_map", language, look)
    found = page.read(district_map.card, place)
    return f'<article class="cmi-place" {colour_style(page, place)}>{_head(page, found)}{_body(page, found)}</article>'


def _edges(page: Page) -> str:
    """Each candidate's button carries the colour that it has on the map."""
    rules = (
        f".st-key-choose_{place} button{{--district:{colour}}}"
        for place, colour in map_script.colours(page.look, map_script.DISTRICTS).items()
    )
    return f"<style>{''.join(rules)}</style>"


def kind_words(page: Page, kind: str, rank_group: int) -> str:
    """What kind of place it is; what came after the plan is not called an area of the plan."""
    later = kind == "innovation_area" and rank_group == 3
    return page.t("map.place_later" if later else f"map.place_{kind}")


def boundary_words(page: Page, row: Any) -> str:
    """How official the outline is and how far its line may be off."""
    kind = row.boundary_kind if isinstance(row.boundary_kind, str) else "none"
    accuracy = row.accuracy_m
    if accuracy is None or accuracy != accuracy:
        return page.t(f"map.boundary_{kind}")
    return f"{page.t(f'map.boundary_{kind}')} · {page.t('map.off_by', metres=say_number(accuracy))}"


def area_words(page: Page, area: ShownArea | None) -> str:
    """An area in km² and rai, never finer than known."""
    if area is None:
        return page.t("map.no_outline")
    told = {"km2": say_number(area.km2, _decimals(area.km2)), "rai": say_number(area.rai)}
    return page.t("map.area_about" if area.approximate else "map.area_exact", **told)


def counts_table(page: Page, counts: Any) -> str:
    """Infrastructure inside and within 500 m and 1 km, by family, as an HTML table."""
    wide = counts.pivot_table(index="family", columns="metres", values="count", aggfunc="sum")
    wide = wide.reindex([family for family in categories.ALL if family in wide.index])
    rows = "".join(
        f"<tr><th scope=row>{mark(page, family)}{escape(page.t(f'map.family_{family}'))}</th>"
        + "".join(f"<td>{int(wide.loc[family, metres])}</td>" for metres in district_map.WITHIN)
        + "</tr>"
        for family in wide.index
        if wide.loc[family].sum() > 0
    )
    if not rows:
        return f"<p>{escape(page.t('map.no_points'))}</p>"
    head = "".join(
        f"<th scope=col>{escape(page.t(f'map.within_{metres}'))}</th>" for metres in district_map.WITHIN
    )
    total = "".join(f"<td>{int(wide[metres].sum())}</td>" for metres in district_map.WITHIN)
    return (
        f'<table class="cmi-near"><thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody>'
        f"<tfoot><tr><th scope=row>{escape(page.t('map.total'))}</th>{total}</tr></tfoot></table>"
    )


def _head(page: Page, found: district_map.Card) -> str:
    about = found.about
    focus = _of(page, about, "focus") or page.t("map.no_focus")
    kind = "none" if not isinstance(about["boundary_kind"], str) else about["boundary_kind"]
    return f"""<header><p class="cmi-kicker">{escape(kind_words(page, about["kind"], about["rank_group"]))}</p>
      <h3>{escape(_of(page, about, "name"))}</h3><p>{escape(focus)}</p>
      <p class="cmi-badges"><span class="cmi-badge cmi-badge-{kind}">{_say(page, f"badge_{kind}")}</span>
      <span class="cmi-badge">{_say(page, f"rank_{int(about['rank_group'])}")}</span></p></header>"""


def _body(page: Page, found: district_map.Card) -> str:
    about = found.about
    parts = [
        _fact(page, "area", area_words(page, found.area) + _area_note(page, found)),
        _fact(page, "lead", _of(page, about, "lead") or page.t("map.no_lead")),
        *_plan(page, found),
        f"<section><h4>{_say(page, 'infrastructure')}</h4>{counts_table(page, found.counts)}</section>",
        _list(
            page,
            "findings",
            [
                f"{page.t(f'map.finding_{row.kind}')}: {page.name_of(row)}"
                for row in found.findings.itertuples()
            ],
        ),
        _list(
            page,
            "events",
            [f"{happened(page, row.happened)}: {page.name_of(row)}" for row in found.events.itertuples()],
        ),
        _fact(page, "extent", extent_words(page, about)),
        _fact(page, "status", _of(page, about, "status") or page.t("map.no_status")),
        _fact(page, "confidence", confidence_words(page, about)),
        _sources(page, found),
    ]
    return "".join(parts)


def _plan(page: Page, found: district_map.Card) -> list[str]:
    """Who works in the place, and what the plan does and measures there."""
    organisations = [
        f"{page.name_of(row)} · {page.t(f'map.role_{row.role}')}" for row in found.organisations.itertuples()
    ]
    means = [
        f"{page.name_of(row)} · {page.name_of(row, 'goal')} · {page.t(f'map.state_{row.state}')}"
        for row in found.means.itertuples()
    ]
    kpis = [f"{page.name_of(row)} · {tie_words(page, row.confidence)}" for row in found.kpis.itertuples()]
    return [
        _list(page, "organisations", organisations),
        _list(page, "means", means),
        _list(page, "kpis", kpis),
    ]


def tie_words(page: Page, confidence: str) -> str:
    """How sure it is that something belongs to the place."""
    return page.t("map.tie_sure", sure=page.t(f"confidence.{confidence}"))


def confidence_words(page: Page, about: Any) -> str:
    """What the extent rests on, and how far the line may be off."""
    drawn = about["boundary_kind"] not in {"official", "user"}
    basis = page.t(f"map.basis_{about['basis']}" if drawn else f"map.basis_{about['boundary_kind']}")
    accuracy = about["accuracy_m"]
    known = accuracy is not None and accuracy == accuracy
    return f"{basis} · {page.t('map.off_by', metres=say_number(accuracy))}" if known else basis


def extent_words(page: Page, about: Any) -> str:
    """How the outline in force was set: by us, in words, or by an uploaded file with its licence and first day."""
    if about["boundary_kind"] not in {"official", "user"}:
        return _of(page, about, "extent") or page.t("map.no_extent")
    if not isinstance(about["file_name"], str):  # drawn on the map, not uploaded
        return _of(page, about, "extent") or page.t("map.no_extent")
    told = page.t(
        "map.extent_file", file=about["file_name"], licence=about["licence"], hash=about["file_hash"][:12]
    )
    day = about["valid_from"]
    known = day is not None and day == day
    return f"{told} · {page.t('map.valid_from', on=happened(page, str(day)[:10]))}" if known else told


def happened(page: Page, when: str) -> str:
    """A year, month or day as precise as the source; the Buddhist era in Thai."""
    year, *rest = when.split("-")
    spoken = str(int(year) + 543) if page.t("periods.era") == "be" else year
    if not rest:
        return spoken
    month = page.t(f"periods.month_{int(rest[0])}")
    return f"{int(rest[1])} {month} {spoken}" if len(rest) > 1 else f"{month} {spoken}"


def _area_note(page: Page, found: district_map.Card) -> str:
    if found.area and found.area.approximate:
        return f" · {page.t('map.area_note')}"
    return ""


def _sources(page: Page, found: district_map.Card) -> str:
    listed = page.read(sources.some, found.source_codes)
    items = "".join(f"<li>{_link(page, row)}</li>" for row in listed.itertuples())
    return f'<section class="cmi-place-sources"><h4>{_say(page, "sources")}</h4><ul>{items}</ul></section>'


def _link(page: Page, row: Any) -> str:
    told = escape(f"{page.name_of(row, 'producer')}: {page.name_of(row, 'title')}")
    safe = isinstance(row.url, str) and row.url.startswith(("https://", "http://"))
    return (
        f'<a href="{escape(row.url)}" rel="noopener noreferrer" target="_blank">{told}</a>' if safe else told
    )


def _fact(page: Page, key: str, told: str) -> str:
    return f"<section><h4>{_say(page, key)}</h4><p>{escape(told)}</p></section>"


def _list(page: Page, key: str, lines: list[str]) -> str:
    inner = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return (
        f"<section><h4>{_say(page, key)}</h4>"
        + (f"<ul>{inner}</ul>" if lines else f"<p>{_say(page, f'no_{key}')}</p>")
        + "</section>"
    )


def mark(page: Page, family: str) -> str:
    """The sign of a family as on the map; its shape is in the style sheet."""
    colour = map_script.colours(page.look, map_script.FAMILIES).get(family, "currentColor")
    return f'<i class="cmi-mark cmi-mark-{family}" style="background:{colour}"></i>'


def colour_style(page: Page, place: str) -> str:
    """The colour a district has on the map, as a style of the card or column that speaks of it."""
    colour = map_script.colours(page.look, map_script.DISTRICTS).get(place)
    return f'style="--district:{colour}"' if colour else ""


def _of(page: Page, about: dict[str, Any], field: str) -> str:
    told = about[f"{field}_{page.language}"]
    return told if isinstance(told, str) else ""


def _say(page: Page, key: str) -> str:
    return escape(page.t(f"map.{key}"))


def _decimals(value: float) -> int:
    """As many decimals as the rounded value has, at most three."""
    text = f"{value:.3f}".rstrip("0")
    return len(text.partition(".")[2])
