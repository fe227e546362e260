"""After being found: recognised, offered help, sheltered, home, and what becomes of the case."""

import pytest
from undercount.model.engine.layout import (
    ASSISTED,
    CLANDESTINE,
    HARSH,
    HELPED_ABROAD,
    HELPED_AT_HOME,
    IDENTIFIED,
    INTERNAL,
    MINOR,
    MISIDENTIFIED,
    NOBODY,
    NOT_HELPED,
    ON_ASSISTANCE,
    ON_HOTLINE,
    ON_POLICE,
    PAID,
    PRIVATE,
    REFUSED,
    REINTEGRATED,
    RETURNED,
    SEEKING,
)
from undercount.model.lives import assistance
from undercount.model.lives.assistance import ACCEPTS, DECLINES, MISREAD, NO_PROGRAMME, NOT_REFERRED

from tests.hand import (
    ABROAD,
    COURT,
    DIRECT,
    HOME,
    NOW,
    OFFICERS,
    SHELTER,
    SHELTER_HOME,
    TRANSIT,
    changes,
    given,
    has,
    known,
)

ADULT = 1
OFFICER = 3


@pytest.fixture
def found(w, me):
    """Two adults of cell 2 (network 1), found abroad last month by the police."""
    return has(me, situation=IDENTIFIED, place=ABROAD, recruiter=2, weight=2, lists=ON_POLICE, official=OFFICER,
               age_band=ADULT, treatment=HARSH)


def met(w, me, luck, **draws):
    """Recognised below 0.75, no offender from 0.25, referred below 0.5, accepts below 0.5."""
    given(w, ABROAD, recognise_untrained=0.75, victim_prosecution=0.25, referral=0.5, acceptance=0.5)
    luck(**dict(RECOGNISED=0.7499, TREATED_AS_OFFENDER=0.25, REFERRED=0.4999, ACCEPTS=0.4999, TESTIFIES=0.9,
                PROSECUTOR=0.5, CASE_DROPPED=0.9) | draws)
    return assistance.met_as_identified(me, NOW, w)


@pytest.mark.parametrize("draws, expected", [
    ({}, ACCEPTS), (dict(RECOGNISED=0.75), MISREAD), (dict(TREATED_AS_OFFENDER=0.2499), MISREAD),
    (dict(REFERRED=0.5), NOT_REFERRED), (dict(ACCEPTS=0.5), DECLINES)])
def test_what_being_found_by_police_leads_to(w, found, luck, draws, expected):
    assert met(w, found, luck, **draws) == expected


@pytest.mark.parametrize("lists", [ON_HOTLINE, ON_HOTLINE | ON_POLICE, 0])
def test_helpers_recognise_and_offer_by_themselves(w, found, luck, lists):
    has(found, lists=lists, official=NOBODY)
    assert met(w, found, luck, RECOGNISED=0.9, TREATED_AS_OFFENDER=0.0, REFERRED=0.9) == ACCEPTS


def test_the_officer_who_found_the_person_decides(w, found, luck):
    given(w, ABROAD, recognise_trained=0.9)
    w.officials["trained"][OFFICER] = 1
    assert met(w, found, luck, RECOGNISED=0.89) == ACCEPTS
    assert met(w, has(found, official=OFFICER + 1), luck, RECOGNISED=0.89) == MISREAD


def test_no_programme_no_offer(w, found, luck):
    has(w.ngos[SHELTER], active=0)
    assert met(w, found, luck, REFERRED=0.9) == NO_PROGRAMME


def test_minors_are_referred_on_a_path_of_their_own(w, found):
    """0.4 for adults, 0.5 for minors."""
    here = given(w, ABROAD, referral=0.4, minor_referral=1.25)
    assert assistance.offered_help(found, NOW, w, here, False)


@pytest.mark.parametrize("age, u, expected", [(ADULT, 0.3999, True), (ADULT, 0.4, False), (MINOR, 0.4999, True), (MINOR, 0.5, False)])
def test_referral(w, found, luck, age, u, expected):
    here = given(w, ABROAD, referral=0.4, minor_referral=1.25)
    luck(REFERRED=u)
    assert assistance.offered_help(has(found, age_band=age), NOW, w, here, True) == expected


@pytest.mark.parametrize("values, fields, chance", [
    ({}, {}, 0.5),
    (dict(conditions=0.5, conditions_cost=0.5), {}, 0.375),
    (dict(protection=0.5), {}, 0.75),
    (dict(payment_refusal=0.25), {}, 0.5),
    (dict(payment_refusal=0.25), dict(treatment=PAID), 0.375),
    (dict(minor_referral=1.5), {}, 0.5),
    (dict(minor_referral=1.5), dict(age_band=MINOR), 0.75)])
def test_who_accepts_help(w, found, luck, values, fields, chance):
    here = given(w, ABROAD, acceptance=0.5, **values)
    has(found, **fields)
    luck(ACCEPTS=chance - 1e-9)
    assert assistance.accepts_help(found, NOW, w, here)
    luck(ACCEPTS=chance)
    assert not assistance.accepts_help(found, NOW, w, here)


def test_who_testifies(w, found, luck):
    given(w, ABROAD, testimony=0.5, protection=0.5)
    luck(TESTIFIES=0.7499)
    assert assistance.is_witness(found, NOW, w) and w.places[ABROAD].testified_now == 2
    luck(TESTIFIES=0.75)
    assert not assistance.is_witness(found, NOW, w) and w.places[ABROAD].testified_now == 2


@pytest.mark.parametrize("law, share", [(0.0, 0.1), (0.25, 0.25), (0.5, 0.4), (0.75, 0.7), (1.0, 1.0)])
def test_how_much_a_law_lets_go_to_court(w, law, share):
    """None 0.1, partial 0.4, full 1, and straight lines in between."""
    here = given(w, ABROAD, law_none=0.1, law_partial=0.4)
    assert assistance.gate_of(here, law) == pytest.approx(share)


@pytest.mark.parametrize("u, dropped", [(0.4999, True), (0.5, False)])
def test_a_prosecutor_may_be_bought(w, found, luck, u, dropped):
    here = given(w, ABROAD, bribe_taken=0.5)
    luck(PROSECUTOR=0.75, CASE_DROPPED=u)
    assert assistance.case_is_dropped(found, NOW, w, here, 1) == dropped
    prosecutor = w.officials[COURT * OFFICERS + 3]
    assert (prosecutor.bribes_now, prosecutor.suitor) == ((1, 1) if dropped else (0, NOBODY))


@pytest.fixture
def case(w, found, luck):
    """Testimony 0.2, intelligence 0.02; half a law abroad (0.5 of cases), a full one at home, a tenth passed on."""
    given(w, ABROAD, arrest_testimony=0.2, arrest_intelligence=0.02, law_none=0.5, law_partial=0.5,
          intelligence_sharing=0.1)
    given(w, HOME, law_partial=0.25)
    known(w, HOME, law=1.0)
    luck(PROSECUTOR=0.0, CASE_DROPPED=0.5)
    return found


@pytest.mark.parametrize("testifies, heat, shared", [(True, 200_000, 40_000), (False, 20_000, 4_000)])
def test_evidence_against_the_cell(w, case, testifies, heat, shared):
    """Two persons: 2 * 0.2 * 0.5 here, 2 * 0.2 * 0.1 for the cell's own police."""
    assistance.tells_on_recruiter(case, NOW, w, testifies)
    cell = w.recruiters[2]
    assert (cell.heat_now, cell.heat_shared, cell.minors_now) == (heat, shared, 0)


def test_evidence_of_minors(w, case):
    assistance.tells_on_recruiter(has(case, age_band=MINOR), NOW, w, True)
    assistance.tells_on_recruiter(case, NOW, w, True)
    assert w.recruiters[2].minors_now == 400_000 == w.recruiters[2].heat_now


def test_what_was_told_adds_up(w, case):
    assistance.tells_on_recruiter(case, NOW, w, True)
    assistance.tells_on_recruiter(case, NOW, w, False)
    assert (w.recruiters[2].heat_now, w.recruiters[2].heat_shared) == (220_000, 44_000)


def test_a_dropped_case_is_still_passed_on(w, case, luck):
    given(w, ABROAD, bribe_taken=1.0)
    assistance.tells_on_recruiter(has(case, age_band=MINOR), NOW, w, True)
    cell = w.recruiters[2]
    assert (cell.heat_now, cell.minors_now, cell.heat_shared) == (0, 0, 40_000)
    assert w.officials[COURT * OFFICERS].suitor == 1


def test_police_of_the_own_country_need_not_be_told(w, case):
    """The cell works where it is based: found at home, all evidence is at once its own police's."""
    has(w.recruiters[2], country=ABROAD)
    assistance.tells_on_recruiter(case, NOW, w, True)
    assert (w.recruiters[2].heat_now, w.recruiters[2].heat_shared) == (200_000, 0)


def test_who_has_no_recruiter_tells_on_nobody(w, case):
    assistance.tells_on_recruiter(has(case, recruiter=NOBODY), NOW, w, True)
    assert not w.recruiters["heat_now"].any() and not w.recruiters["heat_shared"].any()


def test_nothing_in_the_month_of_being_found_or_while_waiting(w, found):
    for fields in (dict(since=NOW), dict(since=NOW - 1, waiting=1)):
        assistance.is_met_as_identified(has(found, **fields), NOW, w)
        assert found.situation == IDENTIFIED and changes(w.hidden) == {}


def handled(w, me, luck, **draws):
    met(w, me, luck, **draws)
    assistance.is_met_as_identified(me, NOW, w)
    return {field: n for (t, c, field), n in changes(w.hidden).items() if (t, c) == (NOW, ABROAD)}


def test_misread_as_an_offender(w, found, luck):
    assert handled(w, found, luck, RECOGNISED=0.9) == {"misidentified": 2}
    assert (found.situation, found.lists) == (MISIDENTIFIED, 0) and not w.histories.any()
    assert w.places[ABROAD].recognised_now == 0


def test_accepts_and_waits_for_a_place(w, found, luck):
    given(w, ABROAD, testimony=0.95, arrest_testimony=0.1, arrest_intelligence=0.01, law_partial=1.0, law_none=1.0)
    assert handled(w, found, luck) == {"recognised": 2, "offered_help": 2}
    assert (found.waiting, found.situation) == (1, IDENTIFIED) and not w.histories.any()
    assert (w.places[ABROAD].recognised_now, w.places[ABROAD].testified_now) == (2, 2)
    assert w.recruiters[2].heat_now == 200_000


def test_declines(w, found, luck):
    """Whoever declines does not testify: only intelligence remains."""
    given(w, ABROAD, testimony=1.0, arrest_testimony=0.1, arrest_intelligence=0.01, law_partial=1.0, law_none=1.0)
    assert handled(w, found, luck, ACCEPTS=0.9) == {"recognised": 2, "offered_help": 2, "refused": 2}
    assert found.situation == REFUSED and w.histories[NOW, ABROAD, ON_POLICE] == 2 == w.histories.sum()
    assert w.places[ABROAD].testified_now == 0 and w.recruiters[2].heat_now == 20_000


@pytest.mark.parametrize("draws, programme", [(dict(REFERRED=0.9), 1), ({}, 0)])
def test_recognised_and_sent_home_without_help(w, found, luck, draws, programme):
    has(w.ngos[SHELTER], active=programme)
    assert handled(w, found, luck, **draws) == {"recognised": 2}
    assert (found.situation, found.place) == (RETURNED, HOME)
    assert w.histories[NOW, ABROAD, ON_POLICE] == 2 == w.histories.sum() and w.hidden[NOW, HOME].returned == 2


def enters(w, me, luck, abroad=0.0, at_home=0.9, **fields):
    """On the list below 0.5."""
    for place in (HOME, ABROAD):
        given(w, place, registered=0.5)
    luck(REGISTERED=abroad, HOME_REGISTERED=at_home)
    assistance.enters_shelter(has(me, waiting=1, **fields), NOW, w, w.par[NOW, me.place])
    return changes(w.hidden)


def test_a_place_in_a_shelter_and_on_the_list(w, found, luck):
    assert enters(w, found, luck) == {(NOW, ABROAD, "assisted"): 2, (NOW, ABROAD, "listed_assisted"): 2}
    assert (found.situation, found.waiting, found.helped) == (ASSISTED, 0, HELPED_ABROAD)
    assert (found.lists, found.lists_home) == (ON_POLICE | ON_ASSISTANCE, 0)
    assert w.histories[NOW, ABROAD, ON_POLICE | ON_ASSISTANCE] == 2 == w.histories.sum() and w.ngos[SHELTER].used == 2


def test_a_place_in_a_shelter_and_not_on_the_list(w, found, luck):
    assert enters(w, found, luck, abroad=0.5) == {(NOW, ABROAD, "assisted"): 2}
    assert found.lists == ON_POLICE and w.histories[NOW, ABROAD, ON_POLICE] == 2


def test_found_at_home_is_a_first_episode_by_the_draw_of_home(w, found, luck):
    assert enters(w, found, luck, abroad=0.9, at_home=0.0, place=HOME) == {
        (NOW, HOME, "assisted"): 2, (NOW, HOME, "listed_assisted"): 2}
    assert (found.lists, found.lists_home, found.helped) == (ON_POLICE | ON_ASSISTANCE, 0, HELPED_ABROAD)
    assert w.ngos[SHELTER_HOME].used == 2 and w.ngos[SHELTER].used == 0


def test_helped_again_at_home_is_a_second_episode(w, found, luck):
    enters(w, found, luck, abroad=0.9, at_home=0.0, place=HOME, situation=RETURNED, helped=HELPED_ABROAD, lists=5)
    assert (found.lists, found.lists_home, found.helped) == (5, ON_ASSISTANCE, HELPED_AT_HOME)
    assert w.histories[NOW, HOME, ON_ASSISTANCE] == 2 == w.histories.sum()


@pytest.mark.parametrize("months, since, january, held", [
    (1, 1, 3, 1),  # one month's end: that of the month of arrival
    (5, 1, 11, 5),  # all within the year
    (10, 3, 5, 2),  # of ten months' ends two in this year: found three months ago, in the third month of the year
    (10, 2, 2, 0),  # found in the first month of the year, before its end
])
def test_where_and_how_long_those_listed_were_held_this_year(w, found, months, since, january, held):
    known(w, ABROAD, since_january=january)
    has(found, route=DIRECT, leg=1, venue=PRIVATE, months=months, since=NOW - since)
    assistance.is_listed(found, NOW, w, ON_POLICE)
    here = w.exposures[NOW, ABROAD, ON_POLICE, PRIVATE]
    assert here.tolist() == [2, 2 * held] and w.exposures.sum() == here.sum()


@pytest.mark.parametrize("fields, january", [
    (dict(leg=0), 11),  # stopped at the border: never held
    (dict(leg=1), 0),  # found last year
    (dict(leg=1, situation=RETURNED), 11),  # came forward at home
])
def test_others_who_are_listed_were_not_held_here_this_year(w, found, fields, january):
    known(w, ABROAD, since_january=january)
    assistance.is_listed(has(found, route=DIRECT, **fields), NOW, w, ON_POLICE)
    assert w.histories.sum() == 2 and not w.exposures.any()


@pytest.mark.parametrize("leg, country", [(1, ABROAD), (0, TRANSIT)])  # held at the destination, stopped on the way
@pytest.mark.parametrize("listed, again", [(11, 2), (12, 0)])  # in this year, in the last
def test_who_is_listed_again_at_home_counts_with_the_lists_abroad(w, found, leg, country, listed, again):
    known(w, HOME, since_january=11)
    w.routes[DIRECT].places[0] = TRANSIT
    has(found, place=HOME, situation=RETURNED, route=DIRECT, leg=leg, lists=5, listed=NOW - listed)
    assistance.is_listed(found, NOW, w, 0)  # helped at home, but not registered
    assert not w.relisted.any()
    assistance.is_listed(found, NOW, w, ON_ASSISTANCE)
    assert w.relisted[NOW, country, 5] == again == w.relisted.sum()


def test_no_place_left(w, found):
    assistance.finds_no_place(has(found, waiting=1), NOW, w)
    assert (found.waiting, found.situation, found.place) == (0, RETURNED, HOME)
    assert changes(w.hidden) == {(NOW, ABROAD, "no_place"): 2, (NOW, HOME, "returned"): 2}
    assert w.histories[NOW, ABROAD, ON_POLICE] == 2 == w.histories.sum()


def test_no_place_left_at_home(w, found):
    assistance.finds_no_place(has(found, waiting=1, situation=RETURNED, place=HOME), NOW, w)
    assert (found.waiting, found.situation) == (0, RETURNED)
    assert changes(w.hidden) == {(NOW, HOME, "no_place"): 2} and not w.histories.any()


@pytest.mark.parametrize("lists, listed", [(ON_POLICE, 0), (ON_POLICE | ON_ASSISTANCE, 2)])
def test_repatriation(w, found, lists, listed):
    has(w.ngos[SHELTER], used=5)
    assistance.leaves_shelter(has(found, situation=ASSISTED, lists=lists), NOW, w)
    assert w.ngos[SHELTER].used == 3 and w.hidden[NOW, ABROAD].repatriated == 2
    assert w.hidden[NOW, ABROAD].listed_repatriated == listed and found.situation == RETURNED


def test_leaving_a_shelter_at_home_is_no_repatriation(w, found):
    has(w.ngos[SHELTER_HOME], used=5)
    assistance.leaves_shelter(has(found, situation=ASSISTED, place=HOME, helped=HELPED_AT_HOME, lists=2), NOW, w)
    assert w.ngos[SHELTER_HOME].used == 3 and changes(w.hidden) == {}
    assert w.classes[0].failure_now == 0  # told when they had come back before


def test_going_home_is_told_there(w, found):
    assistance.goes_home(found, NOW, w)
    assert (found.place, found.official, found.wakes, found.since) == (HOME, NOBODY, NOW + 1, NOW)
    assert w.classes[0].failure_now == 2 and changes(w.hidden) == {(NOW, HOME, "returned"): 2}
    assert (w.census[IDENTIFIED], w.census[RETURNED]) == (98, 102)


def test_who_was_never_trafficked_looks_for_a_way_again(w, found):
    assistance.goes_home(has(found, recruiter=NOBODY), NOW, w)
    assert found.situation == SEEKING and w.classes[0].failure_now == 2 and changes(w.hidden) == {}


@pytest.mark.parametrize("fields, chance", [
    (dict(helped=HELPED_ABROAD, mode=CLANDESTINE), 0.5), (dict(helped=HELPED_ABROAD, mode=INTERNAL), 0.0),
    (dict(helped=NOT_HELPED, mode=CLANDESTINE), 0.125), (dict(helped=HELPED_AT_HOME, mode=CLANDESTINE), 0.0)])
def test_help_at_home_is_likely_after_help_abroad(w, found, fields, chance):
    """Otherwise by the country that one comes back from; both by how many the helpers at home reach."""
    given(w, ABROAD, return_referral=0.125, home_reach=8.0)
    back = has(found, route=DIRECT, place=HOME, **fields)
    for reach in (1.0, 0.5):
        here = given(w, HOME, home_assistance=0.5, return_referral=0.9, home_reach=reach)
        assert assistance.asks_for_help(back, NOW, w, here) == chance * reach


@pytest.fixture
def back(w, found):
    """Home since last month, helped abroad; half ask for help, half of them accept."""
    given(w, HOME, home_assistance=0.5, acceptance=0.5, reintegrates=0.25, retrafficked=0.25, support=3.0)
    w.settling[HOME, 0, NOW + 2] = 1.0
    w.settling[HOME, 1, NOW + 4] = 1.0
    return has(found, situation=RETURNED, place=HOME, helped=HELPED_ABROAD, route=DIRECT, mode=CLANDESTINE)


def test_met_by_helpers_at_home(w, back, luck):
    luck(HOME_HELP=0.4999, HOME_ACCEPTS=0.4999, RETURN_ENDS=0.5)
    assistance.is_back_home(back, NOW, w)
    assert changes(w.hidden) == {(NOW, HOME, name): 2 for name in ("identified", "recognised", "offered_help")}
    assert (back.waiting, back.wakes) == (1, NOW + 2)


def test_declines_help_at_home(w, back, luck):
    luck(HOME_HELP=0.0, HOME_ACCEPTS=0.5, RETURN_ENDS=0.5)
    assistance.is_back_home(back, NOW, w)
    assert w.hidden[NOW, HOME].refused == 2 and w.hidden[NOW, HOME].offered_help == 2 and back.waiting == 0


def test_does_not_ask_for_help(w, back, luck):
    luck(HOME_HELP=0.5, RETURN_ENDS=0.5)
    assistance.is_back_home(back, NOW, w)
    assert changes(w.hidden) == {} and back.wakes == NOW + 2


def test_no_helpers_at_home(w, back, luck):
    has(w.ngos[SHELTER_HOME], active=0)
    luck(RETURN_ENDS=0.5)
    assistance.is_back_home(back, NOW, w)
    assert changes(w.hidden) == {}


def test_the_month_of_change_is_another_for_those_who_were_helped_at_home(w, back, luck):
    luck(HOME_HELP=0.5, RETURN_ENDS=0.5)
    assistance.is_back_home(has(back, helped=HELPED_AT_HOME), NOW, w)
    assert back.wakes == NOW + 4


@pytest.mark.parametrize("helped, u, expected", [
    (HELPED_ABROAD, 0.4999, REINTEGRATED), (HELPED_ABROAD, 0.5, RETURNED),
    (HELPED_AT_HOME, 0.7499, REINTEGRATED), (HELPED_AT_HOME, 0.75, RETURNED)])
def test_settles_or_takes_up_an_offer_again(w, back, luck, helped, u, expected):
    """Half and half; with threefold support three to one."""
    has(w.places[HOME], pick=1.0)
    luck(SETTLES=u)
    assistance.is_back_home(has(back, since=NOW - 2, helped=helped), NOW, w)
    assert back.situation == expected and back.part_offer == (0 if expected == REINTEGRATED else 2)
    assert changes(w.hidden) == {}


def test_without_offers_nobody_is_taken_again(w, back, luck):
    luck(SETTLES=0.9)
    assistance.is_back_home(has(back, since=NOW - 2), NOW, w)
    assert back.situation == RETURNED and back.part_offer == 0


@pytest.mark.parametrize("u, month", [(0.1, 1), (0.4999, 1), (0.5001, 2), (0.7499, 2), (0.7501, 4), (0.8749, 4), (0.8751, 5)])
def test_the_month_of_change_by_inversion(u, month, luck):
    """Chances 1/2, 1/2, 0, 1/2 from month 1 on: survival 1/2, 1/4, 1/4, 1/8; then never (5)."""
    assert assistance.month_of_change([0.9, 0.5, 0.5, 0.0, 0.5], 1, u) == month


def test_met_at_home_in_the_country_of_home(w, back, luck):
    luck(HOME_ACCEPTS=0.0)
    assistance.is_met_at_home(has(back, place=TRANSIT), NOW, w, w.par[NOW, HOME])
    assert {place for _, place, _ in changes(w.hidden)} == {HOME}
