"""Whatever Mesa's documentation lets one do works alike in both activations, or says in a sentence why not.

Every reading is held against the record, every writing against the world that goes on from it.
"""

import copy
import multiprocessing
import pickle
import statistics
from concurrent.futures import ProcessPoolExecutor

import mesa
import numpy as np
import pytest
from mesa.datacollection import DataCollector
from undercount.model import month
from undercount.model.engine.layout import SITUATIONS
from undercount.model.files.problems import BadInput
from undercount.model.mesa_agents import NGO, Migrant, Official, Recruiter, View
from undercount.model.mesa_arguments import ACTIVATIONS

from tests.helpers import assert_same_tables, made, shrunk, tables_of
from tests.snippets import snippets
from undercount import TraffickingModel

TINY = shrunk(2000)
SMALL = shrunk(500)  # large enough that within a year people are held and recruiters learn
both = pytest.mark.parametrize("activation", ACTIVATIONS)
KINDS = (Migrant, Recruiter, Official, NGO)


def tiny(activation="compiled", until=None, region=TINY, **keywords):
    model = TraffickingModel(made(region=region), **{"seed": 1, "people_per_agent": 1, "activation": activation} | keywords)
    return model.run(until) if until else model


def same(one, other):
    assert_same_tables(tables_of(one.world), tables_of(other.world))


@pytest.fixture(scope="module")
def looked_at():
    """Nobody writes to it."""
    return tiny(until="2001-06")


def record(agent, field):
    """The number in the table, read without the view."""
    world = agent.model.world
    table = {Migrant: world.people, Recruiter: world.recruiters, Official: world.officials, NGO: world.ngos}[type(agent)]
    return table[field][agent.row]


# --- copies ------------------------------------------------------------------------------------------
WAYS = {"pickle": lambda model: pickle.loads(pickle.dumps(model)), "copy": copy.copy, "deepcopy": copy.deepcopy}


@both
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("until", [None, "1999-06"])
def test_a_copy_goes_on_as_the_original_would(activation, way, until):
    first = tiny(activation, until)
    agents = len(first.agents)
    twin = way(first)
    assert (twin.seed, twin.steps, twin.month, twin.running, twin.activation) == (
        first.seed, first.steps, first.month, first.running, activation)
    assert len(twin.agents) == agents and twin.random.random() == first.random.random()
    before = tables_of(first.world)
    twin.run("1999-10")
    assert_same_tables(before, tables_of(first.world))  # the copy has a world of its own
    same(twin, first.run("1999-10"))
    assert twin.datacollector.get_model_vars_dataframe().equals(first.datacollector.get_model_vars_dataframe())
    assert twin.hidden().equals(first.hidden()) and twin.steps == first.steps


@both
def test_agents_of_a_copy_are_its_own(activation):
    first = tiny(activation, "1999-06")
    first.favourite = first.agents_by_type[Official][3]
    first.watched = list(first.agents_by_type[Migrant])[-2:]
    for way in WAYS.values():
        twin = way(first)
        assert twin.favourite is twin.agents_by_type[Official][3] and twin.favourite.model is twin
        assert twin.watched == list(twin.agents_by_type[Migrant])[-2:]
        assert [agent.unique_id for agent in twin.agents] == [agent.unique_id for agent in first.agents]
        twin.favourite.integrity = 0.25
        assert record(twin.favourite, "integrity") == 0.25 != record(first.favourite, "integrity")
    assert copy.copy(first.favourite) is first.favourite
    alone = pickle.loads(pickle.dumps(first.favourite))
    assert alone.integrity == first.favourite.integrity and alone in alone.model.agents


def test_a_pickle_holds_no_empty_rows():
    model = tiny(until="1999-06")
    assert len(pickle.dumps(model)) < 3 * sum(table.nbytes for table in tables_of(model.world).values()) + 5_000_000


def finished(seed):
    return tiny(seed=seed, until="1999-03")


def test_a_model_comes_back_from_a_pool():
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        returned = pool.submit(finished, 5).result()
    same(returned, finished(5))
    same(returned.run("1999-06"), finished(5).run("1999-06"))


class Mine(TraffickingModel):
    """A model with a step and a collector of its own."""

    def __init__(self, *args, **keywords):
        super().__init__(*args, **keywords)
        self.seen = []
        self.datacollector = DataCollector(
            model_reporters={"agents": lambda model: len(model.agents), "month": "month"},
            agent_reporters={"row": "row", "situation": lambda agent: getattr(agent, "situation", None)},
            agenttype_reporters={Official: {"integrity": "integrity", "twice": lambda agent: 2 * agent.integrity}})

    def step(self):
        super().step()
        self.seen.append(self.month)


def test_attribute_reporters_are_pickled():
    model = tiny()
    model.datacollector = DataCollector(agent_reporters={"line of the table": "row"},
                                        agenttype_reporters={Official: {"honest": "integrity"}})
    twin = pickle.loads(pickle.dumps(model.run("1999-02"))).run("1999-04")
    assert twin.datacollector.get_agent_vars_dataframe().equals(
        model.run("1999-04").datacollector.get_agent_vars_dataframe())


# --- collectors and steps of one's own ---------------------------------------------------------------
def test_a_step_and_a_collector_of_ones_own_see_every_month_in_both_activations():
    found = {}
    for activation in ACTIVATIONS:
        model = Mine(made(region=TINY), seed=1, people_per_agent=1, activation=activation).run("1999-05")
        assert model.seen == [f"1999-0{month}" for month in range(1, 6)] == list(model.datacollector.model_vars["month"])
        agents = model.datacollector.get_agent_vars_dataframe()
        officials = model.datacollector.get_agenttype_vars_dataframe(Official)
        last = officials.loc[model.steps]
        assert last["integrity"].tolist() == model.world.officials["integrity"].tolist()
        assert last["twice"].tolist() == (2 * model.world.officials["integrity"]).tolist()
        assert len(agents.loc[model.steps]) == len(model.agents) and agents.index.is_unique
        found[activation] = agents, officials, model.datacollector.get_model_vars_dataframe()
    assert all(one.equals(other) for one, other in zip(*found.values()))


@both
def test_what_a_collector_keeps_does_not_change_with_the_world(activation):
    """mesa/mesa#3035: agent reporters keep what they are given, so a view of the record would change backwards."""
    model = tiny(activation, region=SMALL, people_per_agent=20)
    model.datacollector = DataCollector(agenttype_reporters={Recruiter: {"losses": "mode_own"}})
    model.run("1999-06")
    months = model.datacollector.get_agenttype_vars_dataframe(Recruiter)["losses"]
    kept = np.stack(months.loc[model.steps].to_list())
    assert np.array_equal(kept, model.world.minds["mode_own"])
    assert not np.array_equal(kept, np.stack(months.loc[1].to_list()))
    with pytest.raises(ValueError, match="read-only"):
        model.agents_by_type[Recruiter][0].mode_own[0] = 0.5


@both
def test_run_model_and_run_are_one(activation):
    one, other = tiny(activation, people_per_agent=1000), tiny(activation, people_per_agent=1000)
    one.run_model()
    same(one, other.run())
    assert one.steps == other.steps == one.region.months


@both
def test_batch_run(activation):
    rows = mesa.batch_run(
        TraffickingModel, {"scenario": "no-change", "rng": [np.int64(3), 4], "people_per_agent": 10_000,
                           "activation": activation},  # Mesa 3.5 overwrites what is called `seed`
        max_steps=3, number_processes=1, data_collection_period=1, display_progress=False)
    for seed in (3, 4):  # Mesa 3.3 numbers what was collected from 0 on: its step 0 is the first month
        found = [row["in_exploitation"] for row in rows if row["rng"] == seed]
        world = TraffickingModel("no-change", seed=seed, people_per_agent=10_000).run("1999-12").world
        months = world.hidden["in_exploitation"].sum(axis=1)[world.t - 12:world.t]
        assert 3 <= len(found) <= 4 and min(found) > 0 and found == months[:len(found)].tolist()


@both
def test_a_world_that_was_interrupted_within_a_month_is_none_to_go_on_with(activation, monkeypatch):
    """A part of the month has happened; the part that was broken off would happen twice."""
    def interrupted(t, address):
        raise KeyboardInterrupt

    model = tiny(activation, "1999-02")
    with monkeypatch.context() as patched:
        patched.setattr(month, "settle", interrupted)
        patched.setitem(month.RULES, "settle", interrupted)
        with pytest.raises(KeyboardInterrupt):
            model.run("1999-04")
    for go_on in (lambda: model.run("1999-04"), model.step, lambda: copy.copy(model).run("1999-04")):
        with pytest.raises(RuntimeError, match="interrupted within a month"):
            go_on()


# --- sets of agents ----------------------------------------------------------------------------------
def test_get_agrees_with_the_record(looked_at):
    people = looked_at.agents_by_type[Migrant].select(lambda agent: agent.row is not None)
    assert people.get("debt") == [record(agent, "debt") for agent in people]
    assert people.get("situation") == [SITUATIONS[record(agent, "situation")] for agent in people]
    assert people.get(["weight", "months"]) == [[record(agent, "weight"), record(agent, "months")] for agent in people]
    assert people.get("wings", handle_missing="default", default_value=0) == [0] * len(people)
    with pytest.raises(AttributeError, match="Migrant has no attribute 'wings'"):
        people.get("wings")


def test_select_agrees_with_the_record(looked_at):
    officials, world = looked_at.agents_by_type[Official], looked_at.world.officials
    honest = officials.select(lambda agent: agent.integrity > 0.5)
    assert [agent.row for agent in honest] == np.flatnonzero(world["integrity"] > 0.5).tolist()
    assert len(officials.select(at_most=7)) == 7 and len(officials.select(at_most=0.5)) == len(world) // 2
    assert set(looked_at.agents.select(agent_type=NGO)) == set(looked_at.agents_by_type[NGO])


def test_sort_shuffle_group_and_aggregate_agree_with_the_record(looked_at):
    officials, world = looked_at.agents_by_type[Official], looked_at.world.officials
    assert officials.sort("integrity", ascending=True).get("integrity") == sorted(world["integrity"])
    assert sorted(officials.shuffle().get("row")) == list(range(len(world)))
    assert officials.agg("integrity", [min, max, statistics.fmean]) == [
        world["integrity"].min(), world["integrity"].max(), pytest.approx(world["integrity"].mean())]
    groups = officials.groupby("place")
    codes = [country.iso3 for country in looked_at.region.countries]
    assert groups.count() == {codes[place]: int(n) for place, n in enumerate(np.bincount(world["place"])) if n}
    assert groups.agg("integrity", max) == {
        codes[place]: world["integrity"][world["place"] == place].max() for place in np.unique(world["place"])}
    assert officials.map(lambda agent: agent.bribes) == world["bribes"].tolist()
    seen = []
    officials.do(lambda agent: seen.append(agent.row))
    assert seen == list(range(len(world)))
    assert officials[3].row == 3 and [agent.row for agent in officials[1:4]] == [1, 2, 3]


def test_shuffling_is_alike_in_both_activations():
    orders = [tiny(activation, "1999-02").agents_by_type[Official].shuffle().get("row") for activation in ACTIVATIONS]
    assert orders[0] == orders[1] != sorted(orders[0])


@both
def test_what_is_done_to_a_set_in_place_changes_no_world(activation):
    """Mesa's sets are for looking; a model that stepped through them would lose whom somebody filtered out."""
    handled = tiny(activation, "1999-02")
    handled.agents_by_type[Migrant].select(lambda agent: False, inplace=True)
    handled.agents_by_type[Official].shuffle(inplace=True)
    handled.agents_by_type[Recruiter].sort("minors", inplace=True)
    handled.agents_by_type[NGO].discard(handled.agents_by_type[NGO][0])
    same(handled.run("1999-08"), tiny(until="1999-08"))


def test_numbers_of_agents_stay_unique_as_parties_split_off():
    model = tiny(people_per_agent=20)
    known = {}
    for _ in range(12):
        model.step()
        for agent in model.agents:
            assert known.setdefault(agent.unique_id, agent) is agent
    assert len(known) == len(model.agents)


# --- writing -----------------------------------------------------------------------------------------
def exploited(model):
    return model.agents_by_type[Migrant].select(lambda agent: agent.situation == "exploited")


WRITTEN = [(Official, "integrity", 0.125), (Official, "training_draw", 1), (NGO, "attention", np.float64(0.75)),
           (Recruiter, "minors", 0.5), (Recruiter, "channel", "internet"), (Migrant, "age_band", "15-17"),
           (Migrant, "accepts", 2)]


@both
@pytest.mark.parametrize("kind, name, value", WRITTEN, ids=[f"{kind.__name__}.{name}" for kind, name, _ in WRITTEN])
def test_writing_reaches_the_record_and_the_world(activation, kind, name, value):
    models = [tiny(each, "1999-12", SMALL, people_per_agent=20) for each in (activation, "compiled")]
    for model, write in zip(models, (lambda some: some.set(name, value),
                                     lambda some: [setattr(agent, name, value) for agent in some])):
        some = exploited(model) if kind is Migrant else model.agents_by_type[kind]
        assert len(some)
        write(some)
        for agent in some:
            assert getattr(agent, name) == value
            if isinstance(value, float):
                assert record(agent, name) == value
    same(*(model.run("2000-03") for model in models))


@both
def test_what_was_written_changes_what_happens(activation):
    """Officials who all can be bought, and nobody who can: the same luck, other bribes."""
    taken = []
    for integrity in (0.0, 1.0):
        model = tiny(activation, people_per_agent=20)
        model.agents_by_type[Official].set("integrity", integrity)
        model.run("2001-12")
        taken.append(int(model.world.actors["bribes_taken"][36:].sum()))
    assert taken[0] > taken[1]


@both
@pytest.mark.parametrize("kind, name, value, said", [
    (Official, "integrity", 1.5, "Official.integrity: found 1.5; allowed: a number from 0 to 1"),
    (Official, "integrity", float("nan"), "found nan"), (Official, "integrity", "high", "found 'high'"),
    (Official, "integrity", True, "found True"), (Official, "integrity", None, "found None"),
    (Official, "integrity", [0.1, 0.2], "allowed: a number from 0 to 1"),
    (Recruiter, "channel", "radio", "'acquaintance' or 'agency'"), (Recruiter, "channel", 2, "found 2"),
    (Recruiter, "mode_own", [0.1, 0.2], "Recruiter.mode_own follows from the rules"),
    (Official, "integrty", 0.5, "Official.integrty is no attribute; what can be written: .*did you mean 'integrity'?"),
    (Official, "trained", 1, "Official.trained follows from the rules; what can be written: integrity, training_draw"),
    (Recruiter, "active", 0, "Recruiter.active follows from the rules"), (NGO, "beds", 10, "NGO.beds follows"),
    (NGO, "tag", 1, "NGO.tag is no attribute"), (Official, "record", 1, "follows from the rules"),
    (Official, "id", 1, "follows from the rules")])
def test_what_cannot_be_written_says_so_and_nothing_is_changed(activation, kind, name, value, said):
    model = tiny(activation)
    before = tables_of(model.world)
    for write in (lambda: setattr(model.agents_by_type[kind][0], name, value),
                  lambda: model.agents_by_type[kind].set(name, value)):
        with pytest.raises((AttributeError, ValueError), match=said):
            write()
    assert_same_tables(before, tables_of(model.world))


@both
def test_people_who_are_no_row_or_many_cannot_be_written_to(activation):
    model = tiny(activation)
    stays = next(agent for agent in model.agents_by_type[Migrant] if agent.row is None)
    with pytest.raises(AttributeError, match="does not leave home within the run"):
        stays.accepts = 5
    pooled = TraffickingModel("no-change", seed=1, people_per_agent="pooled", activation=activation)
    with pytest.raises(AttributeError, match="is a pool of people who differ in it"):
        pooled.agents_by_type[Migrant][0].age_band = "15-17"


@both
def test_mesas_own_attributes_can_be_written(activation):
    agent = tiny(activation).agents_by_type[NGO][0]
    agent.pos = (1, 2)
    assert agent.pos == (1, 2) and agent.random is agent.model.random
    with pytest.raises(AttributeError, match="cannot be deleted"):
        del agent.attention


# --- what no world can do ----------------------------------------------------------------------------
REFUSED = {
    "remove": lambda model: model.agents_by_type[Recruiter][0].remove(),
    "remove each": lambda model: model.agents_by_type[Migrant].do("remove"),
    "remove all": lambda model: model.remove_all_agents(),
    "deregister": lambda model: model.deregister_agent(model.agents_by_type[NGO][0]),
    "one more": lambda model: Official(model, 0, 0),
    "more": lambda model: Recruiter.create_agents(model, 3, 0, 0),
    "step between months": lambda model: model.agents_by_type[Official].do("step"),
    "step of one": lambda model: model.agents_by_type[Migrant][0].step(),
    "other luck": lambda model: model.reset_randomizer(5), "other generator": lambda model: model.reset_rng(5),
    "seed": lambda model: setattr(model, "seed", 5), "a parameter": lambda model: setattr(model, "corruption", 2.0),
    "a parameter's key": lambda model: setattr(model, "papers_cost", 2.0),
    "scenario": lambda model: setattr(model, "scenario", "baseline"),
    "agents": lambda model: setattr(model, "agents", []),
}


@both
@pytest.mark.parametrize("act", REFUSED.values(), ids=REFUSED.keys())
def test_what_no_world_can_do_says_so_and_changes_nothing(activation, act):
    model = tiny(activation, "1999-02")
    with pytest.raises((NotImplementedError, RuntimeError, AttributeError)) as caught:
        act(model)
    assert len(str(caught.value)) > 20 and "\n" not in str(caught.value)
    same(model.run("1999-04"), tiny(until="1999-04"))


@both
def test_agents_of_ones_own_are_kept_and_no_rule_knows_them(activation):
    class Watcher(mesa.Agent):
        pass

    model = tiny(activation, "1999-02")
    watchers = [Watcher(model) for _ in range(2)]
    assert len({agent.unique_id for agent in model.agents}) == len(model.agents)
    assert set(model.agents_by_type[Watcher]) == set(watchers)
    watchers[0].remove()
    assert set(model.agents_by_type[Watcher]) == {watchers[1]}
    assert type(model.agents) is type(mesa.Model(rng=1).agents) and not isinstance(watchers[1], View)
    same(model.run("1999-04"), tiny(until="1999-04"))


# --- seeds -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("given", [3, np.int64(3), np.uint8(3), 3.0, np.float64(3)])
@pytest.mark.parametrize("name", ["seed", "rng"])
def test_whole_numbers_are_seeds(name, given):
    model = tiny(**{"seed": None, name: given})
    assert model.seed == 3 and type(model.seed) is int


@pytest.mark.parametrize("given", [1.5, "3", True, np.bool_(True), -1, 2**63, float("nan"), float("inf"), [1], b"3", "pooled", {}])
@pytest.mark.parametrize("name", ["seed", "rng", "people_per_agent"])
def test_what_is_no_whole_number_is_refused(name, given):
    if (name, given) == ("people_per_agent", "pooled"):
        return
    with pytest.raises(ValueError, match=f"{name}: found .*; allowed: a whole number"):
        tiny(**{"seed": None, name: given})


def test_a_generator_gives_a_seed_and_both_names_at_once_are_refused():
    one, other = (tiny(seed=None, rng=np.random.default_rng(7)).seed for _ in range(2))
    stream = np.random.default_rng(7)
    assert one == other == tiny(seed=None, rng=stream).seed != tiny(seed=None, rng=stream).seed
    assert tiny(seed=None, rng=np.random.SeedSequence(7)).seed >= 0
    with pytest.raises(ValueError, match="seed, rng: found 1 and 2; allowed: one of them"):
        tiny(seed=1, rng=2)
    assert tiny(seed=None).seed != tiny(seed=None).seed


# --- the page of Mesa --------------------------------------------------------------------------------
def test_solara_viz_draws_steps_and_makes_another_model():
    solara = pytest.importorskip("solara")
    pytest.importorskip("altair")  # which Mesa's page asks for
    from mesa.visualization import Slider, SolaraViz, make_plot_component

    [documented] = snippets("explore.md", "python", "SolaraViz")
    there: dict = {}
    exec(documented[:documented.index("page =")], there)
    scenario = made(region=TINY)
    model = there["Shown"](scenario, seed=1, people_per_agent=1)
    shown = solara.reactive(model)
    page = SolaraViz(shown, components=[make_plot_component("in_exploitation")], play_interval=1, model_params={
        "corruption": Slider("corruption", 1.0, 0.5, 1.5, 0.1), "scenario": scenario, "seed": 1, "people_per_agent": 1})
    # Its buttons are in the sidebar, which is shown by the layout that a server puts around a page.
    _, rendered = solara.render(solara.AppLayout(children=[page]), handle_error=False)
    try:
        import ipyvuetify as v

        def button(label):
            return rendered.find(v.Btn, children=[label]).widget

        before = shown.value.steps
        button("Step").click()
        assert shown.value.steps == before + 1 and shown.value.month == "1999-01"
        button("Reset").click()
        assert shown.value is not model and shown.value.steps == 0
        assert shown.value.world.template.scenario.value("corruption.corruption") == 1.0
    finally:
        rendered.close()


# --- arguments ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("given, named", [
    ({"scenario": None}, "scenario: found None; allowed: a name"), ({"scenario": 5}, "scenario: found 5"),
    ({"settings": "a"}, "settings: found 'a'; allowed: a dict"),
    ({"corruption": 1.0, "settings": {"corruption": 2.0}}, "settings: found 'corruption', which is an argument, too"),
    ({"papers_cost": 1.0, "settings": {"papers_cost": 2.0}}, "settings: found 'papers_cost'"),
    ({"corruption": float("nan")}, "argument: corruption: found")])
def test_arguments_that_are_none_are_named(given, named):
    scenario = {} if "scenario" in given else {"scenario": made(region=TINY)}
    with pytest.raises((ValueError, BadInput), match=named):
        TraffickingModel(**scenario, **{"seed": 1, "people_per_agent": 10_000} | given)


@pytest.mark.parametrize("until", ["2001", "abc", "2001-13", 5, "2050-01", "1980-01"])
def test_a_month_outside_the_region_is_refused(until):
    with pytest.raises(ValueError, match="until: found .*; allowed: a month from 1999-01 to 2004-03"):
        tiny().run(until)


def test_what_says_which_row_an_agent_is_stays():
    model = tiny()
    official = next(iter(model.agents_by_type[Official]))
    for name in ("row", "unique_id", "model"):
        with pytest.raises(AttributeError, match=f"Official.{name} says which row this is"):
            setattr(official, name, 99)
    with pytest.raises(NotImplementedError, match="none can be added"):
        Official.create_agents(model, 2)
    with pytest.raises(ValueError, match="activation: found 'xx'; allowed: compiled or mesa"):
        model.activation = "xx"
    assert official.integrity >= 0.0
