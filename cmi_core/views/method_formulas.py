"""How is the index in force computed? Formulas made from the framework itself, never typed in."""

from typing import NamedTuple

import pandas as pd

from cmi_core import aggregate as aggregating
from cmi_core import normalise as normalising
from cmi_core.errors import CmiError
from cmi_core.explain import effective_weights
from cmi_core.index import settle
from cmi_core.store import Store, indices, scores
from cmi_core.views import comparison

LONGEST = 12  # children written out one by one before a sum sign takes over


class Formula(NamedTuple):
    """A formula in LaTeX, the key of the sentence that introduces it, and what fills its blanks."""

    key: str
    latex: str
    details: dict[str, str]


class Method(NamedTuple):
    """The formulas of a release and the nodes they speak of, or why there are none."""

    formulas: tuple[Formula, ...]
    nodes: pd.DataFrame
    unknown: CmiError | None


NORMALISERS = {
    "minmax": r"s_i = {L} + ({U} - {L})\,\frac{{d_i x_i - \min_p d_i x_{{ip}}}}{{\max_p d_i x_{{ip}} - \min_p d_i x_{{ip}}}}",
    "zscore": r"s_i = {L} + {U}\,\frac{{d_i x_i - \overline{{d_i x_i}}}}{{\sigma_i}},\quad \sigma_i^2 = \tfrac{{1}}{{n-1}}\sum_p (x_{{ip}}-\bar x_i)^2",
    "scaled": r"s_i = 100\,\frac{{d_i x_i - {L}}}{{{U} - {L}}}",
    "ordinal": r"s_i = {L} + ({U} - {L})\,\frac{{x_i - \ell_i}}{{u_i - \ell_i}},\quad x_i \in \{{\ell_i,\dots,u_i\}}",
    "goalposts": r"s_i = {L}\cdot\min\!\left(1,\max\!\left(0,\;\frac{{x_i - \ell_i}}{{u_i - \ell_i}}\right)\right),\quad s_i = {L}\cdot\min\!\left(1,\max\!\left(0,\;\frac{{u_i - x_i}}{{u_i - \ell_i}}\right)\right)",
    "rank": r"s_i = 1 + \#\{{p : d_i x_{{ip}} < d_i x_i\}}",
    "percentile-rank": r"s_i = 100\,\frac{{\#\{{p : d_i x_{{ip}} < d_i x_i\}} + \tfrac12\#\{{p : x_{{ip}} = x_i\}}}}{{n}}",
    "borda": r"s_i = \#\{{p : d_i x_{{ip}} < d_i x_i\}}",
    "distance-to-target": r"s_i = \frac{{d_i x_i - \min_p d_i x_{{ip}}}}{{d_i t_i - \min_p d_i x_{{ip}}}}",
    "distance-to-reference": r"s_i = \frac{{d_i x_i - \min_p d_i x_{{ip}}}}{{d_i x_{{ir}} - \min_p d_i x_{{ip}}}}",
    "distance-to-maximum": r"s_i = \frac{{d_i x_i - \min_p d_i x_{{ip}}}}{{\max_p d_i x_{{ip}} - \min_p d_i x_{{ip}}}}",
    "fraction-of-maximum": r"s_i = \frac{{x_i}}{{\max_p x_{{ip}}}}",
    "none": r"s_i = x_i",
}
AGGREGATIONS = {
    "arithmetic": r"S_g = \frac{\sum_{c} w_c\, S_c}{\sum_{c} w_c}",
    "geometric": r"S_g = \left(\prod_{c} S_c^{\,w_c}\right)^{1/\sum_{c} w_c}",
    "harmonic": r"S_g = \frac{\sum_{c} w_c}{\sum_{c} w_c / S_c}",
    "power": r"S_g = \left(\frac{\sum_{c} w_c\, S_c^{\,P}}{\sum_{c} w_c}\right)^{1/P},\quad P = @",
    "copeland": r"S_g = \#\{p : g \text{ beats } p\} - \#\{p : p \text{ beats } g\}",
    "sum": r"S_g = \sum_{c} S_c",
}


def method(store: Store, framework: str) -> Method:
    """The formulas in force for a release: normalising, adding up, coverage, levels and ranks."""
    head = next(row for row in indices.frameworks(store).to_dict("records") if row["framework"] == framework)
    nodes = comparison.tree(indices.nodes(store, framework))
    table = nodes[
        [
            "name_th",
            "name_en",
            "depth",
            "direction",
            "lower",
            "upper",
            "target",
            "unit_th",
            "unit_en",
            "weight",
        ]
    ].copy()
    table["number"] = _numbers(nodes)
    try:
        built = comparison.engine_framework(head, nodes)
    except CmiError as unknown:
        return Method((), table.reset_index(), unknown)
    given = comparison.options(head)
    recipe = settle(built, str(given["normalise"]), (given["aggregate"],), (given["min_coverage"],))
    weights = effective_weights(built).set_index("node")
    table["share"], table["effective"] = weights["share"], weights["effective"]
    formulas = [_normaliser(each) for each in dict.fromkeys(recipe.normalisers)]
    means = dict.fromkeys(each for each in recipe.aggregations if each is not None)
    formulas += [Formula(f"aggregate_{each.name}", _aggregation(each), {}) for each in means]
    formulas += _written_out(nodes, table, recipe.aggregations, built)
    share = float(str(given["min_coverage"]))
    if share:
        formulas.append(
            Formula(
                "coverage",
                rf"\frac{{\#\{{c : S_c\ \text{{known}}\}}}}{{\#\{{c\}}}} \ge {share:g}",
                {"share": f"{share * 100:g}"},
            )
        )
    formulas.append(Formula("rank", r"r_p = 1 + \#\{q : S_q > S_p\}", {}))
    cuts = comparison.cut_points(scores.levels(store, framework))
    if cuts is not None:
        formulas.append(Formula("levels", _levels(cuts.names, cuts.cuts), {}))
    return Method(tuple(formulas), table.reset_index(), None)


def _normaliser(method: normalising.Method) -> Formula:
    numbers = [each for each in method.parameters if isinstance(each, int | float)]
    low, high = ([f"{each:g}" for each in numbers] + ["", ""])[:2]
    return Formula(f"normalise_{method.name}", NORMALISERS[method.name].format(L=low, U=high), {})


def _aggregation(method: aggregating.Aggregation) -> str:
    return AGGREGATIONS[method.name].replace("@", f"{method.power:g}")


def _written_out(
    nodes: pd.DataFrame, table: pd.DataFrame, aggregations: tuple, built: object
) -> list[Formula]:
    """Every arithmetic group as a sum with its weights in numbers, the index first."""
    found = []
    for number, code in enumerate(built.codes):
        method = aggregations[number]
        children = [each for each in nodes.index if nodes["parent"][each] == code]
        if method is None or method.name != "arithmetic" or len(children) > LONGEST:
            continue
        parts = [rf"{table['share'][child]:.4g}\,S_{{{table['number'][child]}}}" for child in children]
        left = "S" if not table["number"][code] else f"S_{{{table['number'][code]}}}"
        found.append(
            Formula(
                "group",
                f"{left} = {' + '.join(parts)}",
                {"th": nodes["name_th"][code], "en": nodes["name_en"][code]},
            )
        )
    return found


def _levels(names: tuple[str, ...], cuts: tuple[float, ...]) -> str:
    rows = [rf"\text{{{names[0]}}} & S < {cuts[0]:g}"]
    for place, cut in enumerate(cuts):
        above = cuts[place + 1] if place + 1 < len(cuts) else None
        rows.append(
            rf"\text{{{names[place + 1]}}} & {cut:g} \le S" + (f" < {above:g}" if above is not None else "")
        )
    return r"\begin{cases}" + r" \\ ".join(rows) + r"\end{cases}"


def _numbers(nodes: pd.DataFrame) -> list[str]:
    """Numbers by place in the tree: nothing for the index, 1 for its first part, 1.2 below it."""
    count: dict[str, int] = {}
    number: dict[str, str] = {}
    for code, parent in zip(nodes.index, nodes["parent"], strict=True):
        if not isinstance(parent, str):
            number[code] = ""
            continue
        count[parent] = count.get(parent, 0) + 1
        number[code] = f"{number[parent]}.{count[parent]}".lstrip(".")
    return [number[code] for code in nodes.index]
