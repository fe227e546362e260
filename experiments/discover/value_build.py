"""Says which further observation would narrow the answer most, into a folder.

    words.md              the figures that would, cheapest kind first
    further.json          the same with every figure
    tables/further.csv    a row a target and figure
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from undercount.experiments.answer.estimands import change
from undercount.experiments.compute.engines import EngineOptions
from undercount.experiments.compute.jobs import Outcome
from undercount.experiments.discover.outcomes import named
from undercount.experiments.discover.value import Left, Target, Worth, weights_at, worths
from undercount.experiments.reference.attributed import FEWEST_WORLDS, adaptation, window_of
from undercount.experiments.reference.shipped import shipped_attribution, unshipped
from undercount.experiments.reference.table import Reference
from undercount.experiments.store.folder import relative, write_whole
from undercount.experiments.store.kept import Needs
from undercount.experiments.store.tables import write_csv, write_json
from undercount.experiments.study import Study, carry_out, nothing, planned
from undercount.experiments.verdict.evidence import Evidence
from undercount.experiments.verdict.further import COSTS
from undercount.experiments.verdict.hidden import full_years
from undercount.experiments.verdict.observed import Observed
from undercount.model.files.problems import BadInput, Problem

DOCUMENT, WORDS, TABLES = "further.json", "words.md", "tables"
SHARE = "adaptation"
CAVEAT = ("Expected before the figure is known, in simulated worlds, with the error that each figure is assumed to "
          "have. What a figure takes is a kind, not a cost: no costs are known.")


@dataclass(frozen=True)
class Inquiry:
    """A table, the observed table that it is asked about, and the targets."""

    reference: Reference
    observed: Observed
    targets: tuple[Target, ...]
    seed: int
    observed_file: str | None = None
    attribution: str | None = None

    def batch(self) -> dict[str, Any]:
        """What a folder must agree in, for the manifest."""
        cells = [(row.iso3, row.period, row.assisted) for row in self.observed.rows]
        return {"reference": self.reference.manifest["batch"], "worlds": len(self.reference.labels), "seed": self.seed,
                "observed": [list(cell) for cell in cells], "targets": [target.name for target in self.targets]}

    def command(self, folder: Path) -> str:
        """The command that makes this folder."""
        words = ["undercount", "further", *unshipped(self.reference), "--seed", self.seed]
        for option, value in (("--observed", self.observed_file), ("--attribution", self.attribution)):
            words += [option, value] if value is not None else []
        return shlex.join(map(str, [*words, "--out", folder]))


def inquire(reference: Reference, observed: Observed, seed: int, observed_file: str | None = None,
            attribution: str | None = None) -> Inquiry:
    """The targets: both changes of the hidden flow, and what adaptation made of the fall if an attribution is given.

    Raises BadInput if the table is too small or the attribution is of other worlds.
    """
    if len(reference.labels) < FEWEST_WORLDS:
        raise BadInput(Problem(reference.folder, "--worlds", f"{len(reference.labels)} worlds",
                               f"at least {FEWEST_WORLDS}"))
    targets = _changes(reference)
    if folder := Path(attribution) if attribution else shipped_attribution(reference):
        targets.append(adaptation_of(reference, folder))
    return Inquiry(reference, observed, tuple(targets), seed, observed_file, attribution)


def _changes(reference: Reference) -> list[Target]:
    """The changes of the hidden flow that the answer asks about: the windows that the region states, or those to the
    last year from the two before."""
    stated = reference.region.windows
    if stated:
        return [Target(f"flow_{window.before}_{window.after}", "change of ln(persons newly exploited in "
                       f"{', '.join(window.where) or 'the region'}), {window.before} to {window.after}",
                       change(reference, window)) for window in stated]
    outcomes = named(reference.region)
    last = outcomes["flow"].after
    asked = [outcomes.get(f"flow_{before}_{last}") for before in range(outcomes["flow"].before, last)]
    return [Target(outcome.name, outcome.words, outcome.of(reference)) for outcome in asked if outcome is not None]


def adaptation_of(reference: Reference, folder: Path) -> Target:
    """What adaptation of routes and methods made of the change of ln(counted), in the worlds of an attribution. Raises
    what `attributed.adaptation` raises."""
    before, after = window_of(folder)
    outcome = named(reference.region).get(f"flow_{before}_{after}")
    values = adaptation(reference, folder, None if outcome is None else outcome.of(reference))[:, 0]
    return Target(SHARE, "what route and method adaptation made of the change of ln(counted), "
                  f"{before} to {after}", values)


def build(inquiry: Inquiry, folder: Path, jobs: int, step: Callable[[str], None] = lambda what: None) -> Outcome:
    """Compute and write the folder; `step` is told what is being worked on. Raises what `study.carry_out` raises."""
    def assemble() -> list[Path]:
        evidence = Evidence.of(inquiry.reference, inquiry.observed)
        step("worlds that the observed table leaves")
        weights = weights_at(evidence.table, evidence.here, inquiry.targets, inquiry.seed, jobs)
        found = worths(Left(inquiry.reference, evidence.table, weights), inquiry.targets, full_years(evidence)[0],
                       inquiry.seed, jobs, step=step)
        rows = [asdict(worth) | {"tells": worth.tells, "cost": COSTS[worth.cost],
                                 "rank": rank} for worth, rank in zip(found, ranks(found))]
        content = {"caveat": CAVEAT, "worlds": len(weights), "effective": float(1.0 / (weights ** 2).sum()),
                   "targets": {target.name: target.words for target in inquiry.targets}, "figures": rows}
        (folder / TABLES).mkdir(exist_ok=True)
        write_whole(folder / WORDS, page(content).encode())
        return [folder / WORDS, write_json(folder / DOCUMENT, content),
                write_csv(folder / TABLES / "further.csv", pd.DataFrame(rows))]

    about = {"batch": inquiry.batch(), "reference": relative(inquiry.reference.folder, folder)}
    made = Study(about | planned([]), inquiry.command(folder), [], nothing, assemble, partial=False,
                 needs=Needs(files=[inquiry.observed_file] if inquiry.observed_file else [], beside=[
                     *unshipped(inquiry.reference), *([inquiry.attribution] if inquiry.attribution else [])]))
    return carry_out(folder, "further", inquiry.batch(), lambda there: made, EngineOptions("serial"))


def ranks(found: Sequence[Worth]) -> list[int]:
    """By shrinkage within a target, whatever it takes; 1 for the largest."""
    return [1 + sum(other.target == worth.target and other.shrinkage > worth.shrinkage for other in found)
            for worth in found]


def page(content: dict[str, Any]) -> str:
    """The page as Markdown, from the document alone."""
    lines = ["# What to observe next", content["caveat"]]
    for target, words in content["targets"].items():
        mine = [row for row in content["figures"] if row["target"] == target]
        tell = [row for row in mine if row["tells"]]
        lines.append(f"## {words[0].upper()}{words[1:]}")
        if not tell:
            lines.append("No figure surely narrows it.")
            continue
        lines.append(f"The 90 % interval is {mine[0]['width_without']:.2f} wide on average in worlds like the observed "
                     "one. Published for each year, these would narrow it, the easiest kind first:")
        lines.append("\n".join(f"- {row['words']} ({row['cost']}): by {_percent(row['shrinkage'])} "
                               f"({_percent(row['shrinkage'] - 2 * row['error'])} to "
                               f"{_percent(row['shrinkage'] + 2 * row['error'])}); rank {row['rank']}" for row in tell))
        lines.append(f"{len(mine) - len(tell)} others would not surely narrow it (two standard errors)."
                     if len(tell) < len(mine) else "All would.")
    return "\n\n".join(lines) + "\n"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %".replace("-", "\N{MINUS SIGN}")
