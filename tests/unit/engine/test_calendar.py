"""Who waits for a month, in lists that anybody can leave."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from undercount.model.engine import bookkeeping, calendar
from undercount.model.engine.layout import ACTIVE, PAGE, PAGES, PERSON
from undercount.model.engine.tables import records

from tests import hand
from tests.hand import MONTHS, NOW, has, waiting_for


def test_the_last_takes_the_place_of_whoever_leaves(w):
    for row in (4, 0, 6):
        calendar.waits(has(w.people[row], wakes=NOW + 2), w)
    calendar.waits(has(w.people[5], wakes=NOW + 3), w)
    assert waiting_for(w, NOW + 2) == [4, 0, 6] and waiting_for(w, NOW + 3) == [5]
    calendar.waits_no_longer(w.people[4], w)  # from the beginning and the end
    assert waiting_for(w, NOW + 2) == [6, 0]
    calendar.waits_no_longer(w.people[0], w)
    assert waiting_for(w, NOW + 2) == [6]
    calendar.waits_no_longer(w.people[6], w)
    assert waiting_for(w, NOW + 2) == [] and waiting_for(w, NOW + 3) == [5]


def test_nobody_is_listed_for_a_month_after_the_last(w):
    me = has(w.people[3], wakes=MONTHS)
    calendar.waits(me, w)
    assert not w.calendar.any() and not w.agenda["page"].any()
    calendar.waits(has(w.people[2], wakes=MONTHS - 1), w)
    calendar.waits_no_longer(me, w)
    assert waiting_for(w, MONTHS - 1) == [2]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 299), st.integers(NOW, NOW + 2)), max_size=400),
       st.lists(st.integers(0, 299), max_size=200))
def test_everybody_is_in_the_list_of_one_month(steps, at_once):
    """Rows come, and whoever has come leaves, in any order and over several pages: what a dictionary would keep."""
    w, there = hand.tables(), {}
    w = w._replace(people=records(300, PERSON), active=np.zeros(300, np.int32))
    w.people["row"] = np.arange(300)
    for row, month in [*((row, NOW) for row in dict.fromkeys(at_once)), *steps]:
        if row in there:
            calendar.waits_no_longer(w.people[row], w)
            del there[row]
        else:
            calendar.waits(has(w.people[row], wakes=month), w)
            there[row] = month
    for m in range(NOW, NOW + 3):
        assert sorted(waiting_for(w, m)) == sorted(row for row, at in there.items() if at == m)
    assert w.counts[PAGES] <= 300 // (PAGE - 1) + 3
    bookkeeping.wake_up(NOW, w)  # its pages are free for those who come now
    assert w.counts[ACTIVE] == list(there.values()).count(NOW) and waiting_for(w, NOW) == []
    used = w.counts[PAGES]
    for row in w.active[:w.counts[ACTIVE]]:
        calendar.waits(has(w.people[row], wakes=NOW + 5), w)
    assert w.counts[PAGES] == used
