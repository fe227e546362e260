"""`undercount discover`: ranges that were put into a table are found again, and those that are not there are not."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from undercount.experiments.cli import main
from undercount.experiments.discover import boxes as prim
from undercount.experiments.discover.boxes import HIGH, LOW, Score, boxes, inside, quasi_p, simplified
from undercount.experiments.discover.outcomes import named
from undercount.experiments.discover.tree import leaves
from undercount.experiments.discover.unknowns import Unknown, read_unknowns

from tests.made_up_table import made_up

pytest.importorskip("ema_workbench")
WORLDS = 900


def planted(unknowns, names):
    """Counts halve where fewer look (size 1 or more of the onset `looking`); newly exploited where measures work."""
    looking = unknowns["onsets.looking.included"] * (unknowns["onsets.looking.size"] >= 1.0)
    measures = unknowns["onsets.measures.included"] * (unknowns["onsets.measures.when"] <= 42)
    share = 1.0 - 0.5 * np.maximum(looking, measures)
    return {name: 100.0 * share for name in names if name.startswith("count:") and name.endswith("2003")} | {
        "hidden:newly_exploited:2003": 100.0 * (1.0 - 0.4 * measures)}


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return made_up(tmp_path_factory.mktemp("made up") / "table", WORLDS, planted)


@pytest.fixture(scope="module")
def answer(table, tmp_path_factory):
    folder = tmp_path_factory.mktemp("discover") / "out"
    assert main(["discover", str(table.folder), "--out", str(folder)]) == 0
    return folder


# --- unknowns and outcomes ---------------------------------------------------------------------------
def test_whether_an_onset_happens_is_said_by_its_size_and_its_month(table):
    unknowns = read_unknowns(table)
    names, drawn = table.parameters("everything")
    happens = drawn[:, names.index("onsets.looking.included")] > 0
    size, when = unknowns.values["onsets.looking.size"], unknowns.values["onsets.looking.when"]
    assert 0.4 < happens.mean() < 0.6 and not [path for path in unknowns.values if path.endswith("included")]
    assert ((size > 0) == happens).all() and ((when < table.region.months) == happens).all()
    assert np.array_equal(size[happens], drawn[happens, names.index("onsets.looking.size")])
    assert unknowns.by_path["push.push"].unit and unknowns.values.dtypes.eq(float).all()


def test_an_onset_that_an_explanation_does_not_have_does_not_happen_there(tmp_path):
    both = made_up(tmp_path / "both", 40, lambda unknowns, names: {}, explanations=2)
    unknowns = read_unknowns(both)
    assert len(unknowns.values) == 80 and not unknowns.values.isna().any().any()
    null = both.labels == both.explanations.index("no-change")
    assert (unknowns.values.loc[null, "onsets.looking.size"] == 0).all()
    assert (unknowns.values.loc[null, "onsets.looking.when"] == both.region.months).all()
    assert "onsets.looking.ramp" not in unknowns.values  # it means nothing in half of the worlds
    names, drawn = both.parameters("no-change")
    assert np.array_equal(unknowns.values.loc[null, "push.push"], drawn[:, names.index("push.push")])


def test_outcomes_by_hand(table):
    """Of 100 in each cell: all of them halved is a fall of 0.5; ln(61 / 101) is the change of 100 to 60 persons."""
    outcomes = named(table.region)
    fall, flow = outcomes["fall"], outcomes["flow"]
    assert (fall.before, fall.after, flow.before, flow.after) == (2002, 2003, 2001, 2003)
    assert set(np.unique(fall.of(table).round(12))) == {0.0, 0.5}
    assert set(np.unique(flow.of(table).round(12))) == {0.0, round(float(np.log(61 / 101)), 12)}
    assert not outcomes["flow_2001_2002"].of(table).any() and not outcomes["accepted"].of(table).any()
    codes = [row.iso3 for row in table.region.referrals if row.period == "2003" and row.assisted is not None and any(
        other.iso3 == row.iso3 and other.period == "2002" and other.assisted is not None for other in table.region.referrals)]
    total = 100.0 * len(codes)
    counted = np.log((total * (1 - fall.of(table)) + 1) / (total + 1))
    assert np.allclose(outcomes["seen"].of(table), counted - outcomes["flow_2002_2003"].of(table))


@pytest.mark.parametrize("part, low, high, said", [
    ("size", 0.15, None, "the onset looking happens"), ("size", None, 0.2, "the onset looking does not happen"),
    ("size", 0.8, None, "the size of the onset looking is 0.8 or more"),
    ("size", None, 0.8, "the size of the onset looking is 0.8 or less, or it does not happen"),
    ("size", 0.2, 0.8, "the size of the onset looking is 0.8 or less, and it happens"),
    ("size", 0.5, 0.8, "the size of the onset looking is 0.5 to 0.8"),
    ("when", None, 55.0, "the onset looking happens"), ("when", 54.0, None, "the onset looking does not happen"),
    ("when", 41.5, None, "the onset looking begins 2002-07 or later, or does not happen"),
    ("when", None, 41.5, "the onset looking begins 2002-06 or earlier"),
    ("when", 35.5, 41.0, "the onset looking begins 2002-01 to 2002-06"),
    ("when", 41.5, 56.0, "the onset looking begins 2002-07 or later, and it happens"),
    ("ramp", None, 7.5, "ramp of looking: 7 or less (months)")])
def test_ranges_in_words(table, part, low, high, said):
    bounds = {"size": (0.3, 2.0), "when": (30.0, 53.0), "ramp": (0.0, 18.0)}[part]
    unknown = Unknown(f"onsets.looking.{part}", "ramp of looking", "months", *bounds)
    assert unknown.restricted(low, high, table.region) == said


# --- boxes -------------------------------------------------------------------------------------------
def test_a_quasi_p_by_hand():
    """Eight worlds, x in 0.3 to 0.7: 3 hits of 4 inside; without the lower bound 3 of 6, P(X >= 3 of 4 at 1/2) = 5/16;
    without the upper one 5 of 6... of which the binomial's upper tail at 5/6 is 0.868."""
    values = pd.DataFrame({"x": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 0.9]})
    met = np.array([0, 0, 1, 1, 1, 0, 1, 1], bool)
    limits = {("x", LOW): 0.3, ("x", HIGH): 0.7}
    assert inside(values, limits).tolist() == [False, False, True, True, True, True, False, False]
    found = quasi_p(values, met, limits)
    assert found["x", LOW] == pytest.approx(5 / 16) and found["x", HIGH] == pytest.approx(
        4 * (5 / 6) ** 3 / 6 + (5 / 6) ** 4)
    assert simplified(values, met, limits) == {}


def test_quasi_p_is_that_of_the_workbench():
    from ema_workbench.analysis.prim import Prim

    rng = np.random.default_rng(3)
    values = pd.DataFrame(rng.random((300, 3)), columns=list("abc"))
    met = (values["a"] > 0.6).to_numpy() & (rng.random(300) < 0.8)
    box = Prim(values, met.astype(int), threshold=0.0).find_box()
    at = len(box.box_lims) // 2
    limits = {(path, side): float(box.box_lims[at].at[side, path]) for path in values for side in (LOW, HIGH)
              if box.box_lims[at].at[side, path] != box.box_lims[0].at[side, path]}
    mine = quasi_p(values, met, limits)
    assert limits and all(mine[path, side] == pytest.approx(box.qp[at][path][side]) for path, side in limits)


def test_what_was_put_in_is_found_and_nothing_else():
    """Two ways to the outcome, 1 % errors, ten unknowns without any part in it."""
    rng = np.random.default_rng(7)
    values = pd.DataFrame(rng.random((3000, 12)), columns=[f"x{i}" for i in range(12)])
    met = ((values["x1"] > 0.7) & (values["x2"] < 0.5)).to_numpy() | (values["x3"] < 0.1).to_numpy()
    met ^= rng.random(3000) < 0.01
    sought = np.arange(3000) % 3 != 2
    found = boxes(values, met, sought)
    assert [set(box.unknowns) for box in found[:2]] in ([{"x1", "x2"}, {"x3"}], [{"x3"}, {"x1", "x2"}])
    bounds = {key: bound for box in found[:2] for key, bound in box.limits.items()}
    assert bounds == {("x1", LOW): pytest.approx(0.7, abs=0.03), ("x2", HIGH): pytest.approx(0.5, abs=0.03),
                      ("x3", HIGH): pytest.approx(0.1, abs=0.03)}
    for box in found[:2]:
        assert box.holds and box.tested.density > 0.9 and max(box.quasi_p.values()) < 1e-6
    assert sum(box.tested.coverage for box in found[:2]) > 0.85


def test_where_nothing_makes_the_outcome_nothing_holds():
    """Ten tables of pure chance. A box that holds has a density whose exact 90 % interval excludes the base: at most 5 %
    of boxes do by chance. Of at most sixty boxes and leaves nine or more would do with a probability below 0.004."""
    held = 0
    for seed in range(10):
        rng = np.random.default_rng(seed)
        values, met = pd.DataFrame(rng.random((600, 8)), columns=list("abcdefgh")), rng.random(600) < 0.3
        sought = np.arange(600) % 3 != 2
        held += sum(box.holds for box in [*boxes(values, met, sought), *leaves(values, met, sought, seed)])
    assert held < 9


def test_the_interval_of_a_density_is_exact():
    """0 of 10: the upper end solves (1 - p)^10 = 0.05 (Clopper & Pearson)."""
    assert Score(10, 0, 50, 9).interval() == pytest.approx((0.0, 1 - 0.05 ** 0.1))
    assert Score(0, 0, 50, 9).interval() == (0.0, 1.0)


# --- the command ---------------------------------------------------------------------------------------
def test_command_finds_what_was_planted(answer, capsys):
    found = json.loads((answer / "discover.json").read_bytes())
    stayed, fewer = found["questions"]
    assert stayed["share"] == pytest.approx(fewer["share"], abs=0.5) and 0 < stayed["share"] < 0.5
    for question, onset in ((stayed, "looking"), (fewer, "measures")):
        for method in ("PRIM", "tree"):
            first = next(box for box in question["methods"][method] if box["holds"])
            named_first = {restriction["unknown"].split(".")[1] for restriction in first["restrictions"]}
            assert onset in named_first, (question["where"], method)
    best = fewer["methods"]["PRIM"][0]
    assert best["tested"]["density"] > 0.95 and best["tested"]["coverage"] > 0.9
    assert any(restriction["words"] == "the onset measures begins 2002-07 or earlier" for restriction in best["restrictions"])
    assert main(["verify", str(answer)]) == 0
    words = (answer / "words.md").read_text()
    assert "and the flow is lower by a fifth or more" in words and "not what happened" in words
    rows = pd.read_csv(answer / "tables" / "restrictions.csv")
    assert {"unknown", "low", "high", "quasi_p_low", "quasi_p_high", "words"} <= set(rows)


def test_the_same_command_gives_the_same_bytes(table, answer, tmp_path):
    other = tmp_path / "other"
    assert main(["discover", str(table.folder), "--out", str(other)]) == 0
    for name in ("words.md", "discover.json", "tables/boxes.csv", "tables/restrictions.csv"):
        assert (other / name).read_bytes() == (answer / name).read_bytes()


@pytest.mark.parametrize("words, said", [
    (["--where", "fal > 0"], "did you mean 'fall'"), (["--where", "fall > 2"], "0 of 900 worlds"),
    (["--seed", "x"], "--seed")])
def test_bad_input_is_one_clear_line(table, words, said, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["discover", str(table.folder), *words, "--out", str(out)]) == 2
    error = capsys.readouterr().err
    assert said in error and "Traceback" not in error and len(error.splitlines()) == 1 and not out.exists()


def test_without_the_workbench_it_says_what_to_install(table, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(prim, "available", lambda: False)
    assert main(["discover", str(table.folder), "--out", str(tmp_path / "out")]) == 1
    assert "undercount[discover]" in capsys.readouterr().err


def test_the_library_is_imported_when_it_is_used_and_not_before():
    import subprocess
    import sys

    code = "import sys; from undercount.experiments.discover import boxes, build; print('ema_workbench' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parents[2],
                          ).stdout.strip() == "False"
