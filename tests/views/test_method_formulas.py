"""Formulas are made from the framework in force."""

import pytest

from cmi_core.index import normalise
from cmi_core.views import method_formulas as views
from tests.index import comparison_data as data


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
    assert written[0] == r"S_{\text{top}} = \frac{2\,S_{\text{green}} + 1\,S_{\text{fair}}}{3}"
    assert written[2] == r"S_{\text{fair}} = \frac{1\,S_{\text{jobs}} + 3\,S_{\text{schools}}}{4}"


def test_another_method_gives_other_formulas(store):
    code = data.framework(
        store, release="g", aggregate="geometric", normalise="minmax:1:10", min_coverage=None
    )
    method = views.method(store, code)

    assert {"normalise_minmax", "aggregate_geometric"} <= {formula.key for formula in method.formulas}
    assert method.formulas[0].latex.startswith(r"s = 1 + 9 \cdot")


def test_an_index_without_weights_has_no_formula_and_says_why(store):
    method = views.method(store, "isc_2019")

    assert (method.formulas, method.unknown.reason) == ((), "index_weights_unknown")
    assert method.nodes["depth"].tolist() == [0, 1, 1, 1, 1]


@pytest.mark.parametrize("name", normalise.NAMES)
def test_every_normaliser_of_the_engine_has_a_formula_with_even_braces(name):
    latex = views._normaliser(normalise.parse(name)).latex

    assert latex.count("{") == latex.count("}")
    assert "text{worst" not in latex
