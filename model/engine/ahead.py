"""The most that a month can bring to those held, so that nobody need be looked at in every month.

Most months bring nothing to somebody held. So the next month that may bring something is drawn from the bounds
of this file, and only then do the true chances decide: with the chance true / bound something happens, else the
next month is drawn. That is thinning [1] in months, and exactly the law of a draw in every month, so long as no
true chance is above its bound; `exploitation.weighs_risks` counts any that is, and `World.run` refuses to go on.

What is bounded is what moves within a run: where raids and outreach workers look (`attention`, at most 1) and how
far police trust testimony (at most `testimony_most`). All else is known for every month beforehand.

1. Lewis, Shedler (1979), Simulation of nonhomogeneous Poisson processes by thinning.
"""

from __future__ import annotations

import numpy as np
from undercount.model.engine.layout import ALMOST_NOTHING, COMING, NOBODY


def bounds_of(par: np.recarray, facts: np.recarray, places: np.recarray, ngos: np.recarray) -> np.ndarray:
    """(places, months) of `layout.COMING`, for `par` and `facts` of (months, places)."""
    coming = np.zeros(par.shape[::-1], COMING).view(np.recarray)
    unfound = np.log1p(-np.minimum(1.0 - ALMOST_NOTHING, most_found(par, facts, places, ngos)))
    moved = np.where(par["method_response"] > 0.0, par["rehousing"], 0.0)
    for name, release in (("out", par["release"]), ("broken", np.maximum(par["release"], par["broken_release"]))):
        leaves = 1.0 - (1.0 - np.minimum(1.0, par["escape"] + release)) * (1.0 - np.minimum(1.0, moved))
        coming[name] = np.cumsum(np.log1p(-np.minimum(1.0 - ALMOST_NOTHING, leaves)), axis=0).T
    coming["found"] = np.cumsum(unfound, axis=0).T
    coming["repaid"] = np.cumsum(par["debt_repaid"], axis=0).T
    return coming


def most_found(par: np.recarray, facts: np.recarray, places: np.recarray, ngos: np.recarray) -> np.ndarray:
    """(months, places): more than anybody's chance to be found by a raid, an own call or outreach workers."""
    trust = np.maximum(1.0, par["testimony_most"].max(axis=0))
    lead = par["proactive_share"] + (1.0 - par["proactive_share"]) * trust
    raid = par["raid_rate"] * par["enforcement"] * par["regime_visibility"] * lead
    raid = raid * (1.0 + par["phone_leads"] * facts["phones"]) * 2.0 * np.maximum(1.0, par["private_exposure"])
    call = par["self_report"] * (1.0 - par["hotline_phones"] * (1.0 - facts["phones"]))
    call = call * (1.0 - par["victim_prosecution"]) * (1.0 + par["protection"]) * _works(places["hotline"], ngos, par)
    reach = par["outreach"] * 2.0 * np.maximum(1.0, par["private_exposure"]) * _works(places["outreach"], ngos, par)
    found = 1.0 - (1.0 - raid.clip(0.0, 1.0)) * (1.0 - call.clip(0.0, 1.0)) * (1.0 - reach.clip(0.0, 1.0))
    return found.clip(0.0, 1.0)


def _works(programme: np.ndarray, ngos: np.recarray, par: np.recarray) -> np.ndarray:
    """(months, places): 1 where a programme of a kind may be active, which it is from the month after its start."""
    works = np.zeros(par.shape)
    for place, ngo in enumerate(programme):
        if ngo != NOBODY:
            works[max(0, int(ngos["start"][ngo]) + 1):, place] = 1.0
    return works
