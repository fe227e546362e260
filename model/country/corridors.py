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
    first = par[0]
    for origin in np.unique(routes["origin"]):
        own = np.flatnonzero(routes["origin"] == origin)
        home = routes["legs"][own] == 0
        routes["start"][own[home]] = first["internal_appeal"][origin]
        abroad = own[~home]
        destination = routes["destination"][abroad]
        weight = routes["tie"][abroad] * first["attraction"][destination]
        path = np.exp(first["familiarity"][origin] * routes["familiar"][abroad]) / routes["legs"][abroad]
        for there in np.unique(destination):
            path[destination == there] /= path[destination == there].sum()
        weight = weight * path
        near = routes["near"][abroad] == 1
        share = _share_of_near(first["near_share"][origin], weight, near)
        for kind, part in ((near, share), (~near, 1.0 - share)):
            total = weight[kind].sum()
            routes["start"][abroad[kind]] = part * weight[kind] / total if total > 0.0 else 0.0


def _share_of_near(share: float, weight: np.ndarray, near: np.ndarray) -> float:
    """The share of the near destinations, where there are any, and any others."""
    if weight[near].sum() <= 0.0:
        return 0.0
    return 1.0 if weight[~near].sum() <= 0.0 else float(share)
