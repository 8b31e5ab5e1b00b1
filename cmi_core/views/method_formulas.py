"""How is the index in force computed? Formulas made from the framework itself, never typed in."""

from typing import NamedTuple

import pandas as pd

from cmi_core.errors import CmiError
from cmi_core.index import aggregate as aggregating
from cmi_core.index import normalise as normalising
from cmi_core.index.build import settle
from cmi_core.index.explain import effective_weights
from cmi_core.index.formulas import group_formula, normaliser_formula
from cmi_core.index.framework import Framework
from cmi_core.store import Store, indices
from cmi_core.views import city_comparison

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


# Words of the engine's formulas that have a letter here, explained in the sentence before each.
LETTERS = {
    r"\text{worst}": "a",
    r"\text{best}": "b",
    r"\text{target}": "t",
    r"\text{ref}": "r",
    r"\text{ or }": r"\;\big|\;",
    r"\text{wins} - \text{losses}": "W - L",
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
    nodes = city_comparison.tree(indices.nodes(store, framework))
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
    try:
        built = city_comparison.engine_framework(head, nodes)
    except CmiError as unknown:
        return Method((), table.reset_index(), unknown)
    given = city_comparison.options(head)
    recipe = settle(built, str(given["normalise"]), (given["aggregate"],), (given["min_coverage"],))
    weights = effective_weights(built).set_index("node")
    table["share"], table["effective"] = weights["share"], weights["effective"]
    formulas = [_normaliser(each) for each in dict.fromkeys(recipe.normalisers)]
    means = dict.fromkeys(each for each in recipe.aggregations if each is not None)
    formulas += [Formula(f"aggregate_{each.name}", _aggregation(each), {}) for each in means]
    formulas += [*_logs(nodes, built), *_written_out(nodes, built, recipe.aggregations)]
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
    for node, rule in city_comparison.cuts_of(store, framework, nodes).items():
        names = {"th": nodes["name_th"][node], "en": nodes["name_en"][node]}
        key, details = ("levels", {}) if nodes["parent"].isna()[node] else ("levels_of", names)
        formulas.append(Formula(key, _levels(rule.names, rule.cuts), details))
    return Method(tuple(formulas), table.reset_index(), None)


def _normaliser(method: normalising.Method) -> Formula:
    return Formula(f"normalise_{method.name}", "s = " + _lettered(normaliser_formula(method)), {})


def _logs(nodes: pd.DataFrame, built: Framework) -> list[Formula]:
    """Which indicators are measured on a logarithmic scale, where any is."""
    found = [node.code for node in built.nodes if node.transform == "log"]
    if not found:
        return []
    names = {language: ", ".join(nodes.loc[found, f"name_{language}"]) for language in ("th", "en")}
    return [Formula("log", r"x \mapsto \ln x", names)]


def _lettered(latex: str) -> str:
    for word, letter in LETTERS.items():
        latex = latex.replace(word, letter)
    return latex


def _aggregation(method: aggregating.Aggregation) -> str:
    return AGGREGATIONS[method.name].replace("@", f"{method.power:g}")


def _written_out(nodes: pd.DataFrame, built: Framework, aggregations: tuple) -> list[Formula]:
    """Every group with its weights in numbers, the index first; groups too wide for a line are left out."""
    found = []
    for number, code in enumerate(built.codes):
        if aggregations[number] is None or len(built.children[number]) > LONGEST:
            continue
        latex = _lettered(group_formula(built, code, aggregations[number]))
        found.append(Formula("group", latex, {"th": nodes["name_th"][code], "en": nodes["name_en"][code]}))
    return found


def _levels(names: tuple[str, ...], cuts: tuple[float, ...]) -> str:
    rows = [rf"\text{{{names[0]}}} & S < {cuts[0]:g}"]
    for place, cut in enumerate(cuts):
        above = cuts[place + 1] if place + 1 < len(cuts) else None
        rows.append(
            rf"\text{{{names[place + 1]}}} & {cut:g} \le S" + (f" < {above:g}" if above is not None else "")
        )
    return r"\begin{cases}" + r" \\ ".join(rows) + r"\end{cases}"
