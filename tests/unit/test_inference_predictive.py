"""Bands, naive forecasts, contraction, weighted quantiles."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from undercount.experiments.inference.contraction import contraction
from undercount.experiments.inference.predictive import (
    averaged_relative_difference,
    bands,
    last_year_persists,
    last_years_shares,
)
from undercount.experiments.inference.weighted import effective_size, quantiles


def test_bands_of_normal_cells_cover_nine_in_ten():
    rng = np.random.default_rng(1)
    drawn = rng.normal(size=(4000, 20, 20))
    found = bands(drawn, rng.normal(size=(20, 20)))
    assert found.covered == pytest.approx(0.9, abs=0.05)  # 400 cells: three standard errors are 0.045
    assert found.low.mean() == pytest.approx(-1.645, abs=0.02)
    assert bands(drawn / 2, rng.normal(size=(20, 20))).covered < 0.7


def test_cells_not_observed_count_neither_way():
    observed = np.array([0.0, np.nan, 100.0])
    found = bands(np.random.default_rng(1).normal(size=(500, 3)), observed)
    assert found.cells == 2 and found.covered == 0.5


def test_weights_move_bands():
    drawn = np.concatenate([np.zeros(500), np.ones(500)])[:, None]
    found = bands(drawn, np.array([1.0]), weights=np.repeat([0.001, 1.0], 500))
    assert found.low[0] == found.high[0] == 1


def test_score_and_naive_forecasts():
    last, now = np.array([10.0, 20.0, 30.0]), np.array([5.0, 40.0, np.nan])
    assert averaged_relative_difference(last_year_persists(last), now) == pytest.approx((5 + 20) / 45)
    assert last_years_shares(last, 120.0).tolist() == [20, 40, 60]
    assert averaged_relative_difference(now, now) == 0


def test_naive_forecasts_of_the_shipped_table_have_the_scores_that_were_stated():
    from undercount.model.assumed.scenario import load_scenario

    cells = {(row.iso3, row.period): row.assisted for row in load_scenario("baseline").region.referrals}
    codes = [code for code, period in cells if period == "2003"]
    last, now = (np.array([cells[code, period] for code in codes], float) for period in ("2002", "2003"))
    assert averaged_relative_difference(last_year_persists(last), now) == pytest.approx(1.03, abs=0.005)
    assert averaged_relative_difference(last_years_shares(last, now.sum()), now) == pytest.approx(0.40, abs=0.005)


def test_contraction_of_a_conjugate_posterior():
    """A normal mean after n values contracts by n / (n + 1); a parameter unseen by 0."""
    rng = np.random.default_rng(1)
    prior, posterior = rng.normal(size=(4000, 2)), rng.normal(size=(4000, 2)) * [np.sqrt(0.25), 1]
    seen, unseen = contraction(prior, posterior, ["seen", "unseen"], seed=1)
    assert seen.contraction.value == pytest.approx(0.75, abs=0.04)
    assert unseen.contraction.value == pytest.approx(0, abs=0.1)
    assert unseen.contraction.low < 0.2 < seen.contraction.low < 0.75 < seen.contraction.high


def test_contraction_by_weights_and_by_given_variance():
    """Importance weights turn a uniform into a narrower beta(5, 5): variance 1/44 against 1/12."""
    u = np.random.default_rng(1).random((20_000, 1))
    weights = (u[:, 0] * (1 - u[:, 0])) ** 4
    (found,) = contraction(np.array([1 / 12]), u, ["share"], seed=1, weights=weights)
    assert found.contraction.value == pytest.approx(1 - 12 / 44, abs=0.02)
    assert found.rows == pytest.approx(effective_size(weights)) and found.rows < 15_000
    with pytest.raises(ValueError, match="no spread in the prior of share"):
        contraction(np.zeros((5, 1)), u, ["share"], seed=1)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40), st.floats(0, 1))
def test_equal_weights_give_the_quantiles_of_numpy(values, prob):
    assert quantiles(values, [prob])[0] == pytest.approx(np.quantile(values, prob, method="hazen"), abs=1e-6, rel=1e-9)
