"""From played games to tables: values of every draw, their means with intervals, pairs, and how firm the order is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from undercount.experiments.attribution.game import Game
from undercount.experiments.attribution.shapley import interactions, shapley
from undercount.experiments.attribution.window import EVERY, Window, changes
from undercount.experiments.paired.basis import interval, ranks, resampled, scopes_of


@dataclass(frozen=True)
class Played:
    """The games of all draws. Of n players and m outcomes:

    worths (draws, 2**n, m) changes, see `window.EVERY`; values (draws, n, m); pairs (draws, n*(n-1)/2, m)
    """

    explanations: np.ndarray  # (draws,) names
    worlds: np.ndarray  # (draws,)
    players: tuple[str, ...]
    pair_names: tuple[tuple[str, str], ...]
    worths: np.ndarray
    values: np.ndarray
    pairs: np.ndarray

    @property
    def scopes(self) -> dict[str, np.ndarray]:
        return scopes_of(self.explanations)


def played(games: Sequence[Game], figures: Sequence[np.ndarray], window: Window) -> Played:
    """The games of at least one draw, and the figures (coalitions, outcomes, 2) of each."""
    names = tuple(games[0].names)
    worths = np.stack([changes(each, window) for each in figures])
    pairs = [interactions(each) for each in worths]
    return Played(
        np.array([game.draw.explanation.name for game in games]), np.array([game.draw.world for game in games]), names,
        tuple((names[i], names[j]) for i, j in pairs[0]), worths, np.stack([shapley(each) for each in worths]),
        np.stack([np.array(list(each.values())).reshape(-1, len(EVERY)) for each in pairs]))


def values_table(found: Played) -> pd.DataFrame:
    """One row a draw, outcome and player: its value, and the changes with all and with no players."""
    draws, n, m = found.values.shape
    rows = pd.MultiIndex.from_product([range(draws), EVERY, found.players], names=["draw", "outcome", "player"])
    table = rows.to_frame(index=False)
    table.insert(1, "explanation", np.repeat(found.explanations, n * m))
    table.insert(2, "world", np.repeat(found.worlds, n * m))
    table["value"] = found.values.transpose(0, 2, 1).ravel()
    table["change_with_all"] = np.repeat(found.worths[:, -1].ravel(), n)
    table["change_with_none"] = np.repeat(found.worths[:, 0].ravel(), n)
    return table


def coalitions_table(found: Played) -> pd.DataFrame:
    """One row a draw, coalition and outcome: the change in it. Bit i of a coalition is the i-th player."""
    draws, coalitions, m = found.worths.shape
    rows = pd.MultiIndex.from_product([range(draws), range(coalitions), EVERY],
                                      names=["draw", "coalition", "outcome"])
    return rows.to_frame(index=False).assign(change=found.worths.ravel())


def summary_table(found: Played) -> pd.DataFrame:
    """One row a scope, outcome and player.

    mean, low, high     of the draws, and the middle 90 % of its resamples
    draw_05 to draw_95  quantiles of the draws themselves
    share               of the mean of what the players made together, mean over mean
    rank                by size of the mean, 1 for the largest
    rank_kept, largest  share of resamples in which it has this rank, and in which it is the largest
    """
    rows = []
    for scope, members in found.scopes.items():
        for k, outcome in enumerate(EVERY):
            values = found.values[members, :, k]
            mean, means = values.mean(axis=0), resampled(values)
            low, high = interval(means)
            quantiles = np.quantile(values, [0.05, 0.5, 0.95], axis=0)
            place, places = ranks(np.abs(mean)), ranks(np.abs(means))
            for i, player in enumerate(found.players):
                rows.append({
                    "scope": scope, "draws": len(members), "outcome": outcome, "player": player, "mean": mean[i],
                    "low": low[i], "high": high[i], "draw_05": quantiles[0, i], "draw_50": quantiles[1, i],
                    "draw_95": quantiles[2, i], "share": mean[i] / mean.sum() if mean.sum() else np.nan,
                    "rank": place[i], "rank_kept": (places[:, i] == place[i]).mean(),
                    "largest": (places[:, i] == 1).mean() if values[:, i].any() else 0.0})
    return pd.DataFrame(rows)


def totals_table(found: Played) -> pd.DataFrame:
    """One row a scope and outcome: change with none and with all players and what they made, with intervals;
    share of resamples with the same order of the players by size; the largest departure from the sum."""
    rows = []
    for scope, members in found.scopes.items():
        for k, outcome in enumerate(EVERY):
            worths, values = found.worths[members, :, k], found.values[members, :, k]
            ends = np.column_stack([worths[:, 0], worths[:, -1], worths[:, -1] - worths[:, 0]])
            low, high = interval(resampled(ends))
            # Players that are null in every draw have no place in the order.
            active = values.any(axis=0)
            order = ranks(np.abs(values.mean(axis=0))[active])
            orders = ranks(np.abs(resampled(values))[:, active])
            row = {"scope": scope, "draws": len(members), "outcome": outcome}
            for c, name in enumerate(("with_none", "with_all", "made")):
                row |= {name: ends[:, c].mean(), f"{name}_low": low[c], f"{name}_high": high[c]}
            row |= {"same_order": (orders == order).all(axis=1).mean(),
                    "same_largest": (orders[:, order == 1] == 1).mean() if active.any() else np.nan,
                    "residual": np.abs(values.sum(axis=1) - ends[:, 2]).max()}
            rows.append(row)
    return pd.DataFrame(rows)


def interactions_table(found: Played) -> pd.DataFrame:
    """One row a scope, outcome and pair: the mean index over the draws, and the middle 90 % of its resamples."""
    rows = []
    for scope, members in found.scopes.items():
        for k, outcome in enumerate(EVERY):
            values = found.pairs[members, :, k]
            mean, (low, high) = values.mean(axis=0), interval(resampled(values))
            rows += [{"scope": scope, "draws": len(members), "outcome": outcome, "player": a, "other": b,
                      "mean": mean[p], "low": low[p], "high": high[p]} for p, (a, b) in enumerate(found.pair_names)]
    return pd.DataFrame(rows, columns=["scope", "draws", "outcome", "player", "other", "mean", "low", "high"])
