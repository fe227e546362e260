"""People at home: who will leave within the run, and when, without visiting them every month.

Leaving is a proportional hazard. A person leaves in the month in which the cumulative hazard of the
class reaches `threshold` = (own exponential number) / (own factor). Only persons whose threshold
lies under an upper bound of that hazard can ever leave; they alone get a row, sorted, so that a
month walks past those who leave. It is exactly as if everybody had drawn every month. The traits of
everybody else are pure functions of (seed, person) and need no memory.
"""

from __future__ import annotations

import math

import numpy as np
from undercount.model.engine import decisions as d
from undercount.model.engine.compiled import helper, part
from undercount.model.engine.layout import ALMOST_NOTHING, AT_HOME, DEPRIVED, MOST_LOG_ODDS, NOBODY
from undercount.model.engine.random import draw_four, draw_stratified

PERSON_BITS = 40  # identity of a person: class << 40 | number within the class


@helper
def hazard(here, facts, zone, working, mood):
    """Monthly hazard to start looking for a way out, of a class at home (A1, A3).

    A proportional hazard [1]; deprivation is the log gap between the mean income of the
    destinations (the unit of income) and income in the zone, relative to the usual gap.

    1. Cox (1972), Regression models and life-tables.
    """
    poor = here.zone_income
    rich = (1.0 - here.deprived_share * poor) / max(ALMOST_NOTHING, 1.0 - here.deprived_share)
    income = facts.income * (poor if zone == DEPRIVED else rich)
    gap = -math.log(income) - math.log(here.usual_gap)
    score = here.deprivation_weight * here.pull * gap + here.contact_weight * mood
    score += here.diaspora_weight * math.log(facts.diaspora)
    score += here.leave_trend * facts.years
    if working == 0:
        score += here.unemployment_weight * facts.unemployment
    return here.push * here.leave_rate / 12.0 * math.exp(min(MOST_LOG_ODDS, score))


@part
def bound_hazards(par, facts, classes):
    """Upper bound of each class's cumulative hazard at the end: every report a success."""
    bounds = np.zeros(len(classes))
    for k in range(len(classes)):
        klass = classes[k]
        for t in range(len(par)):
            bounds[k] += hazard(par[t, klass.home], facts[t, klass.home], klass.zone, klass.working, 1.0)
    return bounds


@helper
def vulnerability(setup, family_risk, minority, low_wage, working):
    """(factor on leaving, factor on accepting offers); both average 1 over the class (A1, A2, A7)."""
    family = setup.family_risk_effect if family_risk else 1.0
    group = setup.minority_effect if minority else 1.0
    wage = setup.low_wage_effect if low_wage else 1.0
    mean = 1.0 + setup.family_risk_share * (setup.family_risk_effect - 1.0)
    mean *= 1.0 + setup.minority_share * (setup.minority_effect - 1.0)
    low = setup.wage_under_50 if working else 1.0
    wages = 1.0 + low * (setup.low_wage_effect - 1.0)
    return family * group * wage / (mean * wages), family * group / mean


@helper
def threshold_of(seed, setup, k, index, working):
    """Cumulative hazard of class `k` at which its `index`-th person leaves; infinite for whom nothing moves."""
    u = draw_stratified(seed, k, index, d.LEAVE)
    family, group, wage, _ = draw_four(seed, (k << PERSON_BITS) | index, 0, d.TRAITS)
    leaving, _ = vulnerability(setup, family < setup.family_risk_share, group < setup.minority_share,
                               working == 0 or wage < setup.wage_under_50, working == 1)
    return -math.log1p(-u) / leaving if leaving > 0.0 else math.inf


@helper
def is_born(me, seed, setup, klass):
    """Writes the traits of a person at home, all pure functions of (seed, `me.id`)."""
    me.pool = NOBODY
    me.home = klass.home
    me.place = klass.home
    me.zone = klass.zone
    me.working = klass.working
    me.situation = AT_HOME
    me.route = NOBODY
    me.recruiter = NOBODY
    me.official = NOBODY
    family, group, wage, age = draw_four(seed, me.id, 0, d.TRAITS)
    sex, _, _, _ = draw_four(seed, me.id, 0, d.TRAITS + 1)
    me.family_risk = 1 if family < setup.family_risk_share else 0
    me.minority = 1 if group < setup.minority_share else 0
    me.wage_band = 0
    if klass.working == 1:
        me.wage_band = 1 if wage < setup.wage_under_50 else (
            2 if wage < setup.wage_under_50 + setup.wage_50_100 else 3)
    me.age_band = 0 if age < setup.minor_share else (
        1 if age < setup.minor_share + setup.young_share else 2)
    me.sex = 0 if sex < setup.women_share else 1
    _, me.accepts = vulnerability(setup, me.family_risk == 1, me.minority == 1, me.wage_band <= 1,
                                  klass.working == 1)


@part
def find_leavers(seed, par, classes, bounds):
    """(class, number within the class, threshold) of everybody who may leave, sorted by class and threshold."""
    room = 1024
    for k in range(len(classes)):
        setup = par[0, classes[k].home]
        best, _ = vulnerability(setup, setup.family_risk_effect > 1.0, setup.minority_effect > 1.0,
                                setup.low_wage_effect > 1.0, classes[k].working == 1)
        # Thresholds are evenly spread, so no more than this share of the class can be below the bound.
        room += int(classes[k].agents * -math.expm1(-bounds[k] * best) * 1.01) + 1024
    kinds = np.empty(room, np.int32)
    numbers = np.empty(room, np.int64)
    thresholds = np.empty(room, np.float64)
    n = 0
    for k in range(len(classes)):
        klass = classes[k]
        setup = par[0, klass.home]
        best, _ = vulnerability(setup, setup.family_risk_effect > 1.0, setup.minority_effect > 1.0,
                                setup.low_wage_effect > 1.0, klass.working == 1)
        limit = -math.expm1(-bounds[k] * best)
        start = n
        for index in range(klass.agents):
            if draw_stratified(seed, k, index, d.LEAVE) <= limit:
                threshold = threshold_of(seed, setup, k, index, klass.working)
                if threshold <= bounds[k]:
                    kinds[n] = k
                    numbers[n] = index
                    thresholds[n] = threshold
                    n += 1
        order = start + np.argsort(thresholds[start:n], kind="mergesort")
        numbers[start:n] = numbers[order]
        thresholds[start:n] = thresholds[order]
        klass.first = start
        klass.next = start
        klass.last = n
    return kinds[:n], numbers[:n], thresholds[:n]


@part
def fill_rows(seed, par, classes, people):
    """Writes the traits of everybody who may leave; identity, class, threshold and weight are there."""
    for n in range(len(people)):
        klass = classes[people[n].klass]
        is_born(people[n], seed, par[0, klass.home], klass)
