"""One KPI whole: how it stands and why, its history, forecast, links and definition."""

import pandas as pd
import streamlit as st

from cmi_core.actions.kpis import breakdowns
from cmi_core.calendar.periods import due_on, following, last_ended, parse
from cmi_core.kpi.progress import RULE
from cmi_core.store import sources as stored_sources
from cmi_core.text.numbers import say_number
from cmi_core.views import kpis as views
from pages.components.kpi import evidence_links, kpi_history, kpi_words
from pages.components.shell import layout, words
from pages.components.shell.session import Page
from pages.components.shell.words import escape

_LINKED = {"means": "/goal-board", "place": "/district-map", "index_node": "/index-breakdown"}
_ASKED = {"means": "means", "place": "place", "index_node": "node"}


def show(page: Page, kpi: str) -> None:
    """The page of one KPI."""
    detail = page.read(views.detail, kpi, page.today)
    if detail is None:
        st.warning(page.t("error.kpi_unknown", kpi=words.as_text(kpi)), icon=":material/help:")
        return
    _head(page, detail)
    _deeds(page, detail)
    if not detail.values.empty or not detail.path_fault:
        kpi_history.history(page, detail)
    else:
        st.info(page.t("kpi_tracking.no_history"), icon=":material/show_chart:")
    kpi_history.history_of_parts(page, detail)
    _forecast(page, detail)
    _arithmetic(page, detail)
    left, right = st.columns(2)
    with left:
        _links(page, detail)
    with right:
        _published(page, detail)
    _values(page, detail)
    _definition(page, detail)
    layout.sources(page, [detail.row.source, *detail.published["source"], *detail.links["source"]])


def _head(page: Page, detail: views.Detail) -> None:
    row = detail.row
    reason = page.t(f"progress.reason_{detail.progress.reason}") if detail.progress.reason else ""
    tags = [
        page.t(f"kpi_words.approval_{row.approval}"),
        page.t(f"periods.every_{row.frequency}"),
        page.t(f"kpi_words.direction_{row.direction}"),
    ]
    late = (
        f'<span class="cmi-tag">{escape(page.t("kpi_tracking.late", days=row.days_late))}</span>'
        if row.days_late
        else ""
    )
    cells = "".join(_cell(*each) for each in _figures(page, detail))
    st.html(
        f"""<section class="cmi-kpi-hero cmi-s{row.strategy_position}">
        <p class="cmi-small"><span lang="en">{escape(row.strategy_short)}</span> · {escape(getattr(row, f"goal_short_{page.language}"))}</p>
        <h2>{escape(page.name_of(row))}</h2>
        <p class="cmi-kpi-top">{kpi_words.word(page, row.word)}{late}<span class="cmi-small">{escape(reason)}</span></p>
        <dl class="cmi-figures">{cells}</dl>
        <p class="cmi-small">{escape(" · ".join(tags))}</p></section>"""
    )


def _figures(page: Page, detail: views.Detail) -> list[tuple[str, str, str]]:
    """Title, figure and what stands below it, for each figure of the head."""
    row, progress = detail.row, detail.progress
    unit = kpi_words.unit(page, row)
    target = kpi_words.said(page, row, row.target)
    if row.direction == "band":
        target = f"{kpi_words.said(page, row, row.band_lower)}–{kpi_words.said(page, row, row.band_upper)}"
    quality = page.t(f"quality.{row.quality}") if row.quality else ""
    figures = [
        ("baseline", kpi_words.said(page, row, row.baseline), words.period(page, row.baseline_period)),
        (
            "latest",
            kpi_words.said(page, row, row.value),
            f"{words.period(page, row.period)} · {quality}".strip(" ·"),
        ),
        ("expected", kpi_words.said(page, row, progress.expected), words.period(page, row.period)),
        ("target", target, words.period(page, row.target_period)),
    ]
    if row.count_waiting:
        figures.insert(
            2,
            (
                "unverified",
                kpi_words.said(page, row, row.waiting_value),
                words.period(page, row.waiting_period),
            ),
        )
    next_due, day = _next(row, page)
    told = [(page.t(f"kpi_words.{key}"), figure, f"{below}") for key, figure, below in figures]
    told = [
        (title, f"{figure} {unit}", below)
        if figure != "–"
        else (
            title,
            figure,
            page.t("kpi_words.no_value" if title == page.t("kpi_words.latest") else "kpi_words.not_set"),
        )
        for title, figure, below in told
        if figure != "–" or title != page.t("kpi_words.expected")
    ]
    return [*told, (page.t("kpi_words.next_due"), next_due, day)]


def _next(row: object, page: Page) -> tuple[str, str]:
    """The next period that is wanted and its last day; a dash where nothing is expected yet."""
    if row.owed_period:
        return words.period(page, row.owed_period), page.t("kpi_words.due_by", day=page.say_date(row.due_on))
    if views.duty_of(row) is None:
        return "–", page.t("kpi_words.not_expected_yet")
    last = last_ended(row.frequency, page.today)
    coming = (
        following(parse(row.reported)) if row.reported and parse(row.reported) >= last else following(last)
    )
    return words.period(page, coming.code), page.t(
        "kpi_words.due_by", day=page.say_date(due_on(coming, int(row.grace_days)))
    )


def _cell(title: str, figure: str, below: str) -> str:
    return f"<div><dt>{escape(title)}</dt><dd>{escape(figure)}</dd><small>{escape(below)}</small></div>"


def _deeds(page: Page, detail: views.Detail) -> None:
    """What can be done about this KPI, one click away."""
    row = detail.row
    first = "record" if detail.path_fault is None else "target"
    links = [
        words.link(
            page.t(f"kpi_tracking.do_{do}"),
            words.to_do(page, "/kpi-entry", kpi=row.kpi, do=do),
            kind="cmi-go cmi-go-first" if do == first else "cmi-go",
        )
        for do in ("record", "target")
    ]
    links.append(words.link(page.t("kpi_tracking.do_audit"), words.here(page, "/audit-log", about=row.kpi)))
    st.html(f'<p class="cmi-gos">{"".join(links)}</p>')


def _forecast(page: Page, detail: views.Detail) -> None:
    row, seen = detail.row, detail.forecast
    unit = kpi_words.unit(page, row)
    sentences = []
    if seen.reason:
        sentences.append(page.t(f"forecast.reason_{seen.reason}"))
    else:
        sentences += [
            page.t(f"forecast.outlook_{seen.outlook}", period=words.period(page, row.target_period)),
            page.t(
                "forecast.band",
                low=kpi_words.said(page, row, seen.low),
                high=kpi_words.said(page, row, seen.high),
                unit=unit,
                confidence="90 %",
            ),
            page.t("forecast.method", count=seen.values_used),
        ]
    if seen.needed is not None and seen.periods_left:
        change = ("+" if seen.needed > 0 else "") + say_number(seen.needed, int(row.decimals) + 1)
        told = page.t("forecast.needed", change=change, unit=unit, periods=seen.periods_left)
        sentences.insert(1, told if seen.needed else page.t("forecast.reached"))
    st.markdown(
        f"**{page.t('kpi_tracking.forecast')}** — " + " · ".join(words.as_text(each) for each in sentences)
    )


def _arithmetic(page: Page, detail: views.Detail) -> None:
    """The written rule and the figures it was applied to."""
    row, progress = detail.row, detail.progress
    with st.expander(page.t("kpi_tracking.rule"), icon=":material/calculate:"):
        told = progress.arithmetic
        if progress.expected is not None and "judged" in told:
            figures = {
                name: kpi_words.said(page, row, told[name])
                for name in ("value", "baseline", "expected", "judged")
            }
            ratio = say_number(progress.ratio, 2) if progress.ratio is not None else "–"
            key = "sum_band" if detail.plan.direction == "band" else "sum"
            st.markdown(f"`{page.t(f'progress.{key}', **figures, ratio=ratio)}`")
        elif progress.reason:
            st.markdown(page.t(f"progress.reason_{progress.reason}"))
        least = {
            name: say_number(100 * getattr(RULE, name), 0) + " %"
            for name in ("substantial", "moderate", "limited")
        }
        st.html(
            '<ul class="cmi-rule">'
            + "".join(
                f"<li>{kpi_words.word(page, code)} {escape(page.t(f'progress.meaning_{code}', **least))}</li>"
                for code in kpi_words.MARKS
            )
            + "</ul>"
        )


def _links(page: Page, detail: views.Detail) -> None:
    st.subheader(page.t("kpi_tracking.links"), anchor=False)
    if detail.links.empty:
        st.markdown(page.t("kpi_tracking.no_links"))
        return
    items = "".join(
        f"<li><small>{escape(page.t(f'kpi_words.link_{each.kind}'))}</small> "
        f"{words.link(getattr(each, f'name_{page.language}') or each.target, words.here(page, _LINKED[each.kind], **{_ASKED[each.kind]: each.target}), kind='')}"
        f" <small>{escape(page.t(f'confidence.{each.confidence}'))}</small></li>"
        for each in detail.links.itertuples()
    )
    st.html(f'<ul class="cmi-links">{items}</ul>')


def _published(page: Page, detail: views.Detail) -> None:
    st.subheader(page.t("kpi_tracking.published"), anchor=False)
    if detail.published.empty:
        st.markdown(page.t("kpi_tracking.no_published"))
        return
    known = page.read(stored_sources.some, tuple(sorted(set(detail.published["source"])))).set_index("source")
    items = "".join(
        f"<li>{escape(getattr(each, f'text_{page.language}'))} <small>{escape(known.loc[each.source, 'producer'])}</small></li>"
        for each in detail.published.itertuples()
    )
    st.html(
        f'<ul class="cmi-links">{items}</ul><p class="cmi-small">{escape(page.t("kpi_tracking.published_why"))}</p>'
    )


def _values(page: Page, detail: views.Detail) -> None:
    """Who recorded what: the values that stand, newest first."""
    if detail.values.empty:
        return
    st.subheader(page.t("kpi_tracking.values"), anchor=False)
    table = values_table(page, detail.values)
    layout.data_table(
        page,
        table,
        columns={name: page.t(f"kpi_words.{name}") for name in table.columns},
        file=f"{detail.row.kpi}_values",
    )
    evidence_links.files(page, detail.values)


def values_table(page: Page, values: pd.DataFrame) -> pd.DataFrame:
    """Values in words, newest period first."""
    turned = values.iloc[::-1]
    return pd.DataFrame(
        {
            "period": [words.period(page, code) for code in turned["period"]],
            "breakdown": [kpi_words.part(page, code) or "–" for code in turned["breakdown"]],
            "value": turned["value"],
            "quality": [page.t(f"quality.{code}") for code in turned["quality"]],
            "state": [page.t(f"kpi_words.state_{code}") for code in turned["state"]],
            "recorded_by": page.who.each(turned),
            "recorded_at": [words.moment(page, at) for at in turned["recorded_at"]],
            "note": turned["note"],
            "evidence": evidence_links.cells(page, turned),
            "entry": turned["entry"],
        }
    )


def _definition(page: Page, detail: views.Detail) -> None:
    row = detail.row
    with st.expander(page.t("kpi_tracking.definition"), icon=":material/menu_book:"):
        facts = {
            "kpi": row.kpi,
            "definition": getattr(row, f"definition_{page.language}") or page.t("kpi_tracking.no_definition"),
            "unit": kpi_words.unit(page, row),
            "direction": page.t(f"kpi_words.direction_{row.direction}"),
            "kind": page.t(f"kpi_words.kind_{row.kind}"),
            "frequency": page.t(f"periods.every_{row.frequency}"),
            "grace": page.t("kpi_words.days", days=int(row.grace_days)),
            "breakdown": _broken_down(page, row.breakdown),
            "cumulative": page.t(f"kpi_words.{'yes' if row.cumulative else 'no'}"),
            "four_eyes": page.t(f"kpi_words.{'yes' if row.four_eyes else 'no'}"),
            "owner": getattr(row, f"owner_name_{page.language}") or page.t("kpi_words.not_set"),
            "data_owner": row.data_owner or page.t("kpi_words.not_set"),
            "idea_from": row.idea_from or "–",
        }
        rows = "".join(
            f"<div><dt>{escape(page.t(f'kpi_words.{key}'))}</dt><dd>{escape(str(value))}</dd></div>"
            for key, value in facts.items()
        )
        st.html(f'<dl class="cmi-facts">{rows}</dl>')


def _broken_down(page: Page, definition: object) -> str:
    """Each group with its parts, in words."""
    groups: dict[str, list[str]] = {}
    for code in breakdowns(definition):
        group, _, part = kpi_words.part(page, code).partition(": ")
        groups.setdefault(group, []).append(part)
    return "; ".join(f"{group} ({', '.join(of_group)})" for group, of_group in groups.items()) or "–"
