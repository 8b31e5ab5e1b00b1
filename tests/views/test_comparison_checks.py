"""Whether parts belong together: every table equals what the engine says of the same scores."""

import numpy as np
import pytest

from cmi_core.errors import ComputationError
from cmi_core.index import consistency
from cmi_core.views import city_comparison as views
from cmi_core.views import comparison_checks as checks
from tests.index import comparison_data as data

MORE = {checks.pulling: ("pearson",), checks.related: ("parts", "pearson"), checks.consistent: ()}


@pytest.fixture
def chosen(store):
    return views.of_year(store, data.made(store), "2025")


@pytest.mark.parametrize("depth", ["parts", "indicators"])
@pytest.mark.parametrize("method", consistency.METHODS)
def test_every_pair_is_told_once_and_the_flagged_first(store, chosen, depth, method):
    found = views.comparison(store, chosen)
    table = checks.related(store, chosen, "top", depth, method)

    nodes = views.leaves_below(found, "top") if depth == "indicators" else views.children_of(found, "top")
    assert len(table) == len(nodes) * (len(nodes) - 1) // 2
    assert len(table) > 0
    assert {frozenset(pair) for pair in zip(table["a"], table["b"], strict=True)} == {
        frozenset((one, other)) for one in nodes for other in nodes if one != other
    }
    for row in table.itertuples():
        r, _, n = consistency.correlation(
            found.scored[row.a].to_numpy(float), found.scored[row.b].to_numpy(float), method
        )
        assert (row.r, row.n) == (pytest.approx(r, nan_ok=True), n)
    flagged = (table["flag"] != "").to_numpy()
    assert list(flagged) == sorted(flagged, reverse=True)
    assert table["name_th_a"].notna().all()


def test_a_square_has_both_halves_and_its_diagonal(store, chosen):
    table = checks.related(store, chosen, "top", "indicators", "pearson")
    cells = checks.square(table)
    codes = set(table["a"]) | set(table["b"])

    assert len(cells.drop_duplicates(["a", "b"])) == len(cells) == len(codes) ** 2
    wide = cells.pivot(index="a", columns="b", values="r")
    assert np.allclose(wide, wide.T, equal_nan=True)
    assert np.isnan(np.diag(wide)).all()


def test_only_children_do_not_pull(store, chosen):
    found = views.comparison(store, chosen)
    table = checks.pulling(store, chosen, "top", "pearson")

    assert not table.empty
    assert table["parent"].map(lambda code: len(views.children_of(found, code))).min() > 1
    assert table["r"].dropna().is_monotonic_increasing


def test_alpha_is_of_groups_of_several(store, chosen):
    found = views.comparison(store, chosen)
    table = checks.consistent(store, chosen, "top")

    assert not table.empty
    assert (table["children"] > 1).all()
    for row in table.itertuples():
        nodes = views.children_of(found, row.node)
        assert row.alpha == pytest.approx(consistency.cronbach_alpha(found.scored[nodes]), nan_ok=True)


def test_an_index_that_is_only_printed_has_no_checks(store):
    for table in (checks.pulling, checks.related, checks.consistent):
        with pytest.raises(ComputationError, match="index_weights_unknown"):
            table(store, ("isc_chiang_mai_2019",), "isc_overall", *MORE[table])
