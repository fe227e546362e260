"""Worlds of the verdict's posterior that the page can open, each by its number in the reference table.

A draw is called `draw N`. At the table's own scale and with its own luck it is, bit for bit, the world that the
verdict weighed. The verdict is the published one, whose weights ship with the region, or that of `--verdict DIR`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from undercount.experiments.answer.estimands import FELL, flow
from undercount.experiments.draws import Draw
from undercount.experiments.verdict.weighted import Weighted, read_weighted, shipped_weighted
from undercount.model.country.observation import as_published
from undercount.model.files.problems import BadInput

VERDICT_VARIABLE = "UNDERCOUNT_VIEW_VERDICT"  # how the command tells the page whose draws it offers
WORD = "draw "
OFFERED = 12  # draws of the posterior in the list, beside the two that the page opens with


@dataclass(frozen=True)
class Posterior:
    """The weighted worlds, how near each lies to the published table, and how its hidden flow moved."""

    weighted: Weighted

    @cached_property
    def numbers(self) -> np.ndarray:
        """Worlds of some weight, (worlds,)."""
        return self.weighted.of()["world"].to_numpy(int)

    @cached_property
    def _rows(self) -> np.ndarray:
        """Their rows in the reference table."""
        at = {int(number): row for row, number in enumerate(self.weighted.reference.worlds)}
        return np.array([at[number] for number in self.numbers])

    @cached_property
    def years(self) -> tuple[int, int]:
        """The last two full years of the observed table."""
        full = sorted({int(row.period) for row in self.weighted.reference.region.referrals if row.period.isdigit()})
        return full[-2], full[-1]

    @cached_property
    def change(self) -> np.ndarray:
        """Change of ln(persons newly exploited) between them, (worlds,)."""
        before, after = (flow(self.weighted.reference, year)[self._rows] for year in self.years)
        return after - before

    @cached_property
    def _cells(self) -> tuple[list, np.ndarray]:
        """Published cells that are known, and the counts of them, (worlds, cells)."""
        reference = self.weighted.reference
        cells = [row for row in reference.region.referrals if row.assisted is not None]
        counts = reference.quantities([f"count:{row.iso3}:{row.period}" for row in cells])[self._rows]
        return cells, as_published(cells, counts)

    @cached_property
    def distance(self) -> np.ndarray:
        """Root mean square of differences of ln(1 + count) to the published cells, (worlds,), as in `calibrate`."""
        cells, counts = self._cells
        return np.sqrt(np.mean((np.log1p(counts) - np.log1p([row.assisted for row in cells])) ** 2, axis=1))

    @cached_property
    def moves_alike(self) -> np.ndarray:
        """Does the sum of all counts move between `years` by half to twice as much as the published one? (worlds,)"""
        cells, counts = self._cells
        of = [np.array([row.period == str(year) for row in cells]) for year in self.years]
        published = np.array([row.assisted for row in cells])
        change = np.log1p(counts[:, of[1]].sum(axis=1)) - np.log1p(counts[:, of[0]].sum(axis=1))
        told = np.log1p(published[of[1]].sum()) - np.log1p(published[of[0]].sum())
        return (change * np.sign(told) >= abs(told) / 2) & (change * np.sign(told) <= abs(told) * 2)

    @property
    def fell(self) -> float:
        """Share of the weight in which the hidden flow fell by a tenth or more."""
        weights = self.weighted.of()["weight"].to_numpy(float)
        return float(weights[self.change <= FELL].sum() / weights.sum())

    def nearest(self, fell: bool) -> str | None:
        """The draw nearest to the published table among those whose flow fell, or did not, and whose counts move as
        the published ones do, if there are such; None if there is none at all."""
        way = (self.change <= FELL) == fell
        among = np.flatnonzero(way & self.moves_alike if (way & self.moves_alike).any() else way)
        return f"{WORD}{self.numbers[among[np.argmin(self.distance[among])]]}" if len(among) else None

    def offered(self) -> list[str]:
        """The two of the opening, then draws that count alike, in the order of their distance."""
        chosen = dict.fromkeys(self.weighted.chosen(OFFERED)["world"].astype(int))
        near = dict(zip(self.numbers.tolist(), self.distance.tolist()))
        opening = [name for name in (self.nearest(False), self.nearest(True)) if name]
        return list(dict.fromkeys([*opening, *(f"{WORD}{n}" for n in sorted(chosen, key=lambda n: near[n]))]))

    def moved(self, name: str) -> str:
        """How a draw's hidden flow moved, as per cent."""
        change = 100 * np.expm1(self.change[self.numbers == number_of(name)][0])
        return f"{change:+.0f}\N{NO-BREAK SPACE}%".replace("-", "\N{MINUS SIGN}")

    def title(self, name: str) -> str:
        """What a list says of a draw."""
        return f"Draw {number_of(name)}: hidden flow {self.moved(name)}"

    def draw(self, name: str) -> Draw:
        """The world's scenario and luck. Raises BadInput if the model has changed since."""
        return self.weighted.draw(number_of(name))


def is_draw(name: str) -> bool:
    """Is it the name of a draw of the verdict that the page has?"""
    found = posterior()
    return number_of(name) >= 0 and found is not None and number_of(name) in found.numbers


def number_of(name: str) -> int:
    """A draw's number; -1 of anything else."""
    digits = name.removeprefix(WORD) if isinstance(name, str) and name.startswith(WORD) else ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 9 else -1


def posterior() -> Posterior | None:
    """The verdict's; None if none ships that fits the rules as they are. Raises BadInput if `--verdict` holds none."""
    return _read(os.environ.get(VERDICT_VARIABLE, ""))


@lru_cache(maxsize=4)
def _read(folder: str) -> Posterior | None:
    if folder:
        return Posterior(read_weighted(Path(folder)))
    try:
        return Posterior(shipped_weighted())
    except BadInput:
        return None


@lru_cache(maxsize=64)
def drawn(name: str) -> Draw:
    """A draw that `is_draw`."""
    found = posterior()
    assert found is not None, name
    return found.draw(name)
