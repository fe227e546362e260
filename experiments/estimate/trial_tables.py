"""What the trial on simulated lists comes to: bias, coverage, dependence, and whether a fall is seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from undercount.experiments.estimate.worlds import ALL, EVER_HELD, NEW

TENTH = 0.1  # a change by less is none
ODDS = (0.0, 0.5, 0.8, 1.25, 2.0, 4.0, 8.0, 16.0, 32.0, np.inf)
CONDITIONS = {  # a column of `judged` that may make estimates worse -> edges, and the names of what lies between them
    "follows": ((-np.inf, 0.25, 0.5, 0.75, np.inf), ("up to 1/4", "to 1/2", "to 3/4", "more")),
    "hotline": ((-np.inf, 0.5, 4.5, 19.5, np.inf), ("none", "1 to 4", "5 to 19", "20 or more")),
    "venue": ((0.0, 1.25, 2.5, 5.0, np.inf), ("up to 1.25", "to 2.5", "to 5", "more")),
    "elsewhere": ((-np.inf, 0.05, 0.15, 0.3, np.inf), ("up to 5 %", "to 15 %", "to 30 %", "to 50 %"))}
COUNTS = "counts"  # the persons listed, read as if they were the flow
WAYS = ("fell", "stayed", "rose")


def performance(judged: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """By method, target and `by`: worlds, share without an estimate, ratio to the truth, coverage of 95 % intervals.

    ratio_q05, ratio_q50, ratio_q95 over those with an estimate; coverage among those with an interval, and
    `covered` among all: no estimate covers nothing. below: intervals that end below the truth, among those there are.
    """
    parts = []
    for target, column in ((NEW, "new"), (EVER_HELD, "held")):
        known = judged[judged[column] > 0]
        truth = known[column]
        each = known[[*by, "method"]].assign(
            target=target, none=known["estimate"].isna(), ratio=known["estimate"] / truth,
            inside=(known["low"] <= truth) & (truth <= known["high"]), below=known["high"] < truth,
            listed=known["listed"] / truth)
        parts.append(each)
    every = pd.concat(parts)
    groups = every.groupby([*by, "target", "method"], sort=False, observed=True)
    table = pd.DataFrame({
        "cells": groups.size(), "listed_share": groups["listed"].median(), "without_estimate": groups["none"].mean(),
        **{f"ratio_q{q:02d}": groups["ratio"].quantile(q / 100) for q in (5, 50, 95)},
        "covered": groups["inside"].mean(), "below": groups["below"].mean()})
    there = (1 - table["without_estimate"]).replace(0, np.nan)
    table["coverage"], table["below"] = table["covered"] / there, table["below"] / there
    return table.reset_index()


def by_dependence(judged: pd.DataFrame) -> pd.DataFrame:
    """Performance by the true odds ratio between police and assistance, in bins of ODDS."""
    labels = [f"over {low:g}" if high == np.inf else f"up to {high:g}" if low == 0.0 else f"{low:g} to {high:g}"
              for low, high in zip(ODDS, ODDS[1:])]
    return performance(_binned(judged, "odds_ratio", ODDS, labels, "odds"), ["odds"]).sort_values(
        ["odds", "target"], kind="stable")


def by_condition(judged: pd.DataFrame) -> pd.DataFrame:
    """Performance by each of CONDITIONS: condition, value (its bin), and the columns of `performance`."""
    parts = [performance(_binned(judged, name, edges, labels, "value"), ["value"]).sort_values(
        ["value", "target"], kind="stable").assign(condition=name, value=lambda table: table["value"].astype(str))
        for name, (edges, labels) in CONDITIONS.items()]
    table = pd.concat(parts, ignore_index=True)
    return table[["condition", *(name for name in table if name != "condition")]]


def _binned(judged: pd.DataFrame, column: str, edges: Sequence[float], labels: Sequence[str],
            name: str) -> pd.DataFrame:
    return judged.assign(**{name: pd.cut(judged[column], edges, labels=labels)}).dropna(subset=name)


def changes(judged: pd.DataFrame, target: str = "new") -> pd.DataFrame:
    """From each year to the next, all countries together: what truly happened, what the counts and each method say.

    scenario, world, year (the later), adapts (in it), lists, truth, counts, method, says ("none" without an estimate
    in either year), surely_fell: the intervals of the two years have no value in common and the later is lower.
    Chao's bound is among them, as if it were an estimate.
    """
    table = judged[judged["country"] == ALL].copy()
    table["years"] = table["year"].astype(int)
    later = table.merge(table.assign(years=table["years"] + 1), on=["scenario", "world", "lists", "method", "years"],
                        suffixes=("", "_before"))
    later = later[(later[target] > 0) & (later[f"{target}_before"] > 0)]
    return pd.DataFrame({
        "scenario": later["scenario"], "world": later["world"], "year": later["year"], "adapts": later["adapts"],
        "lists": later["lists"], "truth": way(later[target], later[f"{target}_before"]),
        "counts": way(later["listed"], later["listed_before"]),
        "method": later["method"], "says": way(later["estimate"], later["estimate_before"]),
        "surely_fell": later["high"] < later["low_before"]})


def way(after: pd.Series, before: pd.Series) -> np.ndarray:
    """fell, stayed, rose, or none where a number is missing."""
    ratio = after / before
    return np.select([ratio.isna(), ratio <= 1 - TENTH, ratio >= 1 + TENTH], ["none", "fell", "rose"], "stayed")


def seen(changed: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Where the counts fell, by what truly happened: the share in which each method says fell, stayed, rose, none.

    `error`: the standard error of says_fell, a world counting once however many of its years are among the cases.
    """
    fell = changed[changed["counts"] == "fell"]
    groups = fell.groupby([*by, "truth", "method"], sort=False)
    shares = {f"says_{word}": groups["says"].agg(lambda said, word=word: (said == word).mean())
              for word in (*WAYS, "none")}
    worlds = fell.groupby(list(dict.fromkeys([*by, "truth", "method", "scenario", "world"])), sort=False)["says"].agg(
        fell=lambda said: (said == "fell").sum(), cases="size").reset_index()
    each = worlds.groupby([*by, "truth", "method"], sort=False)
    error = pd.Series([clustered(rows["fell"], rows["cases"]) for _, rows in each], each.size().index, float)
    table = pd.DataFrame({"cases": groups.size(), "worlds": each.size(), **shares, "error": error,
                          "surely_fell": groups["surely_fell"].mean()})
    return table.reset_index()


def clustered(hits: pd.Series, cases: pd.Series) -> float:
    """Standard error of sum(hits) / sum(cases) where the cases of one cluster are not independent (a ratio's)."""
    if len(hits) < 2:
        return np.nan
    apart = hits - cases * hits.sum() / cases.sum()
    return float(np.sqrt(len(hits) / (len(hits) - 1) * (apart ** 2).sum()) / cases.sum())
