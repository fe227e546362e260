"""Makes a verdict's folder: the answer first, the labels as a second view where the table has single explanations.

What was asked decides what is needed: a table of a mixture alone gives the answer with no world simulated but those
by hand; single explanations add what `verdict.judge` asks of them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from undercount.experiments.answer import known
from undercount.experiments.answer.changes import changes
from undercount.experiments.answer.document import document, tables
from undercount.experiments.answer.find import Found, check_columns, find
from undercount.experiments.answer.foretold import foretold
from undercount.experiments.answer.sensitivity import sensitivity
from undercount.experiments.answer.views import split
from undercount.experiments.answer.words import page
from undercount.experiments.compute.engines import EngineOptions
from undercount.experiments.compute.jobs import Outcome
from undercount.experiments.reference.table import Reference
from undercount.experiments.store.folder import relative, write_whole
from undercount.experiments.store.tables import write_csv, write_parquet
from undercount.experiments.study import Study, carry_out, finished_parts, planned
from undercount.experiments.verdict import answer_words, judge
from undercount.experiments.verdict import document as labels
from undercount.experiments.verdict.asked import Asked
from undercount.experiments.verdict.folder import DRAWS, LABEL_DRAWS, LABEL_WORDS, TABLES, VERDICT, WORDS
from undercount.experiments.verdict.label_draws import draws_of

import undercount


def make(asked: Asked, folder: Path, options: EngineOptions, on_progress: Callable[[Outcome], None],
         say: Callable[[str], None]) -> Outcome:
    """Answer, judge the labels if there are any, and write the verdict.

    Raises what `study.carry_out` raises, and BadInput if the table has too few worlds.
    """
    mixture, singles = parted(asked.reference)
    check_columns(mixture)
    split(mixture, asked.seed)
    if singles is not None:
        judge.check_enough(singles)

    def prepare(there: dict[str, Any] | None) -> Study:
        cores = os.cpu_count() or 1
        inquiry = None if singles is None else \
            judge.inquire(singles, asked.observed, asked.effort, asked.seed, cores, asked.smc, say)
        by_hand = known.jobs(mixture, asked.seed) if asked.effort.by_hand else []
        jobs = [*([] if inquiry is None else inquiry.jobs), *by_hand]
        about = {"batch": asked.batch(), "reference": relative(asked.reference.folder, folder),
                 "on_region": relative(asked.reference.region_folder, folder) if asked.reference.on_region else None,
                 "explanations": asked.reference.explanations,
                 "given": {entry["name"]: entry["given"] for entry in asked.reference.manifest["scenarios"]}}

        def assemble() -> list[Path]:
            parts = list(finished_parts(folder, jobs))
            hand = [(head, arrays) for head, arrays in parts if "by_hand" in head]
            found = find(mixture, asked.observed, asked.seed, cores, say, attribution=asked.attributed)
            verdict = None if inquiry is None else \
                judge.judge(inquiry, [part for part in parts if "by_hand" not in part[0]], say)
            say("how far the answer moves")
            return write(asked, found, hand, verdict, cores, folder)

        # A verdict from some of its worlds would be another one.
        return Study(about | planned(jobs), asked.command(folder), jobs, compute, assemble, partial=False,
                     needs=asked.needs())

    return carry_out(folder, "compare", asked.batch(), prepare, options, on_progress)


def parted(reference: Reference) -> tuple[Reference, Reference | None]:
    """Worlds to answer from, and those of single explanations that can be told apart.

    The mixtures answer; without any, all worlds together do, each explanation counting by its worlds.
    """
    mixed = [entry["name"] for entry in reference.manifest["scenarios"] if is_mixture(entry["resolved"])]
    singles = [name for name in reference.explanations if name not in mixed]
    return (reference.of(mixed) if mixed else reference,
            reference.of(singles) if len(singles) > 1 else None)


def is_mixture(resolved: dict[str, Any]) -> bool:
    """Of a scenario as its table's manifest has it: may or may not an onset happen?"""
    return any(0 < onset["included"] < 1 for onset in resolved.get("onsets", []))


def compute(job) -> bytes:
    """One job of a verdict: worlds of posterior draws or by hand, or the third opinion."""
    return job.run()


def write(asked: Asked, found: Found, by_hand, verdict: judge.Verdict | None, cores: int, folder: Path) -> list[Path]:
    """Write every file of a verdict; their paths."""
    cases = [known.judged(found, head["by_hand"], arrays["quantities"][0]) for head, arrays in by_hand]
    answer = document(found, sensitivity(found, cores), changes(found), foretold(found, cores), cases)
    content = whole(asked, found, answer, verdict)
    paths = [folder / VERDICT, folder / WORDS]
    write_whole(paths[0], (json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode())
    write_whole(paths[1], page(content).encode())
    (folder / TABLES).mkdir(exist_ok=True)
    frames = tables(found, answer)
    weights, drawn = weights_of(found), None
    if verdict is not None:
        frames |= labels.tables(verdict, content)
        paths.append(folder / LABEL_WORDS)
        write_whole(paths[-1], answer_words.page(content).encode())
        drawn = draws_of(verdict)
    for name, frame in frames.items():
        paths += [write_csv(folder / TABLES / f"{name}.csv", frame, digits=None),
                  write_parquet(folder / TABLES / f"{name}.parquet", frame, pandas=True)]
    # With single explanations alone the draws are theirs, as `attribute` and `policy` simulate them again.
    mixed = any(is_mixture(entry["resolved"]) for entry in found.reference.manifest["scenarios"])
    if mixed or drawn is None:
        paths.append(write_parquet(folder / DRAWS, weights, pandas=True))
        if drawn is not None:
            paths.append(write_parquet(folder / LABEL_DRAWS, drawn, pandas=True))
    else:
        paths.append(write_parquet(folder / DRAWS, drawn, pandas=True))
    return paths


def whole(asked: Asked, found: Found, answer: dict[str, Any], verdict: judge.Verdict | None) -> dict[str, Any]:
    """The document: the answer first, then the labels' keys if there are any."""
    reference, observed = asked.reference, asked.observed
    content: dict[str, Any] = {
        "format": labels.FORMAT, "undercount": undercount.__version__, "seed": asked.seed, "effort": asked.effort.name,
        "answer": answer,
        "reference": {"worlds": len(reference.labels),
                      "worlds_an_explanation": int(np.bincount(reference.labels).min()),
                      "held_out": len(found.split.checked), "seed": reference.seed,
                      "people_per_agent": reference.people_per_agent, "code": reference.manifest["batch"]["code"],
                      "explanations": reference.titles},
        "observed": {"file": observed.file, "cells": len(observed.rows), "masked": observed.masked,
                     "totals": observed.totals(), "warnings": list(observed.warnings)}}
    if verdict is None:
        return content
    own = labels.document(verdict)
    return content | {key: value for key, value in own.items() if key not in ("format", "observed")}


def weights_of(found: Found) -> pd.DataFrame:
    """Posterior draws as worlds of the table: explanation, world number and weight, those of no weight left out.

    The prior is the balanced one of the shortest window.
    """
    reference, rows = found.reference, np.flatnonzero(found.weights > 0)
    names = np.array(reference.explanations, object)[reference.labels[rows]]
    return pd.DataFrame({"explanation": names, "world": reference.worlds[rows],
                         "weight": found.weights[rows] / found.weights[rows].sum()})
