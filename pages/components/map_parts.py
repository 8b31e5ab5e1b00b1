"""Below the map: districts side by side, what serves a dimension or goal, the equal table, and the files."""

from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from cmi_core import landmark_kinds, pictures
from cmi_core.charts import places as still
from cmi_core.views import districts, geometry, kpis, take_away
from pages.components import criteria_part, filters, layout, place_cards
from pages.components.session import Page

PARTS = ("compare", "infrastructure", "criteria", "table", "files")


def parts(page: Page, rows: pd.DataFrame) -> None:
    """One part at a time; the others cost nothing."""
    part = filters.segments(
        "part", PARTS, label=page.t("map.parts"), say=lambda name: page.t(f"map.part_{name}")
    )
    draw = {
        "compare": compare,
        "infrastructure": infrastructure,
        "criteria": criteria_part.show,
        "table": table,
        "files": files,
    }
    draw[part](page, rows)


def compared_on_the_map() -> list[str]:
    """Districts to set off on the map: only those the reader named."""
    chosen = filters.chosen("compare", districts.IN_FRONT)
    return [] if tuple(chosen) == districts.IN_FRONT else chosen


# ------------------------------------------------------------------------------------------ side by side


def compare(page: Page, rows: pd.DataFrame) -> None:
    """Two or more districts side by side, every line the same question."""
    drawn = rows[rows["rank_group"] <= 3]
    names = {row.place: page.name_of(row) for row in drawn.itertuples()}
    chosen = filters.several(
        "compare",
        list(names),
        label=page.t("map.compare_label"),
        say=names.__getitem__,
        default=districts.IN_FRONT,
    )
    if len(chosen) < 2:
        layout.nothing(page, "map.compare_two")
        return
    cards = [page.read(districts.card, place) for place in names if place in chosen]
    words = _words(page)
    lines = [
        _line(page, key, [say(page, found, words) for found in cards]) for key, say in _QUESTIONS.items()
    ]
    heads = "".join(
        f'<th scope="col" {place_cards.colour_style(page, found.about["place"])}>{escape(names[found.about["place"]])}</th>'
        for found in cards
    )
    st.html(
        f'<div class="cmi-compare" tabindex="0" role="region" aria-label="{escape(page.t("map.part_compare"))}"><table>'
        f"<thead><tr><td></td>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"
    )
    general = page.read(districts.strategy_findings)
    with st.expander(page.t("map.general_findings"), icon=":material/groups:"):
        for row in general.itertuples():
            st.markdown(f"- **{page.t(f'map.finding_{row.kind}')}** · {page.name_of(row)}")
    layout.sources(page, [code for found in cards for code in found.source_codes])


def _words(page: Page) -> dict[str, str]:
    """KPI -> its progress in the written rule's words."""
    judged = page.read(kpis.tracking, page.today)
    return {row.kpi: page.t(f"progress.{row.word}") for row in judged.itertuples()}


def _focus(page: Page, found: districts.Card, _: Any) -> str:
    return _text(page, found, "focus") or _none(page, "no_focus")


def _lead(page: Page, found: districts.Card, _: Any) -> str:
    return _text(page, found, "lead") or _none(page, "no_lead")


def _partners(page: Page, found: districts.Card, _: Any) -> str:
    said = [
        f"{page.name_of(row)} ({page.t(f'map.role_{row.role}')})" for row in found.organisations.itertuples()
    ]
    return _bullets(page, said, "no_organisations")


def _means(page: Page, found: districts.Card, _: Any) -> str:
    return _bullets(page, [page.name_of(row) for row in found.means.itertuples()], "no_means")


def _kpis(page: Page, found: districts.Card, words: dict[str, str]) -> str:
    said = [
        f"{page.name_of(row)} · {words.get(row.kpi, '')} · {page.t(f'confidence.{row.confidence}')}"
        for row in found.kpis.itertuples()
    ]
    return _bullets(page, said, "no_kpis")


def _infrastructure(page: Page, found: districts.Card, _: Any) -> str:
    if found.area is None:
        return _none(page, "no_outline")
    return place_cards.counts_table(page, found.counts)


def _strengths(page: Page, found: districts.Card, _: Any) -> str:
    return _found(page, found, ("strength", "opportunity", "main_activity"), "no_strengths")


def _constraints(page: Page, found: districts.Card, _: Any) -> str:
    return _found(page, found, ("challenge",), "no_constraints")


def _evidence(page: Page, found: districts.Card, _: Any) -> str:
    said = [
        f"{place_cards.happened(page, row.happened)}: {page.name_of(row)}"
        for row in found.events.itertuples()
    ]
    said += [
        f"{page.name_of(row, 'producer')}: {page.name_of(row, 'title')}"
        for row in found.evidence.itertuples()
    ]
    return _bullets(page, said, "no_events")


def _area(page: Page, found: districts.Card, _: Any) -> str:
    return escape(place_cards.area_words(page, found.area))


def _confidence(page: Page, found: districts.Card, _: Any) -> str:
    kind = found.about["boundary_kind"]
    kind = kind if isinstance(kind, str) else "none"
    return escape(f"{page.t(f'map.boundary_{kind}')} · {place_cards.confidence_words(page, found.about)}")


_QUESTIONS = {
    "focus": _focus,
    "lead": _lead,
    "organisations": _partners,
    "means": _means,
    "kpis": _kpis,
    "infrastructure": _infrastructure,
    "strengths": _strengths,
    "constraints": _constraints,
    "events": _evidence,
    "area": _area,
    "confidence": _confidence,
}


def _line(page: Page, key: str, cells: list[str]) -> str:
    inner = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr><th scope="row">{escape(page.t(f"map.{key}"))}</th>{inner}</tr>'


def _found(page: Page, found: districts.Card, kinds: tuple[str, ...], empty: str) -> str:
    rows = found.findings[found.findings["kind"].isin(kinds)]
    return _bullets(
        page,
        [f"{page.t(f'map.finding_{row.kind}')}: {page.name_of(row)}" for row in rows.itertuples()],
        empty,
    )


def _text(page: Page, found: districts.Card, field: str) -> str:
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


# ------------------------------------------------------------------------------------------ what serves a choice


def infrastructure(page: Page, rows: pd.DataFrame) -> None:
    """How many points serve the choice, per district, and where it is thin."""
    serves = filters.chosen("serves", (districts.ALL,))[0]
    counted = page.read(districts.served, serves)
    shown = counted.assign(name=[page.name_of(row) for row in counted.itertuples()])
    thin = shown[(shown["within_1000"] == 0) & (shown["rank_group"] == 1)]
    st.markdown(page.t("map.serves_now", what=_target_name(page, serves)))
    layout.chart(
        page,
        "infrastructure.near",
        _long(page, shown),
        words={"points": page.t("map.points"), "where": page.t("map.where")},
        alt=page.t("map.near_alt", what=_target_name(page, serves)),
        columns={
            "name": page.t("map.place_label"),
            "told": page.t("map.where"),
            "count": page.t("map.points"),
        },
        file=f"infrastructure_{serves.replace(':', '_')}",
    )
    if not thin.empty:
        st.warning(page.t("map.thin", names=" · ".join(thin["name"])), icon=":material/trending_down:")
    st.html(f'<p class="cmi-small">{escape(page.t("map.ties_rule"))}</p>')


def _long(page: Page, shown: pd.DataFrame) -> pd.DataFrame:
    """One row per district and ring: what each ring adds, so that a bar ends at the count within 1 km."""
    parts = []
    for order, metres in enumerate(districts.WITHIN):
        before = shown[f"within_{districts.WITHIN[order - 1]}"] if order else 0
        parts.append(
            pd.DataFrame(
                {
                    "name": shown["name"],
                    "position": range(len(shown)),
                    "order": order,
                    "told": page.t(f"map.within_{metres}"),
                    "count": shown[f"within_{metres}"],
                    "added": shown[f"within_{metres}"] - before,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _target_name(page: Page, serves: str) -> str:
    if serves == districts.ALL:
        return page.t("map.serves_all")
    targets = page.read(districts.targets)
    found = targets[(targets["kind"] + ":" + targets["target"]) == serves]
    return page.name_of(next(found.itertuples())) if len(found) else serves


# ------------------------------------------------------------------------------------------ the equal table, the files


def table(page: Page, rows: pd.DataFrame) -> None:
    """All the map says, as tables: districts, then points."""
    st.markdown(f"**{page.t('map.table_places')}**")
    places = pd.DataFrame(
        {
            page.t("map.place_label"): [page.name_of(row) for row in rows.itertuples()],
            page.t("map.rank"): [page.t(f"map.rank_{int(row.rank_group)}") for row in rows.itertuples()],
            page.t("map.focus"): rows[f"focus_{page.language}"],
            page.t("map.lead"): rows[f"lead_{page.language}"],
            page.t("map.boundary"): [place_cards.boundary_words(page, row) for row in rows.itertuples()],
            page.t("map.area_km2"): rows["shown_km2"].fillna(rows["area_km2"]),
            page.t("map.area_rai"): rows["shown_rai"],
            page.t("map.sources"): rows["source"],
        }
    )
    layout.data_table(
        page, places, columns={name: name for name in places.columns}, file="chiang_mai_districts"
    )
    st.markdown(f"**{page.t('map.table_points')}**")
    points = page.read(districts.landmarks)
    listed = pd.DataFrame(
        {
            page.t("map.point_name"): points[f"name_{page.language}"],
            page.t("map.kinds"): [
                page.t(f"map.category_{_category(row.category)}") for row in points.itertuples()
            ],
            page.t("map.place_label"): points[f"place_{page.language}"],
            page.t("map.serves_column"): _serves(page, points),
            page.t("map.longitude"): points["lon"],
            page.t("map.latitude"): points["lat"],
            page.t("map.accuracy"): points["accuracy_m"],
            page.t("map.basis"): [page.t(f"map.point_basis_{row.basis}") for row in points.itertuples()],
            page.t("map.sources"): points["source"],
        }
    )
    layout.data_table(page, listed, columns={name: name for name in listed.columns}, file="chiang_mai_points")


def _category(category: str) -> str:
    return category if category in landmark_kinds.CATEGORIES else landmark_kinds.OTHER


def _serves(page: Page, points: pd.DataFrame) -> list[str]:
    names = {
        (row.kind, row.target): page.name_of(row) for row in page.read(districts.every_target).itertuples()
    }
    said: dict[str, list[str]] = {}
    for tie in page.read(districts.ties).itertuples():
        said.setdefault(tie.landmark, []).append(names.get((tie.kind, tie.target), tie.target))
    return [" · ".join(said.get(code, [])) for code in points["landmark"]]


def files(page: Page, rows: pd.DataFrame) -> None:
    """GeoJSON, CSV and a picture to take away; the licence and the caution are inside each."""
    st.markdown(page.t("map.files_lede"))
    offers = (
        (
            "outlines_geojson",
            "chiang_mai_districts.geojson",
            "application/geo+json",
            take_away.outlines_geojson,
        ),
        ("points_geojson", "chiang_mai_points.geojson", "application/geo+json", take_away.points_geojson),
        ("outlines_csv", "chiang_mai_districts.csv", "text/csv", take_away.outlines_csv),
        ("points_csv", "chiang_mai_points.csv", "text/csv", take_away.points_csv),
    )
    with st.container(horizontal=True, key="map_files"):
        for key, name, kind, made in offers:
            st.download_button(
                page.t(f"map.file_{key}"),
                data=lambda made=made: made(page.store, page.t),
                file_name=name,
                mime=kind,
                icon=":material/download:",
                key=f"file_{key}",
                on_click="ignore",
            )
        st.download_button(
            page.t("map.file_png"),
            data=lambda: page.read(picture, page.language, _picture_words(page)),
            file_name=f"chiang_mai_districts_{page.language}.png",
            mime="image/png",
            icon=":material/image:",
            key="file_png",
            on_click="ignore",
        )
    st.html(
        f'<p class="cmi-small">{escape(page.t("map.file_note"))} · {escape(page.t("map.file_licence"))}</p>'
    )


def picture(store: Any, language: str, words: tuple[tuple[str, str], ...]) -> bytes:
    """The still picture as PNG."""
    features = take_away.picture_features(store, language)
    spec = still.still(
        features, dict(words), bounds=geometry.bounds(store), families=list(landmark_kinds.FAMILIES)
    )
    return pictures.png(spec)


def _picture_words(page: Page) -> tuple[tuple[str, str], ...]:
    fixed = {
        "title": page.t("map.picture_title", on=_day(page)),
        "caution": page.t("map.file_note"),
        "licence": page.t("map.file_licence"),
    }
    return tuple((fixed | {family: page.t(f"map.family_{family}") for family in landmark_kinds.ALL}).items())


def _day(page: Page) -> str:
    return place_cards.happened(page, page.today.isoformat())
