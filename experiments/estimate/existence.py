"""Whether a log-linear model has an estimate at all: existence by linear programme, identifiability by rank.

Where the lists of a term never meet, its coefficient is at minus infinity and the histories that hold it
have a mean of nothing. What remains has a maximum if and only if some table with every mean positive has
the margins that were observed [1], and a single one if and only if the columns of the remaining design are
independent [2]. Which counts are positive decides both; how large they are does not matter.

[1] Fienberg, S. E. and Rinaldo, A. (2012) Maximum likelihood estimation in log-linear models. Annals of
    Statistics 40: 996-1023. doi:10.1214/12-AOS986
[2] Chan, L., Silverman, B. W. and Vincent, K. (2021) Multiple systems estimation for sparse capture data.
    Journal of the American Statistical Association 116: 1297-1306. doi:10.1080/01621459.2019.1708748
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.optimize import linprog
from undercount.experiments.estimate.lists import Term, on_all

FINE, NO_ESTIMATE, NOT_IDENTIFIABLE, BOTH = range(4)
CODES = ("fine", "no estimate exists", "not identifiable", "no estimate exists and not identifiable")
LEAST = 1e-7  # of a mean in the linear programme, where the largest is 1: below is nothing


def condition(terms: tuple[Term, ...], counts: np.ndarray) -> int:
    """FINE, NO_ESTIMATE, NOT_IDENTIFIABLE or BOTH, for a model of `terms` and counts by history."""
    return _condition(tuple(terms), (np.asarray(counts) > 0).tobytes())


def at_minus_infinity(terms: tuple[Term, ...], counts: np.ndarray) -> tuple[Term, ...]:
    """The terms whose lists have nobody in common."""
    shared = on_all(counts)
    return tuple(term for term in terms if shared[term] == 0)


def possible(size: int, infinite: tuple[Term, ...]) -> np.ndarray:
    """Which of `size` histories may have a mean above nothing; history 0 is none of the observed."""
    histories = np.arange(size)
    open_ = histories > 0
    for term in infinite:
        open_ &= (histories & term) != term
    return open_


@lru_cache(maxsize=100_000)
def _condition(terms: tuple[Term, ...], support: bytes) -> int:
    present = np.frombuffer(support, bool).astype(float)
    present[:1] = 0
    infinite = at_minus_infinity(terms, present)
    finite = np.array([0, *(term for term in terms if term not in infinite)])
    histories = np.flatnonzero(possible(len(present), infinite))
    design = ((histories[:, None] & finite) == finite).astype(float)
    if not len(histories):
        return BOTH
    identifiable = np.linalg.matrix_rank(design) == len(finite)
    return (0 if _exists(design, present[histories]) else NO_ESTIMATE) + (0 if identifiable else NOT_IDENTIFIABLE)


def _exists(design: np.ndarray, present: np.ndarray) -> bool:
    """Whether a table with all means positive has the margins of `present`: its least mean, made large."""
    if present.all():
        return True
    count, columns = design.shape
    largest = np.zeros(count + 1)
    largest[-1] = -1.0
    least_below_each = np.hstack([-np.eye(count), np.ones((count, 1))])
    found = linprog(largest, A_ub=least_below_each, b_ub=np.zeros(count),
                    A_eq=np.hstack([design.T, np.zeros((columns, 1))]), b_eq=design.T @ present,
                    bounds=[(0, None)] * count + [(None, 1)], method="highs")
    return found.status == 0 and -found.fun > LEAST
