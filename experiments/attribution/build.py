"""Plays the games of a plan on any engine into a folder, and writes what comes out.

    values.parquet, .csv        the value of every player in every draw
    coalitions.parquet          the change in every coalition of every draw
    summary.csv                 means over the draws with intervals, by explanation and for all
    totals.csv                  what was attributed, and how firm the order is
    interactions.csv            pairs
    causes.csv                  shares of the fall of the counts by cause, and what each did to the hidden flow
    attribution.json            all but the single draws, and the words
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from undercount.experiments.attribution import tables
from undercount.experiments.attribution.cause_words import as_json
from undercount.experiments.attribution.game import play
from undercount.experiments.attribution.plan import Attribution
from undercount.experiments.attribution.shares import shares_table
from undercount.experiments.compute.engines import EngineOptions
from undercount.experiments.compute.jobs import Outcome
from undercount.experiments.store.tables import write_csv, write_json, write_parquet
from undercount.experiments.study import Study, carry_out, finished_parts, planned


def build(plan: Attribution, folder: Path, options: EngineOptions,
          on_progress: Callable[[Outcome], None] = lambda outcome: None) -> Outcome:
    """Compute what is missing and write the tables of what is finished.

    Raises what `study.carry_out` raises.
    """
    games = plan.games()
    blocks = list({block.part: block for game in games for block in game.blocks()}.values())

    def assemble() -> list[Path]:
        parts = {head["part"]: arrays for head, arrays in finished_parts(folder, blocks)}
        done = [(game, figures) for game in games if (figures := game.figures(parts)) is not None]
        if not done:
            return []
        found = tables.played([game for game, _ in done], [figures for _, figures in done], plan.window)
        totals, summary = tables.totals_table(found), tables.summary_table(found)
        shares = shares_table(found)
        values, pairs = tables.values_table(found), tables.interactions_table(found)
        return [
            write_parquet(folder / "values.parquet", values), write_csv(folder / "values.csv", values),
            write_parquet(folder / "coalitions.parquet", tables.coalitions_table(found)),
            write_csv(folder / "summary.csv", summary), write_csv(folder / "totals.csv", totals),
            write_csv(folder / "interactions.csv", pairs), write_csv(folder / "causes.csv", shares),
            write_json(folder / "attribution.json",
                       as_json(plan, totals, summary, pairs, shares, len(done) == len(games)))]

    made = Study({"batch": plan.batch()} | planned(blocks), plan.command(folder), blocks, play, assemble,
                 plan.basis.region, needs=plan.basis.needs())
    return carry_out(folder, "attribute", plan.batch(), lambda there: made, options, on_progress)
