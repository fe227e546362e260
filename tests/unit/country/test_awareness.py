"""What is known of the risks, and what is reported home."""

import math

import pytest
from undercount.model.country import awareness
from undercount.model.engine.layout import NOBODY

from tests.hand import ABROAD, HOME, NOW, PREVENTION, given, has, known


def informed(w, t=NOW, **values):
    here = given(w, ABROAD, **dict(awareness_start=0.2, awareness_halflife=4.0, campaign_effort=0.5) | values)
    awareness.informs(t, w, here, w.places[ABROAD])
    return w.places[ABROAD].awareness


def test_what_a_campaign_added_is_half_forgotten_after_its_halflife(w):
    has(w.places[ABROAD], awareness=0.6, prevention=NOBODY)
    for _ in range(4):
        last = informed(w)
    assert last == pytest.approx(0.4)  # 0.2 + 0.4 / 2
    has(w.places[ABROAD], awareness=0.6)
    assert informed(w, awareness_halflife=0.5) == pytest.approx(0.4)  # a month at least


def test_campaigns_reach_some_of_the_unaware(w):
    """0.5 * strength 0.5 of those who are not aware."""
    has(w.places[ABROAD], awareness=0.2)
    has(w.ngos[PREVENTION], strength=0.5)
    assert informed(w) == pytest.approx(0.2 + 0.25 * 0.8)
    has(w.places[ABROAD], awareness=0.2)
    has(w.ngos[PREVENTION], active=0)
    assert informed(w) == pytest.approx(0.2)


def test_the_first_month_begins_with_what_is_known(w):
    has(w.places[ABROAD], prevention=NOBODY)
    assert informed(w, t=0) == pytest.approx(0.2)


@pytest.mark.parametrize("success, failure, mood", [
    (30.0, 0.0, 30 / 31), (0.0, 60.0, -30 / 31), (30.0, 60.0, 0.0), (30.0, 20.0, 20 / 41), (0.0, 0.0, 0.0)])
def test_reports_move_the_hazard_to_leave(w, success, failure, mood):
    """Half of the failures are told; the mood is damped by a report per 5,000 persons: here one."""
    given(w, HOME, reports_noticed=2e-4, failure_told=0.5, push=1.0, leave_rate=12.0, contact_weight=2.0)
    klass = has(w.classes[0], success=success, failure=failure, persons=5_000.0, cumulative=5.0, zone=0)
    awareness.raises_hazard(NOW, w, klass)
    assert klass.rise == pytest.approx(math.exp(2 * mood)) and klass.cumulative == 5.0 + klass.rise


def test_the_hazard_is_that_of_the_class(w):
    """Deprived zone and no work: unemployment counts."""
    given(w, HOME, leave_rate=12.0, unemployment_weight=1.0, zone_income=1.0)
    known(w, HOME, unemployment=0.5)
    for klass in w.classes:
        awareness.raises_hazard(NOW, w, klass)
    assert w.classes["rise"].tolist() == pytest.approx([1.0, math.exp(0.5)])


@pytest.mark.parametrize("memory, kept", [(4.0, 0.75), (0.5, 0.0)])
def test_reports_are_heard_and_fade(w, memory, kept):
    klass = has(w.classes[0], success=8.0, failure=4.0, success_now=3, failure_now=2)
    awareness.remembers(given(w, HOME, report_memory=memory), klass)
    assert (klass.success, klass.failure) == (8 * kept + 3, 4 * kept + 2)
    assert (klass.success_now, klass.failure_now) == (0, 0)
