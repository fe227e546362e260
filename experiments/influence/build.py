"""Works an inquiry into a folder, stage by stage, and writes what comes out.

    morris.csv         output, name, mu_star, sigma, floor, kept: the screening
    indices.csv        output, name, first and total index with their intervals, forest; `(luck)` is a name, too
    sensitivity.json   how exact they are, how many worlds it took, and the words
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from undercount.experiments.compute.engines import EngineOptions
from undercount.experiments.compute.jobs import Outcome
from undercount.experiments.influence.indices import effects, need_salib, sobol_indices, widest
from undercount.experiments.influence.plan import FIRST, LUCK, Inquiry
from undercount.experiments.influence.world import Block, run_block
from undercount.experiments.store.kept import Needs
from undercount.experiments.store.seal import Damaged, check_part
from undercount.experiments.store.tables import write_csv, write_json
from undercount.experiments.study import Study, carry_out, finished_parts, planned

KIND = "sensitivity"
MORRIS, INDICES = "morris.csv", "indices.csv"


def build(inquiry: Inquiry, folder: Path, options: EngineOptions,
          on_progress: Callable[[Outcome], None] = lambda outcome: None) -> Outcome:
    """Screen, then double the Sobol design until it is exact enough or as large as allowed; what came of the last.

    The same command goes on where it stopped. Raises what `study.carry_out` raises, and BadInput without SALib.
    """
    need_salib()
    stages = _Stages(inquiry, folder, options, on_progress)
    points, jobs = inquiry.screening()
    if not _begun(folder, jobs, all):
        outcome = stages.carry_out(jobs, lambda: [write_csv(folder / MORRIS, _screened(inquiry, points, folder, jobs))])
        if outcome.done < outcome.total or options.only is not None:
            return outcome
    kept = kept_names(_screened(inquiry, points, folder, jobs), inquiry.keep)
    count = FIRST
    while count < inquiry.most and _begun(folder, inquiry.sobol(kept, 2 * count)[1][count:], any):
        count *= 2
    while True:
        places, more = inquiry.sobol(kept, count)
        made = partial(_written, inquiry, folder, kept, places, jobs, more)
        outcome = stages.carry_out([*jobs, *more], lambda: [write_csv(  # noqa: B023  called before the next round
            folder / MORRIS, _screened(inquiry, points, folder, jobs)), *made()])  # noqa: B023
        if outcome.done < outcome.total or options.only is not None or count >= inquiry.most \
                or widest(pd.read_csv(folder / INDICES)) <= inquiry.width:
            return outcome
        count *= 2


def _begun(folder: Path, jobs: Sequence[Block], which: Callable[[Iterable[bool]], bool]) -> bool:
    """Are parts of these jobs there and whole: `all` or `any`?"""
    return which(_whole(folder, job.part) for job in jobs)


def _whole(folder: Path, part: str) -> bool:
    try:
        check_part(folder, part)
        return True
    except (OSError, Damaged):
        return False


class _Stages:
    """The one study of an inquiry, whose jobs grow stage by stage."""

    def __init__(self, inquiry: Inquiry, folder: Path, options: EngineOptions, on_progress: Callable[[Outcome], None]):
        self.inquiry, self.folder, self.options, self.on_progress = inquiry, folder, options, on_progress

    def carry_out(self, jobs: Sequence[Block], assemble: Callable[[], list[Path]]) -> Outcome:
        inquiry, batch = self.inquiry, self.inquiry.batch()
        made = Study({"batch": batch} | planned(jobs), inquiry.command(self.folder), jobs, run_block, assemble,
                     inquiry.scenario.region, partial=False,
                     needs=Needs(((inquiry.given, inquiry.scenario),), region=inquiry.on_region))
        return carry_out(self.folder, KIND, batch, lambda there: made, self.options, self.on_progress)


def _screened(inquiry: Inquiry, points: np.ndarray, folder: Path, jobs: Sequence[Block]) -> pd.DataFrame:
    values = _values(folder, jobs)
    found = [effects(inquiry.names, points, values[:, :-1, k], values[:, -1, k]).assign(output=name)
             for k, name in enumerate(inquiry.outputs)]
    table = pd.concat(found, ignore_index=True)
    kept = kept_names(table, inquiry.keep)
    return table.assign(kept=table["name"].isin(kept))[["output", "name", "mu_star", "sigma", "floor", "kept"]]


def kept_names(morris: pd.DataFrame, keep: int) -> list[str]:
    """The `keep` names whose largest effect is furthest above the floor of luck, in the order of the table.

    What is above the floor of no output is dropped, unless that would leave nothing.
    """
    above = (morris["mu_star"] - morris["floor"]).groupby(morris["name"], sort=False).max()
    strongest = above.sort_values(ascending=False, kind="stable").head(keep)
    chosen = set(strongest[strongest > 0].index) or set(strongest.index[:1])
    return [name for name in above.index if name in chosen]


def _written(inquiry: Inquiry, folder: Path, kept: Sequence[str], points: np.ndarray, screened: Sequence[Block],
             jobs: Sequence[Block]) -> list[Path]:
    values, names = _values(folder, jobs), [*kept, LUCK]
    table = pd.concat([sobol_indices(names, points, values[:, :, k]).assign(output=output)
                       for k, output in enumerate(inquiry.outputs)], ignore_index=True)
    table = table[["output", *table.columns.drop("output")]]
    width = widest(table)
    worlds = sum(len(job.rows) for job in (*screened, *jobs))
    about: dict[str, Any] = {
        "scenario": inquiry.scenario.name, "unknowns": len(inquiry.names), "kept": list(kept), "blocks": len(jobs),
        "worlds": worlds, "widest": width, "asked": inquiry.width, "exact": width <= inquiry.width,
        "words": told(table, len(inquiry.names), len(kept), worlds, width, inquiry.width)}
    return [write_csv(folder / INDICES, table), write_json(folder / "sensitivity.json", about)]


def told(table: pd.DataFrame, unknowns: int, kept: int, worlds: int, width: float, asked: float) -> list[str]:
    """The words: of each output the strongest names by their total index, and how exact all are."""
    lines = [f"{unknowns} unknowns, {kept} of them kept by screening; {worlds:,} worlds."]
    for output, mine in table.groupby("output", sort=False):
        best = mine.sort_values("total", ascending=False, kind="stable").head(3)
        lines.append(f"{output}: " + ", ".join(
            f"{row.name} {row.total:.2f} ({row.total_low:.2f} to {row.total_high:.2f})"
            for row in best.itertuples(index=False)) + " (total index, 90 % interval)")
    return [*lines, f"The widest interval is {width:.2f} wide" + (
        "." if width <= asked else f", not the {asked:g} asked for: give a larger --most.")]


def _values(folder: Path, jobs: Sequence[Block]) -> np.ndarray:
    """(jobs, worlds, outputs) of finished parts."""
    return np.array([arrays["values"] for _, arrays in finished_parts(folder, jobs)])

