"""Outputs of two folders of runs, paired by seed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats
from undercount.experiments.runs.outputs import outputs
from undercount.experiments.runs.results import Results
from undercount.model.engine.layout import HIDDEN_FIELDS

COVERAGE = 0.95
COLUMNS = ["first", "second", "output", "pairs", "mean_first", "mean_second", "change", "low", "high", "same"]


def outputs_table(results: Results) -> pd.DataFrame:
    """scenario, point (0 where nothing is swept), replicate, seed and one column an output, one row a run."""
    if results.sweep is not None:
        return results.table("outputs")
    hidden, referrals, region = results.table("hidden"), results.table("referrals"), results.region
    runs = results.table("runs")[["scenario", "replicate", "seed"]]
    months, places = hidden["month"].nunique(), len(region.countries)
    sums = hidden[list(HIDDEN_FIELDS)].to_numpy().reshape(len(runs), months, places, -1).sum(axis=2).transpose(0, 2, 1)
    counts = np.zeros((len(runs), len(region.referrals)))
    if len(referrals):
        rows = {(row.iso3, row.period): n for n, row in enumerate(region.referrals)}
        each = len(referrals) // len(runs)
        at = [rows[key] for key in zip(referrals["country"][:each], referrals["year"][:each])]
        counts[:, at] = referrals["assisted"].to_numpy().reshape(len(runs), each)
    return runs.assign(**outputs(region, sums, counts)).reset_index(drop=True).assign(point=0)


def number_differences(one: Results, other: Results, pairs: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """COLUMNS, one row a pair of scenarios and output that both have.

    `pairs` runs have the same point and seed; `change` is the mean of second - first over them, with its 95 % interval
    (Student's, of the paired differences; NaN for one pair); `same` is how many are equal.
    """
    first, second = outputs_table(one), outputs_table(other)
    names = [name for name in first.columns if name in second.columns
             and name not in ("scenario", "point", "replicate", "seed")]
    rows = []
    for a, b in pairs:
        both = _same_points(first, one, other).query("scenario == @a").merge(
            _same_points(second, one, other).query("scenario == @b"), on=["point", "seed"],
            suffixes=("_first", "_second"))
        for name in names:
            x, y = both[f"{name}_first"].to_numpy(float), both[f"{name}_second"].to_numpy(float)
            rows.append((a, b, name, len(both), *_paired(x, y)))
    return pd.DataFrame(rows, columns=COLUMNS)


def same_runs(one: Results, other: Results, pair: tuple[str, str]) -> tuple[int, int, int]:
    """Runs of a pair of scenarios that are paired by seed; of them the same in every tally; runs without a partner."""
    first, second = (results.table("runs").query("scenario == @name").assign(point=lambda t: t.get("point", 0))
                     for results, name in zip((one, other), pair))
    both = _same_points(first, one, other).merge(
        _same_points(second, one, other), on=["point", "seed"], suffixes=("_first", "_second"))
    same = int((both["content_sha256_first"] == both["content_sha256_second"]).sum())
    return len(both), same, len(first) + len(second) - 2 * len(both)


def _same_points(runs: pd.DataFrame, one: Results, other: Results) -> pd.DataFrame:
    """The runs whose point means the same in both folders: all, or of different sweeps the scenario's own values."""
    return runs if one.sweep == other.sweep else runs[runs["point"] == 0]


def _paired(x: np.ndarray, y: np.ndarray) -> tuple[float, float, float, float, float, int]:
    if not len(x):
        return (np.nan, np.nan, np.nan, np.nan, np.nan, 0)
    change = y - x
    mean, same = float(change.mean()), int((change == 0).sum())
    if len(x) < 2:
        return float(x.mean()), float(y.mean()), mean, np.nan, np.nan, same
    half = float(stats.t.ppf(0.5 + COVERAGE / 2, len(x) - 1) * change.std(ddof=1) / np.sqrt(len(x)))
    return float(x.mean()), float(y.mean()), mean, mean - half, mean + half, same
