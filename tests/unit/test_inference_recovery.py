"""Confusion matrices and families, by hand and by property."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from undercount.experiments.inference.estimate import share
from undercount.experiments.inference.recovery import (
    LIMIT,
    _merge,
    confusion,
    families_of_probabilities,
    indistinct_pairs,
    mean_diagonal,
)

NAMES = ("a", "b", "c", "d")


def families(shares, names, limit=LIMIT):
    """Merged by a confusion matrix of single classes: columns of a family summed, its rows averaged."""
    shares = np.asarray(shares, float)
    return _merge(lambda groups: np.array([[shares[np.ix_(row, column)].sum(axis=1).mean() for column in groups]
                                           for row in groups]), names, limit)


def test_confusion_counts_rows_as_true():
    found = confusion([0, 0, 0, 0, 1, 1], [0, 0, 0, 1, 1, 1], ["a", "b"])
    assert found.counts.tolist() == [[3, 1], [0, 2]]
    assert found.shares.tolist() == [[0.75, 0.25], [0, 1]]
    assert found.low[1, 0] == 0 and found.high[1, 1] == 1
    assert (found.low <= found.shares).all() and (found.shares <= found.high).all()
    with pytest.raises(ValueError, match="no row was made by b"):
        confusion([0, 0], [0, 1], ["a", "b"])


def test_interval_of_a_share():
    """Jeffreys' 95 % interval of 10 in 100, as printed in tables: 0.053 to 0.170."""
    found = share(10, 100, level=0.95)
    assert (round(found.low, 3), round(found.high, 3)) == (0.053, 0.170)


def test_mean_diagonal_has_an_interval_that_covers():
    """A classifier right with probability 0.7, seen 300 times: 90 % intervals, binomial error 4 sd."""
    rng = np.random.default_rng(1)
    true, hits = np.repeat([0, 1, 2], 100), 0
    for _ in range(100):
        chosen = np.where(rng.random(300) < 0.7, true, (true + 1) % 3)
        found = mean_diagonal(confusion(true, chosen, "abc"))
        hits += found.low <= 0.7 <= found.high
    assert 78 <= hits <= 99


def test_worst_pair_is_merged_first():
    shares = np.array([[0.5, 0.4, 0.1, 0], [0.1, 0.8, 0.1, 0], [0, 0.1, 0.55, 0.35], [0, 0, 0.2, 0.8]])
    found = families(shares, NAMES)
    assert found.members == [["a", "b"], ["c", "d"]]
    assert [(merge.first, merge.second, merge.share) for merge in found.path] == [
        (("a",), ("b",), 0.4), (("c",), ("d",), 0.35)]
    assert np.allclose(found.matrix, [[0.9, 0.1], [0.05, 0.95]])


def test_families_of_three_by_way_of_a_pair():
    """c is taken for a and b in equal parts below the limit; for the two together above it."""
    shares = np.array([[0.5, 0.5, 0, 0], [0.5, 0.5, 0, 0], [0.25, 0.25, 0.5, 0], [0, 0, 0, 1]])
    found = families(shares, NAMES)
    assert found.members == [["a", "b", "c"], ["d"]]
    assert found.path[1].share == 0.5
    assert np.allclose(found.matrix, np.eye(2))


def test_clear_classes_stay_single_and_all_alike_are_one_family():
    assert families(np.eye(4), NAMES).members == [["a"], ["b"], ["c"], ["d"]]
    assert families(np.full((2, 2), 0.5), "ab").members == [["a", "b"]]
    assert families(np.eye(1), ["a"]).members == [["a"]]


def test_a_share_at_the_limit_is_not_above_it():
    assert len(families(np.array([[0.7, 0.3], [0.3, 0.7]]), "ab").groups) == 2


def test_pairs_above_the_limit():
    found = confusion([0] * 10 + [1] * 10 + [2] * 10, [0] * 6 + [1] * 4 + [1] * 10 + [2] * 5 + [1] * 5, "abc")
    assert indistinct_pairs(found) == [("b", "c", 0.5), ("a", "b", 0.4)]


def test_summed_probabilities_choose_families_that_single_choices_miss():
    """Taken for c with 0.4 against 0.31, though a and b, which look alike, have 0.6 together."""
    probabilities = np.array([
        [0.45, 0.5, 0.05], [0.45, 0.5, 0.05], [0.31, 0.29, 0.4], [0.45, 0.5, 0.05], [0.02, 0.03, 0.95]])
    true = [0, 0, 0, 1, 2]
    found = families_of_probabilities(probabilities, true, "abc")
    assert found.members == [["a", "b"], ["c"]]
    assert np.allclose(found.matrix, np.eye(2))
    single = confusion(true, probabilities.argmax(axis=1), "abc").shares
    assert np.isclose(families(single, "abc").matrix[0, 1], 1 / 6)
    assert np.allclose(found.sums(probabilities)[2], [0.6, 0.4])
    assert found.family_of(np.array([0, 1, 2])).tolist() == [0, 0, 1]


def stochastic(size):
    """Matrices whose rows sum to 1."""
    cells = arrays(float, (size, size), elements=st.floats(0.0, 1.0))
    return cells.map(lambda raw: (raw + 1e-3) / (raw + 1e-3).sum(axis=1, keepdims=True))


def check(found, size, limit):
    assert sorted(member for group in found.groups for member in group) == list(range(size))
    assert [group[0] for group in found.groups] == sorted(min(group) for group in found.groups)
    assert np.allclose(found.matrix.sum(axis=1), 1)
    assert len(found.path) == size - len(found.groups)
    assert all(merge.share > limit for merge in found.path)
    off = found.matrix - np.diag(np.diag(found.matrix))
    assert off.max() <= limit


@given(st.integers(1, 7).flatmap(stochastic), st.floats(0.05, 0.6))
def test_families_partition_the_names(shares, limit):
    size = len(shares)
    check(families(shares, [f"n{i}" for i in range(size)], limit), size, limit)


@given(st.integers(2, 5).flatmap(lambda size: st.lists(stochastic(size), min_size=1, max_size=4)), st.floats(0.05, 0.6))
def test_families_of_probabilities_partition_the_names(blocks, limit):
    size = len(blocks[0])
    true = np.tile(np.arange(size), len(blocks))
    check(families_of_probabilities(np.vstack(blocks), true, [f"n{i}" for i in range(size)], limit), size, limit)


@given(st.integers(2, 6).flatmap(stochastic), st.randoms(use_true_random=False))
def test_families_do_not_depend_on_the_order_of_names(shares, random):
    """Where no two shares tie, which random cells do not."""
    size = len(shares)
    off = np.round(shares[~np.eye(size, dtype=bool)], 6)
    if len(np.unique(off)) < len(off):
        return
    order = list(range(size))
    random.shuffle(order)
    names = [f"n{i}" for i in range(size)]
    one, two = families(shares, names), families(shares[np.ix_(order, order)], [names[i] for i in order])
    assert {frozenset(group) for group in one.members} == {frozenset(group) for group in two.members}


def test_with_a_goal_families_grow_until_they_are_recognised():
    """Two pairs that nobody can tell apart, and two pairs that everybody can: confusion of 0.5 inside each."""
    rng = np.random.default_rng(2)
    true = np.repeat(np.arange(4), 500)
    probabilities = np.full((2000, 4), 0.02)
    for row, label in enumerate(true):
        probabilities[row, [label // 2 * 2, label // 2 * 2 + 1]] = rng.permutation([0.6, 0.36])
    found = families_of_probabilities(probabilities, true, list("abcd"), goal=0.7)
    assert found.members == [["a", "b"], ["c", "d"]]
    assert np.diag(found.matrix).mean() == 1.0
    assert families_of_probabilities(probabilities, true, list("abcd"), goal=0.4).members == [["a"], ["b"], ["c"], ["d"]]


def test_a_large_family_is_not_chosen_for_its_size():
    """Three classes of 0.2 each against one of 0.4: with a goal the one is chosen, by sums the three."""
    probabilities = np.array([[0.2, 0.2, 0.2, 0.4]])
    groups = families(np.array([[0.34, 0.33, 0.33, 0], [0.33, 0.34, 0.33, 0], [0.33, 0.33, 0.34, 0], [0, 0, 0, 1.0]]),
                      list("abcd"), limit=0.1)
    assert groups.members == [["a", "b", "c"], ["d"]]
    assert groups.choose(probabilities).tolist() == [1] and groups.sums(probabilities).argmax() == 0
