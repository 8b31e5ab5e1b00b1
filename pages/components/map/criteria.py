"""Selection criteria as a what-if: the reader moves the weights, the ranks follow with their uncertainty."""

from typing import Any

import pandas as pd
import streamlit as st

from cmi_core.accounts.roles import may
from cmi_core.actions import criteria as deeds
from cmi_core.store import criteria
from cmi_core.text.numbers import say_number
from cmi_core.views import criteria as views
from pages.components.shell import filters, forms, layout, words
from pages.components.shell.session import Page
from pages.components.shell.words import escape

WEIGHTS = ("0", "1", "2", "3")


def show(page: Page, rows: pd.DataFrame) -> None:
    """Weights, ranks, the scores behind them; editors add a score."""
    forms.told()
    names = {row.place: page.name_of(row) for row in rows.itertuples() if row.rank_group <= 3}
    st.markdown(page.t("criteria.lede"))
    weights = _weights(page)
    ranked = page.read(views.ranking, weights)
    if ranked.empty:
        layout.nothing(page, "criteria.nobody")
    else:
        _ranks(page, ranked, names)
        _scores(page, names, list(ranked["place"]))
    if may(page.actor, "edit_place"):
        _form(page, names)


def _weights(page: Page) -> tuple[tuple[str, int], ...]:
    columns = st.columns(3)
    chosen = []
    for number, criterion in enumerate(deeds.CRITERIA):
        with columns[number % 3]:
            weight = filters.segments(
                f"w{number + 1}",
                WEIGHTS,
                label=page.t(f"criteria.{criterion}"),
                say=lambda weight: page.t(f"criteria.weight_{weight}"),
                default="1",
                help=page.t(f"criteria.about_{criterion}"),
            )
            chosen.append((criterion, int(weight)))
    return tuple(chosen)


def _ranks(page: Page, ranked: pd.DataFrame, names: dict[str, str]) -> None:
    items = "".join(
        f"<tr><td>{_rank(row.rank)}</td><th scope=row>{escape(names.get(row.place, row.place))}</th>"
        f'<td><b>{say_number(row.score, 1)}</b><div class="cmi-track"><i style="width:{row.score * 10:.0f}%"></i></div></td>'
        f"<td>{_range(row.rank_lower, row.rank_upper)}</td>"
        f"<td>{escape(page.t('criteria.given', given=row.given, asked=row.asked))}</td></tr>"
        for row in ranked.itertuples()
    )
    heads = "".join(
        f"<th scope=col>{escape(page.t(f'criteria.head_{key}'))}</th>"
        for key in ("rank", "place", "score", "range", "given")
    )
    st.html(f'<table class="cmi-ranks"><thead><tr>{heads}</tr></thead><tbody>{items}</tbody></table>')
    st.html(f'<p class="cmi-small">{escape(page.t("criteria.rule"))}</p>')


def _scores(page: Page, names: dict[str, str], order: list[str]) -> None:
    """The scores behind the ranks, in the order of the ranks and of the criteria."""
    held = page.read(criteria.scores)
    place = held["place"].map({code: number for number, code in enumerate(order)})
    held = held.assign(at=place * 100 + held["criterion"].map(deeds.CRITERIA.index)).sort_values("at")
    shown = pd.DataFrame(
        {
            "place": [names.get(code, code) for code in held["place"]],
            "criterion": [page.t(f"criteria.{code}") for code in held["criterion"]],
            "score": held["score"],
            "quality": [page.t(f"quality.{code}") for code in held["quality"]],
            "evidence": held["evidence"],
            "link": held["evidence_link"].fillna("–"),
            "who": page.who.each(held),
        }
    )
    columns = {key: page.t(f"criteria.head_{key}") for key in shown.columns}
    layout.data_table(page, shown, columns=columns, file="criterion_scores")


def _form(page: Page, names: dict[str, str]) -> None:
    st.subheader(page.t("criteria.add"), anchor=False)
    place = filters.select("scored", list(names), label=page.t("map.place_label"), say=names.__getitem__)
    criterion = filters.select(
        "by",
        deeds.CRITERIA,
        label=page.t("criteria.head_criterion"),
        say=lambda code: page.t(f"criteria.{code}"),
    )
    form = f"score_{place}_{criterion}"
    seen = forms.opened(form, criteria.entry_of(page.store, place, criterion))
    with st.form(forms.key_of(form)):
        given = _fields(page, forms.key_of(form))
        pressed = st.form_submit_button(page.t("criteria.save"), type="primary", icon=":material/save:")
    if pressed:
        forms.save(
            page,
            form,
            lambda: deeds.score(
                page.store, page.actor, place=place, criterion=criterion, seen=seen, at=page.now, **given
            ),
            lambda _: page.t("criteria.saved"),
            now=lambda: _stands(page, place, criterion),
            how="toast",
        )


def _fields(page: Page, key: str) -> dict[str, Any]:
    left, right = st.columns(2)
    return {
        "score": left.number_input(
            page.t("criteria.head_score"),
            min_value=0.0,
            max_value=10.0,
            value=None,
            step=0.5,
            key=f"{key}_score",
        ),
        "quality": right.selectbox(
            page.t("criteria.head_quality"),
            deeds.QUALITIES,
            index=None,
            placeholder=page.t("criteria.quality_hint"),
            format_func=lambda code: page.t(f"quality.{code}"),
            key=f"{key}_q",
        ),
        "evidence": st.text_input(page.t("criteria.head_evidence"), key=f"{key}_evidence"),
        "evidence_link": st.text_input(page.t("criteria.head_link"), key=f"{key}_link"),
        "note": st.text_input(page.t("boundary_upload.note"), key=f"{key}_note"),
    }


def _stands(page: Page, place: str, criterion: str) -> int:
    """The score that stands now, beside the draft, and its entry."""
    held = page.read(criteria.scores)
    for row in held[(held["place"] == place) & (held["criterion"] == criterion)].itertuples():
        told = {"score": say_number(row.score, 1), "quality": page.t(f"quality.{row.quality}")}
        told |= {
            "evidence": words.as_text(row.evidence),
            "who": words.as_text(page.who(row.recorded_by, row.entry)),
        }
        st.markdown(page.t("criteria.stands_now", **told))
    return criteria.entry_of(page.store, place, criterion)


def _range(lower: float, upper: float) -> str:
    """The ranks that a place took; one where it was always the same."""
    return _rank(lower) if lower == upper else f"{_rank(lower)}–{_rank(upper)}"


def _rank(value: float) -> str:
    return say_number(value) if value == value else "–"
