"""People at home by the pool: who is in which, who sets out, and how one becomes a person."""

import math

import numpy as np
import pytest
from undercount.model.engine import decisions as d
from undercount.model.engine import home, pools
from undercount.model.engine.layout import (
    AT_HOME,
    CLANDESTINE,
    DEPRIVED,
    INDEPENDENT,
    MINOR,
    NOBODY,
    PERSON,
    SEEKING,
    SMUGGLED,
)
from undercount.model.engine.pools import NEVER, TRAITS, UNDRAWN
from undercount.model.engine.tables import records

from tests.hand import HOME, NOW, PEOPLE, SEED, TRANSIT, changes, has


@pytest.fixture
def setup(w):
    """Half with a family at risk, a quarter minority, an eighth minors, three quarters of the wages low."""
    return has(w.par[0, HOME], family_risk_share=0.5, minority_share=0.25, minor_share=0.125, wage_under_50=0.75,
               wage_50_100=0.125, young_share=0.5, women_share=0.75, family_risk_effect=2.0, minority_effect=3.0,
               low_wage_effect=5.0)


@pytest.mark.parametrize("n, share", [
    (0b0000, 0.5 * 0.75 * 0.875 * 0.75), (0b0001, 0.5 * 0.75 * 0.875 * 0.75), (0b0010, 0.5 * 0.25 * 0.875 * 0.75),
    (0b0100, 0.5 * 0.75 * 0.125 * 0.75), (0b1000, 0.5 * 0.75 * 0.875 * 0.25)])
def test_the_share_of_a_pool(w, setup, n, share):
    assert pools.share_of(setup, n, 1) == share
    has(setup, family_risk_share=0.75)
    assert pools.share_of(setup, n, 1) == share * (1.5 if n & 1 else 0.5)


def test_pools_make_up_a_class(setup):
    assert sum(pools.share_of(setup, n, 1) for n in range(TRAITS)) == pytest.approx(1.0)
    assert sum(pools.share_of(setup, n, 0) for n in range(TRAITS // 2)) == pytest.approx(1.0)


def test_whole_persons_by_largest_remainder():
    assert pools.shared_out(10, np.array([0.26, 0.49, 0.25])).tolist() == [3, 5, 2]  # 2.6, 4.9, 2.5: two are left over
    assert pools.shared_out(10, np.array([0.5, 0.25, 0.25])).tolist() == [5, 3, 2]  # the first of equals
    assert pools.shared_out(8, np.array([0.5, 0.25, 0.25])).tolist() == [4, 2, 2]


@pytest.mark.parametrize("band, low", [(0, True), (1, True), (2, False), (3, False), (UNDRAWN, False)])
def test_low_wages(me, band, low):
    assert pools.has_low_wage(has(me, wage_band=band)) == low


@pytest.fixture
def filled(w, setup):
    """Class 0 with work and class 1 without, of 4,096 and 2,048 persons: 16 + 8 pools, five rows each."""
    has(w.par[0, TRANSIT], **{name: setup[name] for name in setup.dtype.names})
    has(w.classes[0], home=HOME, working=1, zone=DEPRIVED, persons=4096.0)
    has(w.classes[1], home=TRANSIT, working=0, zone=0, persons=2048.0)
    people = records(130, PERSON)
    assert pools.fill_pools(w.par, w.classes, people) == 24
    return people


def test_classes_know_their_pools(w, filled):
    assert w.classes["first"].tolist() == w.classes["next"].tolist() == [0, 16]
    assert w.classes["last"].tolist() == [16, 24]


def test_everybody_is_in_a_pool_and_nobody_looks(filled):
    assert filled["weight"][:16].sum() == 4096 and filled["weight"][16:24].sum() == 2048
    assert filled["weight"][0] == 4096 * 0.5 * 0.75 * 0.875 * 0.75
    assert not filled["weight"][24:].any() and not filled["threshold"][120:].any()


@pytest.mark.parametrize("kind, situation", list(enumerate((AT_HOME, SEEKING, SMUGGLED, SMUGGLED, INDEPENDENT))))
@pytest.mark.parametrize("row, klass, home_of, n", [(9, 0, HOME, 9), (21, 1, TRANSIT, 5)])
def test_a_pool_is_five_rows(filled, row, klass, home_of, n, kind, situation):
    me, size = filled[row + 24 * kind], (16, 8)[klass]
    assert me.id == (klass << home.PERSON_BITS) + n + kind * size
    assert me.pool == row + 24 and me.threshold == NEVER and me.mode == CLANDESTINE and me.leg == (kind == 3)
    assert (me.klass, me.home, me.place, me.situation) == (klass, home_of, home_of, situation)
    assert (me.working, me.zone) == ((1, DEPRIVED), (0, 0))[klass]
    assert (me.route, me.recruiter, me.official) == (NOBODY,) * 3


@pytest.mark.parametrize("row, traits", [
    (0b0000, (0, 0, UNDRAWN, 1)), (0b0001, (1, 0, UNDRAWN, 1)), (0b0010, (0, 1, UNDRAWN, 1)), (0b0100, (0, 0, MINOR, 1)),
    (0b1000, (0, 0, UNDRAWN, UNDRAWN)), (16, (0, 0, UNDRAWN, 0)), (16 + 0b0111, (1, 1, MINOR, 0))])
def test_traits_of_a_pool(filled, setup, row, traits):
    me = filled[row]
    assert (me.family_risk, me.minority, me.age_band, me.wage_band, me.sex) == (*traits, UNDRAWN)
    expected = (2.0 if traits[0] else 1.0) * (3.0 if traits[1] else 1.0) / (1.5 * 1.5)
    assert me.accepts == pytest.approx(expected)


@pytest.mark.parametrize("wage_band, factor", [(1, 5.0), (2, 1.0)])
def test_who_sets_out(w, luck, setup, wage_band, factor):
    """Family at risk, on a low wage or not: chance 1 - exp(-rise * factor) each, of three."""
    at_home = has(w.people[0], weight=3, family_risk=1, wage_band=wage_band, working=1, home=HOME, situation=AT_HOME)
    looking = has(w.people[1], weight=1)
    leaving = 2 * factor / (1.5 * 1.5 * 4.0)
    klass = has(w.classes[0], rise=math.log(2) / leaving)
    luck(LEAVE=0.51)  # of three with chance 1/2: two
    assert pools.pool_sets_out(at_home, looking, NOW, w, setup, klass) == 2
    assert (at_home.weight, looking.weight, w.census[AT_HOME], w.census[SEEKING]) == (1, 3, 98, 102)
    assert changes(w.actors) == {(NOW, HOME, "set_out"): 2}


def test_who_sets_out_of_a_minority_without_work(w, luck, setup):
    """Mean wage factor 5: everybody without work counts as on a low wage."""
    at_home = has(w.people[0], weight=1, minority=1, wage_band=0, working=0, situation=AT_HOME)
    klass = has(w.classes[1], rise=math.log(4) * 1.5 * 1.5 / 3)
    luck(LEAVE=0.2499)  # chance 3/4: the upper three quarters
    assert pools.pool_sets_out(at_home, w.people[1], NOW, w, setup, klass) == 0
    luck(LEAVE=0.2501)
    assert pools.pool_sets_out(at_home, w.people[1], NOW, w, setup, klass) == 1


def becomes(w, setup, monkeypatch, wage=0.9, age=0.9, sex=0.9, **fields):
    def draw_four(seed, who, month, decision):
        assert (seed, who, month, decision) == (SEED, PEOPLE, 0, d.TRAITS)
        return wage, age, sex, 9.0

    monkeypatch.setattr(pools, "draw_four", draw_four)
    me = has(w.people[0], **dict(pool=3, wage_band=UNDRAWN, age_band=UNDRAWN, sex=UNDRAWN) | fields)
    pools.becomes_a_person(me, w, setup)
    return me


@pytest.mark.parametrize("draws, fields, traits", [
    (dict(wage=0.4999), {}, (2, 2, 1)), (dict(wage=0.5), {}, (3, 2, 1)), (dict(wage=0.1), dict(wage_band=1), (1, 2, 1)),
    (dict(age=0.57), {}, (3, 1, 1)), (dict(age=0.572), {}, (3, 2, 1)), (dict(age=0.1), dict(age_band=MINOR), (3, MINOR, 1)),
    (dict(sex=0.7499), {}, (3, 2, 0)), (dict(sex=0.75), {}, (3, 2, 1))])
def test_what_differs_within_a_pool_is_drawn_at_last(w, setup, monkeypatch, draws, fields, traits):
    """Of the wages over 50 half are under 100 (0.125 of 0.25); of the adults 0.5 of 0.875 are young."""
    me = becomes(w, setup, monkeypatch, **draws, **fields)
    assert (me.wage_band, me.age_band, me.sex) == traits and me.pool == NOBODY


@pytest.mark.parametrize("age, band", [(0.4999, 1), (0.5, 2)])
def test_the_young_are_a_share_of_all_and_drawn_among_adults(w, setup, monkeypatch, age, band):
    """A quarter of all, of the half who are no minors: below a half."""
    assert becomes(w, has(setup, minor_share=0.5, young_share=0.25), monkeypatch, age=age).age_band == band
