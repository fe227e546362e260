"""Estimates of published lists are those that were published, or that the R packages of the authors give."""

import pytest
from undercount.experiments.estimate.existence import FINE, NO_ESTIMATE, NOT_IDENTIFIABLE, condition
from undercount.experiments.estimate.lists import mains, order, pairs
from undercount.experiments.estimate.selection import by_bic, every_model, stepwise
from undercount.experiments.estimate.strata import fit_joint

from tests.mse import published, term

# Population and 95 % interval by the curvature of the likelihood, as published.
INDEPENDENCE = {"uk": (12_214.00, 10_988.80, 13_621.26), "netherlands": (52_923.89, None, None),
                "new-orleans": (996.66, 644.88, 1_617.54), "kosovo": (7_394.59, None, None)}
STEPWISE = [("uk", 0.02, 11_417.99, 9_977.28, 13_145.66), ("uk", 0.01, 12_349.59, None, None),
            ("uk", 0.001, 13_181.24, None, None), ("netherlands", 0.02, 121_521.6, 98_675, 150_139),
            ("new-orleans", 0.02, 1_183.69, None, None), ("kosovo", 0.02, 14_341.66, 12_541, 16_540)]
BIC = [("netherlands", False, 48_012.73), ("netherlands", True, 148_788.8), ("kosovo", False, 14_341.66),
       ("kosovo", True, 10_356.52)]


def is_published(joint, population, low, high):
    assert joint.population == pytest.approx(population, rel=1e-6, abs=0.05)
    if low is not None:
        assert joint.wald() == pytest.approx((low, high), rel=5e-5)


@pytest.mark.parametrize("name", INDEPENDENCE)
def test_independence(name):
    counts = published(name).counts
    is_published(fit_joint(mains(counts.shape[1].bit_length() - 1), counts), *INDEPENDENCE[name])


def test_all_pairs():
    is_published(fit_joint(mains(6) + pairs(6), published("uk").counts), 10_568.71, 6_632.05, 18_491.23)


@pytest.mark.parametrize("name, threshold, population, low, high", STEPWISE)
def test_stepwise(name, threshold, population, low, high):
    is_published(stepwise(published(name).counts, threshold)[0], population, low, high)


def test_the_stepwise_model_of_the_netherlands_has_one_term_at_minus_infinity():
    lists = published("netherlands")
    assert stepwise(lists.counts)[0].infinite == (term(lists, "K+R"),)


@pytest.mark.parametrize("name, three, population", BIC)
def test_best_by_bic(name, three, population):
    assert by_bic(published(name).counts, three).best[0].population == pytest.approx(population, abs=0.05)


def test_the_interval_of_the_best_model_of_kosovo_is_near_that_published():
    # Published as 9,002 to 12,122, by another kind of interval that the source does not name.
    assert by_bic(published("kosovo").counts, True).best[0].wald() == pytest.approx((9_002, 12_122), rel=0.002)


def test_four_lists_have_113_models_and_all_of_kosovo_have_an_estimate():
    found = by_bic(published("kosovo").counts, True)
    assert (found.tried, found.without, len(every_model(4, True))) == (113, {}, 113)


@pytest.mark.parametrize("terms, code", [("A+B A+C B+C", NOT_IDENTIFIABLE), ("A+B", NO_ESTIMATE), ("A+C B+C", FINE)])
def test_existence_in_the_artificial_lists(terms, code):
    lists = published("artificial")
    model = (*mains(3), *(term(lists, names) for names in terms.split()))
    assert condition(model, lists.counts[0]) == code
    assert fit_joint(model, lists.counts).code == code


def test_two_terms_at_minus_infinity_leave_a_product():
    # Nobody is on C and another list, so that C says nothing of A and B: 40 * 30 / 6 are hidden.
    lists = published("artificial")
    model = (*mains(3), term(lists, "A+C"), term(lists, "B+C"))
    assert fit_joint(model, lists.counts).population == pytest.approx(96 + 40 * 30 / 6)


def test_a_model_with_a_term_of_three_lists_has_its_parts():
    for terms in every_model(4, True):
        there = set(terms)
        assert all(t & ~(1 << i) in there for t in terms if order(t) > 2 for i in range(4) if t >> i & 1)


def test_a_search_finds_the_best_of_all_models(monkeypatch):
    from undercount.experiments.estimate import selection

    every = {three: by_bic(published("netherlands").counts, three).best[0] for three in (False, True)}
    monkeypatch.setattr(selection, "every_model", lambda k, three: None)
    for three, best in every.items():
        found = by_bic(published("netherlands").counts, three)
        assert found.searched and set(found.best[0].terms) == set(best.terms)
