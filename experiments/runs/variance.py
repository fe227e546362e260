"""Which share of the variance of an output is luck, and which assumption.

By the law of total variance Var(Y) = E[Var(Y | parameters)] + Var(E[Y | parameters]): luck within draws, and assumption
between them. Every draw is run with LUCKS lucks of its own, a balanced one-way random-effects design, whose analysis
of variance is unbiased for both [1]. Two lucks a draw are the fewest that tell luck from assumption, and leave the most
draws for a given number of runs.

1. Searle, Casella, McCulloch (1992), Variance components, Wiley, chapter 3.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

RESAMPLES = 1000
INTERVAL = (0.05, 0.95)
LEAST_DRAWS = 3


def shares(values: np.ndarray, seed: int = 0) -> dict[str, float]:
    """Of values of shape (draws, lucks): variance, assumption, luck, low, high, draws.

    `variance` is the sum of both components in the square of the output's unit; `assumption` and `luck` are shares of
    it, from 0 to 1, NaN where nothing varies; low and high are the middle 90 % of the share of assumption over
    resampled draws. Raises ValueError for fewer than LEAST_DRAWS draws or two lucks.
    """
    draws, lucks = values.shape
    if draws < LEAST_DRAWS or lucks < 2:
        raise ValueError(f"{draws} draws with {lucks} lucks; at least {LEAST_DRAWS} with 2")
    rows = np.random.default_rng(seed).integers(draws, size=(RESAMPLES, draws))
    within = values.var(axis=1, ddof=1)
    means = values.mean(axis=1)
    luck, assumption = _components(within, means, lucks)
    many = _share(*_components(within[rows], means[rows], lucks))
    low, high = np.nanquantile(many, INTERVAL) if np.isfinite(many).any() else (np.nan, np.nan)
    share = float(_share(luck, assumption))
    return {"variance": float(luck + assumption), "assumption": share, "luck": 1.0 - share, "low": float(low),
            "high": float(high), "draws": draws}


def _components(within: np.ndarray, means: np.ndarray, lucks: int) -> tuple[np.ndarray, np.ndarray]:
    """(luck, assumption): variances, over the last axis."""
    luck = within.mean(axis=-1)
    return luck, np.maximum(means.var(axis=-1, ddof=1) - luck / lucks, 0.0)


def _share(luck: np.ndarray, assumption: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(assumption) / (np.asarray(luck) + assumption)


def luck_and_assumption(outputs: pd.DataFrame) -> pd.DataFrame:
    """One row a scenario and output of a folder whose parameters were drawn: `shares` of its table `outputs`.

    Draws without all their lucks, or with a missing value, are left out; so is an output with too few draws left.
    """
    keys = ["scenario", "point", "replicate", "seed"]
    rows = []
    for scenario, mine in outputs.groupby("scenario", sort=False):
        lucks = int(mine.groupby("point").size().max())
        for name in outputs.columns.drop(keys):
            kept = mine.dropna(subset=[name]).groupby("point")[name]
            values = [group.to_numpy(float) for _, group in kept if len(group) == lucks]
            if len(values) >= LEAST_DRAWS and lucks > 1:
                rows.append({"scenario": scenario, "output": name} | shares(np.array(values)))
    return pd.DataFrame(rows, columns=["scenario", "output", "variance", "assumption", "luck", "low", "high", "draws"])
