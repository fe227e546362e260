"""What the world sees: the observed table, computed from the lists and never touching the dynamics."""

from __future__ import annotations

import numpy as np
from undercount.model.engine.layout import COUNTED
from undercount.model.known.region import Region

__all__ = ["COUNTED", "observe"]


def observe(region: Region, hidden: np.ndarray) -> np.ndarray:
    """Simulated count of every row of the region's observed table, in its order.

    `hidden` has shape (months, places) and dtype `layout.HIDDEN`. A person who was helped abroad
    and again at home is on a list of both countries and counts in both rows, as in the source.
    """
    counts = np.zeros(len(region.referrals), np.int64)
    for n, row in enumerate(region.referrals):
        first = max(0, row.first - region.start)
        last = row.last - region.start + 1
        counts[n] = hidden[COUNTED[row.counts]][first:last, region.index[row.iso3]].sum()
    return counts
