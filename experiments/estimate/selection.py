"""Which terms a model gets: by p-value step by step [1], or by BIC [2].

[1] Chan, Silverman and Vincent (2021), as in `existence.py`, section 3.2. The p-value of a pair is the
    Poisson probability, in one tail, of as many persons on both lists as there are, under the model so far.
[2] Silverman, B. W., Chan, L. and Vincent, K. (2024) Bootstrapping multiple systems estimates to account
    for model selection. Statistics and Computing 34: 44. doi:10.1007/s11222-023-10346-9
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
from scipy.special import pdtr, pdtrc
from undercount.experiments.estimate.lists import Term, mains, on_all, order, pairs, triples
from undercount.experiments.estimate.strata import Joint, fit_joint

THRESHOLD = 0.02
MOST_MODELS = 40_000  # fitted one by one; beyond, a search
BEAM = 15
KEPT = 100  # best models by BIC that are kept


# --- by p-value ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    term: Term
    p: float


def stepwise(counts: np.ndarray, threshold: float = THRESHOLD) -> tuple[Joint, list[Step]]:
    """Independence, then pair by pair the one with the smallest p-value, while that is below the threshold.

    A pair that would leave the model without an estimate is passed over. `counts` (strata, histories).
    """
    k = counts.shape[1].bit_length() - 1
    both = on_all(counts).sum(axis=0)
    now, steps = fit_joint(mains(k), counts), []
    while now.fine:
        expected = on_all(now.means)
        left = [(_p_value(both[pair], expected[pair]), pair) for pair in pairs(k) if pair not in now.terms]
        for p, pair in sorted(left):
            if p >= threshold:
                return now, steps
            larger = fit_joint((*now.terms, pair), counts)
            if larger.fine:
                now, steps = larger, [*steps, Step(pair, p)]
                break
        else:
            break
    return now, steps


def _p_value(observed: float, expected: float) -> float:
    return float(min(pdtr(observed, expected), pdtrc(observed - 1, expected) if observed > 0 else 1.0))


# --- by BIC ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Selected:
    """Models by BIC, best first; `tried` of them, `without` an estimate; `searched`: not all there are."""

    best: list[Joint]
    tried: int
    without: dict[int, int]
    searched: bool


def by_bic(counts: np.ndarray, three: bool = False) -> Selected:
    """The best hierarchical models with two-list terms, or `three`-list terms too. `counts` (strata, histories)."""
    k = counts.shape[1].bit_length() - 1
    models = every_model(k, three)
    if models is None:
        return _search(counts, three)
    return _ranked((fit_joint(terms, counts) for terms in models), searched=False)


def best_of(models: list[tuple[Term, ...]], counts: np.ndarray) -> Joint | None:
    """The model with an estimate that is best by BIC; the first of equals."""
    fits = [found for found in (fit_joint(terms, counts) for terms in models) if found.fine]
    return min(fits, key=lambda found: found.bic, default=None)


@lru_cache(maxsize=16)
def every_model(k: int, three: bool) -> tuple[tuple[Term, ...], ...] | None:
    """Every hierarchical model of `k` lists, or None if there are more than MOST_MODELS.

    No term has all lists: its coefficient cannot be told from the number on no list.
    """
    found = []
    for terms in _hierarchical(k, three):
        found.append(terms)
        if len(found) > MOST_MODELS:
            return None
    return tuple(found)


def _hierarchical(k: int, three: bool) -> Iterator[tuple[Term, ...]]:
    twos = [pair for pair in pairs(k) if order(pair) < k]
    threes = [triple for triple in triples(k) if order(triple) < k] if three else []
    for chosen in _subsets(twos):
        allowed = [triple for triple in threes if _has_parts(triple, chosen)]
        for higher in _subsets(allowed):
            yield (*mains(k), *chosen, *higher)


def _subsets(items: list[Term]) -> Iterator[tuple[Term, ...]]:
    for size in range(len(items) + 1):
        yield from combinations(items, size)


def _has_parts(term: Term, there) -> bool:
    """Whether all the terms of one list less are there."""
    return all((term & ~(1 << i)) in there for i in range(term.bit_length()) if term >> i & 1)


def _search(counts: np.ndarray, three: bool) -> Selected:
    """Outwards by one term more or less from the BEAM best models so far, until none of these is new.

    It begins with independence, the stepwise model and all pairs.
    """
    k = counts.shape[1].bit_length() - 1
    seen: dict[frozenset, Joint] = {}
    expanded: set[frozenset] = set()

    def look(terms: frozenset) -> None:
        if terms not in seen:
            seen[terms] = fit_joint(tuple(sorted(terms, key=lambda term: (order(term), term))), counts)

    for start in (mains(k), stepwise(counts)[0].terms, mains(k) + pairs(k)):
        look(frozenset(start))
        for terms in _neighbours(frozenset(start), k, three):
            look(terms)
    while len(seen) < MOST_MODELS:
        best = sorted((each for each in seen if seen[each].fine), key=lambda each: (seen[each].bic, sorted(each)))
        here = next((each for each in best[:BEAM] if each not in expanded), None)
        if here is None:
            break
        expanded.add(here)
        for terms in _neighbours(here, k, three):
            look(terms)
    return _ranked(seen.values(), searched=True)


def _neighbours(terms: frozenset, k: int, three: bool) -> Iterator[frozenset]:
    candidates = pairs(k) + (triples(k) if three else ())
    for term in candidates:
        if term in terms:
            if not any(other != term and other & term == term for other in terms):
                yield terms - {term}
        elif order(term) < k and _has_parts(term, terms):
            yield terms | {term}


def _ranked(fits, searched: bool) -> Selected:
    best, without, tried = [], {}, 0
    for found in fits:
        tried += 1
        if found.fine:
            best.append(found)
        else:
            without[found.code] = without.get(found.code, 0) + 1
        if len(best) > 20 * KEPT:
            best = _first(best)
    return Selected(_first(best), tried, without, searched)


def _first(fits: list[Joint]) -> list[Joint]:
    return sorted(fits, key=lambda found: (round(found.bic, 6), len(found.terms), found.terms))[:KEPT]
