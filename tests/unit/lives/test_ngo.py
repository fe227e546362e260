"""An NGO's month: it starts, grows, and goes where it found people."""

import math

import pytest
from undercount.model.engine.layout import NOBODY, OUTREACH
from undercount.model.lives import ngo

from tests.hand import ABROAD, HOTLINE, NOW, SHELTER, changes, given, has
from tests.hand import OUTREACH as WORKERS


def test_a_programme_begins_in_its_month(w):
    me = has(w.ngos[HOTLINE], start=NOW + 1, active=0, strength=0.0)
    ngo.ngo_month(me, NOW, w)
    assert (me.active, me.strength) == (0, 0.0)
    given(w, ABROAD, programme_growth=4.0)
    ngo.ngo_month(has(me, start=NOW), NOW, w)
    assert me.active == 1 and me.strength == pytest.approx(1 - math.exp(-1 / 4))
    ngo.ngo_month(has(me, start=NOW - 7), NOW, w)
    assert me.strength == pytest.approx(1 - math.exp(-2))
    given(w, ABROAD, programme_growth=0.5)  # nobody grows faster than in a month
    ngo.ngo_month(has(me, start=NOW), NOW, w)
    assert me.strength == pytest.approx(1 - math.exp(-1))
    assert changes(w.actors) == {} and me.attention == 0.5


def test_beds_of_a_shelter(w):
    """1.5 * 40 per million, of half a million: 30 at full size; 63.2 % of them after as many months as it grows: 18.96."""
    given(w, ABROAD, programme_growth=5.0, referral_capacity=1.5, shelter_places=40.0)
    has(w.places[ABROAD], population=500_000.0)
    me = has(w.ngos[SHELTER], start=NOW - 4, used=7)
    ngo.ngo_month(me, NOW, w)
    assert me.beds == 19
    assert changes(w.actors) == {(NOW, ABROAD, "shelter_places"): 19, (NOW, ABROAD, "shelter_used"): 7}


@pytest.mark.parametrize("public, private, attention", [(3, 1, 0.45), (0, 4, 0.58), (4, 0, 0.42), (1, 0, 0.42), (0, 0, 0.5)])
def test_outreach_follows_its_findings(w, public, private, attention):
    """A fifth of the way from 0.5 to the share found in private venues, kept within 0.1 and 0.9."""
    given(w, ABROAD, patrol_shift=0.2, attention_least=0.1)
    has(w.places[ABROAD], found_public=public, found_private=private)
    me = w.ngos[WORKERS]
    assert me.kind == OUTREACH
    ngo.ngo_month(me, NOW, w)
    assert me.attention == pytest.approx(attention)


def test_which_programmes_work(w):
    assert ngo.works(SHELTER, w.ngos) and not ngo.works(NOBODY, w.ngos)
    has(w.ngos[SHELTER], active=0)
    assert not ngo.works(SHELTER, w.ngos)
