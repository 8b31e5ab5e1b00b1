"""The network of partners: its picture, and one organisation whole."""

from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from cmi_core import charts
from cmi_core.calendar.days import say_day
from cmi_core.charts import theme
from cmi_core.views import partner_network as views
from pages.components.shell import filters, layout
from pages.components.shell.session import Page
from pages.components.shell.words import escape

_FAINT = 0.12
_SHAPES = "●■◆▲✚▼◀"  # as the chart draws the sectors, in their order


def states(page: Page) -> tuple[str, ...]:
    """The states of links a reader wants to see; none chosen means all."""
    counts = page.made(_counts)
    chosen = filters.several(
        "link_state",
        views.STATES,
        label=page.t("partner_network.state"),
        say=lambda state: f"{page.t(f'partner_network.{state}')} · {counts[state]}",
    )
    return tuple(state for state in views.STATES if state in chosen)


def choose(page: Page) -> str:
    """The organisation a reader wants to see whole, or none."""
    names = page.made(_names)
    return filters.select("org", list(names), label=_say(page, "organisation"), say=names.__getitem__)


def unnamed(page: Page) -> None:
    """What the picture leaves out: links without a single partner, and all that the report only drew."""
    counts = page.read(views.by_state)
    unnamed = page.t("partner_network.unnamed", count=int(counts["unnamed"].sum()))
    layout.nothing(page, "partner_network.floor", unnamed=unnamed)


def draw(page: Page, shown: tuple[str, ...], organisation: str) -> None:
    """The picture with its key; its figures are those of the tables below it."""
    st.html(page.made(_key))
    st.container(key="network_picture").vega_lite_chart(
        page.made(picture, shown, organisation),
        charts.spec("network.circle", page.look, words(page)),
        theme=None,
        width="stretch",
        alt=_say(page, "alt"),
    )


def picture(page: Page, shown: tuple[str, ...], organisation: str) -> pd.DataFrame:
    """Nodes and curves in one table; those that have nothing to do with `organisation` are faint."""
    nodes, curves = page.read(views.circle), page.read(views.curves, shown)
    links = page.read(views.links, shown)
    near, strong = _near(links, organisation)
    nodes = pd.DataFrame(
        {
            "part": "node",
            "name": nodes[f"name_{page.language}"],
            "short": [page.name_of(row, "short") or page.name_of(row) for row in nodes.itertuples()],
            "sector_name": [_say(page, f"sector_{sector}") for sector in nodes["sector"]],
            "links": nodes["links"],
            "x": nodes["x"],
            "y": nodes["y"],
            "angle": nodes["angle"],
            "left": nodes["left"],
            "strength": [
                1.0 if not organisation or code in near else _FAINT * 2 for code in nodes["organisation"]
            ],
        }
    )
    curves = pd.DataFrame(
        {
            "part": "link",
            "link": curves["link"],
            "state_name": [_say(page, state) for state in curves["state"]],
            "step": curves["step"],
            "x": curves["x"],
            "y": curves["y"],
            "strength": [
                (0.75 if not organisation else 1.0) if link in strong else _FAINT for link in curves["link"]
            ],
        }
    )
    return pd.concat([nodes, curves], ignore_index=True)


def words(page: Page) -> dict[str, str]:
    """The words of the picture."""
    return (
        {sector: _say(page, f"sector_{sector}") for sector in views.SECTORS}
        | {state: _say(page, state) for state in views.STATES}
        | {"sector": _say(page, "sector"), "links": _say(page, "links")}
    )


def links_table(page: Page, shown: tuple[str, ...], organisation: str) -> pd.DataFrame:
    """The links shown, of one organisation where one is chosen, in words."""
    rows, language = _links_of(page, shown, organisation), page.language
    return pd.DataFrame(
        {
            "from": rows[f"from_{language}"],
            "to": rows[f"to_{language}"].where(rows["to_organisation"].notna(), _say(page, "no_partner")),
            "kind": [_say(page, f"kind_{kind}") for kind in rows["kind"]],
            "state": [_say(page, state) for state in rows["state"]],
            "about": rows[f"about_{language}"],
            "collective": [_say(page, "yes") if told else "" for told in rows["collective"]],
            "source": rows["source"],
        }
    )


def organisations_table(page: Page) -> pd.DataFrame:
    """Organisations in words, with how often each is linked and named."""
    rows = page.read(views.organisations)
    return pd.DataFrame(
        {
            "name": rows[f"name_{page.language}"],
            "sector": [_say(page, f"sector_{sector}") for sector in rows["sector"]],
            "sector_basis": [_say(page, f"basis_{basis}") for basis in rows["sector_basis"]],
            "links": rows["links"],
            "means": rows["means"],
            "workshops": rows["workshops"],
            "places": rows["places"],
            "remark": rows[f"remark_{page.language}"],
            "source": rows["source"],
        }
    )


def headings(page: Page, table: pd.DataFrame) -> dict[str, str]:
    """The headings of a table of this page."""
    return {column: _say(page, f"col_{column}") for column in table.columns}


def whole(page: Page, organisation: str) -> None:
    """One organisation: what it does, its links, workshops, means and places."""
    found = page.read(views.partner, organisation)
    if found is None:
        return
    row = found.row
    parts = [
        ("roles", [escape(page.name_of(role)) for role in found.roles.itertuples()]),
        ("links", [_link_line(page, link, organisation) for link in found.links.itertuples()]),
        ("means", [_means_line(page, means) for means in found.means.itertuples()]),
        ("places", [_place_line(page, place) for place in found.places.itertuples()]),
        ("workshops", [_workshop_line(page, held) for held in found.workshops.itertuples()]),
    ]
    remark = page.name_of(row, "remark")
    st.html(
        f"""<article class="cmi-partner"><header><p class="cmi-kicker">{_html(page, f"sector_{row.sector}")}
          <span class="cmi-small">({_html(page, f"basis_{row.sector_basis}")})</span></p>
          <h2>{escape(page.name_of(row))}</h2>
          {f'<p class="cmi-small">{escape(remark)}</p>' if remark else ""}</header>
          <div class="cmi-partner-parts">{"".join(_part(page, key, lines) for key, lines in parts)}</div></article>"""
    )


def _links_of(page: Page, shown: tuple[str, ...], organisation: str) -> pd.DataFrame:
    rows = page.read(views.links, shown)
    ends = (rows["from_organisation"] == organisation) | (rows["to_organisation"] == organisation)
    return rows[ends] if organisation else rows


def sources(page: Page) -> list[str]:
    """Where links and organisations are told, each source once."""
    return sorted({*page.read(views.links)["source"], *page.read(views.organisations)["source"]})


def show_table(page: Page, rows: pd.DataFrame, file: str) -> None:
    """A table of this page with its download."""
    layout.data_table(page, rows, columns=headings(page, rows), file=file)


def _counts(page: Page) -> dict[str, int]:
    counts = page.read(views.by_state)
    return dict(zip(counts["state"], counts["links"], strict=True))


def _names(page: Page) -> dict[str, str]:
    names = page.read(views.names)
    told = dict(zip(names["organisation"], names[f"name_{page.language}"], strict=True))
    return {"": _say(page, "everybody")} | told


def _part(page: Page, key: str, lines: list[str]) -> str:
    told = "".join(f"<li>{line}</li>" for line in lines)
    body = (
        f'<ul class="cmi-items">{told}</ul>'
        if told
        else f'<p class="cmi-small">{_html(page, f"none_{key}")}</p>'
    )
    return f"<section><h3>{_html(page, f'part_{key}')} <span>{len(lines) or ''}</span></h3>{body}</section>"


def _link_line(page: Page, link: object, organisation: str) -> str:
    outward = link.from_organisation == organisation
    code = link.to_organisation if outward else link.from_organisation
    other = page.name_of(link, "to" if outward else "from")
    who = (
        f'<a target="_self" href="{_href(page, "partner-network", org=code)}">{escape(other)}</a>'
        if other
        else _html(page, "no_partner")
    )
    return f"""<b>{_html(page, f"kind_{link.kind}")}</b> · {who}
      <span class="cmi-tag-quiet">{_html(page, link.state)}</span>
      <span class="cmi-small">{escape(page.name_of(link, "about"))}</span>"""


def _means_line(page: Page, row: object) -> str:
    href = _href(page, "goal-board", goal=row.goal)
    return f'<a target="_self" href="{href}">{row.number}</a> {escape(page.name_of(row))}'


def _place_line(page: Page, row: object) -> str:
    href = _href(page, "district-map", place=row.place)
    return f'<a target="_self" href="{href}">{escape(page.name_of(row))}</a> · {_html(page, f"place_{row.role}")}'


def _workshop_line(page: Page, row: object) -> str:
    title = page.name_of(row, "title") or page.name_of(row, "venue")
    return f"<b>{say_day(row.held_on, page.t)}</b> · {_html(page, f'role_{row.role}')} · {escape(title)}"


def _key(page: Page) -> str:
    """What shapes and lines of the picture mean."""
    colours = theme.categories(page.look) * len(_SHAPES)
    sectors = "".join(
        f'<span><i style="color:{colours[at]}" aria-hidden="true">{shape}</i>{_html(page, f"sector_{sector}")}</span>'
        for at, (sector, shape) in enumerate(zip(views.SECTORS, _SHAPES, strict=True))
    )
    states_ = "".join(
        f'<span><i class="cmi-line-{state}"></i>{_html(page, state)}</span>' for state in views.STATES
    )
    return f"""<div class="cmi-keys"><p class="cmi-legend-row"><b>{_html(page, "sector")}</b>{sectors}</p>
      <p class="cmi-legend-row"><b>{_html(page, "state")}</b>{states_}</p></div>"""


def _near(links: pd.DataFrame, organisation: str) -> tuple[set[str], set[str]]:
    """The organisations linked with one, itself among them, and these links; all links where none is chosen."""
    ends = (links["from_organisation"] == organisation) | (links["to_organisation"] == organisation)
    mine = links[ends] if organisation else links
    return {organisation, *mine["from_organisation"], *mine["to_organisation"].dropna()}, set(mine["link"])


def _href(page: Page, where: str, **choices: str) -> str:
    return escape(f"/{where}?{urlencode(choices | {'lang': page.language})}")


def _say(page: Page, key: str) -> str:
    return page.t(f"partner_network.{key}")


def _html(page: Page, key: str) -> str:
    return escape(_say(page, key))
