"""How lists are kept of a simulated world: by country, by inspectors too, with a shared identifier that may fail.

The world keeps the lists of police, assistance and hotline. The rest is made of its tallies afterwards, with
random numbers of its own, and changes no life:

- Inspectors (health, labour) come at the end of a month and take down whom they meet, without telling anybody. Their
  list follows from no other. The chance in a public venue is the same for everybody; in private ones a share of it.
- Lists of different countries are linked by a shared identifier: who was listed abroad and again at home in the same
  year is one person of all countries together.
- A record whose identifier fails (missing, misspelt, a false name) is not linked to any other and stands for a person
  of its own: a false non-link. Every record fails independently.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import combinations

import numpy as np
from undercount.experiments.estimate.lists import Lists, members
from undercount.experiments.estimate.worlds import Tallies
from undercount.model.engine.layout import HELD, HELD_MONTHS, LISTS, ON_ASSISTANCE

INSPECTORS = "inspectors"
THREE, FOUR = "three lists", "four lists"
UNLINKED = {THREE: "three lists, some not linked", FOUR: "four lists, some not linked"}


@dataclass(frozen=True)
class Keeping:
    """Assumed, and stated with every result.

    inspected: chance that inspectors meet somebody who is held, at the end of a month, in a public venue; 0: no such
    list. private: the same in a private venue, as a share of it. unlinked: share of records that fail to link.
    """

    inspected: float = 0.01
    private: float = 0.3
    unlinked: float = 0.1

    def about(self) -> dict[str, float]:
        return asdict(self)

    @property
    def main(self) -> str:
        """The lists that the main tables are of: as many as there are, all linked."""
        return FOUR if self.inspected else THREE


USUAL = Keeping()


def kept(tallies: Tallies, keeping: Keeping, rng: np.random.Generator) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """(lists, histories (years, countries, n), those of all countries together (years, n)) by every way of keeping."""
    yield THREE, _listed(tallies.histories), across(tallies.histories, tallies.relisted, 0.0, rng)
    histories, relisted = tallies.histories, tallies.relisted
    if keeping.inspected:
        histories, relisted = with_inspectors(tallies, keeping, rng)
        yield FOUR, histories, across(histories, relisted, 0.0, rng)
    if keeping.unlinked:
        everywhere = across(histories, relisted, keeping.unlinked, rng)
        yield (UNLINKED[keeping.main], unlinked(_listed(histories), keeping.unlinked, rng),
               unlinked(everywhere, keeping.unlinked, rng))


def with_inspectors(tallies: Tallies, keeping: Keeping, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Histories of four lists, and those of who was listed again at home. Of a year with an unknown stock: nothing.

    The mean of months held stands for each person's, apart for every history and venue: the chance of a meeting is
    small, so it is nearly linear in them.
    """
    listed = tallies.exposures[..., 1:, :, :]
    others = np.stack([tallies.held, tallies.months], axis=-1) - listed.sum(axis=-3)
    exposed = np.concatenate([others[..., None, :, :], listed], axis=-3)  # history 0: all who are on no other list
    persons = np.nan_to_num(np.maximum(exposed[..., HELD], 0)).astype(np.int64)
    months = np.maximum(exposed[..., HELD_MONTHS], 0) / np.maximum(persons, 1)
    monthly = keeping.inspected * np.array([1.0, keeping.private])
    seen = rng.binomial(persons, 1 - (1 - monthly) ** months).sum(axis=-1)
    alone = _listed(tallies.histories)
    seen[..., 1:] = np.minimum(seen[..., 1:], alone[..., 1:])
    again = rng.hypergeometric(seen, np.maximum(alone - seen, 0), np.minimum(tallies.relisted, alone))
    again[..., 0] = 0
    alone[..., 1:] -= seen[..., 1:]
    return (np.concatenate([alone, seen], axis=-1),
            np.concatenate([np.minimum(tallies.relisted, tallies.histories) - again, again], axis=-1))


def across(histories: np.ndarray, relisted: np.ndarray, fails: float, rng: np.random.Generator) -> np.ndarray:
    """(years, histories) of all countries, (years, countries, histories) linked but where the record at home fails.

    Who was listed abroad and again at home is on the lists abroad and on that of assistance, once.
    """
    everywhere = _listed(histories).sum(axis=1)
    linked = rng.binomial(relisted.sum(axis=1), 1 - fails)
    for history in range(1, everywhere.shape[-1]):
        twice = np.minimum(linked[:, history], np.minimum(everywhere[:, ON_ASSISTANCE], everywhere[:, history]))
        everywhere[:, ON_ASSISTANCE] -= twice  # the record at home is no person of its own
        if not history & ON_ASSISTANCE:
            everywhere[:, history] -= twice
            everywhere[:, history | ON_ASSISTANCE] += twice
    return everywhere


def unlinked(histories: np.ndarray, fails: float, rng: np.random.Generator) -> np.ndarray:
    """The same records (.., histories), each of which links to no other with the chance `fails`."""
    found = np.zeros_like(histories)
    for history in range(1, histories.shape[-1]):
        lists = members(history)
        ways = [alone for size in range(len(lists) + 1) for alone in combinations(lists, size)]
        chances = [fails ** len(alone) * (1 - fails) ** (len(lists) - len(alone)) for alone in ways]
        for alone, persons in zip(ways, np.moveaxis(rng.multinomial(histories[..., history], chances), -1, 0)):
            for each in alone:
                found[..., 1 << each] += persons
            together = history & ~sum(1 << each for each in alone)
            if together:
                found[..., together] += persons
    return found


def as_lists(histories: np.ndarray) -> Lists:
    """Histories (n,) as lists to estimate from."""
    counts = histories.astype(float)[None].copy()
    counts[:, 0] = 0
    return Lists((*LISTS, INSPECTORS)[: len(histories).bit_length() - 1], ("",), counts, counts)


def _listed(histories: np.ndarray) -> np.ndarray:
    found = np.array(histories, np.int64)
    found[..., 0] = 0
    return found
