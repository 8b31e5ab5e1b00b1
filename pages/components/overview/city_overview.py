"""Parts of the overview: the way up from the lowest score, KPI progress, what changed, what is owed."""

import pandas as pd

from cmi_core.calendar import periods
from cmi_core.calendar.clock import there
from cmi_core.charts import theme
from cmi_core.kpi.progress import WORDS
from cmi_core.store import entries
from cmi_core.text.numbers import say_number
from cmi_core.views import goal_board, index_breakdown, kpis
from pages.components.shell.session import Page
from pages.components.shell.words import escape

# A mark for each word beside its colour, from best to worst.
MARKS = dict(zip(WORDS, "●◕◑◔▼○", strict=True))


def way_up(page: Page) -> str:
    """From the lowest score to what of the plan is meant to move it, where, and with whom."""
    lowest = page.read(index_breakdown.lowest, *index_breakdown.HOME)
    meant = page.read(goal_board.meant_for, lowest.node)
    steps = [
        _step(
            page,
            f"/index-breakdown?lang={page.language}",
            page.t("city_overview.lowest"),
            f"<b>{say_number(lowest.value, 2)}</b> {escape(page.name_of(lowest))}",
        ),
        _step(
            page,
            f"/goal-board?node={lowest.node}&lang={page.language}",
            page.t("city_overview.moved_by"),
            " · ".join(
                _whole(page.t(f"city_overview.count_{each}", count=len(getattr(meant, each))))
                for each in ("goals", "means", "kpis")
            ),
        ),
        _step(
            page,
            f"/district-map?serves={lowest.node}&lang={page.language}",
            page.t("city_overview.where"),
            _named(page, meant.named, "place"),
        ),
        _step(
            page,
            f"/partner-network?lang={page.language}",
            page.t("city_overview.with_whom"),
            _named(page, meant.named, "organisation"),
        ),
    ]  # fmt: skip
    return f'<nav class="cmi-way-up" aria-label="{escape(page.t("city_overview.way_up"))}">{"".join(steps)}</nav>'


def _whole(said: str) -> str:
    """Words that stay on one line: Thai would break inside ตัวชี้วัด."""
    return f'<span class="cmi-whole">{escape(said)}</span>'


def _step(page: Page, link: str, label: str, content: str) -> str:
    return f'<a href="{escape(link)}" target="_self"><small>{escape(label)}</small><span>{content}</span></a>'


def _named(page: Page, named: pd.DataFrame, kind: str) -> str:
    """The places or organisations that the means name, or that they name none."""
    rows = named[named["kind"] == kind].drop_duplicates("code")
    told = ", ".join(page.name_of(row) for row in rows.itertuples())
    return escape(told or page.t(f"city_overview.no_{kind}"))


def strategies(page: Page) -> str:
    """One strip per strategy: how many KPIs stand where, those without data too."""
    rolled = page.read(kpis.by_strategy, page.today)
    cards = "".join(_strategy(page, row) for row in rolled.itertuples())
    legend = "".join(
        f'<span><i style="background:{_colour(page, word)}"></i>{MARKS[word]} {escape(page.t(f"progress.{word}"))}</span>'
        for word in WORDS
    )
    return f"""<section class="cmi-strip"><h2>{escape(page.t("city_overview.strategies"))}</h2>
        <div class="cmi-strip-cards">{cards}</div><p class="cmi-key">{legend}</p></section>"""


def lately(page: Page) -> str:
    """The latest entries of the record."""
    items = "".join(f"<li>{_entry(page, row)}</li>" for row in page.read(entries.lately, 5).itertuples())
    return _list(page, "lately", items, link="/audit-log")


def overdue(page: Page) -> str:
    """The values that are late, the longest first."""
    rows = page.read(kpis.overdue, page.today)
    items = "".join(
        f'<li><a href="/kpi-tracking?kpi={row.kpi}&lang={page.language}" target="_self">{escape(page.name_of(row))}</a>'
        f"<small>{escape(page.t('city_overview.late', period=_period(page, row.owed_period), days=row.days_late))}</small></li>"
        for row in rows.head(5).itertuples()
    )
    more = len(rows) - 5
    if more > 0:
        items += f"<li><small>{escape(page.t('city_overview.more_late', count=more))}</small></li>"
    return _list(page, "overdue", items, link="/kpi-tracking")


def sources(page: Page) -> list[str]:
    """Where the figures of the overview come from."""
    meant = page.read(goal_board.meant_for, page.read(index_breakdown.lowest, *index_breakdown.HOME).node)
    return [*page.read(index_breakdown.printed, *index_breakdown.HOME)["source"], *meant.kpis["source"]]


def _strategy(page: Page, row: object) -> str:
    parts = [(word, int(getattr(row, "missing" if word == "not_available" else word))) for word in WORDS]
    bar = "".join(
        f'<i title="{escape(page.t(f"progress.{word}"))}: {count}" '
        f'style="flex:{count};background:{_colour(page, word)}"><b>{MARKS[word]} {count}</b></i>'
        for word, count in parts
        if count
    )
    told = page.t("city_overview.judged", judged=row.judged, total=row.total)
    word = page.t(f"progress.{row.word}") if row.judged else page.t("city_overview.nothing_judged")
    return f"""
      <a class="cmi-strand cmi-s{row.position}" href="/kpi-tracking?strategy={row.strategy}&lang={page.language}" target="_self">
        <span class="cmi-kicker">{escape(row.short)}</span>
        <span class="cmi-strand-name">{escape(page.name_of(row))}</span>
        <span class="cmi-progress" role="img" aria-label="{escape(told)}">{bar}</span>
        <span class="cmi-small"><b>{escape(word)}</b> · {_whole(told)}</span></a>"""


def _entry(page: Page, row: object) -> str:
    what = page.t(f"deed.{row.deed}")
    about = f" · {escape(getattr(row, f'kpi_name_{page.language}'))}" if row.kpi else ""
    value = ""
    if row.kpi and row.value == row.value and row.value is not None:
        value = f": <b>{say_number(row.value, int(row.decimals))}</b> {escape(getattr(row, f'unit_{page.language}'))}"
        value += f" ({escape(_period(page, row.period))})"
    who = page.who(row.recorded_by, row.entry)
    when = there(row.recorded_at).date()
    return f"{escape(what)}{about}{value}<small>{escape(who)} · {escape(page.say_date(when))}</small>"


def _period(page: Page, code: object) -> str:
    period = code if isinstance(code, periods.Period) else periods.parse(str(code))
    return periods.label(period, page.t)


def _list(page: Page, key: str, items: str, *, link: str) -> str:
    empty = f'<p class="cmi-small">{escape(page.t(f"city_overview.{key}_none"))}</p>'
    return f"""<section class="cmi-list"><h2>{escape(page.t(f"city_overview.{key}"))}</h2>
        {f"<ul>{items}</ul>" if items else empty}
        <p><a href="{link}?lang={page.language}" target="_self">{escape(page.t(f"city_overview.{key}_link"))}</a></p></section>"""


def _colour(page: Page, word: str) -> str:
    return theme.progress(page.look)[word]
