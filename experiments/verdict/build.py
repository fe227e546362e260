"""Makes a verdict's folder: what is asked of a reference table, the worlds that this needs, every file of it."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from undercount.experiments.compute.engines import EngineOptions
from undercount.experiments.compute.jobs import Outcome
from undercount.experiments.reference.table import Reference
from undercount.experiments.store.folder import TEMPORARY, relative, write_whole
from undercount.experiments.study import Study, carry_out, finished_parts, planned
from undercount.experiments.verdict import judge
from undercount.experiments.verdict.answer_words import page
from undercount.experiments.verdict.document import document, tables
from undercount.experiments.verdict.effort import Effort
from undercount.experiments.verdict.folder import DRAWS, TABLES, VERDICT, WORDS
from undercount.experiments.verdict.observed import Observed
from undercount.experiments.verdict.posterior import luck, shares_of


@dataclass(frozen=True)
class Asked:
    """What a verdict is asked of; `given` is the --observed file, `smc` whether a third opinion is had."""

    reference: Reference
    observed: Observed
    effort: Effort
    seed: int
    smc: bool
    given: str | None = None

    def batch(self) -> dict[str, Any]:
        """What all parts of the folder have in common, for the manifest."""
        cells = repr([(row.iso3, row.period, row.assisted) for row in self.observed.rows])
        return {"reference": self.reference.manifest["batch"], "worlds": len(self.reference.labels),
                "observed": hashlib.sha256(cells.encode()).hexdigest()[:16],
                "seed": self.seed, "effort": self.effort.name, "smc": self.smc}

    def command(self, folder: Path) -> str:
        """The command that makes this verdict."""
        words = ["undercount", "compare", self.reference.folder, "--effort", self.effort.name, "--seed", self.seed]
        words += ["--observed", self.given] if self.given else []
        words += [] if self.smc else ["--no-smc"]
        return shlex.join(map(str, [*words, "--out", folder]))


def make(asked: Asked, folder: Path, options: EngineOptions, on_progress: Callable[[Outcome], None],
         say: Callable[[str], None]) -> Outcome:
    """Ask the table, simulate what follows from its first answers, and write the verdict.

    Raises what `study.carry_out` raises.
    """
    def prepare(there: dict[str, Any] | None) -> Study:
        inquiry = judge.inquire(asked.reference, asked.observed, asked.effort, asked.seed, os.cpu_count() or 1,
                                asked.smc, say)
        jobs, reference = inquiry.jobs, asked.reference
        about = {
            "batch": asked.batch(), "reference": relative(reference.folder, folder),
            "explanations": reference.explanations,
            "given": {entry["name"]: entry["given"] for entry in reference.manifest["scenarios"]}}

        def assemble() -> list[Path]:
            return write(judge.judge(inquiry, list(finished_parts(folder, jobs)), say), folder)

        # A verdict from some of its worlds would be another one.
        return Study(about | planned(jobs), asked.command(folder), jobs, compute, assemble, partial=False)

    judge.check_enough(asked.reference)
    return carry_out(folder, "compare", asked.batch(), prepare, options, on_progress)


def compute(job) -> bytes:
    """One job of a verdict: worlds of posterior draws, or the third opinion."""
    return job.run()


def write(found: judge.Verdict, folder: Path) -> list[Path]:
    """Write every file of a verdict; their paths."""
    content = document(found)
    paths = [folder / VERDICT, folder / WORDS]
    write_whole(paths[0], (json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode())
    write_whole(paths[1], page(content).encode())
    (folder / TABLES).mkdir(exist_ok=True)
    frames = tables(found, content)
    for name, frame in frames.items():
        paths += [_csv(frame, folder / TABLES / f"{name}.csv"), _parquet(frame, folder / TABLES / f"{name}.parquet")]
    return [*paths, _parquet(_draws(found), folder / DRAWS)]


def _draws(found: judge.Verdict) -> pd.DataFrame:
    """Draws of the explanations in proportion to their probabilities, as many as one explanation has in all."""
    plan, pieces = found.plan, []
    names = plan.table.names
    wanted = shares_of(plan.table.forest, names, plan.effort.draws)
    for name in sorted(names, key=lambda name: -wanted[name]):
        points = plan.points[name]
        frame = pd.DataFrame(points.values, columns=list(points.unknowns))
        frame.insert(0, "luck", [luck(name, draw, plan.seed) for draw in range(len(frame))])
        frame.insert(0, "averaged", np.arange(len(frame)) < wanted[name])
        frame.insert(0, "draw", np.arange(len(frame)))
        frame.insert(0, "explanation", name)
        pieces.append(frame)
    return pd.concat(pieces, ignore_index=True)


def _csv(frame: pd.DataFrame, path: Path) -> Path:
    write_whole(path, frame.to_csv(index=False, lineterminator="\n").encode())
    return path


def _parquet(frame: pd.DataFrame, path: Path) -> Path:
    new = path.with_name(path.name + TEMPORARY)
    try:
        frame.to_parquet(new, index=False, compression="zstd")
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    return path
