"""The examples in the docstrings hold."""

import doctest
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
WITH_EXAMPLES = [
    ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for file in sorted((ROOT / "cmi_core").rglob("*.py"))
    if ">>> " in file.read_text(encoding="utf-8")
]


def test_the_engine_has_examples():
    assert len([name for name in WITH_EXAMPLES if name.startswith("cmi_core.index.")]) >= 15


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_examples_hold(name):
    with np.printoptions(legacy=False):
        result = doctest.testmod(import_module(name))
    assert result.attempted
    assert not result.failed
