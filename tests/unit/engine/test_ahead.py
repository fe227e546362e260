"""The most that a month can bring to those held: never less than what is true, and no more than is needed."""

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as drawn
from hypothesis import strategies as st
from undercount.model.assumed.parameters import specs
from undercount.model.engine.ahead import bounds_of
from undercount.model.engine.layout import BEYOND, EXPLOITED, NOBODY
from undercount.model.lives import exploitation

from tests import hand
from tests.hand import ABROAD, HOME, HOTLINE, MONTHS, NOW, OUTREACH, TRANSIT, foreseen, has

# All that the chances of those held depend on, `debt_repaid` left out: it is no chance.
OF_THE_HELD = (
    "raid_rate", "enforcement", "regime_visibility", "proactive_share", "testimony_most", "phone_leads", "private_exposure",
    "tip_off", "self_report", "hotline_phones", "victim_prosecution", "protection", "payment_hold", "outreach", "escape",
    "release", "broken_release", "debt_hold", "rehousing", "method_response")
ALLOWED = {spec.key: spec.allowed for spec in specs().values()}


def bound(w, name, place=ABROAD, t=NOW):
    """The most that a month can bring, as a chance."""
    return -math.expm1(w.coming[name][place, t] - w.coming[name][place, t - 1])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@drawn(seed=st.integers(0, 2**32), small=st.booleans(), month=st.integers(1, MONTHS - 1), persons=st.integers(1, 50),
       left_behind=st.integers(0, 1), debt=st.sampled_from([0.0, 1e9]))
def test_no_chance_is_above_its_bound(seed, small, month, persons, left_behind, debt):
    """Anything allowed in any month, at the ends of its range or within; officials look wherever they like."""
    w, numbers = hand.tables(), np.random.default_rng(seed)
    for name in OF_THE_HELD:
        low, high = ALLOWED[name]
        ends = numbers.choice([low, high, np.nan], w.par.shape)
        within = low + (high - low) * numbers.random(w.par.shape) * (numbers.random() * 0.1 if small else 1.0)
        w.par[name] = np.where(np.isnan(ends) | small, within, ends)
    w.facts["phones"] = numbers.random(w.facts.shape)
    w.ngos["start"] = numbers.integers(-5, MONTHS, len(w.ngos))
    w.ngos["active"] = month > w.ngos["start"]  # from the month after its start
    w.ngos["strength"], w.ngos["attention"] = numbers.random((2, len(w.ngos)))
    w.places["attention"] = numbers.random(3)
    trust = np.maximum(1.0, w.par["testimony_most"][: month + 1].max(axis=0))
    w.places["testimony"] = trust * numbers.choice([numbers.random(), 1.0], 3)
    foreseen(w)
    exploitation.weighs_risks(month, w)
    assert w.counts[BEYOND] == 0
    me = has(w.people[0], situation=EXPLOITED, recruiter=2, weight=persons, left_behind=left_behind, debt=debt)
    for place in (HOME, TRANSIT, ABROAD):
        for risk in w.risks[place].ravel():
            has(me, place=place, venue=risk.venue, treatment=risk.treatment)
            w.networks[1].police_in_pay = int(risk.bought) << place
            escape, release = exploitation.ways_out(me, month, w, risk)
            assert 0.0 <= escape <= 1.0 and 0.0 <= release <= 1.0 - escape and 0.0 <= risk.found <= 1.0
            nothing = (1.0 - risk.found) ** persons * (1.0 - escape - release) * (1.0 - risk.moved)
            assert 1.0 - nothing <= exploitation.most_happens(me, month, w) + exploitation.ROUNDING * persons


def test_without_what_moves_the_bound_is_the_chance(w):
    """A public venue where all raids go, and a hotline and outreach workers at full strength."""
    for name, value in dict(raid_rate=0.1, enforcement=1.5, proactive_share=0.5, testimony_most=3.0, phone_leads=0.5,
                            self_report=0.2, protection=0.5, victim_prosecution=0.25, hotline_phones=0.5, outreach=0.125,
                            escape=0.125, release=0.25, broken_release=0.5, rehousing=0.2, method_response=1.0).items():
        w.par[name][:, ABROAD] = value
    w.facts["phones"] = 0.5
    has(w.places[ABROAD], attention=0.0, testimony=3.0)
    has(w.ngos[OUTREACH], attention=0.0)
    foreseen(w)
    exploitation.weighs_risks(NOW, w)
    raid, call, reach = 0.1 * 1.5 * (0.5 + 0.5 * 3) * 1.25 * 2, 0.2 * 0.75 * 0.75 * 1.5, 0.25
    assert bound(w, "found") == pytest.approx(1 - (1 - raid) * (1 - call) * (1 - reach))
    assert bound(w, "found") == pytest.approx(w.risks[ABROAD, 0, 0, 0].found)
    assert bound(w, "out") == pytest.approx(1 - 0.625 * 0.8) and bound(w, "broken") == pytest.approx(1 - 0.375 * 0.8)


def test_who_is_found_more_often_in_private_venues_is_bound_there(w):
    w.par["raid_rate"][:, ABROAD], w.par["proactive_share"] = 0.1, 1.0
    foreseen(w)
    assert bound(w, "found") == pytest.approx(0.2)
    w.par["private_exposure"] = 1.5
    foreseen(w)
    assert bound(w, "found") == pytest.approx(0.3)


def test_programmes_count_from_the_month_after_their_start(w):
    """Nobody calls a hotline before; none at all where there is none."""
    w.par["self_report"], w.par["outreach"] = 0.25, 0.125
    for n, start in ((HOTLINE, NOW - 1), (OUTREACH, NOW)):
        has(w.ngos[n], start=start)
    foreseen(w)
    assert [bound(w, "found", t=t) for t in (NOW - 1, NOW)] == pytest.approx([0.0, 0.25])
    assert bound(w, "found", t=NOW + 1) == pytest.approx(1 - 0.75 * 0.75)
    assert bound(w, "found", HOME, NOW + 1) == 0.0
    has(w.places[ABROAD], hotline=NOBODY)
    has(w.ngos[OUTREACH], start=-3)
    foreseen(w)
    assert [bound(w, "found", t=t) for t in (1, NOW)] == pytest.approx([0.25, 0.25])


def test_months_add_up_place_by_place(w):
    """What is sure is next to sure; nothing is added where nothing may happen; debt by month."""
    w.par["escape"][NOW, ABROAD], w.par["release"][NOW + 1, TRANSIT], w.par["debt_repaid"][:, ABROAD] = 1.0, 0.5, 3.0
    coming = bounds_of(w.par, w.facts, w.places, w.ngos)
    assert coming.shape == (3, MONTHS)
    assert coming["out"][ABROAD, NOW - 1: NOW + 2].tolist() == pytest.approx([0.0, math.log(1e-9), math.log(1e-9)])
    assert coming["out"][TRANSIT, NOW: NOW + 2].tolist() == pytest.approx([0.0, math.log(0.5)])
    assert not coming["out"][HOME].any() and not coming["found"].any()
    assert coming["repaid"][ABROAD].tolist() == [3.0 * (t + 1) for t in range(MONTHS)] and not coming["repaid"][HOME].any()


def test_nobody_is_moved_where_networks_do_not_act_on_methods(w):
    w.par["rehousing"] = 0.5
    w.par["method_response"][NOW + 1:] = 1.0
    foreseen(w)
    assert [bound(w, "out", t=t) for t in (NOW, NOW + 1)] == pytest.approx([0.0, 0.5])
