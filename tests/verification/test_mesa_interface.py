"""`TraffickingModel` is a Mesa model like any other: keywords, agents, collector, batches, tables."""

import gc
import inspect
import weakref

import mesa
import numpy as np
import pytest
from undercount.model.engine.layout import (
    ACTOR_FIELDS,
    HELD_FIELDS,
    HIDDEN_FIELDS,
    LISTS,
    MODES,
    ROWS,
    SITUATIONS,
    VENUES,
)
from undercount.model.files.problems import BadInput
from undercount.model.mesa_agents import NGO, Migrant, Official, Recruiter

from tests.helpers import made, shrunk
from undercount import TraffickingModel

TINY = shrunk(1000)
KEYWORDS = ["scenario", "seed", "people_per_agent", "activation", "push", "pull", "corruption", "enforcement",
            "referral_capacity", "route_adaptation", "method_adaptation", "settings", "rng", "kwargs"]


@pytest.fixture(scope="module")
def done():
    return TraffickingModel(made(region=shrunk(150)), seed=1, people_per_agent=10).run()


def tiny(**keywords):
    return TraffickingModel(made(region=TINY), **{"seed": 1, "people_per_agent": 1} | keywords)


# --- construction ------------------------------------------------------------------------------------
def test_keywords_and_defaults():
    parameters = inspect.signature(TraffickingModel).parameters
    assert list(parameters) == KEYWORDS
    assert [parameters[name].default for name in KEYWORDS[:4]] == ["full-adaptation", None, 100, "compiled"]
    assert all(parameters[name].default is None for name in KEYWORDS[4:-1])


def test_headlines_overrides_and_settings_reach_the_scenario():
    changed = tiny(push=1.5, corruption=0.5, route_adaptation=False, papers_cost=500, settings={"events.makro.factor": 2.0})
    assert (changed.scenario.value("push.push"), changed.scenario.value("corruption.corruption")) == (1.5, 0.5)
    assert changed.scenario.value("networks.papers_cost") == 500
    assert changed.scenario.mechanisms["route_adaptation"] is False
    assert changed.scenario.events_by_name["makro"].amount == 2.0
    assert changed.world.par["papers_cost"].max() == 500 and changed.world.par["route_response"].max() == 0.0


@pytest.mark.parametrize("keywords, said", [
    ({"seed": -1}, "seed: found -1"), ({"seed": 2**63}, "allowed: a whole number, 0 to"), ({"people_per_agent": 0}, "people_per_agent"),
    ({"people_per_agent": 10_001}, "1 to 10,000"), ({"people_per_agent": 1.5}, "whole number"),
    ({"activation": "random"}, "compiled or mesa"), ({"push": -1}, "push"), ({"corruption": float("nan")}, "corruption"),
    ({"papers_csot": 1}, "papers_cost"), ({"route_adaption": True}, "route_adaptation"),
    ({"settings": {"events.makr.factor": 1}}, "events.makro")])
def test_errors_name_the_field_and_what_is_allowed(keywords, said):
    with pytest.raises((ValueError, BadInput), match=said):
        tiny(**keywords)


def test_all_mistakes_at_once():
    with pytest.raises(BadInput) as caught:
        tiny(push=-1, papers_csot=1, bribe_taken=2)
    assert all(name in str(caught.value) for name in ("push", "papers_cost", "bribe_taken"))


def test_unknown_scenario_names_the_nearest():
    with pytest.raises(BadInput, match="full-adaptation"):
        TraffickingModel("full-adaption")


def test_a_missing_seed_is_drawn_and_kept_and_zero_is_a_seed():
    drawn = tiny(seed=None)
    again = tiny(seed=drawn.seed)
    assert drawn.run().hidden().equals(again.run().hidden())
    assert tiny(seed=0).seed == 0 and tiny(seed=None).seed != drawn.seed


# --- running -----------------------------------------------------------------------------------------
def test_run_until_and_step():
    model = tiny()
    assert model.month is None and model.running
    model.run(until="2000-06")
    assert model.month == "2000-06" and model.hidden()["month"].iloc[-1] == "2000-06"
    model.step()
    assert model.month == "2000-07"
    model.run()
    assert model.month == str(model.region.end) and not model.running
    before = model.hidden()
    model.step()
    assert model.hidden().equals(before) and not model.running


def test_data_collector_has_a_row_a_month(done):
    frame = done.datacollector.get_model_vars_dataframe()
    hidden = done.hidden().groupby("month", sort=True).sum(numeric_only=True)
    assert np.array_equal(frame["newly_exploited"].to_numpy()[-len(hidden):], hidden["newly_exploited"].to_numpy())
    assert np.array_equal(frame["in_exploitation"].to_numpy()[-len(hidden):], hidden["in_exploitation"].to_numpy())


def test_stepping_collects_what_running_collects():
    stepped, run = tiny(), tiny().run()
    while stepped.running:
        stepped.step()
    assert stepped.datacollector.get_model_vars_dataframe().equals(run.datacollector.get_model_vars_dataframe())
    assert stepped.steps == run.steps


def test_batch_run():
    rows = mesa.batch_run(
        TraffickingModel, {"scenario": ["baseline", "full-adaptation"], "corruption": [0.5, 1.5], "people_per_agent": 5000},
        max_steps=40, number_processes=1, data_collection_period=-1, display_progress=False)
    assert len(rows) == 4 and {(row["scenario"], row["corruption"]) for row in rows} == {
        (scenario, corruption) for scenario in ("baseline", "full-adaptation") for corruption in (0.5, 1.5)}
    assert all(row["in_exploitation"] > 0 for row in rows)


# --- agents --------------------------------------------------------------------------------------------
def test_four_kinds_of_agents(done):
    kinds = done.agents_by_type
    assert set(kinds) == {Migrant, Recruiter, Official, NGO}
    sizes = [len(done.world.recruiters), len(done.world.officials), len(done.world.ngos)]
    assert [len(kinds[kind]) for kind in (Recruiter, Official, NGO)] == sizes
    born_and_split = done.world.classes["agents"].sum() + done.world.counts[ROWS] - done.world.leavers
    assert len(kinds[Migrant]) == born_and_split
    assert sum(kinds[Migrant].get("weight")) == done.world.template.persons


def test_select_by_situation_agrees_with_the_tables(done):
    migrants = done.agents_by_type[Migrant]
    held = migrants.select(lambda person: person.situation == "exploited")
    last = done.hidden()["month"] == done.month
    assert sum(held.get("weight")) == done.hidden()[last]["in_exploitation"].sum() > 0
    assert set(migrants.get("situation")) <= set(SITUATIONS)
    assert set(held.get("home")) <= set(done.region.origins)
    abroad = held.select(lambda person: person.place != person.home)
    assert set(abroad.get("place")) <= set(done.region.destinations)


def test_identities_are_unique(done):
    ids = done.agents_by_type[Migrant].get("id")
    assert len(set(ids)) == len(ids)


def test_a_view_has_no_other_attributes(done):
    recruiter = next(iter(done.agents_by_type[Recruiter]))
    assert recruiter.channel in ("acquaintance", "agency", "advertisement", "internet")
    assert recruiter.country in done.region.origins
    with pytest.raises(AttributeError, match="no attribute 'wings'"):
        recruiter.wings  # noqa: B018


# --- tables ----------------------------------------------------------------------------------------------
def test_columns_and_types(done):
    expected = {
        "referrals": ["country", "year", "assisted"],
        "hidden": ["month", "country", *HIDDEN_FIELDS], "actors": ["month", "country", *ACTOR_FIELDS],
        "flows": ["month", "origin", "destination", "entry_mode", "venue", "newly_exploited"],
        "lists": ["year", "country", *LISTS, "persons", *HELD_FIELDS, "relisted"]}
    for name, columns in expected.items():
        frame = getattr(done, name)()
        assert list(frame.columns) == columns and len(frame) and not frame.isna().any().any(), name
        numbers = frame.drop(columns=[c for c in ("month", "year", "country", "origin", "destination", "entry_mode",
                                                  "venue", *LISTS) if c in frame])
        assert all(dtype == np.int64 for dtype in numbers.dtypes), name
    assert all(dtype.kind == "b" for dtype in done.lists()[list(LISTS)].dtypes)


def test_tables_cover_the_region_and_agree(done):
    region = done.region
    assert len(done.hidden()) == len(done.actors()) == region.months * len(region.countries)
    assert done.hidden()["month"].iloc[0] == str(region.start)
    flows = done.flows()
    assert flows["newly_exploited"].sum() == done.hidden()["newly_exploited"].sum()
    assert set(flows["entry_mode"]) <= set(MODES) and set(flows["venue"]) <= set(VENUES)
    assert list(zip(done.referrals()["country"], done.referrals()["year"])) == [(r.iso3, r.period) for r in region.referrals]


def test_tables_of_a_run_that_has_not_begun():
    model = tiny()
    assert [len(table()) for table in (model.referrals, model.hidden, model.flows, model.actors, model.lists)] == [0] * 5


# --- memory ----------------------------------------------------------------------------------------------
def test_dropped_models_are_let_go():
    """Thirty small models with views; Mesa 3.3 would keep them all."""
    dropped = []
    for seed in range(30):
        model = tiny(seed=seed, people_per_agent=20)
        model.run(until="1999-06")
        assert len(model.agents) > 100
        dropped.append(weakref.ref(model))
        del model
    gc.collect()
    assert sum(reference() is not None for reference in dropped) == 0
