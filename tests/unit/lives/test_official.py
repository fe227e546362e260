"""An official's month: pay, investigation, dismissal."""

import pytest
from undercount.model.engine import decisions as d
from undercount.model.engine.layout import INVESTIGATED, NOBODY, SERVING
from undercount.model.lives import official

from tests.hand import ABROAD, NOW, OFFICIALS, SEED, changes, given, has, known


@pytest.fixture
def officer(w):
    """A police officer abroad, number 2012, without any integrity."""
    return has(w.officials[12], bribes=4)


def month(w, officer, **fields):
    official.official_month(has(officer, **fields), NOW, w)
    return officer


def captured(w, officer, luck, u, **fields):
    luck(CAPTURED=u)
    return month(w, officer, **dict(in_pay=NOBODY, suitor=1, bribes_now=2) | fields).in_pay


def test_each_bribe_may_put_an_official_in_pay(w, officer, luck):
    """Chance 0.5 * fault 0.5 a bribe, two bribes: 1 - 0.75^2 = 0.4375."""
    given(w, ABROAD, capture=0.5, corruption=1.0)
    has(officer, integrity=0.5)
    assert captured(w, officer, luck, 0.4376) == NOBODY
    assert captured(w, officer, luck, 0.4374) == 1
    assert (officer.since, officer.bribes, officer.bribes_now, officer.suitor) == (NOW, 8, 0, NOBODY)
    assert changes(w.actors) == {(NOW, ABROAD, "officials_in_pay"): 1}


def test_the_fault_is_at_most_one(w, officer, luck):
    given(w, ABROAD, capture=0.5, corruption=3.0)
    assert captured(w, officer, luck, 0.7501) == NOBODY  # 1 - 0.5^2
    assert captured(w, officer, luck, 0.7499) == 1
    given(w, ABROAD, capture=1.0)
    assert captured(w, officer, luck, 1 - 1e-9, bribes_now=1) == NOBODY  # one in a million is never sure
    assert captured(w, officer, luck, 1 - 2e-6, bribes_now=1) == 1


def test_no_bribe_or_no_network_no_capture(w, officer, luck):
    given(w, ABROAD, capture=1.0)
    assert captured(w, officer, luck, 0.0, bribes_now=0) == NOBODY
    assert captured(w, officer, luck, 0.0, suitor=NOBODY) == NOBODY and officer.bribes_now == 0
    assert changes(w.actors) == {}


def stays(w, officer, luck, investigated, released=0.9):
    """Investigated below 0.25 * 2, released below 0.25."""
    given(w, ABROAD, investigation=0.25, enforcement=2.0, release_from_pay=0.25)
    luck(INVESTIGATED=investigated, RELEASED=released)
    return month(w, officer, in_pay=1, status=SERVING)


def test_enforcement_brings_investigations(w, officer, luck):
    stays(w, officer, luck, 0.4999)
    assert (officer.status, officer.in_pay, officer.since) == (INVESTIGATED, NOBODY, NOW)
    assert changes(w.actors) == {(NOW, ABROAD, "officials_investigated"): 1}


def test_stays_in_pay_or_leaves_it(w, officer, luck):
    stays(w, officer, luck, 0.5, 0.25)
    assert officer.in_pay == 1 and changes(w.actors) == {(NOW, ABROAD, "officials_in_pay"): 1}
    stays(w, officer, luck, 0.5, 0.2499)
    assert officer.in_pay == NOBODY and officer.status == SERVING


def judged(w, officer, luck, u, since):
    """Dismissed below 0.25; cleared after 12 months."""
    given(w, ABROAD, dismissal=0.25, investigation_months=12.0)
    luck(DISMISSED=u)
    return month(w, officer, status=INVESTIGATED, since=since, dismissed=1, integrity=0.5, bribes_now=1)


def test_an_investigation_goes_on_or_ends_without_dismissal(w, officer, luck):
    assert judged(w, officer, luck, 0.25, NOW - 11).status == INVESTIGATED and officer.since == NOW - 11
    assert judged(w, officer, luck, 0.25, NOW - 12).status == SERVING and officer.since == NOW
    assert officer.dismissed == 1 and officer.integrity == 0.5 and changes(w.actors) == {}


def test_dismissed_and_replaced_by_somebody_else(w, officer, luck):
    """The third officer at the post (generation 2): integrity 0.25 + 0.25 * (0.5 + 0.75 - 1)."""
    who = OFFICIALS + 12
    for generation, u in ((4, 0.5), (5, 0.75)):
        luck.at(d.INTEGRITY, who, generation, u)
    luck.at(d.TRAINED, who, 2, 0.3)
    known(w, ABROAD, integrity=0.25)
    given(w, ABROAD, training=0.31)
    judged(w, officer, luck, 0.2499, NOW - 1)
    assert (officer.status, officer.since, officer.dismissed, officer.bribes) == (SERVING, NOW, 2, 1)
    assert (officer.integrity, officer.training_draw, officer.trained) == (0.3125, 0.3, 1)
    assert changes(w.actors) == {(NOW, ABROAD, "officials_dismissed"): 1}


@pytest.mark.parametrize("training, trained", [(0.5, 0), (0.5001, 1)])
def test_training_spreads(w, officer, training, trained):
    given(w, ABROAD, training=training)
    assert month(w, officer, training_draw=0.5).trained == trained


@pytest.mark.parametrize("mean, lowest, highest", [(0.25, 0.0, 0.5), (0.75, 0.5, 1.0), (0.0, 0.0, 0.0)])
def test_integrity_is_triangular_around_the_mean(w, luck, mean, lowest, highest):
    for u, expected in ((0.0, lowest), (0.5, mean), (1.0, highest)):
        luck.at(d.INTEGRITY, OFFICIALS, 6, u)
        luck.at(d.INTEGRITY, OFFICIALS, 7, u)
        assert official.integrity_of(SEED, OFFICIALS, 3, mean) == expected
