"""Noise of the pooled scale against single persons: the variance of every observed cell over paired seeds."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import f
from undercount.experiments.bench.region import SCENARIO, multiplied
from undercount.model.assumed.scenario import load_scenario
from undercount.model.country.observation import observe
from undercount.model.engine.layout import POOLED
from undercount.model.simulation import simulate_template
from undercount.model.world import Template

MOST = 1.1  # of a ratio of variances that is asked for
LEVEL = 0.01  # of all cells together
FEWEST = 1.0  # mean count of a cell that is compared: rarer ones say nothing of a variance


def noise(seeds: int, fewer: int) -> dict[str, Any]:
    """Variance of each cell, pooled / single persons, on a region with so many times fewer people.

    A ratio of two variances of `seeds` counts each scatters by about 2 / sqrt(seeds - 1), so the largest of some
    twenty lies above any bound near 1 by chance. `over` therefore counts the cells whose ratio could not be so large
    if the true one were `MOST` (F test, Bonferroni over the cells).
    """
    scenario = multiplied(load_scenario(SCENARIO), 1 / fewer)
    counts = {}
    for scale in (POOLED, 1):
        made = Template(scenario, scale)
        counts[scale] = np.array([observe(made.region, simulate_template(made, seed).hidden) for seed in range(seeds)])
    single = counts[1].mean(axis=0)
    some = np.flatnonzero((single > FEWEST) & (counts[1].var(axis=0) > 0))
    ratios = counts[POOLED].var(axis=0, ddof=1)[some] / counts[1].var(axis=0, ddof=1)[some]
    rows = scenario.region.referrals
    limit = MOST * f.isf(LEVEL / max(1, len(some)), seeds - 1, seeds - 1)
    return {"seeds": seeds, "fewer": fewer, "mean_ratio": round(float(ratios.mean()), 3),
            "largest_ratio": round(float(ratios.max()), 3), "standard_error": round(2 / np.sqrt(seeds - 1), 3),
            "over": int((ratios > limit).sum()), "limit": round(float(limit), 3),
            "rare_cells": len(rows) - len(some),
            "cells": {f"{rows[n].iso3} {rows[n].period}": {"mean": round(float(mean), 1),
                                                           "ratio": round(float(ratio), 3)}
                      for n, mean, ratio in zip(some, single[some], ratios)}}
