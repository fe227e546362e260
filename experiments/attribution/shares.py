"""Shares of the causes in the fall of the counts, and what each did to the hidden flow: the sentence that is asked for.

Values are Shapley values of changes of logarithms, which add up: those of all causes and what is left without any are
the whole change of a draw. A cause's share is the mean of its values over the mean change, of the draws in which the
counts fell, so that shares add up to 1; its interval spans the middle 90 % of the draws' own shares. What a cause
did to the flow is exp(mean) - 1 of its values of the change of ln(newly exploited), over all draws: a mean, as a cause
that happens in fewer than half of them has a median of nothing. Its share of that change is, like that of the counts',
of the draws in which the flow fell.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from undercount.experiments.attribution.tables import Played
from undercount.experiments.attribution.window import EVERY, Window
from undercount.experiments.paired.basis import INTERVAL
from undercount.experiments.reference.attributed import ADAPT, JOINED, METHODS, ROUTES
from undercount.experiments.verdict.criteria import STAYED, STAYED_WORDS

REST, ADAPTATION = "all else", "routes and methods"
FEWEST_DRAWS = 10  # that fell: of fewer no interval is given


def shares_table(found: Played) -> pd.DataFrame:
    """A row a cause, adaptation (all players of ADAPT together, if both kinds are among them) and what is left.

    share, low, high            of the change of ln(counted), of the draws that fell by STAYED or more; NaN if fewer
                                than FEWEST_DRAWS did
    draws, fell                 all, and those that fell
    included                    share of all draws in which the cause changes anything
    flow, flow_low, flow_high   mean and middle 90 % of what it changed the flow by, exp(value) - 1
    flow_share, flow_fell       share of the change of ln(newly exploited), of the draws that fell; how many did
    """
    counted, flow = (list(EVERY).index(name) for name in ("ln_counted", "ln_newly_exploited"))
    whole = found.worths[:, -1]
    rows = []
    for cause, members in _causes(found.players).items():
        values = found.values[:, members].sum(axis=1) if members else found.worths[:, 0]
        share, own, fell = _share(values[:, counted], whole[:, counted])
        flow_share, _, flow_fell = _share(values[:, flow], whole[:, flow])
        low, high = np.quantile(own, INTERVAL) if fell >= FEWEST_DRAWS else (np.nan, np.nan)
        change = np.expm1([values[:, flow].mean(), *np.quantile(values[:, flow], INTERVAL)])
        rows.append({
            "cause": cause, "share": share, "low": low, "high": high, "draws": len(whole), "fell": fell,
            "included": float(found.values[:, members].any(axis=(1, 2)).mean()) if members else 1.0,
            "flow": change[0], "flow_low": change[1], "flow_high": change[2], "flow_share": flow_share,
            "flow_fell": flow_fell})
    return pd.DataFrame(rows)


def _share(values: np.ndarray, whole: np.ndarray) -> tuple[float, np.ndarray, int]:
    """Of draws (n,) whose whole change fell: the mean value over the mean change (NaN of too few), each draw's own
    share, and how many they are."""
    fell = whole <= np.log(1.0 - STAYED)
    share = values[fell].sum() / whole[fell].sum() if fell.sum() >= FEWEST_DRAWS else np.nan
    return float(share), values[fell] / whole[fell], int(fell.sum())


def _causes(players: tuple[str, ...]) -> dict[str, list[int]]:
    causes = {player: [i] for i, player in enumerate(players)}
    adapting = [i for i, player in enumerate(players) if set(player.split(JOINED)) <= ADAPT]
    pieces = {piece for i in adapting for piece in players[i].split(JOINED)}
    if pieces & ROUTES and pieces & METHODS and len(adapting) > 1:
        causes[ADAPTATION] = adapting
    return causes | {REST: []}


def adaptation(table: pd.DataFrame) -> Any | None:
    """The row of adaptation of routes and methods, under whatever name it was played; None if it was not."""
    joined = [row for row in table.itertuples()
              if row.cause == ADAPTATION or {"routes", "methods"} == set(row.cause.split(JOINED))]
    return joined[-1] if joined else None


def sentences(table: pd.DataFrame, window: Window) -> list[str]:
    """The answer in a sentence or two, and a line for each cause."""
    first = table.iloc[0]
    span = f"{window.before} to {window.after}"
    if np.isnan(first["share"]):
        return [f"Counts fell by {STAYED_WORDS} or more from {window.before} to {window.after} in {first['fell']} of "
                f"{first['draws']} draws: too few for shares of the fall."]
    lines = []
    row = adaptation(table)
    if row is not None:
        lines.append(f"Route and method adaptation made {_percent(row.share)} of the fall of the counts on average, "
                     f"{span} ({_percent(row.low)} to {_percent(row.high)} in the middle 90 % of the draws), and "
                     f"changed the hidden flow by {_signed(row.flow)} on average ({_signed(row.flow_low)} to "
                     f"{_signed(row.flow_high)}).")
    lines.append(f"Shares of the fall of the counts (its logarithm), {span}, in the {first['fell']} of "
                 f"{first['draws']} draws in which they fell by {STAYED_WORDS} or more, with the middle 90 % of the "
                 "draws:")
    for row in table.itertuples():
        lines.append(f"  {row.cause}: {_percent(row.share)} ({_percent(row.low)} to {_percent(row.high)}); flow "
                     f"{_signed(row.flow)} ({_signed(row.flow_low)} to {_signed(row.flow_high)})"
                     + ("" if row.cause in (REST, ADAPTATION) else f"; acts in {_percent(row.included)} of the draws"))
    return lines


def _signed(change: float) -> str:
    text = _percent(change)
    return text if text[0] in "0\N{MINUS SIGN}" else f"+{text}"


def _percent(share: float) -> str:
    text = f"{100 * share:.0f}"
    return f"{0 if text == '-0' else text} %".replace("-", "\N{MINUS SIGN}")
