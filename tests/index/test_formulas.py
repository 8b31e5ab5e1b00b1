"""Formulas are written from the framework in force."""

import pytest

from cmi_core.index import aggregate, normalise
from cmi_core.index.contradictions import Node
from cmi_core.index.formulas import NORMALISERS, formulas, group_formula, normaliser_formula
from cmi_core.index.framework import Framework

TREE = Framework(
    (Node("isc"), Node("d_1", "isc", aggregate="harmonic"), Node("a", "d_1", weight=2.0), Node("b", "d_1"))
)


def test_every_node_has_its_formula():
    found = formulas(TREE, normalise="goalposts", aggregate="geometric")
    assert list(found) == ["isc", "d_1", "a", "b"]
    assert found["isc"] == r"S_{\text{isc}} = \left(S_{\text{d\_1}}^{1}\right)^{1/1}"
    assert found["d_1"].endswith(r"\left(\frac{2\,S_{\text{a}}^{-1} + 1\,S_{\text{b}}^{-1}}{3}\right)^{1/-1}")
    assert found["a"] == r"S_{\text{a}} = 0 + 100 \cdot \frac{x - \text{worst}}{\text{best} - \text{worst}}"


def test_every_normaliser_has_a_formula():
    assert set(NORMALISERS) == set(normalise.NAMES)
    assert normaliser_formula(normalise.parse("zscore:10:2")) == r"10 + 2 \cdot \frac{d x - \bar x}{s}"
    assert normaliser_formula(normalise.parse("minmax:1:100")).startswith(r"1 + 99 \cdot")


@pytest.mark.parametrize("spec", ["copeland", "sum", "power:2", "geometric"])
def test_every_aggregation_names_its_children(spec):
    written = group_formula(TREE, "d_1", aggregate.parse(spec))
    assert r"\text{a}" in written
    assert r"\text{b}" in written


@pytest.mark.parametrize("name", normalise.NAMES)
def test_braces_match(name):
    written = normaliser_formula(normalise.parse(name))
    assert written.count("{") == written.count("}")
