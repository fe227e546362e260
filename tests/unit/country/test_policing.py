"""Where officials look, and who warns whom."""

import pytest
from undercount.model.country import policing
from undercount.model.engine.layout import NOBODY

from tests.hand import (
    ABROAD,
    BORDER_ABROAD,
    BORDER_DIRECT,
    BORDER_TRANSIT,
    COURT,
    HOME,
    NOW,
    OFFICERS,
    POLICE,
    POLICE_HOME,
    TRANSIT,
    given,
    has,
)

BORDERS = [BORDER_DIRECT, BORDER_TRANSIT, BORDER_ABROAD]


def test_police_in_pay_by_network_and_country(w):
    for post, network in ((POLICE, 1), (POLICE_HOME, 1), (POLICE_HOME, 0), (COURT, 0), (BORDER_DIRECT, 0)):
        row = post * OFFICERS + network
        has(w.officials[row], in_pay=network)
    w.networks["police_in_pay"] = 7
    policing.finds_police_in_pay(w)
    assert w.networks["police_in_pay"].tolist() == [1 << HOME, 1 << HOME | 1 << ABROAD]
    w.officials["in_pay"] = NOBODY
    policing.finds_police_in_pay(w)
    assert w.networks["police_in_pay"].tolist() == [0, 0]


@pytest.fixture
def borders(w):
    """Two border posts of HOME, one of TRANSIT; findings are remembered by half, patrols move by a quarter."""
    for place in (HOME, TRANSIT):
        given(w, place, detection_memory=0.5, patrol_shift=0.25, patrol_least=0.5, patrol_most=1.5)
    return w.posts


def test_findings_are_remembered_and_arrivals_passed_on(w, borders):
    borders["found"][BORDERS], borders["found_now"][BORDERS] = [4.0, 0.0, 0.0], [8, 2, 0]
    borders["arrivals"], borders["arrivals_now"] = 3, 9
    policing.moves_patrols(NOW, w)
    assert borders["found"][BORDERS].tolist() == [6.0, 1.0, 0.0]
    assert set(borders["arrivals"]) == {9} and not borders["arrivals_now"].any() and not borders["found_now"].any()


def test_patrols_drift_towards_findings_and_their_sum_stays(w, borders):
    """Findings 6, 2, 1 of a mean of 3: targets 1.5 (at most), 2/3, 1/2 (at least); a quarter of the way from 1."""
    borders["found"][BORDERS] = [12.0, 4.0, 2.0]
    policing.moves_patrols(NOW, w)
    moved = [1.125, 1 - 0.25 / 3, 0.875]
    assert borders["patrol"][BORDERS].tolist() == pytest.approx([3 * patrol / sum(moved) for patrol in moved])
    assert borders["patrol"][POLICE] == 1.0 and borders["patrol"].sum() == pytest.approx(7.0)


def test_findings_of_police_posts_move_no_patrols(w, borders):
    given(w, ABROAD, detection_memory=1.0)
    borders["found_now"][POLICE] = 30
    policing.moves_patrols(NOW, w)
    assert borders["found"][POLICE] == 30.0 and set(borders["patrol"]) == {1.0}


def test_without_findings_or_borders_patrols_stay(w, borders):
    borders["patrol"][BORDERS] = [2.0, 0.5, 0.5]
    policing.moves_patrols(NOW, w)
    assert borders["patrol"][BORDERS].tolist() == [2.0, 0.5, 0.5]
    borders["kind"] = 1
    borders["found"] = 5.0
    policing.moves_patrols(NOW, w)
    assert borders["patrol"][BORDERS].tolist() == [2.0, 0.5, 0.5]


def moved(w, **fields):
    here = given(w, ABROAD, attention_least=0.1, patrol_shift=0.2, testimony_most=2.0, testimony_memory=0.25)
    policing.moves_raids(here, has(w.places[ABROAD], **fields))
    return w.places[ABROAD]


@pytest.mark.parametrize("public, private, attention", [(3, 1, 0.45), (0, 4, 0.58), (4, 0, 0.42), (1, 0, 0.42), (0, 0, 0.5)])
def test_raids_go_where_victims_were_found(w, public, private, attention):
    place = moved(w, found_public=public, found_private=private)
    assert place.attention == pytest.approx(attention) and (place.found_public, place.found_private) == (0, 0)


@pytest.mark.parametrize("testified, recognised, usual, testimony", [
    (1, 4, 0.25, 1.0), (3, 8, 0.25, 1.125), (4, 4, 0.25, 1.25), (0, 4, 0.25, 0.75), (0, 0, 0.25, 1.0), (1, 1, 0.0, 1.25)])
def test_testimony_feeds_raids(w, testified, recognised, usual, testimony):
    """A quarter of the way to the month's share against the usual one, which is at most doubled."""
    place = moved(w, testified_now=testified, recognised_now=recognised, testimony_start=usual)
    assert place.testimony == pytest.approx(testimony) and (place.testified_now, place.recognised_now) == (0, 0)
