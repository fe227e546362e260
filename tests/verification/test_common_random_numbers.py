"""Same seed, same people, same luck: what a scenario, a switch or one more agent must not change."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from undercount.model.assumed.mechanisms import MECHANISMS
from undercount.model.engine.home import PERSON_BITS, threshold_of
from undercount.model.engine.setup import appoint
from undercount.model.world import Template, World

from tests.helpers import assert_same_tables, fresh, made, shrunk, tables_of, total, trafficked, warm

NEUTRAL = [name for name, mechanism in MECHANISMS.items() if mechanism.neutral]
TRAITS = ["id", "threshold", "accepts", "klass", "home", "zone", "working", "sex", "age_band", "minority",
          "wage_band", "family_risk"]


@pytest.mark.parametrize("name", NEUTRAL)
def test_a_switch_without_effect_changes_no_byte(name):
    """With the parameters of a mechanism at their neutral values, on and off are the same world."""
    neutral = dict(MECHANISMS[name].neutral)
    on, off = (switched(name, switch, neutral) for switch in (True, False))
    assert total(on, "set_out") > 0
    assert_same_tables(tables_of(on), tables_of(off))


def switched(name, switch, values):
    """A quarter of these are the plain scenario, whose mechanisms are on: it is run once."""
    scenario = plain().with_values(values | {f"mechanisms.{name}": switch})
    return plain_run() if scenario.content_hash() == plain().content_hash() else run_of(scenario)


@cache
def plain():
    """Without the scenario's events, which would move a neutral value."""
    return made(events=False)


@cache
def plain_run():
    return run_of(plain())


def run_of(scenario):
    run = World(Template(scenario, 1000), 1)
    run.run(60)
    return run


@pytest.mark.parametrize("name", NEUTRAL)
def test_the_same_switch_with_its_effect_changes_something(name):
    """So that the test above compares what can differ; some defaults are neutral and are moved away."""
    values = {"market_regime": {"regime_visibility": 0.5}, "client_penalty": {"knowledge_proved": 0.5},
              "route_adaptation": {"route_response": 6.0}, "method_adaptation": {"method_response": 12.0},
              "international_presence": {"presence_market": 3.0}}.get(name, {})
    runs = [tables_of(switched(name, switch, values)) for switch in (True, False)]
    with pytest.raises(AssertionError):
        assert_same_tables(*runs)


def born(run):
    """Rows of persons, without the parties that split off."""
    return run.people[: run.leavers]


@pytest.mark.parametrize("name", ["baseline", "real-decline", "refusal", "safe-migration", "captured-officials"])
def test_scenarios_of_one_seed_have_the_same_people(name):
    """Who they are and what they draw against are functions of (seed, person), not of the scenario."""
    rows = [born(fresh(5, scenario)) for scenario in ("full-adaptation", name)]
    _, here, there = np.intersect1d(rows[0]["id"], rows[1]["id"], return_indices=True)
    assert len(here) > 100
    for trait in TRAITS:
        assert np.array_equal(rows[0][trait][here], rows[1][trait][there]), trait


def test_one_more_person_in_a_class_changes_nobody_else():
    one = fresh(3)
    template = made_with_more(one.template)
    more = warm(template, 3)
    assert template.persons == one.template.persons + template.people_per_agent
    _, here, there = np.intersect1d(born(one)["id"], born(more)["id"], return_indices=True)
    assert len(here) == one.leavers
    for trait in TRAITS:
        assert np.array_equal(born(one)[trait][here], born(more)[trait][there]), trait


def made_with_more(template):
    """The same template with one agent more in its first class."""
    larger = Template(template.scenario, template.people_per_agent)
    larger.classes["agents"][0] += 1
    return larger


def test_one_more_person_leaves_the_lives_of_others_alone():
    """Where nobody's life depends on others', one more life is all that differs."""
    alone = dict(contact_weight=0.0, route_adaptation=False, method_adaptation=False, crowding=0.0, patrol_shift=0.0,
                 offers_per_cell=80.0, arrest_testimony=0.0, arrest_intelligence=0.0, bribe_taken=0.0, proactive_share=1.0,
                 shelter_places=400.0, turnover=0.0, inspections_per_official=500.0)
    template = Template(made(region=shrunk(20), events=False, **alone), 1)
    one, more = World(template, 3), World(made_with_more(template), 3)
    one.run()
    more.run()
    _, here, there = np.intersect1d(one.migrants["id"], more.migrants["id"], return_indices=True)
    assert len(here) == one.leavers and len(trafficked(one)) > 100
    lives = ["situation", "since", "place", "route", "mode", "times", "debt", "recruiter", "lists", "lists_home"]
    same = np.all([one.migrants[field][here] == more.migrants[field][there] for field in lives], axis=0)
    # `meets` depends on the number of seekers, so who takes an offer may turn over on a hair's breadth
    assert same.mean() > 0.999


def test_one_more_origin_changes_no_draw_of_the_others():
    """A country appended to the table: the classes before it keep their people."""
    def one_fewer(region):
        last = [country.iso3 for country in region.countries if country.origin][-1]
        countries = tuple(replace(c, origin=False) if c.iso3 == last else c for c in region.countries)
        return replace(region, countries=countries, routes=tuple(r for r in region.routes if r.origin != last))

    fewer, all_ = born(fresh(2, region=one_fewer)), born(fresh(2))
    _, here, there = np.intersect1d(fewer["id"], all_["id"], return_indices=True)
    assert 0.9 * len(fewer) < len(here) and len(fewer) < len(all_)
    for trait in TRAITS:
        if trait not in ("threshold", "accepts"):
            assert np.array_equal(fewer[trait][here], all_[trait][there]), trait


def test_one_more_official_changes_no_other_official():
    """One post more at the end of the list: everybody before keeps integrity and training."""
    run = fresh(4)
    more = run.posts.copy()
    more["officials"][-1] += 1
    before, after = (np.zeros(len(run.officials) + extra, run.officials.dtype).view(np.recarray) for extra in (0, 1))
    appoint(run.seed, run.posts, before, run.par, run.facts)
    appoint(run.seed, more, after, run.par, run.facts)
    for field in ("id", "kind", "place", "integrity", "trained", "training_draw"):
        assert np.array_equal(after[field][:-1], before[field]), field


def test_one_ngo_more_changes_no_draw_before_it_starts():
    """A shelter that starts in the last year: the years before are the same, byte for byte."""
    def with_late_shelter(region):
        like = next(ngo for ngo in region.ngos if ngo.kind == "shelter")
        free = next(c.iso3 for c in region.countries if c.destination and not any(n.iso3 == c.iso3 for n in region.ngos))
        return replace(region, ngos=(*region.ngos, replace(like, iso3=free, start=region.start + 48)))

    one, more = fresh(1), fresh(1, region=with_late_shelter)
    months = one.template.months - one.template.region.months + 48
    one.run(months)
    more.run(months)
    before, after = tables_of(one), tables_of(more)
    for tables in (before, after):
        tables.pop("ngos")
        tables["places"] = tables["places"][["awareness", "revenue", "stock", "active", "attention", "testimony"]].copy()
    assert_same_tables(before, after)
    one.run()
    more.run()
    assert total(more, "assisted") > total(one, "assisted")


def test_a_threshold_is_a_function_of_seed_class_and_number():
    run = fresh(6)
    for me in born(run)[:: run.leavers // 50]:
        setup = run.par[0, me.home]
        number = me.id & ((1 << PERSON_BITS) - 1)
        assert threshold_of(6, setup, me.klass, number, me.working) == me.threshold
