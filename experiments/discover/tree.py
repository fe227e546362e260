"""A second look at the same question by another method: the leaves of a shallow decision tree [1].

1. Breiman, Friedman, Olshen & Stone (1984), Classification and regression trees, Wadsworth
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from undercount.experiments.discover.boxes import FEWEST, HIGH, LOW, MOST_BOXES, Box, inside, quasi_p, score

DEPTH = 3  # questions, so that a leaf can be told in a sentence
SMALLEST_LEAF = 0.02  # of the worlds, or FEWEST / 2 of them


def leaves(values: pd.DataFrame, met: np.ndarray, sought: np.ndarray, seed: int) -> list[Box]:
    """At most MOST_BOXES leaves in which the outcome is more frequent than in all worlds, most frequent first.

    values (worlds, unknowns); met and sought (worlds,) as for `boxes.boxes`; leaves do not overlap.
    """
    from sklearn.tree import DecisionTreeClassifier

    smallest = max(FEWEST // 2, round(SMALLEST_LEAF * sought.sum()))
    tree = DecisionTreeClassifier(max_depth=DEPTH, min_samples_leaf=smallest, random_state=seed)
    tree.fit(values[sought].to_numpy(), met[sought])
    found = []
    for limits in _limits(tree.tree_, list(values)):
        within = inside(values, limits)
        scores = [score(within, met, among) for among in (sought, ~sought)]
        if limits and scores[0].density > scores[0].base:
            found.append(Box(limits, quasi_p(values[sought], met[sought], limits), *scores))
    return sorted(found, key=lambda box: -box.sought.density)[:MOST_BOXES]


def _limits(tree, names: list[str]):
    """The limits of every leaf. A tree sends values up to its threshold to the left: to the right they are above."""
    def walk(node: int, limits: dict[tuple[str, int], float]):
        if tree.children_left[node] < 0:
            yield limits
            return
        name, bound = names[tree.feature[node]], float(tree.threshold[node])
        yield from walk(tree.children_left[node],
                        limits | {(name, HIGH): min(bound, limits.get((name, HIGH), np.inf))})
        above = float(np.nextafter(bound, np.inf))
        yield from walk(tree.children_right[node],
                        limits | {(name, LOW): max(above, limits.get((name, LOW), -np.inf))})
    yield from walk(0, {})
