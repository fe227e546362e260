"""Every method on every simulated list, beside the truth: one row a world, year, country, way of keeping, method."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from undercount.experiments.draws import drawn, gates_of
from undercount.experiments.estimate.closed import Closed, chao, chapman
from undercount.experiments.estimate.existence import FINE, NO_ESTIMATE
from undercount.experiments.estimate.keeping import Keeping, as_lists, kept
from undercount.experiments.estimate.lists import Lists, mains, on_all, pairs
from undercount.experiments.estimate.methods import ALL_PAIRS, BIC_TWO, CHAO, CHAPMAN, INDEPENDENCE, STEPWISE
from undercount.experiments.estimate.selection import best_of, every_model, stepwise
from undercount.experiments.estimate.strata import Joint, fit_joint
from undercount.experiments.estimate.worlds import ALL, Tallies, Worlds, of_outcome, whole_years
from undercount.experiments.store.planned import cut
from undercount.experiments.store.seal import seal_arrays
from undercount.model.assumed.scenario import Scenario
from undercount.model.engine.layout import HELD, ON_HOTLINE, PRIVATE, PUBLIC
from undercount.model.simulation import simulate

METHODS = (CHAO, CHAPMAN, INDEPENDENCE, ALL_PAIRS, STEPWISE, BIC_TWO)
FIRST_TWO = 0b11  # police and assistance: the lists that Chapman's estimate and the odds ratio are of
FEWEST = 10  # persons on any list of the world's own, below which nobody would try to estimate
MOST_ELSEWHERE = 0.5  # of those listed; with more the lists are of another population than the country's
WORDS = ("scenario", "year", "country", "adapts", "lists", "method")  # columns of text


@dataclass(frozen=True)
class Stretch:
    """Worlds `first` to `last` (excluded) of a scenario, drawn from its priors inside the gates: one part file."""

    scenario: Scenario
    first: int
    last: int
    seed: int
    people_per_agent: int
    keeping: Keeping
    key: str

    @property
    def part(self) -> str:
        return f"{cut(self.scenario.name, 60)}-{self.first:06d}-{self.last:06d}-{self.key[:16]}.npz"


def try_stretch(stretch: Stretch) -> bytes:
    """Draws, runs and judges every world of the stretch; the bytes of its part: the columns of `judged`."""
    scenario, numbers, tallies = stretch.scenario, range(stretch.first, stretch.last), []
    for world in numbers:
        draw = drawn(scenario, world, stretch.seed, gates=gates_of(scenario))
        tallies.append(of_outcome(simulate(draw.scenario, stretch.people_per_agent, draw.luck), draw.scenario))
    region = scenario.region
    worlds = Worlds((scenario.name,) * len(numbers), tuple(numbers), whole_years(region, region.months)[0],
                    tuple(country.iso3 for country in region.countries), tuple(tallies))
    table = judged(worlds, stretch.keeping, stretch.seed)
    head, arrays = {"part": stretch.part, "worlds": len(numbers), "rows": len(table)}, {}
    for name in table:
        if name in WORDS:
            code, words = pd.factorize(table[name])
            head[name], arrays[name] = list(map(str, words)), code.astype(np.int32)
        else:
            arrays[name] = table[name].to_numpy(float)
    return seal_arrays(head, arrays)


def from_part(head: dict[str, Any], arrays: dict[str, np.ndarray]) -> pd.DataFrame:
    """The columns of `judged` that a part holds."""
    return pd.DataFrame({name: np.array(head[name], object)[array] if name in WORDS else array
                         for name, array in arrays.items()}) if head["rows"] else pd.DataFrame()


def judged(worlds: Worlds, keeping: Keeping, seed: int) -> pd.DataFrame:
    """What every method says of every country, of all together, and by every way of keeping lists, beside the truth.

    scenario, world, year, country, adapts, new, held; odds_ratio between the lists of police and assistance among
    those held, follows (share of the list of assistance who are on that of police), hotline (persons on its list),
    venue (how many times likelier listed in a public venue than in a private one), elsewhere (share of those listed
    who were not held in the country in the year: stopped at its border, come home, or found last year); lists,
    listed, method, estimate, low, high, code of `existence.py`: the three are nan where it is not 0.

    The first year is left out, as nobody knows who was held when it began; so are places with fewer than FEWEST
    persons on lists, and single countries with more than MOST_ELSEWHERE.
    """
    rows = []
    for n, (scenario, world) in enumerate(zip(worlds.scenarios, worlds.numbers)):
        tallies = worlds.tallies[n]
        rng = np.random.default_rng((seed, world, zlib.crc32(scenario.encode())))
        ways = list(kept(tallies, keeping, rng))
        for year, place, cell in _cells(tallies, ways[0]):
            here = {"scenario": scenario, "world": world, "year": worlds.years[year],
                    "country": ALL if place is None else worlds.countries[place], "adapts": tallies.adapts[year]} | cell
            for name, by_country, together in ways:
                lists = as_lists(together[year] if place is None else by_country[year, place])
                rows += [here | {"lists": name, "listed": lists.cases} | said for said in estimates(lists)]
    return pd.DataFrame(rows)


def _cells(tallies: Tallies, first: tuple) -> Iterator[tuple[int, int | None, dict[str, float]]]:
    """(year, country or None for all, truth and conditions) of lists that somebody would try to estimate from."""
    _, by_country, together = first
    for year in np.flatnonzero(~np.isnan(tallies.before).any(axis=(1, 2))):
        for place in (*range(by_country.shape[1]), None):
            counts = together[year] if place is None else by_country[year, place]
            new, held, exposed = (each[year].sum(axis=0) if place is None else each[year, place]
                                  for each in (tallies.new, tallies.held, tallies.exposures[..., 1:, :, HELD].sum(-2)))
            elsewhere = 1 - min(1.0, exposed.sum() / max(counts.sum(), 1))
            if FEWEST <= counts.sum() <= held.sum() and (place is None or elsewhere <= MOST_ELSEWHERE):
                shared = on_all(counts)
                found = (exposed + 0.5) / (held + 1)
                yield year, place, {
                    "new": float(new.sum()), "held": float(held.sum()),
                    "odds_ratio": odds_ratio(counts.astype(float), float(held.sum())),
                    "follows": float(shared[FIRST_TWO] / shared[2]) if shared[2] else np.nan,
                    "hotline": float(shared[ON_HOTLINE]), "venue": float(found[PUBLIC] / found[PRIVATE]),
                    "elsewhere": float(elsewhere)}


def estimates(lists: Lists) -> Iterator[dict[str, Any]]:
    """What each of METHODS says."""
    counts, k = lists.counts, len(lists.names)
    shared = on_all(counts[0])
    yield _closed(CHAO, chao(counts[0]), True)
    two = chapman(shared[1], shared[2], shared[FIRST_TWO])
    yield _closed(CHAPMAN, two, bool(shared[FIRST_TWO]) and two.variance > 0)
    yield _joint(INDEPENDENCE, fit_joint(mains(k), counts))
    yield _joint(ALL_PAIRS, fit_joint(mains(k) + pairs(k), counts))
    yield _joint(STEPWISE, stepwise(counts)[0])
    best = best_of(every_model(k, False), counts)
    yield _joint(BIC_TWO, best) if best else _none(BIC_TWO, NO_ESTIMATE)


def odds_ratio(counts: np.ndarray, population: float) -> float:
    """Between the first two lists, in a population of this size; half a person is added to every cell."""
    shared = on_all(counts)
    both = shared[FIRST_TWO]
    first, second = shared[1] - both, shared[2] - both
    neither = population - first - second - both
    if not neither > 0:
        return np.nan
    return float((both + 0.5) * (neither + 0.5) / ((first + 0.5) * (second + 0.5)))


def _closed(method: str, found: Closed, there: bool) -> dict[str, Any]:
    if not there:  # nobody on both, or one list within the other: refused, as for a user
        return _none(method, NO_ESTIMATE)
    low, high = found.interval()
    return {"method": method, "estimate": found.population, "low": low, "high": high, "code": FINE}


def _joint(method: str, joint: Joint) -> dict[str, Any]:
    if not joint.fine:
        return _none(method, joint.code)
    low, high = joint.wald()
    return {"method": method, "estimate": joint.population, "low": low, "high": high, "code": FINE}


def _none(method: str, code: int) -> dict[str, Any]:
    return {"method": method, "estimate": np.nan, "low": np.nan, "high": np.nan, "code": code}
