"""What the world sees: the observed table, computed from the lists and never touching the dynamics."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from undercount.model.engine.layout import COUNTED
from undercount.model.known.region import Referral, Region

__all__ = ["COUNTED", "as_published", "observe"]


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


def as_published(rows: Sequence[Referral], counts: np.ndarray) -> np.ndarray:
    """Simulated counts (..., cells) of these rows as the source would print them.

    Where it has an interval only, every count inside it is read as the figure that stands for it, in simulated and
    observed tables alike: whatever compares them then learns that the count lies inside, and no more.
    """
    spans = [(i, row.interval, row.assisted) for i, row in enumerate(rows) if row.interval]
    if not spans:
        return counts
    read = np.array(counts)
    for i, (low, high), figure in spans:
        read[..., i] = np.where((read[..., i] >= low) & (read[..., i] <= high), figure, read[..., i])
    return read
