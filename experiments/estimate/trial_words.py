"""What the trial on simulated lists came to, in plain words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from undercount.experiments.estimate.answer import endless_as_none
from undercount.experiments.estimate.methods import ALL_PAIRS, BIC_TWO, CHAO, CHAPMAN, INDEPENDENCE, STEPWISE
from undercount.experiments.estimate.worlds import HELD, NEW, Worlds

TITLES = {CHAO: "Chao's lower bound", CHAPMAN: "Chapman, police and assistance", INDEPENDENCE: "independence",
          ALL_PAIRS: "all pairs", STEPWISE: "stepwise, p < 0.02", BIC_TWO: "best by BIC"}
ENOUGH = 20  # cells below which a share is not told


def trial_told(worlds: Worlds, tables: dict[str, pd.DataFrame]) -> dict[str, Any]:
    """The document: what was tried, words, and the rows of the main table."""
    return endless_as_none({
        "worlds": len(worlds.scenarios), "scenarios": sorted(set(worlds.scenarios)), "years": list(worlds.years),
        "countries": list(worlds.countries), "headline": headline(tables["falls"]),
        "words": [[lead, text] for lead, text in (
            ("What was tried.", tried(worlds, tables["performance"])), ("How many.", bias(tables["performance"])),
            ("Do intervals hold?", coverage(tables["performance"])),
            ("At what dependence they stop.", dependence(tables["dependence"])),
            ("Does it see that the flow did not fall?", falls(tables["falls"]))) if text],
        "performance": tables["performance"].to_dict("records"), "falls": tables["falls"].to_dict("records")})


def headline(falls_: pd.DataFrame) -> str:
    row = _cases(falls_, STEPWISE, ("stayed", "rose"))
    if row is None:
        return "The methods beside the truth of simulated worlds"
    cases, fell = row
    return (f"Where counts fell and the flow did not, the stepwise estimate fell with the counts in {fell:.0%} of "
            f"{cases:,} cases").replace("%", " %")


def tried(worlds: Worlds, performance: pd.DataFrame) -> str:
    cells = int(performance[performance["target"] == NEW]["cells"].max())
    listed = performance.groupby("target")["listed_share"].first()
    return (f"{len(worlds.scenarios):,} worlds of {len(set(worlds.scenarios))} scenarios, {cells:,} lists of one "
            f"country and year. In the middle case {_percent(listed[NEW])} of as many as were {NEW}, and "
            f"{_percent(listed.get(HELD, np.nan))} of those {HELD}, are on a list.")


def bias(performance: pd.DataFrame) -> str:
    parts = []
    for target in (NEW, HELD):
        rows = performance[performance["target"] == target].set_index("method")
        if rows.empty:
            continue
        said = "; ".join(f"{TITLES[name]} {row.ratio_q50:.2f} ({row.ratio_q05:.2f} to {row.ratio_q95:.2f}), none in "
                         f"{_percent(row.without_estimate)}" for name, row in rows.iterrows())
        parts.append(f"Estimate over the number {target}, the middle case and nine in ten: {said}.")
    return " ".join(parts)


def coverage(performance: pd.DataFrame) -> str:
    rows = performance[performance["coverage"].notna()]
    said = [f"{target}: " + ", ".join(f"{TITLES[row.method]} {_percent(row.coverage)}" for row in part.itertuples())
            for target, part in rows.groupby("target", sort=False)]
    return f"Intervals of 95 % that hold the truth, where there is an interval. {'; '.join(said)}."


def dependence(table: pd.DataFrame) -> str:
    """The odds ratios between police and assistance at which intervals of independence hold, and no longer do."""
    rows = table[(table["target"] == HELD) & (table["method"] == INDEPENDENCE) & (table["cells"] >= ENOUGH)]
    rows = rows[rows["coverage"].notna()]
    if rows.empty:
        return ""
    said = "; ".join(f"{row.odds}: {_percent(row.coverage)} of {row.cells:,}" for row in rows.itertuples())
    return (f"The true odds ratio between the lists of police and assistance, among those {HELD}, and the coverage of "
            f"independence at it: {said}.")


def falls(table: pd.DataFrame) -> str:
    parts = []
    for truth, what in (("fell", "fell too"), ("stayed", "stayed within a tenth"), ("rose", "rose")):
        rows = table[(table["truth"] == truth) & (table["cases"] >= ENOUGH)].set_index("method")
        if rows.empty:
            continue
        said = ", ".join(f"{TITLES[name]} {_percent(row.says_fell)}" for name, row in rows.iterrows())
        parts.append(f"the flow {what} ({int(rows['cases'].iloc[0]):,} cases): {said}")
    if not parts:
        return ""
    return ("All countries together, from one year to the next, where the persons listed fell by a tenth or more. "
            f"Share in which the estimate fell by a tenth or more, when {'; when '.join(parts)}.")


def _cases(table: pd.DataFrame, method: str, truths: tuple[str, ...]) -> tuple[int, float] | None:
    rows = table[(table["method"] == method) & table["truth"].isin(truths)]
    cases = int(rows["cases"].sum())
    return (cases, float((rows["cases"] * rows["says_fell"]).sum() / cases)) if cases >= ENOUGH else None


def _percent(share: float) -> str:
    return "no known share" if np.isnan(share) else f"{100 * share:.0f} %"
