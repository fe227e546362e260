"""Which ranges of the unknowns make an outcome: boxes by PRIM [1] in EMA Workbench's form [2, 3].

PRIM peels thin slices off the box of all worlds, each time the one that raises the share of worlds with the outcome
most. Which box on its way is taken is a rule here, not a choice by eye: of every box, ranges that chance could make
(quasi-p above 0.05 [2]) are opened again, the least sure first, then those beyond four unknowns; taken is the box with
the largest harmonic mean of coverage and density. Its worlds are set aside, and PRIM looks for the next one.

Boxes are sought in two thirds of the worlds; coverage and density that count are those of the other third, because
what was sought flatters itself.

1. Friedman & Fisher (1999), Bump hunting in high-dimensional data, Statistics and Computing 9, 123-143
2. Bryant & Lempert (2010), Thinking inside the box, Technological Forecasting and Social Change 77, 34-49
3. Kwakkel (2017), The Exploratory Modeling Workbench, Environmental Modelling & Software 96, 239-250
4. Hornberger & Spear (1981), An approach to the preliminary analysis of environmental systems, Journal of Environmental
   Management 12, 7-18: the largest distance between the two distributions (Kolmogorov & Smirnov)
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special, stats
from undercount.model.files.problems import BadInput, Problem

MOST_BOXES, MOST_UNKNOWNS = 3, 4  # what a reader can hold in mind
MOST_LOOKED_AT = 24  # unknowns that PRIM is given: it takes minutes with all, and peels those that matter anyway
QUASI_P = 0.05
PEEL, PASTE = 0.05, 0.05  # shares of a box, as EMA Workbench has them
SMALLEST_MASS = 0.05  # of the worlds; half the share with the outcome where that is less
FEWEST = 20  # worlds with and without the outcome, where boxes are sought
INTERVAL = 0.90
LOW, HIGH = 0, 1

# (unknown, LOW or HIGH) -> bound; what is not named is open.
Limits = Mapping[tuple[str, int], float]


@dataclass(frozen=True)
class Score:
    """How a box does on some worlds: those inside, those of them with the outcome, all, and all with the outcome."""

    inside: int
    hits: int
    worlds: int
    cases: int

    @property
    def density(self) -> float:
        return self.hits / self.inside if self.inside else float("nan")

    @property
    def coverage(self) -> float:
        return self.hits / self.cases if self.cases else float("nan")

    @property
    def base(self) -> float:
        return self.cases / self.worlds

    def interval(self) -> tuple[float, float]:
        """Exact interval of the density (Clopper & Pearson 1934)."""
        if not self.inside:
            return 0.0, 1.0
        found = stats.binomtest(self.hits, self.inside).proportion_ci(INTERVAL, "exact")
        return float(found.low), float(found.high)


@dataclass(frozen=True)
class Box:
    """Ranges of some unknowns, how surely each bound is needed (quasi-p), and how the box does.

    `sought` is on the worlds in which it was found, `tested` on the others; worlds of an earlier box are not in it.
    """

    limits: Limits
    quasi_p: Mapping[tuple[str, int], float]
    sought: Score
    tested: Score

    @property
    def unknowns(self) -> list[str]:
        return list(dict.fromkeys(path for path, _ in self.limits))

    @property
    def holds(self) -> bool:
        """Is the outcome surely more frequent inside than in all worlds, on those that it was not sought in?"""
        return self.tested.interval()[0] > self.tested.base


def available() -> bool:
    """Is EMA Workbench installed?"""
    from importlib.util import find_spec

    return find_spec("ema_workbench") is not None


def check_enough(met: np.ndarray, sought: np.ndarray, said: str) -> None:
    """Raises BadInput unless there are FEWEST worlds with and without the outcome among those `sought` in."""
    cases, others = int(met[sought].sum()), int((~met[sought]).sum())
    if min(cases, others) < FEWEST:
        raise BadInput(Problem("command line", "--where", f"{said}: {int(met.sum())} of {len(met)} worlds",
                               f"a statement that at least {FEWEST} of the {int(sought.sum())} worlds it is sought in "
                               "meet and as many do not; or a table with more worlds"))


def boxes(values: pd.DataFrame, met: np.ndarray, sought: np.ndarray) -> list[Box]:
    """At most MOST_BOXES boxes, in the order found.

    values (worlds, unknowns) floats; met (worlds,) has the world the outcome?; sought (worlds,) which worlds are
    looked at: the others test. Raises ModuleNotFoundError without EMA Workbench.
    """
    left, found, base = np.ones(len(met), bool), [], met[sought].mean()
    while len(found) < MOST_BOXES and met[left & sought].sum() >= FEWEST / 2:
        among = left & sought
        limits = _one(values[among], met[among], base)
        if not limits:
            break
        within = inside(values, limits) & left
        found.append(Box(limits, quasi_p(values[among], met[among], limits),
                         score(within, met, sought), score(within, met, ~sought)))
        left &= ~within
    return found


def inside(values: pd.DataFrame, limits: Limits) -> np.ndarray:
    """Which worlds lie within all limits, bounds included, (worlds,) bool."""
    return ~_outside(values, limits).any(axis=0)


def _outside(values: pd.DataFrame, limits: Limits) -> np.ndarray:
    """Which worlds lie outside each limit, (limits, worlds) bool."""
    found = np.zeros((len(limits), len(values)), bool)
    for row, ((path, side), bound) in enumerate(limits.items()):
        column = values[path].to_numpy()
        found[row] = column < bound if side == LOW else column > bound
    return found


def quasi_p(values: pd.DataFrame, met: np.ndarray, limits: Limits) -> dict[tuple[str, int], float]:
    """For each bound the chance of at least as many hits in the box if it were not needed: if worlds had the outcome
    as often as in the box without that bound (one-sided binomial test; Bryant & Lempert 2010, appendix)."""
    return dict(zip(limits, _quasi_p(_outside(values, limits), met)))


def _quasi_p(outside: np.ndarray, met: np.ndarray) -> list[float]:
    misses = outside.sum(axis=0)
    within = misses == 0
    hits, size = int(met[within].sum()), int(within.sum())
    found = []
    for row in outside:
        without = met[misses == row]  # inside all the others
        # P(X > hits - 1); with no hits it is certain.
        found.append(float(special.bdtrc(hits - 1, size, without.mean())) if hits else 1.0)
    return found


def score(within: np.ndarray, met: np.ndarray, among: np.ndarray) -> Score:
    """How the worlds `within` do on those `among`; all masks (worlds,)."""
    return Score(int((within & among).sum()), int((within & among & met).sum()), int(among.sum()),
                 int((met & among).sum()))


def _one(values: pd.DataFrame, met: np.ndarray, base: float) -> dict[tuple[str, int], float]:
    """The limits of the best box on PRIM's way through these worlds; empty if none is denser than `base`."""
    best, kept = 0.0, {}
    for way in _way(values[screened(values, met)], met):
        limits = simplified(values, met, way)
        within = inside(values, limits)
        if not limits or not within.any() or met[within].mean() <= max(base, met.mean()):
            continue
        merit = harmonic(met[within].mean(), met[within].sum() / met.sum())
        if merit > best:
            best, kept = merit, limits
    return kept


def harmonic(density: float, coverage: float) -> float:
    """The harmonic mean of the two: 0 if one is."""
    return 2.0 * density * coverage / (density + coverage) if density + coverage else 0.0


def simplified(values: pd.DataFrame, met: np.ndarray, limits: Limits) -> dict[tuple[str, int], float]:
    """The limits without those that chance could make, and on MOST_UNKNOWNS unknowns at most."""
    bounds, outside = list(limits), _outside(values, limits)
    while bounds:
        sure = _quasi_p(outside, met)
        worst = max(range(len(bounds)), key=lambda i: (sure[i], bounds[i]))
        many = len({path for path, _ in bounds}) > MOST_UNKNOWNS
        if sure[worst] <= QUASI_P and not many:
            break
        del bounds[worst]
        outside = np.delete(outside, worst, axis=0)
    return {bound: limits[bound] for bound in bounds}


def screened(values: pd.DataFrame, met: np.ndarray) -> list[str]:
    """The MOST_LOOKED_AT unknowns that differ most between worlds with and without the outcome [4], in their order."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # exact p-values that are not used
        apart = [stats.ks_2samp(values[path][met], values[path][~met], method="asymp").statistic for path in values]
    chosen = np.argsort(-np.array(apart), kind="stable")[:MOST_LOOKED_AT]
    return [path for i, path in enumerate(values) if i in chosen]


def _way(values: pd.DataFrame, met: np.ndarray) -> Iterator[Limits]:
    """The limits of every box on PRIM's way, peeling and pasting."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of parts of the workbench that are not used here
        from ema_workbench.analysis.prim import Prim
    table = values.reset_index(drop=True).astype(float)
    mass = max(FEWEST / len(table), min(SMALLEST_MASS, met.mean() / 2.0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        prim = Prim(table, met.astype(int), threshold=0.0, peel_alpha=PEEL, paste_alpha=PASTE, mass_min=mass)
        box = prim.find_box()
    start = prim.box_init
    for limits in box.box_lims[1:]:
        yield {(path, side): float(limits.at[side, path]) for path in table
               for side in (LOW, HIGH) if limits.at[side, path] != start.at[side, path]}
