"""The verdict on worlds whose truth is known by construction, and what it says where it cannot speak."""

from __future__ import annotations

import csv
import json
import re

import numpy as np
import pytest
from undercount.experiments.cli import main
from undercount.experiments.compute.engines import EngineOptions
from undercount.experiments.reference import plan as plans
from undercount.experiments.reference.build import build
from undercount.experiments.reference.table import read_reference
from undercount.experiments.store.kept import kept_scenario
from undercount.experiments.verdict.evidence import Evidence
from undercount.experiments.verdict.folder import posterior_draws
from undercount.experiments.verdict.observed import read_observed
from undercount.experiments.verdict.summaries import SETS, summaries
from undercount.model.assumed.scenario import load_scenario
from undercount.model.country.observation import observe
from undercount.model.engine.layout import POOLED
from undercount.model.files.problems import BadInput
from undercount.model.simulation import simulate

from tests.synthetic import observed_table, sharp, small_region

pytestmark = pytest.mark.slow

WORLDS = 200
COMMON = {"push.push": (0.8, 1.25), "policing.raid_rate": (0.008, 0.016)}
# What each explanation leaves open beside; strong and early enough for the counts of a small region.
OPEN = {
    "route-adaptation": {"onsets.routes.size": (1.6, 2.0)},
    "real-decline": {"onsets.measures.size": (1.6, 2.0)},
}
EARLY = {
    "route-adaptation": {"onsets.routes.when": "2001-09"},
    "real-decline": {"onsets.measures.when": "2001-09"},
}


@pytest.fixture(scope="module")
def explanations(tmp_path_factory):
    folder = tmp_path_factory.mktemp("synthetic")
    region = small_region(folder, 4)
    return {name: sharp(name, folder, region, EARLY[name], COMMON | OPEN[name]) for name in OPEN}


@pytest.fixture(scope="module")
def table(explanations, tmp_path_factory):
    folder = tmp_path_factory.mktemp("reference") / "table"
    build(plans.resolve([str(path) for path in explanations.values()], WORLDS, False, 1, 0, gates=False), folder,
          EngineOptions("threads", workers=2))
    return folder


@pytest.fixture(scope="module")
def true_tables(explanations, tmp_path_factory):
    """An observed table of a world in which one explanation is true: the middle of its priors, new luck."""
    folder, found = tmp_path_factory.mktemp("observed"), {}
    for name, path in explanations.items():
        scenario = load_scenario(path)
        outcome = simulate(scenario.draw({path: 0.5 for path in scenario.free()}), POOLED, 12345)
        found[name] = observed_table(folder / f"{name}.csv", scenario.region,
                                     observe(scenario.region, outcome.hidden))
    return found


@pytest.fixture(scope="module")
def verdicts(table, true_tables, tmp_path_factory):
    found = {}
    for name, file in true_tables.items():
        out = tmp_path_factory.mktemp("verdict") / name
        assert main(["compare", str(table), "--observed", str(file), "--effort", "quick", "--engine", "threads",
                     "--no-smc", "--out", str(out)]) == 0
        found[name] = out
    return found


@pytest.mark.parametrize("name", OPEN)
def test_the_verdict_names_the_explanation_that_is_true(verdicts, name):
    found = json.loads((verdicts[name] / "verdict.json").read_text())
    assert found["table"]["selected"] == name
    for method in ("forest", "rejection"):
        assert found["table"]["probabilities"][method][name] > 0.8, method
    # the two can be told apart here, and the verdict says so
    assert len(found["table"]["families"]) == 2 and found["table"]["mean_diagonal"]["value"] > 0.8
    assert found["checks"]["probabilities_honest"]["holds"]
    # of 28 cells; each year's total is outside its 90 % band now and then
    assert found["fit"]["by_explanation"][name]["cells_covered"] >= 0.8


@pytest.mark.parametrize("name", OPEN)
def test_the_hidden_flow_of_the_true_world_is_inside_its_band(verdicts, explanations, name):
    found = json.loads((verdicts[name] / "verdict.json").read_text())["hidden_flow"]
    scenario = load_scenario(explanations[name])
    outcome = simulate(scenario.draw({path: 0.5 for path in scenario.free()}), POOLED, 12345)
    new = outcome.hidden["newly_exploited"].sum(axis=1)
    inside = []
    for year, (low, _, _, _, high) in found["averaged"]["newly_exploited"].items():
        first = 12 * (int(year) - scenario.region.start.year)
        inside.append(low <= new[first:first + 12].sum() <= high)
    assert sum(inside) >= len(inside) - 1  # 90 % bands
    truth = new[12 * (found["last"] - scenario.region.start.year):][:12].sum() / \
        new[12 * (found["peak"] - scenario.region.start.year):][:12].sum()
    direction = "fell" if truth < 0.9 else "rose" if truth > 1.1 else "stayed"
    assert found["change"]["newly_exploited"][direction] > 0.5


def test_posterior_draws_come_back_as_scenarios(verdicts, explanations):
    draws = posterior_draws(verdicts["real-decline"], 10)
    assert len(draws) == 10
    own = [draw for draw in draws if draw.explanation.name == "real-decline"]
    assert len(own) >= 8
    for draw in own:
        assert draw.scenario.value("push.push") != draw.explanation.value("push.push")
    assert len({draw.luck for draw in own}) == len(own)


def test_the_same_verdict_again_byte_for_byte(verdicts, table, true_tables, tmp_path):
    name = "real-decline"
    out = tmp_path / "again"
    assert main(["compare", str(table), "--observed", str(true_tables[name]), "--effort", "quick", "--engine",
                 "serial", "--no-smc", "--out", str(out)]) == 0
    for file in ("verdict.json", "verdict.md", "draws.parquet", "tables/hidden_flow.parquet"):
        assert (out / file).read_bytes() == (verdicts[name] / file).read_bytes(), file


# --- tables that the reference cannot speak to -------------------------------------------------------
def changed(source, target, change):
    with source.open(newline="") as file:
        rows = list(csv.DictReader(file))
    rows = change(rows)
    with target.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return target


@pytest.mark.parametrize("change, said", [
    (lambda rows: [row | {"assisted": ""} for row in rows], "0 known cells"),
    (lambda rows: [row | {"period": "1987"} for row in rows if row["period"] == "2003"], "cells that the reference"),
    (lambda rows: [row | {"iso3": "QQQ"} for row in rows], "QQQ"),
    (lambda rows: [row | {"period": row["period"].replace("2003", "2004")} for row in rows], "cells that the reference"),
    (lambda rows: [row | {"counts": "assisted"} for row in rows], "repatriated"),
    (lambda rows: [row for row in rows if row["period"] == "2001"], "two periods")])
def test_a_table_that_the_reference_cannot_speak_to_is_refused(table, true_tables, tmp_path, capsys, change, said):
    file = changed(true_tables["real-decline"], tmp_path / "table.csv", change)
    assert main(["compare", str(table), "--observed", str(file), "--out", str(tmp_path / "v")]) == 2
    err = capsys.readouterr().err
    assert said in err and "Traceback" not in err and not (tmp_path / "v").exists()


def test_counts_outside_everything_simulated_are_a_warning(table, true_tables, tmp_path):
    file = changed(true_tables["real-decline"], tmp_path / "table.csv",
                   lambda rows: [row | {"assisted": row["assisted"] and "90000"} for row in rows])
    observed = read_observed(read_reference(table), file)
    assert any("90000 observed" in warning for warning in observed.warnings)
    assert any(warning.startswith("total of") for warning in observed.warnings)
    assert not read_observed(read_reference(table), true_tables["real-decline"]).warnings


def test_too_few_worlds_to_learn_from_are_refused(explanations, tmp_path, capsys):
    build(plans.resolve([str(path) for path in explanations.values()], 4, False, 1, 0, gates=False), tmp_path / "t",
          EngineOptions("serial"))
    assert main(["compare", str(tmp_path / "t"), "--out", str(tmp_path / "v")]) == 2
    err = capsys.readouterr().err
    assert "8 worlds" in err and "at least 400" in err and not (tmp_path / "v").exists()


def test_a_folder_that_holds_something_else_is_refused_before_forests_grow(table, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("undercount.experiments.verdict.judge.choose", lambda *args: pytest.fail("a forest was grown"))
    (tmp_path / "letter.txt").write_text("mine")
    assert main(["compare", str(table), "--out", str(tmp_path)]) == 2
    assert "other files" in capsys.readouterr().err


@pytest.mark.parametrize("folder", ["absent", "empty"])
def test_a_folder_without_a_reference_is_refused(tmp_path, capsys, folder):
    (tmp_path / "empty").mkdir()
    assert main(["compare", str(tmp_path / folder), "--out", str(tmp_path / "v")]) == 2
    assert "undercount reference" in capsys.readouterr().err


# --- summaries and evidence --------------------------------------------------------------------------
def test_summaries_see_the_mask_alone(table, true_tables):
    observed = read_observed(read_reference(table), true_tables["real-decline"])
    assert len(observed.rows) + observed.masked == len(read_reference(table).region.referrals)
    for which in SETS:
        found = summaries(observed.rows, np.vstack([observed.counts, 2 * observed.counts]), which)
        assert np.isfinite(found).all() and not np.array_equal(found[0], found[1])
    without = observed.without(observed.rows[0].iso3)
    assert {row.iso3 for row in observed.rows} - {row.iso3 for row in without.rows} == {observed.rows[0].iso3}
    past = observed.before("2003")
    assert all(row.last < next(r for r in observed.rows if r.period == "2003").first for row in past.rows)


def test_no_held_out_world_is_trained_on(table, true_tables):
    reference = read_reference(table)
    evidence = Evidence.of(reference, read_observed(reference, true_tables["real-decline"]))
    assert not (evidence.training & evidence.held_out).any() and (evidence.training | evidence.held_out).all()
    assert (np.bincount(evidence.labels[evidence.held_out]) >= 100).all()


def test_a_changed_scenario_is_not_mixed_with_an_old_table(table, explanations, true_tables):
    reference = read_reference(table)
    path = kept_scenario(reference.folder, "real-decline") or explanations["real-decline"]  # the folder's own copy
    text = path.read_text()
    try:
        range_ = next(m for m in re.finditer(r"low = (\d[\d.]*), high = (\d[\d.]*)", text) if float(m[1]) < float(m[2]))
        narrower = float(range_[1]) + 0.01 * (float(range_[2]) - float(range_[1]))
        path.write_text(text[:range_.start(1)] + f"{narrower:g}" + text[range_.end(1):])
        with pytest.raises(BadInput, match="other than in this table"):
            reference.scenario("real-decline")
    finally:
        path.write_text(text)
