"""Where a file's shapes would lie by each answer to the question of their system, while it is open."""

from collections.abc import Mapping, Sequence

import shapely
import streamlit as st

from cmi_core.charts.placements import placements
from cmi_core.tables.questions import Question
from cmi_core.views import district_map
from pages.components.shell.session import Page


def draw(
    page: Page, open_ones: Sequence[Question], drawn: Mapping[str, Sequence[shapely.Geometry]], alt: str
) -> None:
    """A picture over the outlines in force; nothing where the system is not open."""
    question = next((question for question in open_ones if question.id == "crs"), None)
    tried = {
        candidate.told: drawn[candidate.answer]
        for candidate in (question.candidates if question else ())
        if drawn.get(candidate.answer)
    }
    if not tried:
        return
    shapes = page.read(district_map.every)["geometry"]
    standing = [shapely.from_geojson(text) for text in shapes if isinstance(text, str)]
    said = {"old": page.t("boundary_upload.old"), "which": page.t("boundary_upload.placed")}
    spec = placements(standing, tried, said, page.look)
    st.vega_lite_chart(spec, theme=None, width="stretch", alt=alt)
