"""Cards drawn as plain HTML: light, printable, and styled in one place (static/app.css)."""

import streamlit as st

from cmi_core.text.numbers import say_number
from cmi_core.views import index_breakdown
from pages.components.shell.session import Page
from pages.components.shell.words import as_text, escape


def hero(page: Page) -> str:
    """The index and its dimensions as printed: the state of the city in one look."""
    scores = page.read(index_breakdown.printed, *index_breakdown.HOME)
    root = next(scores[scores["depth"] == 0].itertuples())
    dimensions = scores[scores["depth"] == 1].sort_values("position")
    rows = "".join(_bar(page, row) for row in dimensions.itertuples())
    return f"""
        <section class="cmi-hero" aria-label="{_say(page, "hero_label")}">
          <div class="cmi-score">
            <p class="cmi-kicker">{_say(page, "overall")}</p>
            <p class="cmi-big"><strong>{say_number(root.value, 2)}</strong><span>/100</span></p>
            <p class="cmi-level">{escape(_told(root.level_as_printed))}</p>
            <p class="cmi-small">{_say(page, "as_printed")}</p>
          </div>
          <ol class="cmi-bars">{rows}</ol>
        </section>
        """


def printed_beside_computed(page: Page, assessment: str, city: str) -> None:
    """What the report printed and what its own parts average to, side by side, never mixed."""
    for pair, note in page.made(_pairs, assessment, city):
        st.html(pair)
        if note:
            st.warning(as_text(note), icon=":material/rule:")


def _pairs(page: Page, assessment: str, city: str) -> list[tuple[str, str]]:
    """Each printed score beside the mean of its parts, and the note on it where the two do not agree."""
    means = page.read(index_breakdown.mean_of_children, assessment, city)
    return [
        (_pair(page, row), "" if row.agrees else getattr(row, f"flag_{page.language}") or "")
        for row in means.itertuples()
    ]


def _pair(page: Page, row: object) -> str:
    return f"""
      <section class="cmi-pair">
        <div><p class="cmi-kicker">{_say(page, "printed")}</p>
          <p class="cmi-big"><strong>{say_number(row.value, 2)}</strong></p>
          <p class="cmi-level">{escape(_told(row.level_as_printed))}</p></div>
        <div class="cmi-computed"><p class="cmi-kicker">{_say(page, "computed")}</p>
          <p class="cmi-big"><strong>{say_number(row.mean, 2)}</strong></p>
          <p class="cmi-small">{_say(page, "computed_how", count=row.count)}</p></div>
      </section>
      """


def _bar(page: Page, row: object) -> str:
    return f"""
      <li><div class="cmi-bar-head"><span>{escape(page.name_of(row))}</span>
        <b>{say_number(row.value, 2)}</b></div>
        <div class="cmi-track"><i style="width:{row.value:.2f}%"></i></div>
        <p class="cmi-small">{escape(_told(row.level_as_printed))}</p></li>"""


def _say(page: Page, key: str, **details: object) -> str:
    return escape(page.t(f"cards.{key}", **details))


def _told(value: object) -> str:
    return value if isinstance(value, str) else ""
