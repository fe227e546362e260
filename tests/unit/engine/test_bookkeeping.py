"""Who is active, who waits for what, and the numbers that a month leaves; and which month does what."""

import pytest
from undercount.model import month as the_month
from undercount.model.engine import bookkeeping, calendar
from undercount.model.engine.layout import (
    ACTIVE,
    AT_HOME,
    BEGUN,
    EXPLOITED,
    INDEPENDENT,
    NEEDED,
    PENDING,
    POOLS,
    RECRUITED,
    REINTEGRATED,
    RETURNED,
    ROWS,
    SEEKING,
    SMUGGLED,
    WARM_UP,
)
from undercount.model.phases import migrants, ngos, officials, recruiters

from tests.hand import (
    ABROAD,
    DIRECT,
    HOME,
    MONTHS,
    NOW,
    OFFICERS,
    POLICE,
    TRANSIT,
    changes,
    foreseen,
    given,
    has,
    learns,
    waiting_for,
)


def active(w):
    return w.active[: w.counts[ACTIVE]].tolist()


def test_waking(w):
    """A seeker of two persons can need five rows: parties of one."""
    has(w.people[6], situation=SEEKING, weight=2)
    w.active[0], w.counts[ACTIVE], w.counts[NEEDED] = 3, 1, 7
    bookkeeping.wakes(6, w)
    assert active(w) == [3, 6] and w.counts[NEEDED] == 12


def test_those_whose_threshold_is_reached_wake(w):
    """Rows 2 to 4 are class 0 and sorted, row 5 is class 1."""
    w.people["threshold"] = [9, 9, 0.5, 1.0, 1.5, 0.1, 9, 9]
    has(w.classes[0], next=2, last=5, cumulative=1.0)
    has(w.classes[1], next=5, last=6, cumulative=0.2)
    bookkeeping.wake_up(NOW, w)
    assert active(w) == [2, 3, 5] and w.classes["next"].tolist() == [4, 6]
    has(w.classes[0], cumulative=9.0)
    bookkeeping.wake_up(NOW, w)
    assert active(w) == [2, 3, 5, 4] and w.classes["next"].tolist() == [5, 6]  # nobody beyond the class


def test_pools_set_out(w, luck):
    """Pools 0 and 1 are of classes 0 and 1; of eight a quarter sets out, and a half; each may need a row."""
    w.counts[POOLS] = 2
    w.classes["rise"] = 0.2876820724, 0.6931471806
    for n in range(4):
        has(w.people[n], weight=8 if n < 2 else 1, klass=n % 2, working=1, situation=AT_HOME if n < 2 else SEEKING)
    luck(LEAVE=0.5)
    w.counts[NEEDED] = 5
    bookkeeping.wake_up(NOW, w)
    assert w.people["weight"][:4].tolist() == [6, 4, 3, 5] and w.counts[NEEDED] == 11 and active(w) == []


def test_vulnerability_of_pools_is_of_their_country_at_the_start(w, luck):
    w.counts[POOLS] = 1
    has(w.par[0, TRANSIT], family_risk_effect=2.0)
    has(w.classes[0], rise=0.6931471805)
    has(w.people[0], weight=1, home=TRANSIT, family_risk=1, working=1, situation=AT_HOME)
    luck(LEAVE=0.2501)  # chance 1 - 2^-2
    bookkeeping.wake_up(NOW, w)
    assert w.people[0].weight == 0


def test_those_in_the_calendar_wake(w):
    """Rows 6, 2 and 0 in this month, one after the other; row 4 in the next."""
    for row, month in ((6, NOW), (2, NOW), (4, NOW + 1), (0, NOW)):
        calendar.waits(has(w.people[row], wakes=month), w)
    bookkeeping.wake_up(NOW, w)
    assert active(w) == [6, 2, 0] and waiting_for(w, NOW) == [] and waiting_for(w, NOW + 1) == [4]


def active_are(w, *rows):
    """People in these situations, all active."""
    for row, fields in enumerate(rows):
        has(w.people[row], **fields)
    w.active[: len(rows)], w.counts[ACTIVE] = range(len(rows)), len(rows)
    w.counts[NEEDED] = 99


def put(w, *rows):
    """A month ends with these people active."""
    active_are(w, *rows)
    bookkeeping.counts_persons(NOW, w)


def test_rows_are_filed_as_they_are_visited(w, luck):
    """Those with business are kept for it, whatever they wait for; who goes on next month is kept; the others are not."""
    luck(LOOKED_AT=0.5)
    back = dict(situation=RETURNED, wakes=NOW + 3)
    active_are(w, dict(situation=SEEKING), dict(back, waiting=1), back, dict(situation=INDEPENDENT),
               dict(situation=EXPLOITED, part_found=1), dict(situation=EXPLOITED), dict(situation=RECRUITED, part_legal=1))
    w.pending[0], w.counts[PENDING] = 7, 1
    bookkeeping.files_all(NOW, w)
    assert active(w) == [0, 1, 4, 6] and w.pending[: w.counts[PENDING]].tolist() == [7, 1, 4, 6]
    assert waiting_for(w, NOW + 3) == [2] and w.people[5].wakes == MONTHS  # nothing to expect: after the last month
    assert bookkeeping.files(0, 2, NOW, w) == 3 and w.active[2] == 0
    assert bookkeeping.files(3, 2, NOW, w) == 2 and w.active[2] == 0


def test_those_held_wait_for_the_month_that_may_bring_something(w, luck):
    """A half a month at most: a draw of 0.6 leads to the second."""
    w.par["escape"][:, ABROAD] = 0.5
    foreseen(w)
    luck(LOOKED_AT=0.6)
    put(w, dict(situation=EXPLOITED, place=ABROAD), dict(situation=SEEKING), dict(situation=EXPLOITED, place=TRANSIT))
    assert active(w) == [1] and waiting_for(w, NOW + 2) == [0]
    assert w.people["wakes"][:3].tolist() == [NOW + 2, 0, MONTHS]
    bookkeeping.wake_up(NOW + 2, w)
    assert active(w) == [1, 0]


def test_the_numbers_of_a_month_are_written_down(w):
    w.places["seekers"] = 9
    w.places["stock"], w.places["in_public"] = [0, 0, 6], [0, 0, 2]
    put(w, dict(situation=SEEKING, home=TRANSIT, weight=3), dict(situation=SEEKING, home=TRANSIT),
        dict(situation=RECRUITED, place=ABROAD, weight=9))
    assert w.places["seekers"].tolist() == [0, 4, 0]
    assert changes(w.hidden) == {(NOW, ABROAD, "in_public"): 2, (NOW, ABROAD, "in_exploitation"): 6}
    assert w.counts[NEEDED] == 6 + 4


def test_the_settled_are_visited_no_more(w):
    put(w, dict(situation=INDEPENDENT), dict(situation=RECRUITED), dict(situation=REINTEGRATED), dict(situation=SMUGGLED, leg=1),
        dict(situation=SMUGGLED, leg=0), dict(situation=RECRUITED, leg=1))
    assert active(w) == [1, 4, 5]


def test_those_back_home_wait_in_the_calendar(w):
    """Rows 1 and 2 for the same month, row 3 for none of the run; row 0 goes on next month."""
    back = dict(situation=RETURNED)
    put(w, dict(back, wakes=NOW + 1), dict(back, wakes=NOW + 3), dict(back, wakes=NOW + 3), dict(back, wakes=MONTHS),
        dict(situation=SEEKING, wakes=NOW + 3))
    assert active(w) == [0, 4] and waiting_for(w, NOW + 3) == [1, 2]
    assert (w.agenda["page"] > 0).sum() == 1


def test_cells_are_counted_in_their_country(w, luck):
    w.recruiters["active"], w.recruiters["custody"], w.recruiters["country"] = [1, 2, 4], [8, 0, 16], [HOME, ABROAD, ABROAD]
    luck(STOPS=0.5, STARTS=0.5, SENTENCE_ENDS=0.5)
    w.par["sentence"] = 1e6
    the_month.recruiters_work(NOW, w)
    assert changes(w.actors) == {(NOW, HOME, "recruiters_active"): 1, (NOW, HOME, "recruiters_in_custody"): 8,
                                 (NOW, ABROAD, "recruiters_active"): 6, (NOW, ABROAD, "recruiters_in_custody"): 16}


# --- the month --------------------------------------------------------------------------------------
def test_a_month_begins(w):
    """Each line of it left its mark, with the parameters of the month and of the place."""
    w.par["smallest_market"] = w.places["market_start"] = 1.0
    given(w, ABROAD, awareness_start=0.5, revenue_month=100.0, smallest_market=1.0)
    given(w, HOME, leave_rate=12.0, offers_per_cell=1.0, trust_acquaintance=1.0, turnover=0.5)
    has(w.recruiters[0], active=4)
    learns(w)
    has(w.networks[0], touched=1 << HOME)
    w.networks[0].tried_entry[HOME] = 7
    w.networks[0].moved_mode[1] = 7
    has(w.officials[POLICE * OFFICERS], in_pay=1)
    has(w.places[HOME], active_start=2.0)
    has(w.people[7], threshold=1.0)
    has(w.classes[1], next=7, last=8)
    the_month.begin_month(NOW, w)
    assert w.counts[BEGUN] == 1 and w.networks[0].tried_entry[HOME] == w.networks[0].moved_mode[1] == 0 and w.networks[1].police_in_pay == 1 << ABROAD
    assert w.places[ABROAD].awareness == 0.25 and w.places[ABROAD].revenue == pytest.approx(100.0)
    assert w.places[HOME].pick == 4.0 and w.places[HOME].entries == 1.0
    assert w.classes["rise"].tolist() == [1.0, 1.0] and active(w) == [7]
    assert w.places[HOME].active_start == 2.0  # taken stock of before


def test_stock_is_taken_at_the_end_of_the_first_year(w):
    w.par["smallest_market"] = w.places["market_start"] = 1.0
    has(w.places[ABROAD], stock=7)
    the_month.begin_month(WARM_UP - 1, w)
    assert w.places[ABROAD].stock_start == 0.0
    the_month.begin_month(WARM_UP, w)
    assert w.places[ABROAD].stock_start == 7.0


def test_a_month_ends(w):
    given(w, HOME, habit_memory=1.0, report_memory=1.0, detection_memory=1.0)
    given(w, ABROAD, patrol_shift=1.0, attention_least=0.25)
    has(w.places[ABROAD], found_private=1)
    has(w.classes[1], success_now=3)
    has(w.routes[DIRECT], use_now=4)
    has(w.posts[0], found_now=3)
    w.counts[BEGUN] = 1
    w.active[0], w.counts[ACTIVE] = 5, 1
    has(w.people[5], situation=SEEKING, home=TRANSIT)
    given(w, TRANSIT, money_memory=1.0)
    has(w.places[TRANSIT], costs_now=9)
    the_month.end_month(NOW, w)
    assert w.counts[BEGUN] == 0 and w.places[TRANSIT].seekers == 1 and w.places[TRANSIT].earned == -9.0 and w.routes[DIRECT].use > 0 == w.routes[DIRECT].use_now
    assert w.posts[0].found == 3.0 and w.places[ABROAD].attention == 0.75 and w.classes[1].success == 3.0
    assert w.censuses[NOW].tolist() == w.census.tolist() and w.censuses.sum() == w.census.sum()


def test_months_run_one_after_the_other(w, luck, monkeypatch):
    """Every phase in every month, unless it had begun before; stops where rows run out, before anybody moves."""
    done = []
    has(w.people[6], situation=SEEKING)
    for where, name in ((the_month, "begin_month"), (migrants, "migrant_month"), (the_month, "settle"),
                        (recruiters, "recruiter_month"), (officials, "official_month"), (ngos, "ngo_month"),
                        (the_month, "end_month")):
        monkeypatch.setattr(where, name, lambda *args, name=name: done.append((name, args[-2])))
    w.active[0], w.counts[ACTIVE], w.counts[ROWS] = 6, 1, 8
    has(w.people[6], part_legal=1)
    assert the_month.run_months(NOW, NOW + 2, w, w) == NOW + 2
    of_a_month = [("begin_month", 1), ("migrant_month", 1), ("settle", 1), ("recruiter_month", 3),
                  ("official_month", len(w.officials)), ("ngo_month", 5), ("end_month", 1)]
    assert done == [(name, t) for t in (NOW, NOW + 1) for name, times in of_a_month for _ in range(times)]
    assert w.pending[: w.counts[PENDING]].tolist() == [6, 6]
    done.clear()
    w.counts[BEGUN] = 1
    assert the_month.run_months(NOW, NOW + 1, w, w) == NOW + 1 and ("begin_month", NOW) not in done
    done.clear()
    w.counts[BEGUN], w.counts[NEEDED] = 0, 1
    assert the_month.run_months(NOW, NOW + 1, w, w) == NOW and done == [("begin_month", NOW)]
