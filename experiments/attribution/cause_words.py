"""The attribution in plain words and as JSON; nothing is said that the tables do not carry."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from undercount.experiments.attribution.plan import Attribution
from undercount.experiments.attribution.shares import sentences
from undercount.experiments.attribution.window import EVERY, OUTCOMES
from undercount.experiments.paired.basis import ALL, DRAWS

CAVEAT = ("An attribution within the model: it says which parts of the simulated worlds made the simulated change, "
          "not what happened in the region.")
METHOD = ("Shapley values over all coalitions of the causes, every world of a draw with the same luck; intervals: "
          "the middle 90 % of means of resampled draws.")
NOUNS = {"counted": "persons counted", "newly_exploited": "persons newly exploited",
         "in_exploitation": "persons in exploitation"}


def words(plan: Attribution, totals: pd.DataFrame, summary: pd.DataFrame, pairs: pd.DataFrame,
          shares: pd.DataFrame) -> list[str]:
    """Lines for a reader: what was attributed, the shares, and a line for every cause that is not null."""
    window = plan.window
    draws = len(plan.basis.draws)
    lines = [CAVEAT, f"Draws: {plan.basis.words}."]
    if draws < DRAWS:
        lines.append(f"Only {draws} draws: {DRAWS} or more are advised.")
    lines += sentences(shares, window)
    lines.append(f"Observed, {window.before} to {window.after}: {window.observed[0]:,} to {window.observed[1]:,} "
                 f"persons counted ({_signed(window.observed[1] - window.observed[0])}).")
    for scope in totals["scope"].unique():
        drawn = int(_one(totals, scope=scope, outcome="counted").draws)
        where = "" if scope == ALL else f"{scope} ({drawn} {'draw' if drawn == 1 else 'draws'}): "
        for outcome in OUTCOMES:
            total = _one(totals, scope=scope, outcome=outcome)
            if scope != ALL and outcome != "counted":
                continue
            lines.append(
                f"{where}change of {NOUNS[outcome]}, {window.before} to {window.after}: {_signed(total.with_all)} with "
                f"all causes, {_signed(total.with_none)} with none; the causes made {_signed(total.made)} "
                f"({_signed(total.made_low)} to {_signed(total.made_high)})." + (
                    f" Same largest cause in {total.same_largest:.0%} of resamples, same order in "
                    f"{total.same_order:.0%}." if drawn > 1 and not np.isnan(total.same_largest) else ""))
            own = summary[(summary["scope"] == scope) & (summary["outcome"] == outcome)].sort_values("rank")
            lines += [f"  {row.player}: {_signed(row.mean)} ({_signed(row.low)} to {_signed(row.high)})"
                      for row in own.itertuples() if row.mean or row.low or row.high]
            idle = [row.player for row in own.itertuples() if not (row.mean or row.low or row.high)]
            if idle:
                lines.append(f"  exactly 0 in every draw: {', '.join(idle)}")
            both = pairs[(pairs["scope"] == scope) & (pairs["outcome"] == outcome)]
            if both["mean"].any():
                row = both.loc[both["mean"].abs().idxmax()]
                lines.append(f"  largest interaction: {row['player']} with {row['other']}, {_signed(row['mean'])} "
                             f"({_signed(row['low'])} to {_signed(row['high'])})")
    return lines


def as_json(plan: Attribution, totals: pd.DataFrame, summary: pd.DataFrame, pairs: pd.DataFrame,
            shares: pd.DataFrame, complete: bool) -> dict[str, Any]:
    """The content of attribution.json; its keys are stable.

    caveat, method, words                    plain words
    complete                                 whether every draw is in it
    posterior, draws                         whether a posterior was drawn from, and which
    window: from, to, countries, observed    the periods, the countries counted, their observed totals
    people_per_agent, players                the scale; each cause with what it means and what its absence means
    causes: a list of rows of causes.csv     see `shares.shares_table`
    scopes -> all or an explanation -> draws, outcomes -> name ->
        meaning                              what is attributed, with its unit
        change: with_all, with_none, made    each mean, low, high
        players -> name -> mean, low, high, share, rank, largest
        interactions: a list of players (two), mean, low, high
        stability: same_largest, same_order  shares of resamples
        largest_residual                     the largest departure of the sum of values from the change, in any draw
    """
    scopes: dict[str, Any] = {}
    for scope in totals["scope"].unique():
        outcomes = {}
        for outcome, meaning in EVERY.items():
            total = _one(totals, scope=scope, outcome=outcome)
            own = summary[(summary["scope"] == scope) & (summary["outcome"] == outcome)].sort_values("rank")
            both = pairs[(pairs["scope"] == scope) & (pairs["outcome"] == outcome)]
            outcomes[outcome] = {
                "meaning": meaning,
                "change": {name: _figures(total, name) for name in ("with_all", "with_none", "made")},
                "players": {row.player: {"mean": _number(row.mean), "low": _number(row.low), "high": _number(row.high),
                                         "share": _number(row.share), "rank": int(row.rank),
                                         "largest": _number(row.largest)} for row in own.itertuples()},
                "interactions": [{"players": [row.player, row.other], "mean": _number(row.mean),
                                  "low": _number(row.low), "high": _number(row.high)} for row in both.itertuples()],
                "stability": {"same_largest": _number(total.same_largest), "same_order": _number(total.same_order)},
                "largest_residual": _number(total.residual)}
        scopes[scope] = {"draws": int(_one(totals, scope=scope, outcome="counted").draws), "outcomes": outcomes}
    return {
        "caveat": CAVEAT, "method": METHOD, "complete": complete, "posterior": plan.basis.posterior,
        "draws": plan.basis.words, "window": plan.window.about(), "people_per_agent": plan.people_per_agent,
        "players": [{"name": p.name, "meaning": p.meaning, "off": p.off} for p in plan.players],
        "causes": [{key: value if isinstance(value, str | int) else _number(value) for key, value in row.items()}
                   for row in shares.to_dict("records")],
        "scopes": scopes, "words": words(plan, totals, summary, pairs, shares)}


def _figures(total: Any, name: str) -> dict[str, float | None]:
    return {"mean": _number(getattr(total, name)), "low": _number(getattr(total, f"{name}_low")),
            "high": _number(getattr(total, f"{name}_high"))}


def _one(table: pd.DataFrame, **keys: str) -> Any:
    for key, value in keys.items():
        table = table[table[key] == value]
    return next(table.itertuples())


def _number(value: float) -> float | None:
    """To ten digits; JSON has no NaN."""
    return None if np.isnan(value) else float(f"{value:.10g}")


def _signed(value: float) -> str:
    """A change in whole persons, with its sign; a tenth below ten."""
    text = f"{abs(value):,.0f}" if abs(value) >= 10 else f"{abs(value):.1f}"
    return text if float(text.replace(",", "")) == 0 else ("+" if value > 0 else "-") + text
