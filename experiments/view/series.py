"""What the charts show of a model, month by month: pure functions of its tallies, so they can be drawn at any time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from undercount.model.country.observation import COUNTED, observe
from undercount.model.engine.layout import MODES, PRIVATE

WINDOW = 12  # months over which a share or an effective number is taken


def tally(model, name: str, table: str = "hidden") -> np.ndarray:
    """A tally by month of the region, summed over countries; NaN for months to come."""
    found = getattr(model.outcome, table)[name].sum(axis=1).astype(float)
    found[model.world.month:] = np.nan
    return found


def year_now(model) -> tuple[int, int, bool]:
    """(first month, month after the last that was run, whole?) of the year that a sentence is about.

    The months of a last year that is not whole say little: the year before it is told then.
    """
    end = min(model.world.month, model.region.months // 12 * 12)
    first = max(0, end - 1) // 12 * 12
    return first, end, end == first + 12


def counted(model) -> np.ndarray:
    """Victims whom the table's countries put on its lists, by month."""
    region = model.region
    found = np.zeros(region.months)
    for iso3, counts in dict.fromkeys((row.iso3, row.counts) for row in region.referrals):
        found += model.outcome.hidden[COUNTED[counts]][:, region.index[iso3]]
    return found


def trailing(values: np.ndarray) -> np.ndarray:
    """Sums over the last `WINDOW` months, fewer at the start; along the first axis."""
    sums = np.cumsum(values, axis=0)
    before = np.zeros_like(sums)
    before[WINDOW:] = sums[:-WINDOW]
    return sums - before


def share_assisted(model) -> np.ndarray:
    """Assisted per newly exploited person, over the last twelve months."""
    exploited = trailing(tally(model, "newly_exploited"))
    return trailing(tally(model, "assisted")) / np.where(exploited > 0, exploited, np.nan)


def _flows(model) -> np.ndarray:
    """(months run, origin, destination, mode, venue) over the last twelve months."""
    return trailing(model.outcome.flows[: model.outcome.months])


def _padded(model, values: np.ndarray) -> np.ndarray:
    return np.concatenate([values, np.full(model.region.months - len(values), np.nan)])


def effective_routes(model) -> np.ndarray:
    """exp of the Shannon entropy of the corridors' shares: as many equal corridors would be as diverse."""
    flows = _flows(model).sum(axis=(3, 4)).reshape(model.world.month, -1)
    shares = flows / np.maximum(1, flows.sum(axis=1, keepdims=True))
    logs = np.log(np.where(shares > 0, shares, 1.0))
    return _padded(model, np.where(flows.sum(axis=1) > 0, np.exp(-(shares * logs).sum(axis=1)), np.nan))


def mode_shares(model) -> np.ndarray:
    """(months, modes) of the newly exploited."""
    flows = _flows(model).sum(axis=(1, 2, 4)).astype(float)
    shares = flows / np.maximum(1.0, flows.sum(axis=1, keepdims=True))
    return np.stack([_padded(model, shares[:, k]) for k in range(len(MODES))], axis=1)


def private_share(model) -> np.ndarray:
    flows = _flows(model).sum(axis=(1, 2, 3)).astype(float)
    return _padded(model, flows[:, PRIVATE] / np.maximum(1.0, flows.sum(axis=1)))


@dataclass(frozen=True)
class Period:
    """A column of the observed table: months from `first` to before `end`, counts where known."""

    name: str
    first: int
    end: int
    observed: int
    simulated: tuple[int, ...]  # one per world, same rows as the observed ones


def periods(models) -> list[Period]:
    """Sums over the rows for which the source has a figure, for what was run of each period."""
    region = models[0].region
    counts = [observe(region, model.outcome.hidden) for model in models]
    found = {}
    for n, row in enumerate(region.referrals):
        if row.assisted is not None:
            found.setdefault(row.period, []).append(n)
    made = []
    for name, rows in sorted(found.items()):
        one = region.referrals[rows[0]]
        made.append(Period(name, one.first - region.start, one.last - region.start + 1,
                           sum(region.referrals[n].assisted for n in rows), tuple(int(c[rows].sum()) for c in counts)))
    return made
