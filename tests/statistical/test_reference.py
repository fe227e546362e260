"""The reference table: its design, what it stores, and that it is the same bytes however it was made."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from undercount.experiments.ask import explanations
from undercount.experiments.cli import main
from undercount.experiments.compute.engines import EngineOptions
from undercount.experiments.design import design, widened, world_seed
from undercount.experiments.draws import drawn, gates_of
from undercount.experiments.patterns.worlds import judge
from undercount.experiments.reference import plan as plans
from undercount.experiments.reference.build import build
from undercount.experiments.reference.plan import Variant
from undercount.experiments.reference.quantities import (
    NATIONAL,
    TRIED,
    columns,
    in_table,
    nationals_abroad,
    quantities,
)
from undercount.experiments.reference.statistics import (
    as_published,
    counterpart,
    published,
    read_statistics,
    shipped_statistics,
)
from undercount.experiments.reference.table import read_reference
from undercount.model.assumed.scenario import load_scenario
from undercount.model.country.observation import COUNTED, observe
from undercount.model.engine.layout import HIDDEN, HIDDEN_FIELDS, MODES, VENUES
from undercount.model.files.problems import BadInput
from undercount.model.simulation import simulate

from tests.helpers import assert_within, world
from tests.synthetic import sharp, small_region

SERIAL = EngineOptions("serial")
UNKNOWN = {"push.push": (0.5, 2.0), "policing.raid_rate": (0.004, 0.02)}


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """Two small explanations with two unknowns each."""
    folder = tmp_path_factory.mktemp("two")
    region = small_region(folder, 40)
    return [str(sharp(name, folder, region, {}, UNKNOWN)) for name in ("route-adaptation", "real-decline")]


def plan_of(names, worlds=6, seed=3, variants=True, gates=False):
    """Without gates: most worlds of so small a region lie outside them, and `test_gates.py` is about them."""
    return plans.resolve(names, worlds, variants, seed, 0, gates=gates)


def digests(folder):
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
            for name in ("worlds.parquet", "parameters.parquet")}


@pytest.fixture(scope="module")
def table(two, tmp_path_factory):
    folder = tmp_path_factory.mktemp("reference") / "table"
    build(plan_of(two), folder, SERIAL)
    return folder


# --- design ------------------------------------------------------------------------------------------
@settings(deadline=None)
@given(st.integers(0, 2**40), st.integers(1, 140), st.integers(0, 300), st.integers(1, 50))
def test_a_piece_of_the_design_is_the_same_alone(seed, dimensions, first, size):
    whole = design("a", dimensions, 1.0, seed, 0, first + size)
    piece = design("a", dimensions, 1.0, seed, first, first + size)
    assert np.array_equal(whole[first:], piece)
    assert (piece >= 0).all() and (piece < 1).all()


def test_the_design_fills_every_range_evenly_and_explanations_have_their_own():
    points = design("a", 130, 1.0, 1, 0, 1024)
    # a Sobol net: every sixteenth of every unknown's range holds exactly its share
    counts = np.stack([np.bincount((16 * column).astype(int), minlength=16) for column in points.T])
    assert (counts == 64).all()
    assert not np.array_equal(points, design("b", 130, 1.0, 1, 0, 1024))
    assert len({world_seed("a", 1.0, 1, world) for world in range(1000)}) == 1000


@pytest.mark.parametrize("width", [0.5, 2.0])
def test_priors_of_another_width_stay_allowed_and_keep_their_middle(width):
    from undercount.model.assumed.parameters import specs

    scenario = load_scenario("real-decline")
    other = widened(scenario, width)
    assert list(other.free()) == list(scenario.free())
    for path, (low, high) in scenario.free().items():
        a, b = other.free()[path]
        inside = path not in specs() or specs()[path].allowed[0] < a < b < specs()[path].allowed[1]
        if width < 1 or inside:
            assert b - a == pytest.approx(min(width * (high - low), b - a))
            assert width > 1 or (a + b) / 2 == pytest.approx((low + high) / 2)
    other.draw({path: 1.0 for path in other.free()})


def test_explanations_are_neither_the_core_nor_the_mixture():
    found = explanations()
    assert len(found) == 10 and not {"baseline", "everything"} & set(found)


# --- quantities --------------------------------------------------------------------------------------
def test_quantities_add_up():
    run = world(people_per_agent=800)
    region = run.template.region
    names = columns(region, ())
    found = dict(zip(names, quantities((), run.outcome)))
    hidden, flows = run.outcome.hidden, run.outcome.flows
    assert [found[f"count:{row.iso3}:{row.period}"] for row in region.referrals] == list(observe(region, hidden))
    for year, months in region.years.items():
        new = found[f"hidden:newly_exploited:{year}"]
        assert new == flows[months].sum()
        assert new == sum(found[f"mode:{mode}:{year}"] for mode in MODES)
        assert new == sum(found[f"venue:{venue}:{year}"] for venue in VENUES)
        assert new == sum(found[name] for name in names if name.startswith("from:") and name.endswith(f":{year}"))
        assert found[f"elsewhere:newly_exploited:{year}"] <= new
        held = hidden["in_exploitation"][months].sum(axis=1)
        assert found[f"hidden:in_exploitation:{year}"] == pytest.approx(held.mean())
        for row in (row for row in region.referrals if row.period == str(year)):
            assert found[f"count:{row.iso3}:{year}"] == found[f"place:{COUNTED[row.counts]}:{row.iso3}:{year}"]
        for code in in_table(region, "origin"):
            assert found[f"national:newly_exploited:{code}:{year}"] <= found[f"from:{code}:{year}"]
            assert found[f"national:in_exploitation:{code}:{year}"] <= found[f"hidden:in_exploitation:{year}"]
    assert len(names) == len(set(names)) and len(HIDDEN_FIELDS) * len(region.years) <= len(names)


def test_what_befalls_nationals_abroad_follows_their_share_of_each_place():
    """Two origins (rows 0, 1), two places abroad (2, 3): 3 of 4 and 1 of 5 of those newly exploited are of row 0."""
    flow = np.zeros((4, 4, len(MODES), len(VENUES)), int)
    for origin, place, persons in ((0, 2, 3), (1, 2, 1), (0, 3, 1), (1, 3, 4), (0, 0, 50)):
        flow[origin, place, 0, 0] = persons
    hidden = np.zeros((12, 4), HIDDEN)
    hidden["identified"][0] = 100, 0, 8, 20
    hidden["in_exploitation"][:] = 0, 0, 40, 10
    found = dict(zip(NATIONAL, nationals_abroad(0, hidden, flow, flow.sum(axis=(2, 3)))))
    assert found["newly_exploited"] == 4 and found["identified"] == pytest.approx(8 * 3 / 4 + 20 / 5)
    assert found["in_exploitation"] == pytest.approx(40 * 3 / 4 + 10 / 5) and found["refused"] == 0


def test_statistics_have_their_counterparts():
    run = world(people_per_agent=800)
    region = run.template.region
    hidden, actors, flows = run.outcome.hidden, run.outcome.actors, run.outcome.flows
    for statistic in shipped_statistics(region):
        figure = counterpart(statistic, region, hidden, actors, flows)
        assert np.isfinite(figure) and figure >= 0, statistic.name
        sure = published(statistic, np.array([statistic.value]), np.zeros(1))
        assert sure[0] == pytest.approx(as_published(statistic)), statistic.name
    national = next(s for s in shipped_statistics(region) if s.measure == "share_of_nationals")
    months = slice(national.period[0] - region.start, national.period[1] - region.start + 1)
    flow = flows[months][:, :, [region.index[code] for code in national.where]]
    own = flow[:, [region.index[code] for code in national.nationals]]
    assert counterpart(national, region, hidden, actors, flows) == pytest.approx(own.sum() / flow.sum())


def test_the_error_of_a_statistic_is_what_its_file_says():
    region = load_scenario("baseline").region
    statistic = next(s for s in shipped_statistics(region) if s.bound == "about" and not s.against)
    noise = np.random.default_rng(1).standard_normal(40_000)
    logs = published(statistic, np.full(40_000, 1e6), noise)
    error = statistic.error / np.sqrt(2 * 40_000)
    assert_within(logs.std(), statistic.error, error)


@pytest.mark.parametrize("cell, value, key", [
    ("measure", "arests", "measure"), ("where", "QQQ", "where"), ("value", "-1", "value"), ("error", "9", "error"),
    ("from", "2020-01", "from, until"), ("bound", "exactly", "bound"), ("use", "yes", "use")])
def test_a_mistake_in_the_statistics_is_named(tmp_path, cell, value, key):
    import csv

    region = load_scenario("baseline").region
    with (region.folder / "observed" / "statistics.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0][cell] = value
    path = tmp_path / "statistics.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(BadInput) as error:
        read_statistics(path, region)
    assert any(problem.key == key and problem.line == 2 for problem in error.value.problems)


# --- the table ---------------------------------------------------------------------------------------
def test_the_table_holds_what_was_drawn(table):
    reference = read_reference(table)
    assert reference.explanations == ["route-adaptation", "real-decline"]
    gates = [gate.name for gate in gates_of(reference.scenario("real-decline"))] if reference.manifest["batch"]["gates"] \
        else []
    assert reference.variants == [Variant(), Variant(0.5), Variant(2.0), *(Variant(1.0, gate) for gate in gates)]
    assert np.bincount(reference.labels).tolist() == [6, 6]
    for name in reference.explanations:
        unknowns, parameters = reference.parameters(name)
        assert unknowns == list(UNKNOWN)
        for column, (low, high) in zip(parameters.T, UNKNOWN.values()):
            assert (column >= low).all() and (column <= high).all() and column.std() > 0
        again = drawn(reference.scenario(name), 4, reference.seed)
        assert [again.scenario.value(path) for path in unknowns] == parameters[4].tolist()
    wide = reference.under(Variant(2.0))
    assert np.bincount(wide.labels).tolist() == [1, 1]


def test_a_table_made_by_other_rules_is_not_mixed_with_new_worlds(table, monkeypatch):
    monkeypatch.setattr("undercount.experiments.reference.table.code_digest", lambda: "0" * 16)
    with pytest.raises(BadInput, match="code 0000000000000000"):
        read_reference(table).scenario("real-decline")


def made_again(folder, world, gates):
    """Is this world of the second explanation the same when it is made alone? Returns its draw."""
    reference = read_reference(folder)
    again = drawn(reference.scenario("real-decline"), world, reference.seed, gates=gates)
    outcome = simulate(again.scenario, reference.people_per_agent, again.luck)
    row = (reference.labels == 1) & (reference.worlds == world)
    expected = quantities(reference.statistics, outcome).astype(np.float32).astype(float)
    assert np.array_equal(reference.quantities(reference.columns)[row][0], expected, equal_nan=True)
    assert reference.quantities([TRIED])[row].tolist() == [[again.tried]]
    return again


def test_a_world_of_the_table_can_be_made_again(table):
    made_again(table, 5, ())


def test_a_world_inside_the_gates_can_be_made_again(two, tmp_path):
    build(plan_of(two, worlds=1, variants=False, gates=True), tmp_path / "t", SERIAL)
    gates = gates_of(load_scenario(two[1]))
    again = made_again(tmp_path / "t", 0, gates)
    assert gates and judge(again.scenario, again.luck, gates).inside


@pytest.mark.parametrize("options", [EngineOptions("threads", workers=2), EngineOptions("processes", workers=2)],
                         ids=["threads", "processes"])
def test_the_same_bytes_on_every_engine(table, two, tmp_path, options):
    build(plan_of(two), tmp_path / "t", options)
    assert digests(tmp_path / "t") == digests(table)


def test_an_extended_table_is_the_one_made_at_once(two, tmp_path):
    build(plan_of(two, 3), tmp_path / "t", SERIAL)
    build(plan_of(two, 6), tmp_path / "t", SERIAL)
    build(plan_of(two, 6), tmp_path / "at-once", SERIAL)
    assert digests(tmp_path / "t") == digests(tmp_path / "at-once")


def test_an_interrupted_table_goes_on(two, table, tmp_path):
    from undercount.experiments.compute.jobs import Stopped

    def interrupt(outcome):
        if outcome.done == 3:
            raise KeyboardInterrupt

    with pytest.raises(Stopped):
        build(plan_of(two), tmp_path / "t", SERIAL, interrupt)
    with pytest.raises(BadInput, match="to go on"):
        read_reference(tmp_path / "t")
    build(plan_of(two), tmp_path / "t", SERIAL)
    assert digests(tmp_path / "t") == digests(table)


def test_another_table_in_the_folder_is_refused(table, two):
    before = digests(table)
    with pytest.raises(BadInput, match="seed"):
        build(plan_of(two, seed=4), table, SERIAL)
    assert digests(table) == before


@pytest.mark.parametrize("arguments, said", [
    (["--worlds", "0"], "--worlds"), (["--seed", "-1"], "--seed"), (["--people-per-agent", "x"], "--people-per-agent"),
    (["real-decline"], "at least two"), (["real-decline", "rael-decline"], "real-decline"),
    (["real-decline", "baseline", "--worlds", "many"], "--worlds")])
def test_bad_options_are_one_line_each(arguments, said, tmp_path, capsys):
    assert main(["reference", *arguments, "--out", str(tmp_path / "t")]) == 2
    err = capsys.readouterr().err
    assert said in err and "Traceback" not in err
    assert not (tmp_path / "t").exists()


def test_check_reads_the_statistics_too(tmp_path, capsys):
    import shutil

    region = load_scenario("baseline").region
    assert main(["check", str(region.folder), str(region.folder / "observed" / "statistics.csv")]) == 0
    assert capsys.readouterr().out.count("published statistics") == 2
    shutil.copytree(region.folder, tmp_path / "region")
    path = tmp_path / "region" / "observed" / "statistics.csv"
    path.write_text(path.read_text().replace("arrests,", "arrest,", 1))
    assert main(["check", str(tmp_path / "region")]) == 2
    err = capsys.readouterr().err
    assert "statistics.csv:2: measure: found 'arrest'" in err and "did you mean 'arrests'" in err


def test_status_and_verify_know_the_folder(table, capsys):
    assert main(["verify", str(table)]) == 0
    assert "unknown" not in capsys.readouterr().out
    assert main(["status", str(table)]) == 0 and "finished" in capsys.readouterr().out
    path = next((table / "region").rglob("statistics.csv"))
    whole = path.read_bytes()
    try:
        path.write_bytes(whole[:-5])
        assert main(["verify", str(table)]) == 1
        assert "statistics.csv" in capsys.readouterr().out
    finally:
        path.write_bytes(whole)
