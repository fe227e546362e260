"""Shapley values and interactions of a game given in full.

A game is an array of shape (2**n, ...): the worth of every coalition, where bit i of the position says
whether player i takes part. Trailing axes are games of their own.

1. Shapley (1953), A value for n-person games, Contributions to the Theory of Games II, 307-317.
2. Grabisch & Roubens (1999), An axiomatic approach to the concept of interaction among players in
   cooperative games, International Journal of Game Theory 28, 547-565, definition 1 for pairs.
"""

from __future__ import annotations

from itertools import combinations
from math import factorial, fsum

import numpy as np

MOST_PLAYERS = 8


def players_in(game: np.ndarray) -> int:
    """Number of players. Raises ValueError unless the first axis is a power of two."""
    n = len(game).bit_length() - 1
    if len(game) != 1 << n:
        raise ValueError(f"{len(game)} coalitions are no power of two")
    return n


def shapley(game: np.ndarray) -> np.ndarray:
    """Shapley values (n, ...) [1]: they sum to game[-1] - game[0] but for rounding, and are 0 for a null player.

    The weights are whole numbers until the last division, and sums are exact (`math.fsum`): a game of
    whole numbers loses nothing but that division.
    """
    game = np.asarray(game, float)
    n = players_in(game)
    size = _sizes(n)
    values = []
    for i in range(n):
        without = _lacking(n, 1 << i)
        gains = game[without | 1 << i] - game[without]
        values.append(_sum(gains, [factorial(s) * factorial(n - s - 1) for s in size[without]]) / factorial(n))
    return np.array(values).reshape(n, *game.shape[1:])


def interactions(game: np.ndarray) -> dict[tuple[int, int], np.ndarray]:
    """The Shapley interaction index of every pair i < j [2]: 0 where the two add up, below 0 where they overlap."""
    game = np.asarray(game, float)
    n = players_in(game)
    size = _sizes(n)
    found = {}
    for i, j in combinations(range(n), 2):
        one, other = 1 << i, 1 << j
        without = _lacking(n, one | other)
        # Differences of differences in this order are exactly 0 if either player is null.
        joint = (game[without | one | other] - game[without | other]) - (game[without | one] - game[without])
        weights = [factorial(s) * factorial(n - s - 2) for s in size[without]]
        found[i, j] = _sum(joint, weights) / factorial(n - 1)
    return found


def _sizes(n: int) -> np.ndarray:
    return np.array([coalition.bit_count() for coalition in range(1 << n)])


def _lacking(n: int, players: int) -> np.ndarray:
    coalitions = np.arange(1 << n)
    return coalitions[coalitions & players == 0]


def _sum(terms: np.ndarray, weights: list[int]) -> np.ndarray:
    weighted = terms.reshape(len(terms), -1) * np.array(weights, float)[:, None]
    return np.array([fsum(column) for column in weighted.T]).reshape(terms.shape[1:])
