"""Within the prior ranges the rise of 1999-2001 and a fall like that of 2003 happen, and not for one explanation only.

Which explanation does it best is the question of the comparison, not of this test.
"""

import numpy as np
import pytest
from scipy.stats import qmc
from undercount.model.assumed.scenario import load_scenario
from undercount.model.country.observation import observe
from undercount.model.simulation import simulate

DRAWS = 32
PEOPLE_PER_AGENT = 1000


def yearly_totals(scenario, seed):
    """Simulated total of the rows that the source has, for 1999 to 2003."""
    region = scenario.region
    counts = observe(region, simulate(scenario, PEOPLE_PER_AGENT, seed).hidden)
    totals = {str(year): 0 for year in range(1999, 2004)}
    for row, count in zip(region.referrals, counts):
        if row.assisted is not None and row.period in totals:
            totals[row.period] += int(count)
    return np.array(list(totals.values()))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["real-decline", "refusal", "route-adaptation"])
def test_rise_and_fall_of_roughly_the_right_size_are_within_the_priors(name):
    scenario = load_scenario(name)
    free = list(scenario.free())
    points = qmc.Sobol(len(free), seed=2).random(DRAWS)
    observed = sum(row.assisted or 0 for row in scenario.region.referrals if row.period == "2001")
    hits = 0
    for seed, point in enumerate(points):
        totals = yearly_totals(scenario.draw(dict(zip(free, point))), seed)
        rise = totals[2] > 3 * totals[0] and observed / 3 < totals[2] < observed * 3
        fall = totals[3] > 0 and 0.3 < totals[4] / totals[3] < 0.7
        hits += rise and fall
    assert hits >= 1, f"{name}: none of {DRAWS} draws rises and falls as observed"
    assert hits < DRAWS, "a range under which every draw fits has been tuned"
