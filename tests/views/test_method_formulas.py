"""Formulas are made from the framework in force."""

import pytest

from cmi_core import normalise
from cmi_core.views import method_formulas as views
from tests import comparison_data as data


def test_the_formulas_follow_the_release(store):
    code = data.framework(store)
    method = views.method(store, code)

    keys = [formula.key for formula in method.formulas]
    assert keys == [
        "normalise_goalposts",
        "aggregate_arithmetic",
        "group",
        "group",
        "group",
        "coverage",
        "rank",
        "levels",
    ]
    written = [formula.latex for formula in method.formulas if formula.key == "group"]
    assert written[0] == r"S = 0.6667\,S_{1} + 0.3333\,S_{2}"
    assert written[2] == r"S_{2} = 0.25\,S_{2.1} + 0.75\,S_{2.2}"


def test_another_method_gives_other_formulas(store):
    code = data.framework(
        store, release="g", aggregate="geometric", normalise="minmax:1:10", min_coverage=None
    )
    method = views.method(store, code)

    assert [formula.key for formula in method.formulas] == [
        "normalise_minmax",
        "aggregate_geometric",
        "rank",
        "levels",
    ]
    assert method.formulas[0].latex.startswith("s_i = 1 + (10 - 1)")


def test_an_index_without_weights_has_no_formula_and_says_why(store):
    method = views.method(store, "isc_2019")

    assert (method.formulas, method.unknown.reason) == ((), "index_weights_unknown")
    assert method.nodes["number"].tolist() == ["", "1", "2", "3", "4"]


@pytest.mark.parametrize("name", normalise.NAMES)
def test_every_normaliser_of_the_engine_has_a_formula_with_even_braces(name):
    latex = views._normaliser(normalise.parse(name)).latex

    assert latex.count("{") == latex.count("}")
    assert "L}" not in latex
