"""Where the recruits of each origin are taken in the first year, before anything has changed."""

from __future__ import annotations

import numpy as np


def first_year_shares(par: np.recarray, routes: np.recarray) -> None:
    """Fills `routes.start`, the odds of each option of an origin; those abroad add up to 1.

    A share `near_share` goes to the near destinations of the region's ties, the rest to the others; within
    each kind by the ties' weights times the destination's attraction. Paths to one destination share its
    odds: shorter ones and old corridors more. Exploitation at home has the odds `internal_appeal`.
    `par` is (months, places) of parameters, `routes` the table of `known.routes.route_table`.
    """
    first, table = par.view(np.ndarray)[0], routes.view(np.ndarray)
    origin, destination, near = table["origin"], table["destination"], table["near"] == 1
    abroad, pair = table["legs"] > 0, origin * len(first) + destination
    path = np.exp(first["familiarity"][origin] * table["familiar"]) / np.maximum(table["legs"], 1)
    path /= np.bincount(pair, path)[pair]
    weight = table["tie"] * first["attraction"][destination] * path
    table["start"] = first["internal_appeal"][origin]
    for place in np.unique(origin):
        own = abroad & (origin == place)
        share = _share_of_near(first["near_share"][place], weight[own], near[own])
        for kind, part in ((own & near, share), (own & ~near, 1.0 - share)):
            total = weight[kind].sum()
            table["start"][kind] = part * weight[kind] / total if total > 0.0 else 0.0


def _share_of_near(share: float, weight: np.ndarray, near: np.ndarray) -> float:
    """The share of the near destinations, where there are any, and any others."""
    if weight[near].sum() <= 0.0:
        return 0.0
    return 1.0 if weight[~near].sum() <= 0.0 else float(share)
