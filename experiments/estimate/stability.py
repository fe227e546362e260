"""How far the answer hangs on single lists: one left out, two merged, one estimated from the others. [1]

[1] Binette, O. and Steorts, R. C. (2022) On the reliability of multiple systems estimation. Journal of the
    Royal Statistical Society A 185: 640-676. doi:10.1111/rssa.12803
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from undercount.experiments.estimate.lists import Lists, known_to, merged, on_all, pairs, without_list
from undercount.experiments.estimate.strata import Joint

Rule = Callable[[np.ndarray], Joint]  # counts (strata, histories) -> the model that the rule chooses


@dataclass(frozen=True)
class Changed:
    """What comes out after a change to the lists; nothing if there is no estimate (`why`)."""

    what: str
    cases: int
    population: float | None
    low: float | None = None
    high: float | None = None
    why: str = ""
    truth: int | None = None


def leave_one_out(lists: Lists, rule: Rule) -> list[Changed]:
    """Each list in turn as if it had never been kept. Nothing of two lists: one is too few."""
    if len(lists.names) < 3:
        return []
    return [_tried(without_list(lists, i), rule, name) for i, name in enumerate(lists.names)]


def merge_two(lists: Lists, rule: Rule) -> list[Changed]:
    """Each pair of lists in turn as one."""
    if len(lists.names) < 3:
        return []
    return [_tried(merged(lists, pair), rule, lists.named(pair, " + ")) for pair in pairs(len(lists.names))]


def consistency(lists: Lists, rule: Rule) -> list[Changed]:
    """Each list in turn as the population: its persons as the others know them, beside how many it has.

    This is the one check against a truth that the lists allow; passing it says nothing of those on no list.
    """
    if len(lists.names) < 3:
        return []
    found = []
    for i, name in enumerate(lists.names):
        there, truth = known_to(lists, i)
        found.append(_tried(there, rule, name, truth))
    return found


def _tried(lists: Lists, rule: Rule, what: str, truth: int | None = None) -> Changed:
    counts = lists.counts
    if not any(on_all(each)[pair] for each in counts for pair in pairs(len(lists.names))):
        return Changed(what, lists.cases, None, why="no two lists overlap", truth=truth)
    joint = rule(counts)
    if not joint.fine:
        return Changed(what, lists.cases, None, why=next(each.why for each in joint.fits if not each.fine),
                       truth=truth)
    return Changed(what, lists.cases, joint.population, *joint.wald(), truth=truth)
