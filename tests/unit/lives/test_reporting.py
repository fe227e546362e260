"""Who enters a recognised victim in the register, and that nobody stands in it twice for being found once."""

import pytest
from undercount.model.engine import decisions
from undercount.model.engine.layout import ON_HOTLINE, ON_POLICE, REPORTERS
from undercount.model.lives import reporting

from tests.hand import ABROAD, BORDER_DIRECT, HOME, NOW, OFFICERS, POLICE, given, has

RATES = {"police_reports": 0.5, "border_reports": 0.4, "inspector_reports": 0.3, "care_reports": 0.2, "covered": 0.9}


def registered(w):
    tallies = w.hidden[NOW, ABROAD]
    by = {who: int(tallies[f"registered_by_{who}"]) for who in REPORTERS}
    assert sum(by.values()) == tallies["registered"]
    return {who: n for who, n in by.items() if n}


@pytest.mark.parametrize("lists, post, draws, expected", [
    (ON_POLICE, POLICE, {"REPORTED": 0.49}, "police"), (ON_POLICE, POLICE, {"REPORTED": 0.51}, None),
    (ON_POLICE, BORDER_DIRECT, {"REPORTED": 0.39}, "border"), (ON_POLICE, BORDER_DIRECT, {"REPORTED": 0.45}, None),
    (ON_POLICE, POLICE, {"REPORTED": 0.29, "INSPECTORS": 0.05}, "inspectors"),
    (ON_POLICE, POLICE, {"REPORTED": 0.35, "INSPECTORS": 0.05}, None),
    (ON_HOTLINE, POLICE, {"REPORTED_BY_CARE": 0.19}, "care"), (ON_HOTLINE, POLICE, {"REPORTED_BY_CARE": 0.21}, None),
    (0, POLICE, {"REPORTED_BY_CARE": 0.19}, "care"),  # met by outreach
    (ON_HOTLINE | ON_POLICE, POLICE, {"REPORTED": 0.49, "REPORTED_BY_CARE": 0.1}, "police"),
    (ON_HOTLINE | ON_POLICE, BORDER_DIRECT, {"REPORTED": 0.6, "REPORTED_BY_CARE": 0.1}, "care"),
    (ON_POLICE, POLICE, {"REPORTED": 0.6, "REPORTED_BY_CARE": 0.1}, None)])  # of a raid helpers know nothing
def test_who_recognises_a_victim_reports_with_a_rate_of_its_own(w, luck, lists, post, draws, expected):
    me = has(w.people[0], place=ABROAD, lists=lists, official=post * OFFICERS, weight=3, reported=1)
    luck(**{"INSPECTORS": 0.5, "COVERED": 0.95} | draws)
    reporting.is_reported(me, NOW, w, given(w, ABROAD, inspector_raids=0.1, **RATES))
    assert registered(w) == ({expected: 3} if expected else {})
    assert me.reported == (expected is not None)
    assert w.hidden[NOW, ABROAD]["listed_identified"] == 0


def test_where_nothing_is_to_be_decided_nothing_is_drawn(w, me):
    me = has(me, place=ABROAD, lists=ON_POLICE, official=POLICE * OFFICERS)
    reporting.is_reported(me, NOW, w, given(w, ABROAD, police_reports=1.0, covered=1.0))
    assert registered(w) == {"police": 1} and w.hidden[NOW, ABROAD]["listed_identified"] == 1


def test_shelters_report_whom_nobody_has_reported_yet(w, me, luck):
    here = given(w, ABROAD, **RATES)
    luck(REPORTED_BY_SHELTER=0.1)
    reporting.may_be_reported_by_care(has(me, place=ABROAD, reported=1), NOW, w, here, decisions.REPORTED_BY_SHELTER)
    assert registered(w) == {}
    reporting.may_be_reported_by_care(has(me, reported=0), NOW, w, here, decisions.REPORTED_BY_SHELTER)
    assert registered(w) == {"care": 1} and me.reported == 1


def test_coming_forward_at_home_is_another_episode(w, me, luck):
    luck(REPORTED_BY_CARE=0.1, COVERED=0.5)
    reporting.is_reported_at_home(has(me, place=HOME, reported=1), NOW, w, given(w, HOME, **RATES))
    assert w.hidden[NOW, HOME]["registered_by_care"] == w.hidden[NOW, HOME]["listed_identified"] == 1
