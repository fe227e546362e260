"""The verdict's folder: made from a reference table, resumable, read by `attribute`, `policy` and the report.

    verdict.json    every answer and check under stable keys
    verdict.md      the same in plain words
    draws.parquet   posterior draws of the unknowns, (explanation, draw, luck, one column an unknown, in 0 to 1)
    tables/         CSV and Parquet, one a question
"""

from __future__ import annotations

import hashlib
import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from undercount.experiments.engines import EngineOptions
from undercount.experiments.folder import MANIFEST, TEMPORARY, read_manifest, write_whole
from undercount.experiments.study import finished_parts, study
from undercount.experiments.verdict import judge
from undercount.experiments.verdict.document import document, tables
from undercount.experiments.verdict.posterior import luck, shares_of
from undercount.experiments.verdict.words import page
from undercount.experiments.work import Outcome
from undercount.model.files.problems import BadInput, Problem

VERDICT, WORDS, DRAWS, TABLES = "verdict.json", "verdict.md", "draws.parquet", "tables"


def compute(job) -> bytes:
    """One job of a verdict: worlds of posterior draws, or the third opinion."""
    return job.run()


def make(plan: judge.Plan, folder: Path, given: str | None, options: EngineOptions,
         on_progress: Callable[[Outcome], None], say: Callable[[str], None]) -> Outcome:
    """Simulate what the plan needs and write the verdict; `given` is the --observed file.

    Raises BadInput if the folder holds another verdict, `folder.Busy`, `work.Stopped`.
    """
    jobs = plan.jobs
    reference = plan.reference
    cells = repr([(row.iso3, row.period, row.assisted) for row in plan.observed.rows])
    about = {
        "batch": {"reference": reference.manifest["batch"], "worlds": len(reference.labels),
                  "observed": hashlib.sha256(cells.encode()).hexdigest()[:16],
                  "seed": plan.seed, "effort": plan.effort.name, "smc": plan.third is not None},
        "reference": str(reference.folder), "explanations": reference.explanations,
        "given": {entry["name"]: entry["given"] for entry in reference.manifest["scenarios"]}}

    def assemble(folder: Path, outcome: Outcome) -> list[Path]:
        if outcome.done < outcome.total:
            return []  # a verdict from some of its worlds would be another one
        found = judge.judge(plan, list(finished_parts(folder, jobs)), say)
        return write(found, folder)

    return study(folder, "verdict", jobs, compute, about, command_line(plan, folder, given), options, on_progress,
                 assemble)


def command_line(plan: judge.Plan, folder: Path, given: str | None) -> str:
    """The command that makes this verdict."""
    words = ["undercount", "compare", plan.reference.folder, "--effort", plan.effort.name, "--seed", plan.seed]
    words += ["--observed", given] if given else []
    words += [] if plan.third else ["--no-smc"]
    return shlex.join(map(str, [*words, "--out", folder]))


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


def read_draws(folder: Path) -> tuple[pd.DataFrame, dict[str, str]]:
    """(draws, name or path of each explanation). Raises BadInput if the folder holds no finished verdict."""
    manifest = read_manifest(folder, "verdict")
    if manifest is None or manifest["state"] != "finished":
        found = "no verdict" if manifest is None else manifest["state"]
        raise BadInput(Problem(folder, MANIFEST, found, "a folder that `undercount compare` finished"))
    try:
        return pd.read_parquet(folder / DRAWS), manifest["given"]
    except (OSError, ValueError) as error:
        raise BadInput(Problem(folder / DRAWS, "draws", str(error)[:60],
                               f"a table; to write it again: {manifest['command']}")) from None


def read_verdict(folder: Path) -> dict[str, Any]:
    """The verdict's document. Raises BadInput if there is none."""
    manifest = read_manifest(folder, "verdict")
    try:
        return json.loads((folder / VERDICT).read_bytes())
    except (OSError, ValueError) as error:
        again = manifest["command"] if manifest else "undercount compare REFERENCE"
        raise BadInput(Problem(folder / VERDICT, "verdict", str(error)[:60],
                               f"a verdict; to make it: {again}")) from None


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
