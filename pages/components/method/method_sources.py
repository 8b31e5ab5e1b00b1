"""The parts of the methods page, each rendered from tables and rules."""

import pandas as pd
import streamlit as st

from cmi_core.calendar.days import say_day
from cmi_core.calendar.periods import FREQUENCIES, containing, label
from cmi_core.kpi import progress
from cmi_core.store import method
from cmi_core.store import scores as stored_scores
from cmi_core.store import sources as stored_sources
from cmi_core.text.numbers import say_number
from cmi_core.views import index_breakdown
from cmi_core.views import method_sources as views
from pages.components.comparison.choices import say_release
from pages.components.method import formulas
from pages.components.overview import cards
from pages.components.shell import filters, layout
from pages.components.shell.session import Page
from pages.components.shell.words import as_text, escape

PARTS = ("index", "progress", "questions", "process", "city", "sources", "data")
QUALITIES = ("measured", "survey", "higher_level", "estimate", "personal_estimate", "untraceable")


def choose(page: Page) -> str:
    """The part a reader wants to see; the others cost nothing."""
    return filters.segments(
        "part", PARTS, label=_say(page, "part"), say=lambda part: _say(page, f"part_{part}")
    )


def show(page: Page, part: str) -> None:
    """Draw one part."""
    _DRAWN[part](page)


def cited(page: Page, part: str) -> list[str]:
    """The sources of one part."""
    if part == "city":
        return [*page.read(method.city_facts)["source"], *page.read(method.events)["source"]]
    return ["report_2019"]


def _index(page: Page) -> None:
    framework, remark = page.made(_framework)
    st.markdown(framework)
    if remark:
        st.info(remark, icon=":material/info:")
    cards.printed_beside_computed(page, *index_breakdown.HOME)
    st.subheader(_say(page, "definitions"), anchor=False)
    _words(page, page.made(_definitions), "index_definitions")
    nodes = page.read(stored_scores.nodes, "isc_2019")
    st.markdown(page.t("method_sources.weights", count=views.unknown_weights(nodes)))
    st.subheader(_say(page, "levels"), anchor=False)
    levels = page.read(stored_scores.levels, "isc_2019")
    st.markdown("\n".join(f"- {as_text(name)}" for name in levels["printed"]))
    st.markdown(_say(page, "levels_unknown"))
    st.subheader(page.t("city_comparison.formulas"), anchor=False)
    formulas.part(page)


def _framework(page: Page) -> tuple[str, str]:
    row = next(page.read(method.framework, "isc_2019").itertuples())
    return (
        f"**{as_text(page.name_of(row))}** · {_say(page, 'release')} {as_text(say_release(page, row.release))}",
        as_text(page.name_of(row, "remark") or ""),
    )


def _definitions(page: Page) -> pd.DataFrame:
    scores = page.read(index_breakdown.printed, *index_breakdown.HOME)
    numbers = layout.references(cited(page, "index"))
    return pd.DataFrame(
        {
            "name": scores[f"name_{page.language}"],
            "definition": scores[f"definition_{page.language}"],
            "score": [say_number(value, 2) for value in scores["value"]],
            "level": scores["level_as_printed"],
            "weight": ["" if pd.isna(weight) else say_number(weight, 2) for weight in scores["weight"]],
            "reference": [f"[{numbers[code]}]" for code in scores["source"]],
        }
    )


def _progress(page: Page) -> None:
    rule = progress.RULE
    told = {"substantial": f"{rule.substantial:.0%}", "moderate": f"{rule.moderate:.0%}"}
    meanings = {word: page.t(f"progress.meaning_{word}") for word in progress.WORDS}
    items = "".join(
        f'<li class="cmi-tied"><i class="cmi-p-{word}"></i><span><b>{escape(page.t(f"progress.{word}"))}</b>'
        f"<small>{escape(meaning.format(**told))}</small></span></li>"
        for word, meaning in meanings.items()
    )
    st.subheader(_say(page, "progress_rule"), anchor=False)
    st.markdown(page.t("method_sources.rule", **told, limited=f"{rule.limited:.0%}"))
    st.html(f'<ul class="cmi-items cmi-six">{items}</ul>')
    st.markdown(page.t("method_sources.roll_up", coverage=f"{rule.coverage:.0%}"))
    st.subheader(_say(page, "periods"), anchor=False)
    st.markdown(_say(page, "periods_rule"))
    examples = [containing(page.today, frequency) for frequency in FREQUENCIES]
    _table(
        page,
        pd.DataFrame(
            {
                "frequency": [page.t(f"periods.every_{period.frequency}") for period in examples],
                "example": [label(period, page.t) for period in examples],
                "stored_as": [period.code for period in examples],
                "first_day": [say_day(period.start, page.t) for period in examples],
                "last_day": [say_day(period.end, page.t) for period in examples],
            }
        ),
        "periods",
    )
    st.subheader(_say(page, "qualities"), anchor=False)
    st.markdown(_say(page, "qualities_rule"))
    marks = {
        "quality": [page.t(f"quality.{mark}") for mark in QUALITIES],
        "meaning": [page.t(f"quality.about_{mark}") for mark in QUALITIES],
    }
    _words(page, pd.DataFrame(marks), "quality_marks")


def _questions(page: Page) -> None:
    rows = page.read(method.questions)
    st.markdown(_say(page, "questions_lede"))
    st.html(
        f'<ol class="cmi-questions">{"".join(f"<li>{escape(page.name_of(row))}</li>" for row in rows.itertuples())}</ol>'
    )
    layout.download(page, rows, "open_questions")


def _process(page: Page) -> None:
    made = page.read(views.process)
    st.subheader(_say(page, "stages"), anchor=False)
    stages = "".join(_stage(page, stage, made.steps) for stage in made.stages.itertuples())
    st.html(f'<ol class="cmi-stages">{stages}</ol>')
    st.subheader(_say(page, "workshops"), anchor=False)
    st.html(
        '<div class="cmi-two">'
        + "".join(_workshop(page, held, made.outcomes) for held in made.workshops.itertuples())
        + "</div>"
    )
    st.subheader(_say(page, "toolkits"), anchor=False)
    tools = {
        "name": made.toolkits["printed"],
        "about": made.toolkits[f"about_{page.language}"],
        "used": made.toolkits["used"],
    }
    _words(page, pd.DataFrame(tools), "toolkits")


def _city(page: Page) -> None:
    facts = page.read(method.city_facts)
    st.subheader(_say(page, "profile"), anchor=False)
    st.html(
        f'<div class="cmi-profile">{"".join(_fact(page, row) for row in facts[facts["shown"]].itertuples())}</div>'
    )
    for row in facts[~facts["shown"]].itertuples():
        told = page.t("method_sources.not_shown", name=page.name_of(row), reason=page.name_of(row, "caution"))
        st.warning(as_text(told), icon=":material/visibility_off:")
    st.subheader(_say(page, "events"), anchor=False)
    events = page.read(method.events)
    st.html(
        '<ol class="cmi-events">'
        + "".join(
            f"<li><time>{escape(say_day(row.happened, page.t))}</time><p>{escape(page.name_of(row))}"
            f' <span class="cmi-small">[{escape(row.source)}]</span></p></li>'
            for row in events.itertuples()
        )
        + "</ol>"
    )
    layout.download(page, events, "events")


def _sources(page: Page) -> None:
    rows = page.read(stored_sources.every)
    st.markdown(
        page.t("method_sources.sources_lede", count=len(rows), unlicensed=int(rows["licence"].isna().sum()))
    )
    shown = rows[["source", "url", "page", "published", "accessed", "licence"]]
    shown = shown.assign(
        producer=rows[f"producer_{page.language}"],
        title=rows[f"title_{page.language}"],
        accessed=[
            None if pd.isna(day) else say_day(day.date(), page.t) for day in pd.to_datetime(shown["accessed"])
        ],
    )
    order = ["title", "producer", "published", "url", "page", "accessed", "licence", "source"]
    _table(page, shown[order], "sources", links=("url",))


def _data(page: Page) -> None:
    st.markdown(_say(page, "data_lede"))
    table = filters.select("data_table", views.TABLES, label=_say(page, "table"), say=lambda name: name)
    about = page.read(views.columns, table)
    meaning = next((row.comment for row in about.itertuples() if not row.column_name and row.comment), "")
    if meaning:
        st.markdown(f"**{as_text(table)}** · {as_text(meaning)}")
    columns = about.loc[about["column_name"] != "", ["column_name", "kind", "comment"]]
    _words(page, columns, f"dictionary_{table}")
    st.subheader(_say(page, "rows"), anchor=False)
    rows = page.read(method.rows, table)
    st.markdown(page.t("method_sources.row_count", count=say_number(len(rows))))
    layout.download(page, rows, table)
    st.subheader(_say(page, "whole_dictionary"), anchor=False)
    layout.download(page, page.read(stored_sources.dictionary), "data_dictionary")


def _stage(page: Page, stage: object, steps: pd.DataFrame) -> str:
    told = "".join(_step(page, step) for step in steps[steps["stage"] == stage.stage].itertuples())
    return f"""<li><p class="cmi-kicker"><span lang="en">{escape(stage.printed)}</span> · {escape(page.name_of(stage))}</p>
      <ul class="cmi-items">{told}</ul></li>"""


def _step(page: Page, step: object) -> str:
    output, remark = page.name_of(step, "output"), page.name_of(step, "remark")
    mark = "●" if step.state_in_report == "done" else "○"
    return f"""<li><p><b>{step.position}.</b> {escape(page.name_of(step))}</p>
      {f'<p class="cmi-small">{_html(page, "output")}: {escape(output)}</p>' if output else ""}
      {f'<p class="cmi-small">{escape(remark)}</p>' if remark else ""}
      <p class="cmi-small"><span aria-hidden="true">{mark}</span> {_html(page, f"step_{step.state_in_report}")}</p></li>"""


def _workshop(page: Page, held: object, outcomes: pd.DataFrame) -> str:
    told = "".join(
        f"<li>{escape(page.name_of(row))} <span class='cmi-tag-quiet'>{_html(page, f'outcome_{row.kind}')}</span></li>"
        for row in outcomes[outcomes["workshop"] == held.workshop].itertuples()
    )
    title = page.name_of(held, "title")
    count = escape(page.t("method_sources.took_part", count=held.organisations))
    return f"""<article class="cmi-card"><p class="cmi-kicker">{escape(say_day(held.held_on, page.t))}</p>
      {f"<p>{escape(title)}</p>" if title else ""}<p class="cmi-small">{escape(page.name_of(held, "venue"))} · {count}</p>
      <ul class="cmi-items">{told}</ul></article>"""


def _fact(page: Page, row: object) -> str:
    caution = page.name_of(row, "caution")
    decimals = 0 if float(row.value).is_integer() else 3
    about = "≈ " if row.approximate else ""
    day = (
        escape(page.t("method_sources.as_of", day=say_day(row.as_of, page.t)))
        if row.as_of
        else _html(page, "no_date")
    )
    return f"""<article class="cmi-card"><p class="cmi-small">{escape(page.name_of(row))}</p>
      <p class="cmi-fact"><strong>{about}{say_number(row.value, decimals)}</strong> {escape(page.name_of(row, "unit"))}</p>
      <p class="cmi-small">{day}</p>{f'<p class="cmi-small">⚠ {escape(caution)}</p>' if caution else ""}</article>"""


def _words(page: Page, rows: pd.DataFrame, file: str) -> None:
    """A table of sentences, whose cells wrap; on a phone each row becomes a card."""
    shown = rows.rename(columns={column: _say(page, f"col_{column}") for column in rows.columns}).fillna("")
    heads = [escape(str(head)) for head in shown.columns]
    body = "".join(
        "<tr>"
        + "".join(
            f'<td data-head="{head}">{escape(str(cell))}</td>' if str(cell) else "<td></td>"
            for head, cell in zip(heads, row, strict=True)
        )
        + "</tr>"
        for row in shown.itertuples(index=False)
    )
    headings = "".join(f'<th scope="col">{head}</th>' for head in heads)
    st.html(f'<table class="cmi-words"><thead><tr>{headings}</tr></thead><tbody>{body}</tbody></table>')
    layout.download(page, shown, file)


def _table(page: Page, rows: pd.DataFrame, file: str, *, links: tuple[str, ...] = ()) -> None:
    headings = {column: _say(page, f"col_{column}") for column in rows.columns}
    config = {headings[column]: st.column_config.LinkColumn() for column in links}
    shown = rows.rename(columns=headings)
    st.dataframe(shown, hide_index=True, width="stretch", placeholder="", column_config=config)
    layout.download(page, shown, file)


def _say(page: Page, key: str) -> str:
    return page.t(f"method_sources.{key}")


def _html(page: Page, key: str) -> str:
    return escape(_say(page, key))


_DRAWN = {
    "index": _index,
    "progress": _progress,
    "questions": _questions,
    "process": _process,
    "city": _city,
    "sources": _sources,
    "data": _data,
}
