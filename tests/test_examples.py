"""The examples in the docstrings of the pure modules hold."""

import doctest
from importlib import import_module

import numpy as np
import pytest

PURE = (
    "aggregate", "check", "csv_files", "denominate", "formulas", "framework", "impute", "index", "levels",
    "normalise", "rank", "scenarios", "screen", "treat", "values", "what_if",
)  # fmt: skip


@pytest.mark.parametrize("name", PURE)
def test_examples_hold(name):
    with np.printoptions(legacy=False):
        result = doctest.testmod(import_module(f"cmi_core.{name}"))
    assert result.attempted
    assert not result.failed
