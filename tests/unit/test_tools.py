"""The tools that publish tables: what is fixed is what the screening says, and figures are as told."""

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from undercount.model.assumed.parameters import specs
from undercount.model.assumed.scenario import load_scenario

from tools import learners, mechanisms, screening, trial
from tools.publish import publish


def test_the_baseline_fixes_what_the_screening_does_not_keep():
    table = pd.read_csv(screening.TABLE)
    fixed = {path for path in table.loc[~table["kept"], "unknown"] if path != screening.LUCK}
    baseline = load_scenario("baseline", calibrated=False)
    assert fixed and not fixed & set(baseline.free())
    for path in fixed:
        assert baseline.priors[path] == (specs()[path].default, specs()[path].default), path
    assert set(baseline.free()) <= set(table.loc[table["kept"], "unknown"])


def test_a_screening_frees_what_an_earlier_one_fixed():
    known = set(pd.read_csv(screening.TABLE)["unknown"]) - {screening.LUCK}
    assert known <= set(screening.everything().free())


def test_what_is_above_the_floor_of_luck_is_kept():
    names = list(screening.OUTCOMES)
    table = pd.DataFrame([["networks.habit", *[0.1] * 6], [screening.LUCK, *[0.2] * 6],
                          ["push.push", 0.1, 0.1, 0.1, 0.1, 0.1, 0.3], ["events.x.factor", *[0.0] * 6],
                          ["onsets.x.size", *[0.05] * 6]], columns=["unknown", *names])
    found = screening.judged(table, {"push.push": 0.0, "networks.habit": 3.0})
    assert found["unknown"].tolist()[:2] == ["push.push", screening.LUCK]
    assert screening.kept(found) == {"push.push", "events.x.factor", "onsets.x.size"}
    assert found.loc[0, "above"] == pytest.approx(0.1)
    sure = screening.judged(table, {"networks.habit": 3.6})
    assert "networks.habit" in screening.kept(sure)


def test_coefficients_in_standard_errors():
    """Of y = 2 a + noise: that of `a` is 2 / (0.1 / (sd of a * sqrt(n))), that of `b` about one at most."""
    rng = np.random.default_rng(3)
    points = rng.random((4000, 2))
    values = (2.0 * points[:, 0] + rng.normal(0.0, 0.1, 4000))[:, None]
    found = screening.coefficients(points, values)[:, 0]
    assert found[0] == pytest.approx(2.0 / (0.1 / (np.sqrt(1 / 12) * np.sqrt(4000))), rel=0.05) and abs(found[1]) < 4


def test_flow_by_hand():
    worlds = [SimpleNamespace(flow=(100.0, after)) for after in (80.0, 95.0, 100.0, 120.0)]
    assert trial.flow(worlds) == {"median": pytest.approx(0.975), "fell": 0.25, "rose": 0.25, "not_lower": 0.5}
    assert np.isnan(trial.flow([])["median"])


def test_learners_differ_in_speed_and_month_only():
    slow, fast = trial.learners(0.0, "2002-01"), trial.learners(1.0, "2002-01")
    for path in trial.LEARNING:
        assert slow.value(path) < fast.value(path)
    assert {str(onset.when) for onset in fast.onsets} == {"2002-01"}
    assert fast.with_values({path: slow.value(path) for path in trial.LEARNING}).content_hash() == slow.content_hash()


def test_nothing_happens_in_the_world_that_is_compared():
    """The pair of a paired effect: the same without its onsets is the core itself."""
    scenario = load_scenario("real-decline", calibrated=False)
    without = scenario.with_values({f"onsets.{onset.name}.included": False for onset in scenario.onsets})
    found = [trial.effects(each, 3, 6000) for each in (without, load_scenario("no-change", calibrated=False))]
    assert found[0].tolist() == found[1].tolist()


def test_a_mechanism_is_weak_unless_an_effect_is_large_and_sure():
    still, noisy, sure = [0.0] * 4, [0.5, -0.4, 0.6, -0.3], [0.05, 0.06, 0.05, 0.06]
    assert mechanisms.is_weak(np.column_stack([still, noisy]))
    assert not mechanisms.is_weak(np.column_stack([still, sure]))
    assert mechanisms.is_weak(np.column_stack([still, [0.02, 0.021, 0.02, 0.021]]))


def test_what_is_published_is_documents_and_no_draws(tmp_path):
    reference, verdict = tmp_path / "reference", tmp_path / "verdict"
    for path, text in ((reference / "manifest.json", '{"kind": "reference"}'),
                       (verdict / "manifest.json", '{"kind": "compare"}'), (verdict / "verdict.md", "# words"),
                       (verdict / "draws.parquet", "draws"), (verdict / "tables" / "answer_flow.csv", "a"),
                       (verdict / "tables" / "answer_flow.parquet", "a"), (verdict / "figures" / "answer-flow.png", "a"),
                       (verdict / "figures" / "answer-flow.svg", "a"), (verdict / "parts" / "x.json", "{}")):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    target = tmp_path / "published"
    for name in ("verdict", "policy"):
        (target / name).mkdir(parents=True)
        (target / name / "old.csv").write_text("of an earlier answer")
    written = publish(reference, [verdict], target)
    there = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    assert there - {"policy/old.csv"} == {path.relative_to(target).as_posix() for path in written} == {
        "verdict/manifest.json", "verdict/verdict.md", "verdict/tables/answer_flow.csv", "figures/answer-flow.png",
        "verdict/reference-manifest.json"}
    assert "policy/old.csv" in there  # nothing was given in its place
    assert json.loads((target / "verdict" / "reference-manifest.json").read_text())["kind"] == "reference"


def test_learners_are_judged_by_what_they_guess():
    true = np.linspace(-0.4, 0.4, 81)
    assert learners._judged(true, true) == {"correlation": 1.0, "low": 1.0, "high": 1.0, "auc": 1.0}
    none = learners._judged(np.random.default_rng(5).normal(size=81), true)
    assert none["low"] < 0.0 < none["high"] and 0.3 < none["auc"] < 0.7


@pytest.mark.parametrize("learner", ["ridge regression", "kernel ridge regression", "neural networks"])
def test_learners_learn(learner):
    rng = np.random.default_rng(6)
    X = rng.normal(size=(600, 3))
    y = X[:, 0] + 0.1 * rng.normal(size=600)
    assert np.corrcoef(learners.LEARNERS[learner](X[:500], y[:500], X[500:]), y[500:])[0, 1] > 0.9


def test_the_page_of_learners_is_that_of_the_table():
    assert (learners.DOCS / "learners.md").read_text(encoding="utf-8") == learners.page(
        pd.read_csv(learners.DOCS / "learners.csv"), pd.read_csv(learners.NEURAL))
