"""What the trial on simulated lists comes to: bias, coverage, dependence, and whether a fall is seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from undercount.experiments.estimate.worlds import ALL, HELD, NEW

TENTH = 0.1  # a change by less is none
ODDS = (0.0, 0.5, 0.8, 1.25, 2.0, 4.0, 8.0, np.inf)
COUNTS = "counts"  # the persons listed, read as if they were the flow
WAYS = ("fell", "stayed", "rose")


def performance(judged: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """By method, target and `by`: worlds, share without an estimate, ratio to the truth, coverage of 95 % intervals.

    ratio_q05, ratio_q50, ratio_q95 over those with an estimate; coverage among those with an interval, and
    `covered` among all: no estimate covers nothing.
    """
    parts = []
    for target, column in ((NEW, "new"), (HELD, "held")):
        known = judged[judged[column] > 0]
        truth = known[column]
        each = known[[*by, "method"]].assign(
            target=target, none=known["estimate"].isna(), ratio=known["estimate"] / truth,
            inside=(known["low"] <= truth) & (truth <= known["high"]), listed=known["listed"] / truth)
        parts.append(each)
    every = pd.concat(parts)
    groups = every.groupby([*by, "target", "method"], sort=False, observed=True)
    table = pd.DataFrame({
        "cells": groups.size(), "listed_share": groups["listed"].median(), "without_estimate": groups["none"].mean(),
        **{f"ratio_q{q:02d}": groups["ratio"].quantile(q / 100) for q in (5, 50, 95)},
        "covered": groups["inside"].mean()})
    table["coverage"] = table["covered"] / (1 - table["without_estimate"]).replace(0, np.nan)
    return table.reset_index()


def by_dependence(judged: pd.DataFrame) -> pd.DataFrame:
    """Performance by the true odds ratio between police and assistance, in bins of ODDS."""
    labels = [f"{low:g} to {high:g}" if high < np.inf else f"over {low:g}" for low, high in zip(ODDS, ODDS[1:])]
    return performance(judged.assign(odds=pd.cut(judged["odds_ratio"], ODDS, labels=labels)).dropna(subset="odds"),
                       ["odds"]).sort_values(["odds", "target"], kind="stable")


def changes(judged: pd.DataFrame, target: str = "new") -> pd.DataFrame:
    """From each year to the next, all countries together: what truly happened, what the counts and each method say.

    scenario, world, year (the later), truth, counts, method, says ("none" without an estimate in either year),
    surely: the intervals of the two years have no value in common and the later is lower.
    """
    table = judged[judged["country"] == ALL].copy()
    table["years"] = table["year"].astype(int)
    later = table.merge(table.assign(years=table["years"] + 1), on=["scenario", "world", "method", "years"],
                        suffixes=("", "_before"))
    later = later[(later[target] > 0) & (later[f"{target}_before"] > 0)]
    return pd.DataFrame({
        "scenario": later["scenario"], "world": later["world"], "year": later["year"],
        "truth": way(later[target], later[f"{target}_before"]), "counts": way(later["listed"], later["listed_before"]),
        "method": later["method"], "says": way(later["estimate"], later["estimate_before"]),
        "surely_fell": later["high"] < later["low_before"]})


def way(after: pd.Series, before: pd.Series) -> np.ndarray:
    """fell, stayed, rose, or none where a number is missing."""
    ratio = after / before
    return np.select([ratio.isna(), ratio <= 1 - TENTH, ratio >= 1 + TENTH], ["none", "fell", "rose"], "stayed")


def seen(changed: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Where the counts fell, by what truly happened: the share in which each method says fell, stayed, rose, none."""
    fell = changed[changed["counts"] == "fell"]
    groups = fell.groupby([*by, "truth", "method"], sort=False)
    shares = {f"says_{word}": groups["says"].agg(lambda said, word=word: (said == word).mean())
              for word in (*WAYS, "none")}
    table = pd.DataFrame({"cases": groups.size(), **shares, "surely_fell": groups["surely_fell"].mean()})
    return table.reset_index()
