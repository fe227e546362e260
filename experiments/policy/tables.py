"""From trials to tables: what every lever spared in every draw, and what holds over the draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from undercount.experiments.paired.basis import INTERVAL, RESAMPLES, ranks, scopes_of
from undercount.experiments.policy.trial import NETWORKS, OUTCOMES

SIGNIFICANT = 0.05
FLAGS = ("counts fall, harm does not", "counts rise, harm falls", "harm rises")


@dataclass(frozen=True)
class Tried:
    """The trials of all draws.

    without (draws, networks, outcomes); with_ (draws, networks, levers, efforts, outcomes): see `trial.OUTCOMES`
    """

    explanations: np.ndarray
    worlds: np.ndarray
    levers: tuple[str, ...]
    efforts: tuple[float, ...]
    without: np.ndarray
    with_: np.ndarray

    @property
    def scopes(self) -> dict[str, np.ndarray]:
        return scopes_of(self.explanations)


def draws_table(found: Tried) -> pd.DataFrame:
    """One row a draw, networks, lever and effort.

    persons_kept          newly exploited persons fewer than in the same draw without the lever
    person_months_avoided of exploitation, likewise
    counts_change         counted persons more than without
    without_*             the figures without the lever, from the start month on
    """
    draws = len(found.worlds)
    rows = pd.MultiIndex.from_product([range(draws), NETWORKS, found.levers, found.efforts],
                                      names=["draw", "networks", "lever", "effort"])
    table = rows.to_frame(index=False)
    each = len(table) // draws
    table.insert(1, "explanation", np.repeat(found.explanations, each))
    table.insert(2, "world", np.repeat(found.worlds, each))
    without = np.broadcast_to(found.without[:, :, None, None, :], found.with_.shape)
    change = found.with_ - without
    table["persons_kept"] = -change[..., 0].ravel()
    table["person_months_avoided"] = -change[..., 1].ravel()
    table["counts_change"] = change[..., 2].ravel()
    for k, name in enumerate(OUTCOMES):
        table[f"without_{name}"] = without[..., k].ravel()
    return table


def summary_table(found: Tried) -> pd.DataFrame:
    """One row a scope, networks, lever and effort, medians and the middle 90 % over the draws (_05, _95).

    *_percent                 of the same draw without the lever
    harm_falls, counts_fall   share of draws with fewer person-months, with lower counts
    rank, rank_kept           by the median of person_months_percent among the levers of the same networks and
                              effort; share of resamples of the draws in which it is the same
    flag                      one of FLAGS, or empty; a direction counts if more than half of the draws have it
                              (sign test, 5 %)
    """
    rows = []
    without = found.without[:, :, None, None, :]
    change = found.with_ - without
    percent = 100.0 * change / np.maximum(without, 1)
    for scope, members in found.scopes.items():
        for n, networks in enumerate(NETWORKS):
            for e, effort in enumerate(found.efforts):
                mine, share = change[members, n, :, e], percent[members, n, :, e]
                place, kept = _ranks(-share[..., 1])
                for i, lever in enumerate(found.levers):
                    row = {"scope": scope, "draws": len(members), "networks": networks, "lever": lever,
                           "effort": effort}
                    row |= _spread("persons_kept", -mine[:, i, 0]) | _spread("persons_kept_percent", -share[:, i, 0])
                    row |= _spread("person_months_avoided", -mine[:, i, 1])
                    row |= _spread("person_months_percent", -share[:, i, 1])
                    row |= _spread("counts_change", mine[:, i, 2]) | _spread("counts_percent", share[:, i, 2])
                    row |= {"harm_falls": (mine[:, i, 1] < 0).mean(), "counts_fall": (mine[:, i, 2] < 0).mean(),
                            "rank": place[i], "rank_kept": kept[i], "flag": flag(mine[:, i, 1], mine[:, i, 2])}
                    rows.append(row)
    return pd.DataFrame(rows)


def _spread(name: str, values: np.ndarray) -> dict[str, float]:
    low, middle, high = np.quantile(values, [INTERVAL[0], 0.5, INTERVAL[1]]) + 0.0  # no minus before a zero
    return {name: middle, f"{name}_05": low, f"{name}_95": high}


def _ranks(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ranks of the medians of `values` (draws, levers), and the share of resamples that keep each."""
    rng = np.random.default_rng(0)
    place = ranks(np.median(values, axis=0))
    same = np.zeros(values.shape[1])
    for picks in np.array_split(rng.integers(0, len(values), (RESAMPLES, len(values))), 20):
        same += (ranks(np.median(values[picks], axis=1)) == place).sum(axis=0)
    return place, same / RESAMPLES


def flag(harm: np.ndarray, counts: np.ndarray) -> str:
    """What the counts would hide: `harm` and `counts` are changes by draw, in person-months and persons."""
    harm_falls, harm_rises = direction(-harm), direction(harm)
    if direction(-counts) and not harm_falls:
        return FLAGS[0]
    if direction(counts) and harm_falls:
        return FLAGS[1]
    return FLAGS[2] if harm_rises else ""


def direction(changes: np.ndarray) -> bool:
    """Are significantly more than half of the changes above 0 (sign test, one-sided, 5 %; those of 0 are not above)?"""
    from scipy.stats import binomtest

    return bool(len(changes)) and binomtest(int((changes > 0).sum()), len(changes),
                                            alternative="greater").pvalue < SIGNIFICANT


def rank_table(summary: pd.DataFrame, effort: float) -> pd.DataFrame:
    """One row a scope and lever, at one effort: ranks frozen and adapting, and whether they are the same."""
    own = summary[summary["effort"] == effort]
    table = own.pivot_table(index=["scope", "lever"], columns="networks", values=["rank", "rank_kept"], sort=False)
    table.columns = [f"{name}_{networks}" for name, networks in table.columns]
    table = table.reset_index()
    for name in ("rank_frozen", "rank_adapting"):
        table[name] = table[name].astype(int)
    table["keeps_rank"] = table["rank_frozen"] == table["rank_adapting"]
    return table[["scope", "lever", "rank_frozen", "rank_adapting", "keeps_rank", "rank_kept_frozen",
                  "rank_kept_adapting"]]


def tried(heads: Sequence[dict], arrays: Sequence[dict], levers: Sequence[str], efforts: Sequence[float]) -> Tried:
    """From the parts of whole draws: each draw's networks in the order of NETWORKS."""
    n = len(NETWORKS)
    without = np.stack([a["without"] for a in arrays])
    with_ = np.stack([a["with"] for a in arrays])
    return Tried(np.array([h["explanation"] for h in heads[::n]]), np.array([h["world"] for h in heads[::n]]),
                 tuple(levers), tuple(efforts), without.reshape(-1, n, *without.shape[1:]),
                 with_.reshape(-1, n, *with_.shape[1:]))
