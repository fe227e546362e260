"""People at home: the hazard to leave, traits, and who may leave within the run."""

import math

import numpy as np
import pytest
from undercount.model.engine import decisions as d
from undercount.model.engine import home, layout
from undercount.model.engine.layout import AT_HOME, DEPRIVED, ELSEWHERE, NOBODY

from tests.hand import HOME, MONTHS, NOW, PEOPLE, SEED, TRANSIT, given, has, known


def rate(w, zone=ELSEWHERE, working=1, mood=0.0, **values):
    here = given(w, HOME, **dict(leave_rate=0.12, zone_income=1.0) | values)
    return home.hazard(here, w.facts[NOW, HOME], zone, working, mood)


def test_a_hundredth_a_month(w):
    assert rate(w) == pytest.approx(0.01)
    assert rate(w, push=2.0) == pytest.approx(0.02)


def test_relative_deprivation(w):
    """Income a sixth of the destinations', a gap twice the usual third: 2^0.5; doubled by the pull."""
    known(w, HOME, income=1 / 6)
    assert rate(w, deprivation_weight=0.5) == pytest.approx(0.01 * math.sqrt(2))
    assert rate(w, deprivation_weight=0.5, pull=2.0) == pytest.approx(0.02)
    assert rate(w, deprivation_weight=0.5, pull=1.0, usual_gap=1.5) == pytest.approx(0.02)


@pytest.mark.parametrize("zone, income", [(DEPRIVED, 0.5), (ELSEWHERE, 1.5)])
def test_zones_share_the_countrys_income(w, zone, income):
    """Half live in the deprived zone on half of the mean, so the others have 1.5 times the mean."""
    assert rate(w, zone, deprivation_weight=1.0, zone_income=0.5, deprived_share=0.5) == pytest.approx(0.01 / income / 3)


def test_a_country_that_is_deprived_everywhere(w):
    """Nobody lives elsewhere: income is next to nothing there, so the bound on the hazard is reached."""
    assert rate(w, deprivation_weight=9.0, zone_income=1.0 - 1e-12, deprived_share=1.0) == pytest.approx(0.01 * math.exp(20))


def test_reports_diaspora_and_trend(w):
    known(w, HOME, diaspora=4.0, years=3.0)
    assert rate(w, mood=0.5, contact_weight=0.4) == pytest.approx(0.01 * math.exp(0.2))
    assert rate(w, contact_weight=0.0, diaspora_weight=0.5) == pytest.approx(0.02)
    assert rate(w, diaspora_weight=0.0, leave_trend=0.1) == pytest.approx(0.01 * math.exp(0.3))


def test_unemployment_counts_for_those_without_work(w):
    known(w, HOME, unemployment=0.5)
    assert rate(w, unemployment_weight=2.0) == pytest.approx(0.01)
    assert rate(w, working=0, unemployment_weight=2.0) == pytest.approx(0.01 * math.e)


def test_the_hazard_is_bounded(w):
    assert rate(w, mood=1.0, contact_weight=99.0) == pytest.approx(0.01 * math.exp(20))


def test_the_bound_of_a_class_is_the_hazard_with_every_report_a_success(w):
    w.par["leave_rate"], w.par["contact_weight"] = 0.12, 0.5
    w.par["leave_rate"][5, TRANSIT] = 0.24
    has(w.classes[1], home=TRANSIT)
    w.par["zone_income"] = 1.0
    w.par["unemployment_weight"], w.facts["unemployment"] = 1.0, 0.5
    bounds = home.bound_hazards(w.par, w.facts, w.classes)
    assert bounds == pytest.approx([MONTHS * 0.01 * math.exp(0.5), (MONTHS + 1) * 0.01 * math.exp(1.0)])


@pytest.fixture
def setup(w):
    """Half with a family at risk (twice), a quarter minority (three times), half of the wages low (five times)."""
    return has(w.par[0, HOME], family_risk_share=0.5, family_risk_effect=2.0, minority_share=0.25, minority_effect=3.0,
               wage_under_50=0.5, wage_50_100=0.25, low_wage_effect=5.0, minor_share=0.25, young_share=0.5, women_share=0.75)


@pytest.mark.parametrize("traits, leaving, accepting", [
    ((False, False, False, True), 1 / 6.75, 1 / 2.25), ((True, False, False, True), 2 / 6.75, 2 / 2.25),
    ((False, True, False, True), 3 / 6.75, 3 / 2.25), ((False, False, True, True), 5 / 6.75, 1 / 2.25),
    ((True, True, True, True), 30 / 6.75, 6 / 2.25), ((False, False, True, False), 5 / 11.25, 1 / 2.25)])
def test_vulnerability(setup, traits, leaving, accepting):
    """Means: family 1.5, group 1.5, wages 3 of those with work and 5 of those without (who all count as low)."""
    assert home.vulnerability(setup, *traits) == pytest.approx((leaving, accepting))


def test_vulnerability_averages_one(setup):
    mean = np.zeros(2)
    for family, share_f in ((True, 0.5), (False, 0.5)):
        for group, share_g in ((True, 0.25), (False, 0.75)):
            for wage in (True, False):
                mean += share_f * share_g * 0.5 * np.array(home.vulnerability(setup, family, group, wage, True))
    assert mean == pytest.approx([1.0, 1.0])


@pytest.fixture
def traits(monkeypatch):
    """Draws of traits that a test tells: family, group, wage, age; then sex."""
    told = {}

    def draw_four(seed, who, month, decision):
        assert seed == SEED and month == 0
        return told[who, decision]

    monkeypatch.setattr(home, "draw_four", draw_four)

    def tells(who, family=0.9, group=0.9, wage=0.9, age=0.9, sex=0.9):
        told[who, d.TRAITS], told[who, d.TRAITS + 1] = (family, group, wage, age), (sex, 9.0, 9.0, 9.0)
    return tells


def born(w, setup, traits, working=1, **draws):
    me = w.people[0]
    traits(PEOPLE, **draws)
    home.is_born(me, SEED, setup, has(w.classes[0], home=TRANSIT, working=working))
    return me


def test_birth_places_a_person_at_home(w, setup, traits):
    me = born(w, setup, traits)
    assert (me.home, me.place, me.zone, me.working, me.situation) == (TRANSIT, TRANSIT, DEPRIVED, 1, AT_HOME)
    assert (me.pool, me.route, me.recruiter, me.official) == (NOBODY,) * 4
    assert (me.family_risk, me.minority, me.wage_band, me.age_band, me.sex) == (0, 0, 3, 2, 1)
    assert me.accepts == pytest.approx(1 / 2.25)


@pytest.mark.parametrize("draw, u, field, expected", [
    ("family", 0.4999, "family_risk", 1), ("family", 0.5, "family_risk", 0), ("group", 0.2499, "minority", 1),
    ("group", 0.25, "minority", 0), ("wage", 0.4999, "wage_band", 1), ("wage", 0.5, "wage_band", 2),
    ("wage", 0.7499, "wage_band", 2), ("wage", 0.75, "wage_band", 3), ("age", 0.2499, "age_band", 0),
    ("age", 0.25, "age_band", 1), ("age", 0.7499, "age_band", 1), ("age", 0.75, "age_band", 2),
    ("sex", 0.7499, "sex", 0), ("sex", 0.75, "sex", 1)])
def test_each_trait_by_its_draw(w, setup, traits, draw, u, field, expected):
    assert born(w, setup, traits, **{draw: u})[field] == expected


def test_who_has_no_work_has_no_wage(w, setup, traits):
    me = born(w, setup, traits, working=0, wage=0.1)
    assert me.wage_band == 0 and me.working == 0


@pytest.mark.parametrize("draws, accepts", [
    (dict(family=0.1), 2 / 2.25), (dict(group=0.1), 3 / 2.25), (dict(wage=0.1), 1 / 2.25)])
def test_acceptance_goes_with_family_and_group(w, setup, traits, draws, accepts):
    assert born(w, setup, traits, **draws).accepts == pytest.approx(accepts)


@pytest.fixture
def spread(monkeypatch):
    """The moments of leaving of class k, person n: (n + 0.5) / 8."""
    def draw_stratified(seed, k, index, decision):
        assert seed == SEED and decision == d.LEAVE and k < 2
        return (index + 0.5) / 8
    monkeypatch.setattr(home, "draw_stratified", draw_stratified)


def identity(k, n):
    return (k << home.PERSON_BITS) | n


@pytest.mark.parametrize("draws, working, factor", [
    ({}, 1, 1 / 6.75), (dict(family=0.1), 1, 2 / 6.75), (dict(group=0.1), 1, 3 / 6.75), (dict(wage=0.1), 1, 5 / 6.75),
    ({}, 0, 5 / 11.25), (dict(family=0.5, group=0.25, wage=0.5), 1, 1 / 6.75)])  # a share's own draw is without
def test_the_cumulative_hazard_at_which_a_person_leaves(setup, traits, spread, draws, working, factor):
    traits(identity(1, 3), **draws)
    assert home.threshold_of(SEED, setup, 1, 3, working) == pytest.approx(-math.log(1 - 3.5 / 8) / factor)


def test_who_may_leave_sorted_by_when(w, setup, traits, spread):
    """Two classes of eight and four; number 1 of the first has a family at risk and so leaves before number 0."""
    for k, agents in ((0, 8), (1, 4)):
        has(w.classes[k], agents=agents, home=HOME, working=1)
        for n in range(agents):
            traits(identity(k, n), family=0.1 if n == 1 else 0.9)
    at = [-math.log(1 - (n + 0.5) / 8) * 6.75 / (2 if n == 1 else 1) for n in range(8)]
    bounds = np.array([at[3] + 1e-9, at[1] + 1e-9])
    kinds, numbers, thresholds = home.find_leavers(SEED, w.par, w.classes, bounds)
    expected = sorted((0, 1, 2, 3), key=lambda n: at[n]), sorted((n for n in (0, 1) if at[n] <= bounds[1]), key=lambda n: at[n])
    assert numbers.tolist() == [*expected[0], *expected[1]]
    assert kinds.tolist() == [0] * len(expected[0]) + [1] * len(expected[1])
    assert thresholds == pytest.approx([at[n] for n in numbers])
    assert w.classes["first"].tolist() == w.classes["next"].tolist() == [0, len(expected[0])]
    assert w.classes["last"].tolist() == [len(expected[0]), len(numbers)]


@pytest.mark.parametrize("effects", [(1.5, 1.5, 1.5), (1.5, 0.5, 0.5), (0.5, 1.5, 0.5), (0.5, 0.5, 1.5)])
@pytest.mark.parametrize("working", [1, 0])
def test_whoever_leaves_first_of_all_is_not_missed(w, setup, traits, monkeypatch, effects, working):
    """With every trait that hastens and none that holds back, a person whose threshold is just below the bound."""
    has(setup, **dict(zip(("family_risk_effect", "minority_effect", "low_wage_effect"), effects)))
    family, group, wage = (0.1 if effect > 1.0 else 0.9 for effect in effects)
    traits(identity(0, 0), family=family, group=group, wage=wage)
    monkeypatch.setattr(home, "draw_stratified", lambda *_: 0.5)
    has(w.classes[0], agents=1, home=HOME, working=working)
    mean = (1 + 0.5 * (effects[0] - 1)) * (1 + 0.25 * (effects[1] - 1)) * (1 + (0.5 if working else 1.0) * (effects[2] - 1))
    factor = max(1.0, effects[0]) * max(1.0, effects[1]) * (max(1.0, effects[2]) if working else effects[2]) / mean
    for bound, leavers in ((math.log(2) / factor * (1 + 1e-9), 1), (math.log(2) / factor * (1 - 1e-9), 0)):
        assert len(home.find_leavers(SEED, w.par, w.classes[:1], np.array([bound]))[0]) == leavers


def test_a_threshold_that_is_just_reached_counts(w, setup, traits, monkeypatch):
    traits(identity(0, 0))
    monkeypatch.setattr(home, "draw_stratified", lambda *_: 0.0)
    has(w.classes[0], agents=1, home=HOME, working=1)
    assert home.find_leavers(SEED, w.par, w.classes[:1], np.zeros(1))[2].tolist() == [0.0]


def test_there_is_room_for_everybody(w, setup, traits, monkeypatch):
    """10,000 with every trait that hastens, evenly spread, and a bound of 2 for them: 1 - exp(-2) of them leave."""
    has(w.classes[0], agents=10_000, home=HOME, working=1)
    monkeypatch.setattr(home, "draw_stratified", lambda seed, k, index, decision: (index + 0.5) / 10_000)
    monkeypatch.setattr(home, "draw_four", lambda *_: (0.1, 0.1, 0.1, 0.1))
    _, numbers, _ = home.find_leavers(SEED, w.par, w.classes[:1], np.array([2 * 6.75 / 30]))
    assert numbers.tolist() == list(range(8647))


def test_rows_are_filled_with_traits(w, setup, traits):
    has(w.par[0, TRANSIT], minor_share=1.0)
    has(w.classes[1], home=TRANSIT, zone=ELSEWHERE)
    w.people["klass"][:2] = 0, 1
    for n in range(2):
        traits(PEOPLE + n, age=0.5)
    home.fill_rows(SEED, w.par, w.classes, w.people[:2])
    assert w.people["home"][:2].tolist() == [HOME, TRANSIT] and w.people["zone"][:2].tolist() == [DEPRIVED, ELSEWHERE]
    assert w.people["age_band"][:2].tolist() == [1, layout.MINOR] and w.people["home"][2] == 0
