"""Those held are looked at only now and then, and yet leave by the law of a draw in every month.

Whole months of the model in a world by hand: persons and parties of three are held in a country whose raids, hotline,
escapes and debts change from month to month; the month and manner of what happens first to each, against the exact
distribution.
"""

import numpy as np
import pytest
from scipy.stats import binom, chisquare
from undercount.model.engine import layout
from undercount.model.engine.layout import BEYOND, EXPLOITED, HARSH, IDENTIFIED, PRIVATE, PUBLIC, ROWS
from undercount.model.engine.lent import Lent
from undercount.model.month import run_months

from tests import hand
from tests.hand import ABROAD, HOME, MONTHS, OUTREACH, has
from tests.helpers import assert_within

HELD = 40_000  # persons, or parties
START, BREAKS = 20, 26  # months of arrival, and in which cells may break
DEBT, REPAID = 180.0, 40.0  # paid off in the fifth month
LEAST = 1e-4  # chance that a right model fails


def country():
    """Raids, calls, escapes and releases of every month, debts, and networks that act on methods."""
    w, numbers = hand.tables(), np.random.default_rng(3)
    for name, most in dict(raid_rate=0.04, self_report=0.05, outreach=0.03, escape=0.08, release=0.1).items():
        w.par[name][:, ABROAD] = most * numbers.random(MONTHS)
    for name, value in dict(proactive_share=0.3, testimony_most=2.0, private_exposure=0.4, debt_repaid=REPAID, debt_hold=0.7,
                            broken_release=0.3, rehousing=0.1, method_response=2.0, smallest_market=1.0).items():
        w.par[name] = value
    w.places["market_start"] = 1.0
    rows = HELD * 5
    w = w._replace(people=hand.records(rows, layout.PERSON), active=np.zeros(rows, np.int32),
                   pending=np.zeros(rows, np.int32),
                   calendar=np.zeros((rows // 63 + MONTHS + 2, layout.PAGE), np.int32))
    return w, numbers


def arrive(w, persons):
    """All are held by cell 2 at the end of the month `START`; each is looked at the month after for the first time."""
    hand.foreseen(w)
    people = w.people
    people["id"], people["row"] = np.arange(len(people)) + 10**6, np.arange(len(people))
    people["pool"] = people["official"] = layout.NOBODY
    here = people[:HELD]
    for name, value in dict(situation=EXPLOITED, place=ABROAD, recruiter=2, weight=persons, debt=DEBT, since=START, wakes=START - 1,
                            venue=PUBLIC, treatment=HARSH).items():
        here[name] = value
    w.recruiters[2].held = 1  # each knows the next
    here["before"], here["after"][:-1] = np.arange(HELD), np.arange(2, HELD + 1)
    w.places[ABROAD].stock = w.places[ABROAD].in_public = w.stocks[HOME, ABROAD, PUBLIC, HARSH] = HELD * persons
    w.active[:HELD] = np.arange(HELD)
    w.counts[layout.ACTIVE] = w.counts[ROWS] = HELD
    w.census[:] = HELD * persons


def live(w, numbers, persons, breaks, looks=None):
    """(month of what happened first to each, how many of the party were found, did the others get out), chances, breaks.

    A recruiter of a million cells breaks by the very share that is asked for, but for chance in its third digit.
    """
    arrive(w, persons)
    lending = Lent(w)
    has(w.recruiters[2], cells=10**6, active=10**6)
    first, chances, broke = np.zeros((HELD, 3), int), [], 0.0
    for t in range(START, MONTHS):
        w.par["turnover"][t] = breaks if t == BREAKS else 0.0
        has(w.places[ABROAD], attention=numbers.random() * 0.9, testimony=2.0 * numbers.random())
        has(w.ngos[OUTREACH], attention=numbers.random(), strength=numbers.random())
        if looks is not None and t > START:
            looks.append(len(hand.waiting_for(w, t)))  # whom the month wakes
        assert run_months(t, t + 1, w, lending.address) == t + 1
        if t > START:
            chances.append(chances_of(w, t))
        broke = w.recruiters[2].breaks if t == BREAKS else broke
        here = w.people[:HELD]
        happened = (first[:, 0] == 0) & ((here["situation"] != EXPLOITED) | (here["weight"] < persons))
        all_found = here["situation"] == IDENTIFIED
        found = np.where(all_found, persons, persons - here["weight"])
        out = ~np.isin(here["situation"], (EXPLOITED, IDENTIFIED))
        first[happened] = np.stack([np.full(HELD, t), found, out], axis=1)[happened]
    assert w.counts[BEYOND] == 0
    return [tuple(row) for row in first.tolist()], chances, broke


def chances_of(w, t):
    """(found, out, out where nobody is left to keep one) of a person in the month."""
    here = w.par[t, ABROAD]
    hold = here.debt_hold if DEBT > REPAID * (t - START) else 0.0
    escape, release = here.escape * (1 - hold), here.release * (1 - hold)
    return w.risks[ABROAD, PUBLIC, HARSH, 0].found, escape + release, escape + max(release, here.broken_release)


def law(chances, persons, breaks):
    """Chance of every first event, and of none: what a draw in every month gives."""
    expected, intact, broken = {}, 1.0, 0.0
    for t, (found, out, out_broken) in enumerate(chances, START + 1):
        gets_out = intact * out + broken * out_broken
        for k in range(persons + 1):
            share = binom.pmf(k, persons, found)
            if k < persons:
                expected[t, k, 1] = share * gets_out
            if k > 0:
                expected[t, k, 0] = share * (intact + broken - (gets_out if k < persons else 0.0))
        unfound = (1.0 - found) ** persons
        intact, broken = intact * unfound * (1 - out), broken * unfound * (1 - out_broken)
        if t == BREAKS:
            intact, broken = intact * (1 - breaks), broken + intact * breaks
    expected[0, 0, 0] = intact + broken
    return expected


@pytest.mark.parametrize("persons, breaks", [(1, 0.0), (1, 0.6), (3, 0.6)], ids=["single", "left behind", "parties"])
def test_first_events_follow_the_law_of_a_draw_in_every_month(persons, breaks):
    w, numbers = country()
    seen, chances, broke = live(w, numbers, persons, breaks)
    expected = law(chances, persons, broke)
    assert abs(broke - breaks) < 0.01 and sum(expected.values()) == pytest.approx(1.0)
    assert set(seen) <= set(expected)
    counts = {event: seen.count(event) for event in expected}
    often = [event for event in expected if HELD * expected[event] >= 8]
    table = [(counts[event], HELD * expected[event]) for event in often]
    table.append((HELD - sum(n for n, _ in table), HELD - sum(m for _, m in table)))
    observed, hoped = np.array([row for row in table if row[1] > 1e-6]).T
    assert chisquare(observed, hoped).pvalue > LEAST
    assert len(table) > 50 and min(hoped) > 5  # what is asked has an answer


def test_most_months_nobody_looks():
    """Visits of those held, in the calendar of the months to come, against the months that they are held."""
    w, numbers = country()
    looks = []
    live(w, numbers, 1, 0.0, looks)
    held = w.hidden["in_exploitation"][START:, ABROAD].sum()
    assert 0 < sum(looks) < 0.5 * held


def test_those_held_are_moved_at_the_rate_of_every_month():
    """Everybody goes to a private venue once moved and stays there: the share who did, of those still held."""
    w, numbers = country()
    for name in ("raid_rate", "self_report", "outreach"):
        w.par[name] = 0.0
    w.par["private_start"], w.par["phone_need"] = 1.0, 0.0
    live(w, numbers, 1, 0.0)
    still = w.people[:HELD][w.people["situation"][:HELD] == EXPLOITED]
    expected = 1.0 - 0.9 ** (MONTHS - 1 - START)
    assert len(still) > 3000
    assert_within((still["venue"] == PRIVATE).mean(), expected, np.sqrt(expected * (1 - expected) / len(still)))
    assert w.places[ABROAD].stock == len(still) and w.stocks[HOME, ABROAD, PRIVATE].sum() == (still["venue"] == PRIVATE).sum()
