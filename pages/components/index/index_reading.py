"""What was understood of an index's file, before anything is kept: what each part will compute, what agrees, who is new."""

import pandas as pd
import streamlit as st

from cmi_core.index.sheet import Problem
from cmi_core.text import refusal as sentence
from cmi_core.text.numbers import say_number
from cmi_core.views.index_import import ScorePreview, node_facts
from pages.components.shell import layout
from pages.components.shell.session import Page
from pages.components.shell.words import as_text

APART = 20  # results that do not agree, told one by one


def computed(page: Page, nodes: pd.DataFrame) -> None:
    """Of every part one line: by what it is measured, which way is better, and what it weighs."""
    lines = [
        f"{'    ' * facts['depth']}- {as_text(_line(page, facts))}"
        for facts in node_facts(nodes, page.language)
    ]
    with st.expander(page.t("read_index.computes"), expanded=True, icon=":material/function:"):
        st.markdown("\n".join(lines))


def _line(page: Page, facts: dict) -> str:
    parts = [*_measure(page, facts)] if facts["leaf"] else [_adding_up(page, facts)]
    if not facts["leaf"] and facts["normalise"]:
        parts.append(page.t("read_index.says_below", method=_method(page, facts["normalise"])))
    if facts["weight"] is not None:
        weight, total = say(facts["weight"]), say(facts["total"])
        parts.append(page.t("read_index.says_weight", weight=weight, total=total))
    elif not facts["root"]:
        parts.append(page.t("read_index.says_no_weight"))
    name = facts["name"] or page.t("read_index.says_index")
    return f"{name}: {', '.join(parts)}"


def _measure(page: Page, facts: dict) -> list[str]:
    """What an indicator's score is made of."""
    found = []
    if facts["transform"]:
        found.append(page.t("read_index.says_log"))
    if facts["lower"] is not None and facts["upper"] is not None:
        found.append(page.t("read_index.says_posts", lower=say(facts["lower"]), upper=say(facts["upper"])))
    elif facts["lower"] is not None or facts["upper"] is not None:
        end = "lower" if facts["lower"] is not None else "upper"
        found.append(page.t(f"read_index.says_only_{end}", number=say(facts[end])))
    if facts["scale"]:
        found.append(page.t("read_index.says_scale", steps=facts["scale"]))
    if facts["target"] is not None:
        found.append(page.t("read_index.says_target", number=say(facts["target"])))
    if facts["reference"]:
        found.append(page.t("read_index.says_reference", place=facts["reference"]))
    found.append(page.t(f"read_index.says_{facts['direction'] or 'open'}"))
    if facts["normalise"]:
        found.append(page.t("read_index.says_method", method=_method(page, facts["normalise"])))
    return found


def _adding_up(page: Page, facts: dict) -> str:
    if facts["aggregate"]:
        method = page.t(f"method.{facts['aggregate'].partition(':')[0]}")
        return page.t("read_index.says_mean", count=facts["parts"], method=method)
    return page.t("read_index.says_parts", count=facts["parts"])


def _method(page: Page, spec: str) -> str:
    name, _, rest = spec.partition(":")
    return f"{page.t(f'method.{name}')} ({rest})" if rest else page.t(f"method.{name}")


def say(number: float) -> str:
    """A number with as many decimals as it has."""
    return say_number(number, min(9, len(f"{number:.9f}".rstrip("0").partition(".")[2])))


def understood(page: Page, facts: dict) -> None:
    """How a file was read: its sheet, the line of its headings, and what each column is."""
    told = [page.t("read_index.headings_in", row=facts["header_row"])]
    if facts["sheet"]:
        told.insert(
            0, page.t("read_index.sheet_read", sheet=facts["sheet"], sheets=", ".join(facts["sheets"]))
        )
    if facts["encoding"]:
        told.append(page.t("read_index.encoded", encoding=facts["encoding"].upper()))
    if facts.get("codes_made"):
        told.append(page.t("read_index.codes_made"))
    if facts.get("gaps"):
        told.append(page.t("read_index.gaps", count=facts["gaps"]))
    st.caption(as_text(" · ".join(told)))


def agreements(page: Page, preview: ScorePreview, names: dict[str, str]) -> None:
    """Of each published result how many come out of the inputs, and which do not."""
    for found in preview.agreements:
        year = page.t("read_index.year_none") if found.year is None else str(found.year)
        told = {"name": as_text(names.get(found.node, found.node)), "year": year}
        if found.unknown is not None:
            why = sentence(page.t, found.unknown)
            st.info(page.t("read_index.agree_unknown", why=as_text(why), **told), icon=":material/function:")
            continue
        whole = found.agree == found.of
        say_it = st.success if whole else st.warning
        say_it(
            page.t("read_index.agree", agree=found.agree, of=found.of, decimals=found.decimals, **told),
            icon=":material/check:" if whole else ":material/difference:",
        )
        if not whole:
            _apart(page, found.apart.head(APART), preview)


def _apart(page: Page, apart: pd.DataFrame, preview: ScorePreview) -> None:
    names = preview.places.set_index("city")[f"name_{page.language}"]
    layout.data_table(
        page,
        apart.assign(place=[names.get(city, city) for city in apart["city"]]),
        columns={
            "place": page.t("city_comparison.place"),
            "published": page.t("read_index.published"),
            "computed": page.t("read_index.computed"),
        },
        file="published_and_computed",
    )


def new_places(page: Page, preview: ScorePreview) -> None:
    """The places that saving begins, by name, and the names that are remembered for places on record."""
    fresh = preview.places[preview.places["new"]]
    if len(fresh):
        with st.expander(
            page.t("read_index.new_places", count=len(fresh)),
            expanded=len(fresh) <= APART,
            icon=":material/add_location:",
        ):
            layout.data_table(
                page,
                fresh,
                columns={
                    "name_th": page.t("index_import.column_name_th"),
                    "name_en": page.t("index_import.column_name_en"),
                    "city": page.t("index_import.column_code"),
                },
                file="new_places",
            )
    if preview.aliases:
        pairs = "; ".join(f"{alias} = {city}" for alias, city in preview.aliases.items())
        st.markdown(as_text(page.t("read_index.remembered", names=pairs)))


def problems(page: Page, found: tuple[Problem, ...], more: int) -> None:
    """What is wrong at which cell, with what to do."""
    if not found:
        return
    st.error(page.t("index_import.problems", count=f"{len(found) + more:,}"), icon=":material/error:")
    table = pd.DataFrame(
        {"cell": [each.cell for each in found], "why": [sentence(page.t, each.reason) for each in found]}
    )
    layout.data_table(
        page,
        table,
        columns={"cell": page.t("index_import.cell"), "why": page.t("index_import.why")},
        file="import_problems",
    )
