"""Tries the levers of a plan on any engine into a folder, and writes what comes out.

    policy.parquet, .csv    every draw, networks, lever and effort
    summary.csv             medians and 90 % intervals over the draws, ranks and flags
    ranks.csv               which levers keep their rank when networks adapt
    policy.json             all but the single draws, and the words
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from undercount.experiments.compute.engines import EngineOptions
from undercount.experiments.compute.jobs import Outcome
from undercount.experiments.policy import tables
from undercount.experiments.policy.lever_words import as_json
from undercount.experiments.policy.plan import Comparison
from undercount.experiments.policy.trial import NETWORKS, try_levers
from undercount.experiments.store.tables import write_csv, write_json, write_parquet
from undercount.experiments.study import Study, carry_out, finished_parts, planned


def build(plan: Comparison, folder: Path, options: EngineOptions,
          on_progress: Callable[[Outcome], None] = lambda outcome: None) -> Outcome:
    """Compute what is missing and write the tables of the draws that are finished, frozen and adapting.

    Raises what `study.carry_out` raises.
    """
    trials = plan.trials()
    once = list({trial.part: trial for trial in trials}.values())

    def assemble() -> list[Path]:
        by_part = {head["part"]: (head, arrays) for head, arrays in finished_parts(folder, once)}
        n, done = len(NETWORKS), []
        for pair in (trials[i:i + n] for i in range(0, len(trials), n)):
            if all(trial.part in by_part for trial in pair):
                done += [by_part[trial.part] for trial in pair]
        if not done:
            return []
        found = tables.tried([head for head, _ in done], [arrays for _, arrays in done],
                             [lever.name for lever in plan.levers], plan.efforts)
        each, summary = tables.draws_table(found), tables.summary_table(found)
        rank = tables.rank_table(summary, plan.main_effort)
        return [
            write_parquet(folder / "policy.parquet", each), write_csv(folder / "policy.csv", each),
            write_csv(folder / "summary.csv", summary), write_csv(folder / "ranks.csv", rank),
            write_json(folder / "policy.json", as_json(plan, summary, rank, len(done) // n, len(done) == len(trials)))]

    made = Study({"batch": plan.batch()} | planned(once), plan.command(folder), once, try_levers, assemble,
                 plan.basis.region, needs=plan.basis.needs([plan.levers_file] if plan.levers_file else ()))
    return carry_out(folder, "policy", plan.batch(), lambda there: made, options, on_progress)
