"""What the trial on simulated lists came to, in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from undercount.experiments.estimate.answer import endless_as_none
from undercount.experiments.estimate.keeping import Keeping
from undercount.experiments.estimate.methods import ALL_PAIRS, BIC_TWO, CHAO, CHAPMAN, INDEPENDENCE, STEPWISE
from undercount.experiments.estimate.worlds import ADAPT, DO_NOT, EVER_HELD, NEW

TITLES = {CHAO: "Chao's lower bound", CHAPMAN: "Chapman, police and assistance", INDEPENDENCE: "independence",
          ALL_PAIRS: "all pairs", STEPWISE: "stepwise, p < 0.02", BIC_TWO: "best by BIC"}
CONDITION_TITLES = {
    "follows": "share of the list of assistance that police referred", "hotline": "persons on the list of the hotline",
    "venue": "times likelier on a list in a public venue than in a private one",
    "elsewhere": "share of those listed who were not held in the country in the year"}
ENOUGH = 20  # cells below which a share is not told


@dataclass(frozen=True)
class Tried:
    """What the tables are of; `keeping` as in `keeping.py`."""

    worlds: int
    scenarios: tuple[str, ...]
    years: tuple[str, ...]
    countries: tuple[str, ...]
    keeping: Keeping


def trial_told(tried: Tried, tables: dict[str, pd.DataFrame]) -> dict[str, Any]:
    """The document: what was tried, words, and the rows of the main tables."""
    said = (("What was tried.", what_was_tried(tried, tables["performance"])),
            ("How many.", bias(tables["performance"])),
            ("Do intervals hold?", coverage(tables["performance"])),
            ("How lists are kept.", ways_of_keeping(tables["performance_by_lists"])),
            ("What makes it worse.", worse(tables["conditions"])),
            ("At what dependence they stop.", dependence(tables["dependence"])),
            ("Does it see that the flow did not fall?", falls(tables["falls"])),
            ("Where networks adapt, and where they do not.", adaptation(tables["falls_by_adaptation"])))
    return endless_as_none({
        "worlds": tried.worlds, "scenarios": list(tried.scenarios), "years": list(tried.years),
        "countries": list(tried.countries), "keeping": tried.keeping.about(), "lists": tried.keeping.main,
        "headline": headline(tables["falls"]), "words": [[lead, text] for lead, text in said if text],
        **{name: tables[name].to_dict("records") for name in (
            "performance", "performance_by_lists", "falls", "falls_by_adaptation")}})


def headline(falls_: pd.DataFrame) -> str:
    """The document in one line: how often the stepwise estimate fell where the flow did not, and where it did."""
    found = [_cases(falls_, STEPWISE, truths) for truths in (("stayed", "rose"), ("fell",))]
    if found[0] is None:
        return "The methods beside the truth of simulated worlds"
    (cases, fell), other = found
    text = f"Where counts fell and the flow did not, the stepwise estimate fell with the counts in {fell:.0%} of " \
           f"{cases:,} cases"
    if other:
        text += f"; where the flow fell too, in {other[1]:.0%} of {other[0]:,}"
    return text.replace("%", " %")


def what_was_tried(tried: Tried, performance: pd.DataFrame) -> str:
    """Worlds, cells, how many of those held are on a list, and whose the fourth list is."""
    cells = int(performance[performance["target"] == NEW]["cells"].max())
    listed = performance.groupby("target")["listed_share"].first()
    text = (f"{tried.worlds:,} worlds of {len(tried.scenarios)} scenario{'s' * (len(tried.scenarios) != 1)}, {cells:,} "
            f"sets of {tried.keeping.main} of one country and year with ten persons or more. In the middle case "
            f"{_percent(listed[NEW])} of as many as were {NEW}, and {_percent(listed.get(EVER_HELD, np.nan))} of those "
            f"{EVER_HELD}, are on a list.")
    if tried.keeping.inspected:
        text += (f" The fourth list is that of inspectors, who meet {100 * tried.keeping.inspected:g} % of those held "
                 f"in public venues in a month, and {tried.keeping.private:g} times as many in private ones.")
    return text


def bias(performance: pd.DataFrame) -> str:
    """Estimates over the truth by method, for each target."""
    parts = []
    for target in (NEW, EVER_HELD):
        rows = performance[performance["target"] == target].set_index("method")
        if rows.empty:
            continue
        said = "; ".join(f"{TITLES[name]} {row.ratio_q50:.2f} ({row.ratio_q05:.2f} to {row.ratio_q95:.2f}), none in "
                         f"{_percent(row.without_estimate)}" for name, row in rows.iterrows())
        parts.append(f"Estimate over the number {target}, the middle case and nine in ten: {said}.")
    return " ".join(parts)


def coverage(performance: pd.DataFrame) -> str:
    """How often intervals of 95 % hold the truth by method, for each target."""
    rows = performance[performance["coverage"].notna()]
    said = [f"{target}: " + ", ".join(f"{TITLES[row.method]} {_percent(row.coverage)}" for row in part.itertuples())
            for target, part in rows.groupby("target", sort=False)]
    return f"Intervals of 95 % that hold the truth, where there is an interval. {'; '.join(said)}."


def ways_of_keeping(table: pd.DataFrame) -> str:
    """The stepwise estimate of those held by how lists are kept."""
    rows = table[(table["method"] == STEPWISE) & (table["target"] == EVER_HELD) & (table["cells"] >= ENOUGH)]
    if len(rows) < 2:
        return ""
    said = "; ".join(f"{row.lists} {row.ratio_q50:.2f} ({row.ratio_q05:.2f} to {row.ratio_q95:.2f}), coverage "
                     f"{_percent(row.coverage)}, none in {_percent(row.without_estimate)}" for row in rows.itertuples())
    return f"The stepwise estimate over the number {EVER_HELD}, by the lists: {said}."


def worse(table: pd.DataFrame) -> str:
    """The stepwise estimate of those held at the ends of each condition."""
    rows = table[(table["method"] == STEPWISE) & (table["target"] == EVER_HELD) & (table["cells"] >= ENOUGH)]
    parts = []
    for name, title in CONDITION_TITLES.items():
        mine = rows[rows["condition"] == name]
        if len(mine) >= 2:
            said = "; ".join(f"{row.value}: {row.ratio_q50:.2f}, coverage {_percent(row.coverage)}"
                             for row in mine.itertuples())
            parts.append(f"By the {title}: {said}.")
    return f"The stepwise estimate over the number {EVER_HELD}, the middle case. {' '.join(parts)}" if parts else ""


def dependence(table: pd.DataFrame) -> str:
    """The odds ratios between police and assistance at which Chapman's intervals, of these two, hold or do not."""
    rows = table[(table["target"] == EVER_HELD) & (table["method"] == CHAPMAN) & (table["cells"] >= ENOUGH)]
    rows = rows[rows["coverage"].notna()]
    if rows.empty:
        return ""
    said = "; ".join(f"{row.odds}: {_percent(row.coverage)} of {row.cells:,}" for row in rows.itertuples())
    holding = [str(row.odds) for row in rows.itertuples() if row.coverage >= 0.9]
    verdict = (f"Nine in ten hold it at {', '.join(holding)} only." if 0 < len(holding) < len(rows) else
               "At none of them nine in ten hold it." if not holding else "At all of them nine in ten hold it.")
    return (f"The true odds ratio between the lists of police and assistance, among those {EVER_HELD}, and the "
            f"coverage of Chapman's estimate from these two lists at it: {said}. {verdict}")


def falls(table: pd.DataFrame) -> str:
    """Where the counts fell: how often each method says so of the flow, by what it did. Empty if cases are few."""
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


def adaptation(table: pd.DataFrame) -> str:
    """The same of the stepwise estimate, where networks adapt and where they do not. Empty if cases are few."""
    parts = []
    for adapts in (ADAPT, DO_NOT):
        rows = table[table["adapts"] == adapts]
        found = [(what, _cases(rows, STEPWISE, truths)) for what, truths in (
            ("did not fall", ("stayed", "rose")), ("fell", ("fell",)))]
        said = [f"{_percent(shares[1])} of {shares[0]:,} cases in which the flow {what}" for what, shares in found
                if shares]
        if said:
            parts.append(f"where networks {adapts}: {' and '.join(said)}")
    return f"The stepwise estimate fell with the counts, {'; '.join(parts)}." if parts else ""


def _cases(table: pd.DataFrame, method: str, truths: tuple[str, ...]) -> tuple[int, float] | None:
    rows = table[(table["method"] == method) & table["truth"].isin(truths)]
    cases = int(rows["cases"].sum())
    return (cases, float((rows["cases"] * rows["says_fell"]).sum() / cases)) if cases >= ENOUGH else None


def _percent(share: float) -> str:
    return "no known share" if np.isnan(share) else f"{100 * share:.0f} %"
