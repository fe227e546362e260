"""What follows from the prior ranges: the rise of 1999-2001 and a fall like that of 2003 happen, in as many worlds as stated.

Which explanation does it best is the question of the comparison, not of this test. `REFERENCE` says what the ranges
led to when they were last looked at; a range that is too narrow, too wide or moved by mistake shows as too many or too
few worlds of this test on one side of a quartile. Where a range is changed on purpose, or a rule, make it anew:
`python -m tests.statistical.test_prior_ranges`.
"""

from functools import cache

import numpy as np
import pytest
from scipy.stats import betabinom
from undercount.experiments.design import widened
from undercount.model.assumed.scenario import load_scenario
from undercount.model.country.observation import observe
from undercount.model.simulation import simulate

DRAWS = 64
PEOPLE_PER_AGENT = 1000
# A right model fails by chance with this probability a count, of which there are 21: 0.2 % in all.
ERROR = 1e-4

WORLDS = 511  # of the reference, each explanation; odd, so that the 128th and the 384th are its quartiles
FIGURES = ("assisted in 2001", "2001 over 1999", "2003 over 2002")
# Explanation: worlds that rise and fall roughly as observed, and lower and upper quartile of each figure.
REFERENCE = {
    "real-decline": (87, ((1249, 3366), (49.333, 137.952), (0.72, 1.056))),
    "refusal": (161, ((1233, 3353), (49.171, 136.5), (0.576, 0.918))),
    "route-adaptation": (105, ((1250, 3366), (49.333, 136.833), (0.7, 0.994))),
}


def figures(scenario, seed):
    """Simulated total of 2001 over the rows that the source has, and its rise and fall."""
    region = scenario.region
    counts = observe(region, simulate(scenario, PEOPLE_PER_AGENT, seed).hidden)
    totals = {str(year): 0 for year in range(1999, 2004)}
    for row, count in zip(region.referrals, counts):
        if row.assisted is not None and row.period in totals:
            totals[row.period] += int(count)
    first, _, peak, before, after = totals.values()
    return peak, peak / max(1, first), after / max(1, before)


@cache
def worlds(name, width=1.0, draws=DRAWS, seed=1):
    """Figures of independent draws from the prior, a row each."""
    scenario = widened(load_scenario(name, calibrated=False), width)
    points = np.random.default_rng(seed).random((draws, len(scenario.free())))
    return np.array([figures(scenario.draw(dict(zip(scenario.free(), point))), seed * 100_000 + n)
                     for n, point in enumerate(points)])


def hits(name, found):
    """How many rise and fall roughly as observed."""
    observed = sum(row.assisted or 0 for row in load_scenario(name).region.referrals if row.period == "2001")
    peak, rise, fall = found.T
    return int(((rise > 3) & (peak > observed / 3) & (peak < observed * 3) & (fall > 0.3) & (fall < 0.7)).sum())


def bounds(alpha, beta):
    """Fewest and most of `DRAWS` worlds where the chance of one is only known from the reference: beta(alpha, beta)."""
    return betabinom.ppf([ERROR / 2, 1 - ERROR / 2], DRAWS, alpha, beta)


def outside(name, found):
    """Every count that is out of its bounds, in words.

    Of new worlds of the same law the chance to fall below the k-th of n is exactly beta(k, n + 1 - k), whatever the
    law; that of a hit is known from the reference by Jeffreys' rule.
    """
    hit, quartiles = REFERENCE[name]
    counts = [("rise and fall as observed", hits(name, found), bounds(hit + 0.5, WORLDS - hit + 0.5))]
    quarter = bounds((WORLDS + 1) / 4, 3 * (WORLDS + 1) / 4)
    for n, figure in enumerate(FIGURES):
        low, high = quartiles[n]
        counts += [(f"{figure} below {low}", int((found[:, n] < low).sum()), quarter),
                   (f"{figure} above {high}", int((found[:, n] > high).sum()), quarter)]
    return [f"{words}: {count} of {DRAWS}, not {low:.0f} to {high:.0f}" for words, count, (low, high) in counts
            if not low <= count <= high]


@pytest.mark.slow
@pytest.mark.parametrize("name", REFERENCE)
def test_the_priors_lead_to_rise_and_fall_as_often_as_stated(name):
    assert not outside(name, worlds(name))


@pytest.mark.slow
@pytest.mark.parametrize("width", [0.5, 2.0])
def test_ranges_half_or_twice_as_wide_would_be_noticed(width):
    assert outside("refusal", worlds("refusal", width))


@pytest.mark.parametrize("name", REFERENCE)
def test_no_explanation_is_in_conflict_with_the_table_or_tuned_to_it(name):
    """A conflict is a probability below 0.02 (docs/patterns.md); a range under which most draws fit has been tuned."""
    assert 0.02 * WORLDS < REFERENCE[name][0] < 0.5 * WORLDS


def main():
    for name in REFERENCE:
        found = worlds(name, draws=WORLDS, seed=2)
        ordered = np.sort(found, axis=0)
        quartiles = tuple((round(float(low), 3), round(float(high), 3)) for low, high in zip(ordered[127], ordered[383]))
        print(f'    "{name}": ({hits(name, found)}, {quartiles}),', flush=True)


if __name__ == "__main__":
    main()
