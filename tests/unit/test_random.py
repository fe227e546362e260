"""Draws: the published generator, uniform, independent, evenly spread where promised; exact binomials."""

import inspect
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from undercount.model import month
from undercount.model.engine import crowds, decisions, home, layout, parties, setup
from undercount.model.engine.random import binomial, draw, draw_child, draw_four, draw_stratified, philox, reversed_bits
from undercount.model.lives import (
    assistance,
    crossing,
    exploitation,
    held,
    migrant,
    official,
    recruiter,
    recruitment,
    reporting,
)

from tests.helpers import assert_within

# Random123 1.14.0, tests/kat_vectors, "philox4x32 10": counter, key, result.
VECTORS = [
    "00000000 00000000 00000000 00000000 00000000 00000000 6627e8d5 e169c58d bc57ac4c 9b00dbd8",
    "ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff 408f276d 41c83b0e a20bc7c6 6d5451fd",
    "243f6a88 85a308d3 13198a2e 03707344 a4093822 299f31d0 d16cfe09 94fdcceb 5001e420 24126ea1",
]
ALPHA = 1e-6  # chance that a right generator fails one of the tests below; seeds are fixed


@pytest.mark.parametrize("line", VECTORS)
def test_published_vectors(line):
    words = [np.uint64(int(word, 16)) for word in line.split()]
    assert list(philox(*words[:6])) == words[6:]


@pytest.mark.parametrize("line", VECTORS)
def test_a_draw_is_keyed_by_all_of_its_arguments(line):
    """The same vectors through `draw_four`: who is the counter's low half, seed is the key."""
    c0, c1, c2, c3, k0, k1, *expected = [int(word, 16) for word in line.split()]
    found = draw_four(np.uint64(k1 << 32 | k0), np.uint64(c1 << 32 | c0), c2, c3)
    assert [int(u * 2**32) for u in found] == expected


def test_seed_zero_is_a_seed():
    assert draw(0, 1, 1, 1) != draw(1, 1, 1, 1) and 0.0 <= draw(0, 0, 0, 0) < 1.0


@pytest.mark.parametrize("axis", range(4), ids=["seed", "who", "month", "decision"])
def test_uniform_and_independent_along_each_key(axis):
    """Neighbouring keys are the worst case for a bad key schedule: chi-square on pairs of draws."""
    def at(n):
        key = [3, 5, 7, 11]
        key[axis] = n
        return draw(*key)

    u = np.array([at(n) for n in range(40_001)])
    assert stats.kstest(u, "uniform").pvalue > ALPHA
    cells, _, _ = np.histogram2d(u[:-1:2], u[1::2], bins=16, range=[[0, 1], [0, 1]])
    assert stats.chisquare(cells.ravel()).pvalue > ALPHA


def test_decisions_of_one_person_are_independent():
    numbers = sorted(decision_ranges())
    u = np.array([[draw(1, who, 3, d) for d in numbers] for who in range(3_000)])
    correlation = np.corrcoef(u.T)[np.triu_indices(len(numbers), 1)]
    assert_within(correlation, 0.0, 1 / np.sqrt(len(u)), z=stats.norm.isf(ALPHA / len(correlation)))


def test_all_53_bits_move():
    bits = np.array([int(draw(9, who, 0, 0) * 2**53) for who in range(4_000)])
    ones = [(bits >> bit & 1).mean() for bit in range(53)]
    assert_within(ones, 0.5, 0.5 / np.sqrt(len(bits)), z=5.5)


def decision_ranges():
    """{number: name} of every number that a decision uses, the ranges `+ n` included."""
    room = {"TRAITS": 8, **{name: 16 for name in vars(decisions) if name.startswith("CROSSING_")}}
    used = {}
    for name, first in vars(decisions).items():
        if name.isupper():
            for number in range(first, first + room.get(name, 1)):
                used.setdefault(number, []).append(name)
    return used


def test_no_two_decisions_share_a_number():
    assert [names for names in decision_ranges().values() if len(names) > 1] == []


def test_every_decision_is_used_and_crossings_have_room_for_every_leg():
    source = "".join(inspect.getsource(module) for module in (
        assistance, crossing, crowds, exploitation, held, home, migrant, month, official, parties, recruiter, recruitment, reporting,
        setup))
    names = [name for name in vars(decisions) if name.isupper()]
    assert [name for name in names if f"d.{name}" not in source] == []
    assert layout.MAX_LEGS <= 16


# --- stratified draws ------------------------------------------------------------------------------------
@pytest.mark.parametrize("first, number", [(0, 64), (0, 1000), (777, 64), (12_345, 3000)])
def test_stratified_draws_cover_any_run_evenly(first, number):
    """Star discrepancy under 2 log2(n) / n: a van der Corput bound; independent draws have about 1 / sqrt(n)."""
    u = np.sort([draw_stratified(1, 4, first + n, 1) for n in range(number)])
    steps = np.arange(number + 1) / number
    discrepancy = max(np.max(steps[1:] - u), np.max(u - steps[:-1]))
    assert discrepancy < 2 * np.log2(number) / number


def test_stratified_draws_are_uniform_over_seeds_and_differ_between_strata():
    u = np.array([[draw_stratified(seed, k, 17, 1) for k in range(4)] for seed in range(5_000)])
    assert min(stats.kstest(column, "uniform").pvalue for column in u.T) > ALPHA
    correlation = np.corrcoef(u.T)[np.triu_indices(4, 1)]
    assert_within(correlation, 0.0, 1 / np.sqrt(len(u)), z=5.5)


def test_two_members_of_a_stratum_are_spread_but_each_alone_is_uniform():
    pairs = np.array([[draw_stratified(seed, 0, n, 1) for n in (6, 7)] for seed in range(2_000)])
    assert np.all(np.floor(2 * pairs[:, 0]) != np.floor(2 * pairs[:, 1]))  # neighbours: one in each half


@given(st.integers(0, 2**32 - 1))
def test_reversed_bits(n):
    assert int(reversed_bits(n)) == int(f"{n:032b}"[::-1], 2)


def test_identities_of_parties_never_meet_those_of_persons():
    found = {int(draw_child(1, parent, serial, decisions.PARTY))
             for parent, serial in itertools.product(range(300), range(30))}
    assert len(found) == 9_000 and min(found) >= 2**62 and max(found) < 2**63


# --- binomial --------------------------------------------------------------------------------------------
@settings(max_examples=300, deadline=None)
@given(n=st.integers(0, 10_000), p=st.floats(0, 1), u=st.floats(0, 1, exclude_max=True))
def test_binomial_is_the_inverse_of_its_distribution(n, p, u):
    """A party has as many persons as an agent stands for, so up to 10,000."""
    k = binomial(n, p, u)
    assert 0 <= k <= n
    slack = 1e-9  # of u: sums of thousands of terms are not exact in the last digits
    assert stats.binom.cdf(k, n, p) >= u - slack
    assert k == 0 or stats.binom.cdf(k - 1, n, p) <= u + slack


@pytest.mark.parametrize("n, p", [(1, 0.3), (7, 0.9), (100, 0.02), (1000, 0.5), (5000, 0.3), (10_000, 0.9)])
def test_binomial_moments(n, p):
    k = np.array([binomial(n, p, draw(1, who, 0, 0)) for who in range(20_000)])
    sd = np.sqrt(n * p * (1 - p))
    assert_within(k.mean(), n * p, sd / np.sqrt(len(k)), z=5)
    assert_within(k.var() / sd**2, 1.0, np.sqrt(2.0 / len(k)) + abs(1 - 6 * p * (1 - p)) / (sd**2 * np.sqrt(len(k))), z=5)


@given(st.floats(0, 1, exclude_max=True))
def test_binomial_at_its_edges(u):
    assert (binomial(0, 0.5, u), binomial(9, 0.0, u), binomial(9, 1.0, u)) == (0, 0, 9)
    assert binomial(1, 0.3, u) == (u >= 0.7)
