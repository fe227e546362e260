"""Designs and indices, by SALib: points in, numbers of points out, indices back. Nothing here knows a scenario.

1. Morris (1991), Factorial sampling plans for preliminary computational experiments, Technometrics 33(2).
2. Campolongo, Cariboni, Saltelli (2007), An effective screening design, doi:10.1016/j.envsoft.2006.10.004
3. Saltelli et al. (2010), Variance based sensitivity analysis of model output, doi:10.1016/j.cpc.2009.09.018
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from undercount.model.files.problems import BadInput, Problem

LEVELS = 4
STEP = 2 / 3  # of a range: the step of a design of four levels
RESAMPLES = 200
CONFIDENCE = 0.9
SEED = 1  # of resampling; SALib takes 0 for none
TREES, MOST_ROWS = 100, 4000  # of the forest


def need_salib() -> None:
    """Raises BadInput if SALib is not installed."""
    try:
        import SALib  # noqa: F401
    except ImportError:
        raise BadInput(Problem("installation", "SALib", "not installed",
                               "the extra `sensitivity`: pip install 'undercount[sensitivity]'")) from None


def _problem(names: Sequence[str]) -> dict[str, Any]:
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def trajectories(names: Sequence[str], count: int, seed: int) -> np.ndarray:
    """(count, names + 1, names) in [0, 1]: Morris' trajectories, each step of one name [1]."""
    from SALib.sample import morris

    # Each trajectory by a seed of its own, so that one can be made again, and more added.
    return np.array([morris.sample(_problem(names), 1, num_levels=LEVELS, seed=seed + n + 1) for n in range(count)])


def effects(names: Sequence[str], points: np.ndarray, values: np.ndarray, again: np.ndarray) -> pd.DataFrame:
    """name, mu_star, sigma and floor of one output.

    points  (trajectories, n + 1, n); values (trajectories, n + 1)

    `mu_star` is the mean absolute effect of a whole range [2], `sigma` the spread of the effects, `floor` what another
    luck alone would be given: `again` holds the values of the first points with another luck. All are in standard
    deviations of the output over the design; an output that does not vary has none (0).
    """
    from SALib.analyze import morris

    spread = values.std()
    if spread == 0:
        return pd.DataFrame({"name": list(names), "mu_star": 0.0, "sigma": 0.0, "floor": 0.0})
    found = morris.analyze(_problem(names), points.reshape(-1, len(names)), values.ravel(), num_levels=LEVELS,
                           seed=SEED)
    return pd.DataFrame({"name": list(names), "mu_star": np.asarray(found["mu_star"], float) / spread,
                         "sigma": np.asarray(found["sigma"], float) / spread,
                         "floor": float(np.abs(again - values[:, 0]).mean()) / STEP / spread})


def blocks(names: Sequence[str], count: int, seed: int) -> np.ndarray:
    """(count, names + 2, names) in [0, 1): Saltelli's design [3], a block for every point of a Sobol sequence.

    `count` is a power of 2; the blocks of a smaller one come first in a larger one.
    """
    from SALib.sample import sobol

    found = sobol.sample(_problem(names), count, calc_second_order=False, seed=seed + 1)
    return np.minimum(found.reshape(count, len(names) + 2, len(names)), np.nextafter(1.0, 0.0))


def sobol_indices(names: Sequence[str], points: np.ndarray, values: np.ndarray) -> pd.DataFrame:
    """name, first, first_low, first_high, total, total_low, total_high, forest of one output.

    points  (count, names + 2, names) as `blocks` gives them; values (count, names + 2)

    Intervals are bootstrap ones of 90 %. `forest` is a second opinion: the share of the variance that a random forest
    explains out of bag, shared out by how much it used each name. All are 0 for an output that does not vary. Raises
    ValueError for a value that is no number, because one of them would make every index 0 or missing.
    """
    if not np.isfinite(values).all():
        raise ValueError(f"{np.count_nonzero(~np.isfinite(values))} values are no numbers")
    columns = ["first", "first_low", "first_high", "total", "total_low", "total_high", "forest"]
    if np.ptp(values) == 0:
        return pd.DataFrame({"name": list(names)} | dict.fromkeys(columns, 0.0))
    from SALib.analyze import sobol

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = sobol.analyze(_problem(names), values.ravel(), calc_second_order=False, num_resamples=RESAMPLES,
                              conf_level=CONFIDENCE, seed=SEED)
    first, total = np.asarray(found["S1"]), np.asarray(found["ST"])
    wide, total_wide = np.nan_to_num(found["S1_conf"]), np.nan_to_num(found["ST_conf"])
    return pd.DataFrame({
        "name": list(names), "first": first, "first_low": first - wide, "first_high": first + wide, "total": total,
        "total_low": total - total_wide, "total_high": total + total_wide,
        "forest": _forest(points.reshape(-1, len(names)), values.ravel())})


def widest(indices: pd.DataFrame) -> float:
    """Width of the widest interval of any index."""
    return float(max((indices["first_high"] - indices["first_low"]).max(),
                     (indices["total_high"] - indices["total_low"]).max()))


def _forest(points: np.ndarray, values: np.ndarray) -> np.ndarray:
    from sklearn.ensemble import RandomForestRegressor

    points, values = points[:MOST_ROWS], values[:MOST_ROWS]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        forest = RandomForestRegressor(TREES, min_samples_leaf=3, oob_score=True, random_state=0).fit(points, values)
    return forest.feature_importances_ * max(0.0, forest.oob_score_)
