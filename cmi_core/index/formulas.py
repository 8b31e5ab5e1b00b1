"""The formulas in force, written from the framework itself (LaTeX), so that no page copies one by hand."""

import numpy as np

from cmi_core.index.aggregate import Aggregation
from cmi_core.index.build import settle
from cmi_core.index.framework import Framework
from cmi_core.index.normalise import Method

NORMALISERS = {
    "minmax": r"{base} + {height} \cdot \frac{{d x - \min}}{{\max - \min}}",
    "zscore": r"{base} + {height} \cdot \frac{{d x - \bar x}}{{s}}",
    "scaled": r"100 \cdot \frac{{d x - {base}}}{{{height}}}",
    "ordinal": r"{base} + {height} \cdot \frac{{d x - \text{{worst}}}}{{\text{{best}} - \text{{worst}}}}",
    "rank": r"\operatorname{{rank}}(d x)",
    "percentile-rank": r"\frac{{\operatorname{{rank}}(d x) - 1}}{{n - 1}}",
    "borda": r"\operatorname{{rank}}(d x) - 1",
    "goalposts": r"{base} + {height} \cdot \frac{{x - \text{{worst}}}}{{\text{{best}} - \text{{worst}}}}",
    "distance-to-target": r"\frac{{d x - \min}}{{d \cdot \text{{target}} - \min}}",
    "distance-to-maximum": r"1 - \frac{{\max - d x}}{{\max - \min}}",
    "distance-to-reference": r"1 - \frac{{d x_{{\text{{ref}}}} - d x}}{{d x_{{\text{{ref}}}} - \min}}",
    "fraction-of-maximum": r"\frac{{x}}{{\max x}} \text{{ or }} \frac{{\min x}}{{x}}",
    "none": r"d x",
}


def normaliser_formula(method: Method) -> str:
    """
    Formula of a normaliser; d is 1 where higher is better and -1 where lower is.

    >>> from cmi_core.index.normalise import parse
    >>> normaliser_formula(parse("borda"))
    '\\\\operatorname{rank}(d x) - 1'
    """
    numbers = [p for p in method.parameters if isinstance(p, float)]
    base, top = numbers if numbers else (0.0, 1.0)
    unit = top if method.name == "zscore" else top - base
    return NORMALISERS[method.name].format(base=f"{base:g}", height=f"{unit:g}")


def group_formula(framework: Framework, node: str, method: Aggregation) -> str:
    """
    Formula of a group's score S from its children's, weights as laid down, for children that are all present.

    >>> from cmi_core.index.aggregate import parse
    >>> from cmi_core.index.contradictions import Node
    >>> tree = Framework((Node("isc"), Node("a", "isc", weight=2.0), Node("b", "isc")))
    >>> group_formula(tree, "isc", parse("arithmetic"))
    'S_{\\\\text{isc}} = \\\\frac{2\\\\,S_{\\\\text{a}} + 1\\\\,S_{\\\\text{b}}}{3}'
    """
    below = framework.children[framework.number(node)]
    names = [_name(framework.codes[child]) for child in below]
    weights = [f"{framework.weights[child]:g}" for child in below]
    total = f"{np.sum(framework.weights[below]):g}"
    left = f"{_name(node)} = "
    if method.name == "copeland":
        return left + rf"\text{{wins}} - \text{{losses}} \;({', '.join(names)})"
    if method.name == "sum":
        return left + " + ".join(names)
    if method.power == 0:
        inner = r" \cdot ".join(f"{name}^{{{weight}}}" for name, weight in zip(names, weights, strict=True))
        return left + rf"\left({inner}\right)^{{1/{total}}}"
    power = "" if method.power == 1 else f"^{{{method.power:g}}}"
    terms = " + ".join(rf"{weight}\,{name}{power}" for name, weight in zip(names, weights, strict=True))
    mean = rf"\frac{{{terms}}}{{{total}}}"
    return left + (mean if not power else rf"\left({mean}\right)^{{1/{method.power:g}}}")


def formulas(framework: Framework, *, normalise: str, aggregate: str | tuple[str, ...]) -> dict[str, str]:
    """Formula of every node by its code, for the methods that `index.build` would use with these options."""
    levels = aggregate if isinstance(aggregate, tuple) else (aggregate,)
    recipe = settle(framework, normalise, levels, (0.0,))
    methods = dict(zip(framework.indicators, recipe.normalisers, strict=True))
    found = {}
    for code, method in zip(framework.codes, recipe.aggregations, strict=True):
        if method is None:
            found[code] = f"{_name(code)} = {normaliser_formula(methods[code])}"
        else:
            found[code] = group_formula(framework, code, method)
    return found


def _name(code: str) -> str:
    return rf"S_{{\text{{{code.replace('_', chr(92) + '_')}}}}}"
