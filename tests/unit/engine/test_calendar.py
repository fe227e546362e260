"""Who waits for a month, in lists that anybody can leave."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from undercount.model.engine import calendar

from tests import hand
from tests.hand import MONTHS, NOW, has, waiting_for


def test_the_last_to_come_is_the_first(w):
    for row in (4, 0, 6):
        calendar.waits(has(w.people[row], wakes=NOW + 2), w)
    calendar.waits(has(w.people[5], wakes=NOW + 3), w)
    assert waiting_for(w, NOW + 2) == [6, 0, 4] and waiting_for(w, NOW + 3) == [5]
    calendar.waits_no_longer(w.people[0], w)  # from the middle, the end and the beginning
    assert waiting_for(w, NOW + 2) == [6, 4]
    calendar.waits_no_longer(w.people[4], w)
    assert waiting_for(w, NOW + 2) == [6]
    calendar.waits_no_longer(w.people[6], w)
    assert waiting_for(w, NOW + 2) == [] and waiting_for(w, NOW + 3) == [5]


def test_nobody_is_listed_for_a_month_after_the_last(w):
    me = has(w.people[3], wakes=MONTHS)
    calendar.waits(me, w)
    assert not w.calendar.any()
    calendar.waits(has(w.people[2], wakes=MONTHS - 1), w)
    calendar.waits_no_longer(me, w)
    assert waiting_for(w, MONTHS - 1) == [2]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(NOW, NOW + 2)), max_size=40))
def test_everybody_is_in_the_list_of_one_month(steps):
    """Rows come, and whoever has come leaves, in any order: what a dictionary would keep."""
    w, there = hand.tables(), {}
    for row, month in steps:
        if row in there:
            calendar.waits_no_longer(w.people[row], w)
            del there[row]
        else:
            calendar.waits(has(w.people[row], wakes=month), w)
            there[row] = month
        for m in range(NOW, NOW + 3):
            assert waiting_for(w, m) == [r for r, at in reversed(there.items()) if at == m]
