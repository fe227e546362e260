"""Shares of luck and assumption in the variance, where they are known."""

import numpy as np
import pandas as pd
import pytest
from undercount.experiments.runs.variance import luck_and_assumption, shares


def made(draws, lucks, assumption, luck, seed=1):
    rng = np.random.default_rng(seed)
    return rng.normal(0, np.sqrt(assumption), (draws, 1)) + rng.normal(0, np.sqrt(luck), (draws, lucks))


def test_unbiased_where_the_shares_are_known():
    found = [shares(made(200, 2, 3.0, 1.0, seed)) for seed in range(40)]
    assert abs(np.mean([each["assumption"] for each in found]) - 0.75) < 0.015
    assert abs(np.mean([each["variance"] for each in found]) - 4.0) < 0.15
    # Nominal 90 %: fewer than 30 of 40 by chance in one of 300.
    assert sum(each["low"] <= 0.75 <= each["high"] for each in found) >= 30


def test_ends():
    assert shares(made(300, 2, 0.0, 1.0))["assumption"] < 0.2
    assert shares(made(30, 2, 1.0, 0.0))["assumption"] == 1.0
    assert np.isnan(shares(np.ones((4, 2)))["assumption"])
    with pytest.raises(ValueError, match="2 draws"):
        shares(np.ones((2, 2)))


def test_half_finished_draws_and_missing_values_are_left_out():
    values = made(6, 2, 1.0, 1.0)
    table = pd.DataFrame({"scenario": "a", "point": np.repeat(np.arange(1, 7), 2), "replicate": np.arange(12),
                          "seed": np.arange(12), "y": values.ravel(), "z": np.nan})
    table.loc[0, "y"] = np.nan
    found = luck_and_assumption(table.iloc[:-1])
    assert list(found["output"]) == ["y"] and found["draws"][0] == 4
    expected = shares(values[1:5])
    assert found["assumption"][0] == pytest.approx(expected["assumption"])
