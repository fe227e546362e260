"""Published lists for the tests of estimation."""

from functools import cache
from pathlib import Path

import numpy as np
from undercount.experiments.estimate.lists import Lists
from undercount.experiments.estimate.reading import read_lists

DATA = Path(__file__).parent / "data" / "mse"
FILES = {"artificial": "artificial_3list.csv", "kosovo": "kosovo_4list.csv", "netherlands": "netherlands_5list.csv",
         "new-orleans": "neworleans_8list_n185.csv", "uk": "uk2013_6list.csv"}


@cache
def published(name: str) -> Lists:
    return read_lists(str(DATA / FILES[name])).lists


def term(lists: Lists, names: str) -> int:
    """The term of lists named like A+B."""
    return sum(1 << lists.names.index(name) for name in names.split("+"))


def drawn(rng, persons: int, chances: list[float]) -> np.ndarray:
    """Counts (1, histories) of independent lists on which each of `persons` stands with these chances."""
    k = len(chances)
    on = (np.arange(1 << k)[:, None] >> np.arange(k) & 1).astype(bool)
    counts = rng.multinomial(persons, np.prod(np.where(on, chances, 1 - np.array(chances)), axis=1)).astype(float)
    counts[0] = 0
    return counts[None]
