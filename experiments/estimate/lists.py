"""Capture histories: who was on which lists, as counts by history.

A history is a whole number whose bits are lists, lowest bit first; history 0, on no list, is what is to
be estimated. Lists stand in alphabetical order and histories in numerical order, whatever the order of the
file, so that every answer is the same for any order of columns and rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

Term = int  # the lists of an interaction, as a history


@dataclass(frozen=True)
class Lists:
    """Counts (strata, 2**lists) by history; `low` and `high` differ from each other where a count was suppressed."""

    names: tuple[str, ...]
    strata: tuple[str, ...]
    low: np.ndarray
    high: np.ndarray

    @property
    def counts(self) -> np.ndarray:
        """Persons by stratum and history; the middle of its interval, rounded down, for a suppressed count."""
        return np.floor((self.low + self.high) / 2)

    @property
    def total(self) -> np.ndarray:
        """Persons by history, all strata together."""
        return self.counts.sum(axis=0)

    @property
    def cases(self) -> int:
        return int(self.counts.sum())

    @property
    def suppressed(self) -> np.ndarray:
        """(n, 2): stratum and history of every suppressed count."""
        return np.argwhere(self.high > self.low)

    def named(self, term: Term, joint: str = " and ") -> str:
        return joint.join(self.names[i] for i in members(term))


def members(term: Term) -> list[int]:
    """The places of the lists in a history."""
    return [i for i in range(term.bit_length()) if term >> i & 1]


def order(term: Term) -> int:
    """How many lists a term or history has."""
    return term.bit_count()


def mains(k: int) -> tuple[Term, ...]:
    return tuple(1 << i for i in range(k))


def pairs(k: int) -> tuple[Term, ...]:
    return tuple(1 << i | 1 << j for i, j in combinations(range(k), 2))


def triples(k: int) -> tuple[Term, ...]:
    return tuple(sum(1 << i for i in each) for each in combinations(range(k), 3))


def on_all(counts: np.ndarray) -> np.ndarray:
    """For every history, the persons who are on all of its lists and perhaps on others. Same shape."""
    sums = np.array(counts, float)
    histories = np.arange(sums.shape[-1])
    for bit in range(sums.shape[-1].bit_length() - 1):
        without = histories[histories >> bit & 1 == 0]
        sums[..., without] += sums[..., without | 1 << bit]
    return sums


def overlaps(lists: Lists) -> Iterator[tuple[Term, int]]:
    """Every pair of lists with the number of persons on both."""
    both = on_all(lists.total)
    return ((pair, int(both[pair])) for pair in pairs(len(lists.names)))


def without_list(lists: Lists, left_out: int) -> Lists:
    """What is known when list number `left_out` had never been kept: who was on it alone is unknown."""
    return _mapped(lists, lambda history: _squeezed(history, left_out),
                   tuple(name for i, name in enumerate(lists.names) if i != left_out))


def merged(lists: Lists, pair: Term) -> Lists:
    """Two lists as one: on it whoever was on either."""
    first, second = members(pair)

    def moved(history: int) -> int:
        either = (history >> first | history >> second) & 1
        return _squeezed(history & ~(1 << first) | either << first, second)

    names = [name for i, name in enumerate(lists.names) if i != second]
    names[first] = lists.named(pair, "+")
    return _mapped(lists, moved, tuple(names))


def known_to(lists: Lists, place: int) -> tuple[Lists, int]:
    """Persons on list number `place` as the others know them, and how many persons the list truly has."""
    histories = np.arange(lists.low.shape[1])
    held = (histories >> place & 1).astype(bool)
    there = replace(lists, low=np.where(held, lists.low, 0), high=np.where(held, lists.high, 0))
    return without_list(there, place), there.cases


def _squeezed(history: int, place: int) -> int:
    """A history without the bit of a list."""
    return history & (1 << place) - 1 | history >> place + 1 << place


def _mapped(lists: Lists, where, names: tuple[str, ...]) -> Lists:
    target = np.array([where(history) for history in range(lists.low.shape[1])])
    shape = (len(lists.strata), 1 << len(names))
    low, high = np.zeros(shape), np.zeros(shape)
    for stratum in range(shape[0]):
        np.add.at(low[stratum], target, lists.low[stratum])
        np.add.at(high[stratum], target, lists.high[stratum])
    low[:, 0] = high[:, 0] = 0
    return replace(lists, names=names, low=low, high=high)
