"""Below the map: districts side by side, what serves a dimension or goal, the equal table, and the files."""

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from cmi_core.charts import places as still
from cmi_core.documents import pictures
from cmi_core.geography import categories
from cmi_core.store import Store, sources
from cmi_core.store import places as stored_places
from cmi_core.text.numbers import say_number
from cmi_core.views import district_map, geometry, take_away
from pages.components.map import criteria, place_cards, place_comparison
from pages.components.shell import filters, layout, session
from pages.components.shell.session import Page, anybody
from pages.components.shell.words import as_text, escape

NOTHING = "–"  # an empty cell: the table would say None in English
PARTS = ("compare", "infrastructure", "criteria", "table", "files")


@session.fragment(key=filters.BELOW_MAP)
def parts(page: Page) -> None:
    """One part at a time; the others cost nothing."""
    rows = page.read(district_map.every)
    part = filters.segments(
        "part", PARTS, label=page.t("map.parts"), say=lambda name: page.t(f"map.part_{name}")
    )
    draw = {
        "compare": place_comparison.compare,
        "infrastructure": infrastructure,
        "criteria": criteria.show,
        "table": table,
        "files": files,
    }
    draw[part](page, rows)


def compared_on_the_map() -> list[str]:
    """Districts to set off on the map: only those the reader named."""
    chosen = filters.chosen("compare", district_map.IN_FRONT)
    return [] if tuple(chosen) == district_map.IN_FRONT else chosen


# ------------------------------------------------------------------------------------------ what serves a choice


def infrastructure(page: Page, rows: pd.DataFrame) -> None:
    """How many points serve the choice, per district, and where it is thin."""
    serves = filters.chosen("serves", (district_map.ALL,))[0]
    counted = page.read(district_map.served, serves)
    shown = counted.assign(name=[page.name_of(row) for row in counted.itertuples()])
    st.markdown(page.t("map.serves_now", what=as_text(_target_name(page, serves))))
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
    _thin(page, shown[shown["rank_group"] == 1])
    st.html(f'<p class="cmi-small">{escape(page.t("map.ties_rule"))}</p>')


def _thin(page: Page, candidates: pd.DataFrame) -> None:
    """Which candidate districts have the fewest points within 1 km, or none at all."""
    fewest = candidates["within_1000"].min()
    least = candidates[candidates["within_1000"] == fewest]
    if len(least) == len(candidates) and fewest:
        return
    key = "map.thinnest" if fewest else "map.thin"
    told = page.t(key, names=as_text(" · ".join(least["name"])), count=say_number(fewest))
    st.warning(told, icon=":material/trending_down:")


def _long(page: Page, shown: pd.DataFrame) -> pd.DataFrame:
    """One row per district and ring: what each ring adds, so that a bar ends at the count within 1 km."""
    parts = []
    for order, metres in enumerate(district_map.WITHIN):
        before = shown[f"within_{district_map.WITHIN[order - 1]}"] if order else 0
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
    if serves == district_map.ALL:
        return page.t("map.serves_all")
    targets = page.read(district_map.targets)
    found = targets[(targets["kind"] + ":" + targets["target"]) == serves]
    return page.name_of(next(found.itertuples())) if len(found) else serves


# ------------------------------------------------------------------------------------------ the equal table, the files


def table(page: Page, rows: pd.DataFrame) -> None:
    """All the map says, as tables: districts, then points. A row of the first opens its card, as a click on the map does."""
    st.markdown(f"**{page.t('map.table_places')}**")
    st.html(f'<p class="cmi-small">{escape(page.t("map.table_how"))}</p>')
    places = page.read(places_table, page.language, page.look)
    st.dataframe(
        places,
        hide_index=True,
        width="stretch",
        placeholder="",
        key="table_places",
        on_select=partial(filters.from_row, "place", "table_places", tuple(rows["place"]), (filters.MAP,)),
        selection_mode="single-row",
    )
    layout.download(page, places, "chiang_mai_districts")
    st.markdown(f"**{page.t('map.table_points')}**")
    listed = page.read(points_table, page.language, page.look)
    layout.data_table(page, listed, columns={name: name for name in listed.columns}, file="chiang_mai_points")


def places_table(store: Store, language: str, look: str) -> pd.DataFrame:
    """Every place as the map tells of it."""
    page = anybody(store, "district_map", language, look)
    rows, told = page.read(district_map.every), _source_names(page)
    return pd.DataFrame(
        {
            page.t("map.place_label"): [page.name_of(row) for row in rows.itertuples()],
            page.t("map.rank"): [page.t(f"map.rank_{int(row.rank_group)}") for row in rows.itertuples()],
            page.t("map.focus"): rows[f"focus_{language}"].fillna(NOTHING),
            page.t("map.lead"): rows[f"lead_{language}"].fillna(NOTHING),
            page.t("map.boundary"): [place_cards.boundary_words(page, row) for row in rows.itertuples()],
            page.t("map.area_km2"): rows["shown_km2"].fillna(rows["area_km2"]),
            page.t("map.area_rai"): rows["shown_rai"],
            page.t("map.sources"): [told.get(code, code) for code in rows["source"]],
        }
    )


def points_table(store: Store, language: str, look: str) -> pd.DataFrame:
    """Every landmark as the map tells of it."""
    page = anybody(store, "district_map", language, look)
    points, told = page.read(district_map.landmarks), _source_names(page)
    return pd.DataFrame(
        {
            page.t("map.point_name"): points[f"name_{language}"],
            page.t("map.kinds"): [page.t(f"map.category_{_category(code)}") for code in points["category"]],
            page.t("map.place_label"): points[f"place_{language}"].fillna(NOTHING),
            page.t("map.serves_column"): _serves(page, points),
            page.t("map.longitude"): points["lon"],
            page.t("map.latitude"): points["lat"],
            page.t("map.accuracy"): points["accuracy_m"],
            page.t("map.basis"): [page.t(f"map.point_basis_{basis}") for basis in points["basis"]],
            page.t("map.sources"): [told.get(code, code) for code in points["source"]],
        }
    )


def _source_names(page: Page) -> dict[str, str]:
    return {
        row.source: f"{page.name_of(row, 'producer')}: {page.name_of(row, 'title')}"
        for row in page.read(sources.every).itertuples()
    }


def _category(category: str) -> str:
    return category if category in categories.CATEGORIES else categories.OTHER


def _serves(page: Page, points: pd.DataFrame) -> list[str]:
    names = {
        (row.kind, row.target): page.name_of(row) for row in page.read(stored_places.targets).itertuples()
    }
    said: dict[str, list[str]] = {}
    for tie in page.read(stored_places.ties).itertuples():
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
                data=session.for_readers(page, partial(made, page.store, page.t)),
                file_name=name,
                mime=kind,
                icon=":material/download:",
                key=f"file_{key}",
                on_click="ignore",
            )
        st.download_button(
            page.t("map.file_png"),
            data=session.for_readers(page, lambda: page.read(picture, page.language, _picture_words(page))),
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
        features, dict(words), bounds=geometry.bounds(store), families=list(categories.FAMILIES)
    )
    return pictures.png(spec)


def _picture_words(page: Page) -> tuple[tuple[str, str], ...]:
    fixed = {
        "title": page.t("map.picture_title", on=_day(page)),
        "caution": page.t("map.picture_lines"),
        **{key: page.t(f"map.js_{key}") for key in ("north", "metre", "kilometre")},
        "licence": page.t("map.file_licence"),
    }
    return tuple((fixed | {family: page.t(f"map.family_{family}") for family in categories.ALL}).items())


def _day(page: Page) -> str:
    return place_cards.happened(page, page.today.isoformat())
