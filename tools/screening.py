"""docs/screening.md and .csv: which unknowns move any outcome. `python -m tools.screening`.

Two steps over the unknowns of the mixture of explanations, every world with the same luck:

1. Morris' elementary effects [1]: mu* is the mean absolute effect a whole range, measured by steps of two thirds of
   it, in units of the outcome's standard deviation over the design. Worlds differ by chance as soon as anything
   differs, so mu* is never 0: the row `(luck)` is what another luck alone would be given, the floor of all others.
   Kept is what lies above the floor of any outcome.
2. Many small effects hide below that floor. Of a sample of the whole prior each outcome is regressed on all unknowns;
   kept is also what has a coefficient of SURE standard errors.
   With `--newer` only what the published table does not have is measured, as (1) by steps from random points, and as
   (2); what it has stays.
3. How much of each outcome's variance is left when only those are drawn; and their total indices [2] by Sobol.

1. Morris (1991), Factorial sampling plans for preliminary computational experiments, Technometrics 33(2).
   Campolongo, Cariboni, Saltelli (2007), An effective screening design, doi:10.1016/j.envsoft.2006.10.004
2. Saltelli et al. (2010), Variance based sensitivity analysis of model output, doi:10.1016/j.cpc.2009.09.018
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from undercount.experiments.influence.indices import LEVELS, STEP, blocks, effects, sobol_indices, trajectories
from undercount.experiments.influence.plan import LUCK
from undercount.experiments.patterns.scale import COARSE
from undercount.model.assumed.parameters import specs
from undercount.model.assumed.scenario import Scenario, load_scenario

from tools.outcomes import OUTCOMES, outcomes

DOCS = Path(__file__).parents[1] / "docs"
TABLE = DOCS / "screening.csv"
SCENARIO = "everything"
SURE = 3.5
ASKED = "networks.route_learning", "networks.method_learning"  # how fast networks learn is part of the question


def read() -> pd.DataFrame:
    """The published table."""
    return pd.read_csv(TABLE)


def fixed() -> list[str]:
    """Unknowns of the core that the published table does not keep, in the order of the schema."""
    table = read()
    without_influence = set(table.loc[~table["kept"] & (table["unknown"] != LUCK), "unknown"])
    return [path for path in specs() if path in without_influence]


def everything() -> Scenario:
    """The mixture, with what an earlier screening fixed unknown again."""
    scenario, screened = load_scenario(SCENARIO, calibrated=False), set(read()["unknown"])
    return replace(scenario, priors={path: (low, high) for path, (low, high) in scenario.priors.items()
                                     if path not in screened or low < high})


def worlds(scenario: Scenario, free: Sequence[str], points: np.ndarray, lucks: Sequence[int]) -> np.ndarray:
    """(points, OUTCOMES) of worlds at these fractions of the unknowns."""
    def one(job: tuple[np.ndarray, int]) -> np.ndarray:
        inside = np.minimum(job[0], np.nextafter(1.0, 0.0))
        return outcomes(scenario.draw(dict(zip(free, inside.tolist()))), job[1], COARSE)

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return np.array(list(pool.map(one, zip(points, lucks))))


def screen(count: int, seed: int) -> pd.DataFrame:
    """unknown, and mu* of each outcome over its standard deviation; the row LUCK has the floor."""
    scenario = everything()
    free = list(scenario.free())
    points = trajectories(free, count, seed)
    flat = points.reshape(-1, len(free))
    values = worlds(scenario, free, flat, [seed] * len(flat)).reshape(count, len(free) + 1, -1)
    again = worlds(scenario, free, points[:, 0], range(seed + 1, seed + 1 + count))
    found = pd.DataFrame({"unknown": [*free, LUCK]})
    for k, name in enumerate(OUTCOMES):
        each = effects(free, points, values[:, :, k], again[:, k])
        found[name] = [*each["mu_star"], each["floor"].iloc[0]]
    return found


def published() -> pd.DataFrame:
    """The effects of the published table, with empty rows for what is newer."""
    table = read().set_index("unknown")
    return table.reindex([*everything().free(), LUCK]).reset_index()


def newer(points: int, seed: int) -> pd.DataFrame:
    """The effects of the published table, and those of what is newer: mu* over steps from random grid points."""
    scenario, known = everything(), read()
    free = list(scenario.free())
    new = [path for path in free if path not in set(known["unknown"])]
    bases = np.random.default_rng(seed).integers(LEVELS, size=(points, len(free))) / (LEVELS - 1)
    moved = []
    for path in new:
        there = bases.copy()
        column = there[:, free.index(path)]
        column += np.where(column < 0.5, STEP, -STEP)
        moved.append(there)
    values = worlds(scenario, free, np.concatenate([bases, *moved]), [seed] * (points * (len(new) + 1)))
    values = values.reshape(len(new) + 1, points, -1)
    effects = np.abs(values[1:] - values[0]).mean(axis=1) / STEP / values[0].std(axis=0)
    rows = pd.DataFrame(effects, columns=list(OUTCOMES)).assign(unknown=new)
    return pd.concat([known[["unknown", *OUTCOMES]], rows[["unknown", *OUTCOMES]]], ignore_index=True)


def whole_prior(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Points of all unknowns of the mixture, and the outcomes of their worlds."""
    scenario = everything()
    free = list(scenario.free())
    points = np.random.default_rng(seed).random((count, len(free)))
    return points, worlds(scenario, free, points, [seed] * count)


def coefficients(points: np.ndarray, values: np.ndarray) -> np.ndarray:
    """(unknowns, outcomes): coefficients of a linear regression in their standard errors."""
    design = np.column_stack([np.ones(len(points)), points - points.mean(axis=0)])
    inverse = np.linalg.inv(design.T @ design)
    found = inverse @ design.T @ values
    errors = ((values - design @ found) ** 2).sum(axis=0) / (len(points) - design.shape[1])
    return (found / np.sqrt(np.outer(np.diag(inverse), errors)))[1:]


def judged(found: pd.DataFrame, sure: dict[str, float]) -> pd.DataFrame:
    """Adds `above`, the largest of the effects less the floor of luck, `linear` and `kept`; most influential first.

    `sure` gives the largest coefficient of each unknown, in standard errors. Kept are parameters above the floor or
    sure, and every unknown of an event or onset: events tell countries apart, which these totals do not show, and
    onsets are the question, as is how fast networks learn.
    """
    names = list(OUTCOMES)
    floor = found.loc[found["unknown"] == LUCK, names].iloc[0]
    found = found[["unknown", *names]].assign(above=(found[names] - floor).max(axis=1),
                                              linear=found["unknown"].map(sure).fillna(0.0))
    found["kept"] = (~(found["above"] <= 0.0) | (found["linear"] > SURE)
                     | found["unknown"].str.startswith(("events.", "onsets.")) | found["unknown"].isin(ASKED))
    return found.sort_values("above", ascending=False, ignore_index=True)


def variances(found: pd.DataFrame, count: int, seed: int, whole: np.ndarray) -> np.ndarray:
    """Variance of each outcome over the prior when only what is kept is drawn, for each of the whole prior's."""
    scenario = everything()
    free = [path for path in scenario.free() if path in kept(found)]
    points = np.random.default_rng(seed + 1).random((count, len(free)))
    return worlds(scenario, free, points, [seed] * count).var(axis=0) / whole.var(axis=0)


def kept(found: pd.DataFrame) -> set[str]:
    return set(found.loc[found["kept"] & (found["unknown"] != LUCK), "unknown"])


def indices(found: pd.DataFrame, base: int, seed: int) -> pd.DataFrame:
    """unknown, and its total index for each outcome, of those kept."""
    scenario = everything()
    free = [path for path in scenario.free() if path in kept(found)]
    points = blocks(free, base, seed)
    flat = points.reshape(-1, len(free))
    values = worlds(scenario, free, flat, [seed] * len(flat)).reshape(base, len(free) + 2, -1)
    totals = pd.DataFrame({"unknown": free})
    for k, name in enumerate(OUTCOMES):
        totals[name] = sobol_indices(free, points, values[:, :, k])["total"]
    return totals.loc[totals[list(OUTCOMES)].max(axis=1).sort_values(ascending=False).index]


def page(found: pd.DataFrame, left: np.ndarray, totals: pd.DataFrame | None, words: str) -> str:
    effects = []
    for _, row in found.iterrows():
        cells = [*(f"{row[name]:.2f}" for name in OUTCOMES), f"{row['above']:+.2f}", f"{row['linear']:.1f}",
                 "" if row["unknown"] == LUCK else "kept" if row["kept"] else "fixed"]
        effects.append(f"| `{row['unknown']}` | {' | '.join(cells).replace('+nan', '').replace('nan', '')} |")
    parameters = found[found["unknown"].isin(specs())]
    moving = ((parameters["above"] > 0.0) | (parameters["linear"] > SURE)).sum()
    unmeasured = found[list(OUTCOMES)].isna().any(axis=None)
    lines = [
        "# Which unknowns matter", "",
        f"Generated by `python -m tools.screening {words}`, worlds of {COARSE} persons an agent, one luck for all.",
        f"With nothing fixed the mixture `{SCENARIO}` has {len(found) - 1} unknowns. Of the",
        f"{len(parameters)} that are parameters {moving} move an outcome more than another luck does, or surely. Kept",
        "beside them are unknowns of events, which tell countries apart, as these totals do not, and of onsets and",
        "the speed of learning, which are the question.",
        *(["What is newer than the effects below, and has none, is kept as well."] if unmeasured else []),
        f"So {parameters['kept'].sum()} parameters are kept. The other {(~parameters['kept']).sum()} are fixed at",
        f"their values in `scenarios/baseline.toml`, which leaves {len(kept(found))} unknowns. None of those fixed",
        "moves an outcome more than luck does by itself; together they do (below).", "",
        *(f"- **{name}**: {meaning}." for name, meaning in OUTCOMES.items()), "",
        "## What is lost by fixing", "",
        "Variance of each outcome over the prior when only the kept unknowns are drawn, for each of the variance when",
        f"all are: {', '.join(f'{name} {share:.2f}' for name, share in zip(OUTCOMES, left))}. 1 would be nothing lost.",
        "The variance is of worlds, so the chance of each is in it.", ""]
    if totals is not None:
        shares = [f"| `{row['unknown']}` | " + " | ".join(f"{row[name]:.2f}" for name in OUTCOMES) + " |"
                  for _, row in totals.iterrows()]
        lines += [
            "## Total indices of those kept", "",
            "Share of the variance of an outcome that would be left if all but this one were known (Sobol). They add",
            "up to more than one where unknowns act together; chance of the worlds is in each of them.", "",
            "| unknown | " + " | ".join(OUTCOMES) + " |", "|---|" + "---:|" * len(OUTCOMES), *shares, ""]
    return "\n".join([
        *lines, "## Elementary effects of all", "",
        "Mean absolute effect of a whole range (Morris), in standard deviations of the outcome; `above` is the largest",
        "of the effects less the floor, `(luck)`: what another luck alone would be given. `linear` is the largest",
        f"coefficient of a linear regression over the whole prior, in standard errors; above {SURE:g} it is sure.", "",
        "| unknown | " + " | ".join(OUTCOMES) + " | above | linear | |",
        "|---|" + "---:|" * (len(OUTCOMES) + 2) + "---|",
        *effects, ""])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trajectories", type=int, default=20, help="0 takes the effects of the published table")
    parser.add_argument("--newer", action="store_true",
                        help="only what the published table does not have is measured; what it has stays")
    parser.add_argument("--worlds", type=int, default=1500, help="of the whole prior, for coefficients and variances")
    parser.add_argument("--base", type=int, default=32, help="points of the Sobol sample, a power of 2; 0 for none")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if given.newer:
        effects = newer(given.trajectories, given.seed)
    else:
        effects = screen(given.trajectories, given.seed) if given.trajectories else published()
    sample, drawn = whole_prior(given.worlds, given.seed)
    largest = np.abs(coefficients(sample, drawn)).max(axis=1)
    linear = dict(zip(everything().free(), largest))
    if given.newer:
        linear |= read().set_index("unknown")["linear"].to_dict()
    table = judged(effects, linear)
    share = variances(table, given.worlds // 2, given.seed, drawn)
    sobol = indices(table, given.base, given.seed) if given.base else None
    table.to_csv(TABLE, index=False, float_format="%.4f")
    (DOCS / "screening.md").write_text(page(
        table, share, sobol, f"{'--newer ' * given.newer}--trajectories {given.trajectories} --worlds {given.worlds} "
        f"--base {given.base} --seed {given.seed}"), encoding="utf-8")
