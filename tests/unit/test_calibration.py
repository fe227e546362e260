"""The search for the best-fitting draw on a landscape whose best point is known, and how it is written down."""

import tomllib

import numpy as np
import pytest
from undercount.experiments.calibration import search as searching
from undercount.experiments.calibration.coverage import covered, rows_of
from undercount.experiments.calibration.record import _rounded, record
from undercount.experiments.calibration.search import OUTSIDE, Fit, SearchPlan, cells_of, distance, jobs, search
from undercount.experiments.cli import main
from undercount.experiments.commands.calibrate import _values
from undercount.model.assumed.scenario import load_scenario

from tests.lakes import small_region

COUNTS = np.full(42, 100.0)  # of every world on a landscape


@pytest.fixture(scope="module")
def scenario():
    return load_scenario("refusal", calibrated=False)


def landscape(target, walled):
    """Distance from a point in the unit cube; `walled` fails a gate where the first unknown is above a half."""
    def evaluate(plan, point, people_per_agent, lucks):
        outside = walled and point[0] > 0.5
        return Fit(point, float(np.sqrt(np.mean((point - target) ** 2))) + OUTSIDE * outside, not outside, COUNTS)
    return evaluate


def found(scenario, monkeypatch, walled=False, threads=2, seed=1, generations=30):
    target = np.full(len(scenario.free()), 0.7)
    monkeypatch.setattr(searching, "evaluate", landscape(target, walled))
    monkeypatch.setattr(searching.os, "cpu_count", lambda: threads)
    return search(SearchPlan(scenario, (), 64, generations, 64, seed, 400))


def test_comes_near_the_best_point_and_never_gets_worse(scenario, monkeypatch):
    best = [fit.distance for fit in found(scenario, monkeypatch)]
    assert best[-1] < best[0] / 2
    assert all(later <= earlier for earlier, later in zip(best[1:], best[2:]))


def test_stays_in_the_prior_and_inside_the_gates(scenario, monkeypatch):
    best = found(scenario, monkeypatch, walled=True)[-1]
    assert best.inside and best.point[0] <= 0.5
    assert (best.point >= 0.0).all() and (best.point < 1.0).all()


def test_the_same_for_any_number_of_threads_and_other_for_another_seed(scenario, monkeypatch):
    one, four, other = (found(scenario, monkeypatch, threads=threads, seed=seed, generations=4)[-1].point
                        for threads, seed in ((1, 1), (4, 1), (2, 2)))
    assert np.array_equal(one, four) and not np.array_equal(one, other)


def test_begins_around_given_values_and_elsewhere_with_the_whole_prior(scenario, monkeypatch):
    tried = []
    monkeypatch.setattr(searching, "evaluate", lambda plan, point, *rest: tried.append(point) or Fit(point, 1.0, True, COUNTS))
    (first, (low, high)), *_ = scenario.free().items()
    start = {first: low + 0.75 * (high - low), "push.unknown_here": 3.0}
    search(SearchPlan(scenario, (), 64, 1, 8, 1, 400, start))
    coarse = np.array(tried[:64])
    assert 0.6 <= coarse[:, 0].min() < 0.65 and 0.85 < coarse[:, 0].max() <= 0.9
    assert coarse[:, 1].min() < 0.05 and coarse[:, 1].max() > 0.95


def test_the_command_begins_only_where_something_was_fitted(tmp_path):
    bare, fitted = tmp_path / "bare.toml", tmp_path / "fitted.toml"
    bare.write_text('title = "b"\nextends = "baseline"\n')
    fitted.write_text('title = "f"\nextends = "refusal"\n[calibrated.values]\n"push.leave_rate" = 0.011\n')
    problems = []
    assert not _values(str(bare), None, problems) and "fitted values" in problems[0].allowed
    problems = []
    values = _values(str(fitted), None, problems)
    assert values["push.leave_rate"] == 0.011 and not problems
    assert not any(path.startswith("onsets.") for path in values)


def test_a_table_without_a_count_is_nothing_to_search(tmp_path, capsys):
    folder = small_region(tmp_path / "lakes")
    table = folder / "observed" / "referrals.csv"
    table.write_text("iso3,period,count,role,counts,masked,source\n" + "".join(
        f"BBB,{year},7,destination,assisted,no series,invented\n" for year in range(2010, 2014)))
    assert main(["calibrate", "no-change", "--region", str(folder)]) == 2
    err = capsys.readouterr().err
    assert "assisted: found every count masked" in err and err.count("\n") == 1


def test_progress_counts_to_what_was_announced(scenario, monkeypatch):
    monkeypatch.setattr(searching, "evaluate", landscape(np.full(len(scenario.free()), 0.7), False))
    plan, seen = SearchPlan(scenario, (), 16, 2, 12, 1, 400), []
    search(plan, seen.append)
    assert seen == list(range(1, jobs(plan) + 1))


def test_the_cells_are_the_28_of_2000_to_2003(scenario):
    rows = [scenario.region.referrals[n] for n in cells_of(scenario.region)]
    assert len(rows) == 28 and {row.period for row in rows} == {"2000", "2001", "2002", "2003"}
    assert len({row.iso3 for row in rows}) == 7


def test_distance_by_hand(scenario):
    region = scenario.region
    counts = np.array([row.assisted or 0 for row in region.referrals], float)
    assert distance(counts, region) == 0.0
    cells = cells_of(region)
    counts[cells[0]] = np.expm1(np.log1p(counts[cells[0]]) + 1.0)  # one of 28 off by a factor of e
    counts[[n for n in range(len(counts)) if n not in cells]] += 1000  # other years are not compared
    assert distance(counts, region) == pytest.approx(np.sqrt(1 / 28))


# --- the record --------------------------------------------------------------------------------------
FILE = '''# A scenario.
extends = "refusal"
title = "Made"

[calibrated]  # by hand
region = "south-east-europe"
distance = 9.9

[calibrated.values]
"push.base_rate" = 0.5

# The user's own event.
[[events]]
name = "own"
when = "2001-01"
'''


@pytest.fixture
def fit(scenario):
    return Fit(np.full(len(scenario.free()), 0.25), 0.4321, True, COUNTS)


@pytest.mark.parametrize("content", [FILE, FILE.partition("[calibrated]")[0], FILE.replace("\n", "\r\n")])
def test_everything_else_in_the_file_stays(tmp_path, scenario, fit, content):
    path = tmp_path / "made.toml"
    path.write_text(content, encoding="utf-8", newline="")
    before = {key: value for key, value in tomllib.loads(content.replace("\r\n", "\n")).items() if key != "calibrated"}
    record(path, scenario, fit, 7, "undercount calibrate made")
    once = path.read_bytes()
    after = tomllib.loads(once.decode())
    assert {key: value for key, value in after.items() if key != "calibrated"} == before
    assert after["calibrated"]["distance"] == 0.432 and after["calibrated"]["seed"] == 7
    record(path, scenario, fit, 7, "undercount calibrate made")
    assert path.read_bytes() == once  # again changes nothing


def test_a_recorded_scenario_starts_there_and_its_ranges_are_untouched(tmp_path, scenario, fit):
    path = tmp_path / "made.toml"
    path.write_text('extends = "refusal"\ntitle = "Made"\n', encoding="utf-8")
    bare = load_scenario(path, calibrated=False)
    record(path, bare, Fit(np.full(len(bare.free()), 0.25), 0.4, True, COUNTS), 1, "undercount calibrate made")
    read = load_scenario(path)
    assert read.free() == bare.free()
    drawn = bare.draw({name: 0.25 for name in bare.free()})
    for name in bare.free():
        assert read.value(name) == pytest.approx(drawn.value(name), rel=1e-5), name


@pytest.mark.parametrize(("value", "low", "high", "text"), [
    (0.1234567, 0.0, 1.0, "0.123457"), (0.12345678, 0.0, 0.12345678, "0.1234568"), (0.3, 0.3, 2.0, "0.3")])
def test_rounding_leaves_no_range(value, low, high, text):
    assert _rounded(value, low, high).startswith(text[:8]) and low <= float(_rounded(value, low, high)) <= high


def test_the_own_point_of_a_drawn_scenario_is_the_point_it_was_drawn_at(scenario):
    point = np.random.default_rng(1).uniform(size=len(scenario.free()))
    drawn = scenario.draw(dict(zip(scenario.free(), point.tolist())))
    again = drawn.draw(dict(zip(drawn.free(), searching.own_point(drawn).tolist())))
    for path in scenario.free():
        assert again.value(path) == pytest.approx(drawn.value(path), abs=1e-9), path


def test_what_lists_cover_is_solved_for(scenario):
    """Counts twice the observed ones at a share of 0.9 ask for about half of it; what no share in range reaches, for
    its end."""
    rows, names = cells_of(scenario.region), list(scenario.free())
    observed = np.array([row.assisted or 0 for row in scenario.region.referrals], float)
    point = np.full(len(names), 0.5)
    shares = rows_of(scenario, rows)
    assert len(shares) == 28 and sorted(n for mine in shares.values() for n in mine) == sorted(rows)
    at = [names.index(path) for path in shares]
    point[at] = (0.9 - 0.4) / 0.6
    solved = covered(scenario, point, 2 * observed, rows)
    assert 0.4 + 0.6 * solved[at] == pytest.approx(0.45, abs=0.02)
    assert (np.delete(solved, at) == 0.5).all()
    assert (covered(scenario, point, 10 * observed + 10, rows)[at] == 0.0).all()
    assert covered(scenario, point, observed, rows)[at] == pytest.approx(point[at])


def test_the_values_to_beat_win_where_nothing_is_nearer(scenario, monkeypatch):
    target = np.full(len(scenario.free()), 0.7)
    monkeypatch.setattr(searching, "evaluate", landscape(target, False))
    plan = SearchPlan(scenario, (), 16, 2, 8, 1, 400, own=target)
    assert np.array_equal(search(plan)[-1].point, target) and jobs(plan) == 16 + 16 + 1 + 3 + 1
