"""`undercount estimate`: how many were on no list, from a user's lists."""

from __future__ import annotations

import json
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
from undercount.experiments.commands.options import EngineAsked, as_one, engine_options, read_engine

if TYPE_CHECKING:
    from undercount.experiments.compute.jobs import Outcome
    from undercount.experiments.estimate.methods import Options

DEFAULT_OUT, SIMULATED_OUT = "results/estimate", "results/estimate-simulated"


@dataclass(frozen=True)
class ListsAsked:
    """Which columns of LISTS.csv are what, and which methods are to be tried on them, as typed."""

    named: str | None
    count: str | None
    strata: str | None
    threshold: str
    two_lists: bool
    latent: bool
    resamples: str

    @property
    def names(self) -> list[str]:
        return [name.strip() for name in (self.named or "").split(",") if name.strip()]

    def command(self, file: str, seed: str, out: str) -> str:
        """The command line that asks the same."""
        words = ["undercount", "estimate", file, "--threshold", self.threshold, "--resamples", self.resamples,
                 "--seed", seed]
        for option, value in (("--lists", self.named), ("--count", self.count), ("--strata", self.strata)):
            words += [option, value] if value is not None else []
        return shlex.join([*words, *["--two-lists"] * self.two_lists, *["--latent"] * self.latent, "--out", out])


list_options = as_one(
    "lists", ListsAsked,
    click.option("--lists", "named", metavar="A,B,...", help="Columns that are lists (default: those of 0 and 1)."),
    click.option("--count", metavar="COLUMN",
                 help="Column of counts (default: count, if there is one; else a row a person)."),
    click.option("--strata", metavar="COLUMN", help="Column of strata (default: stratum, if there is one)."),
    click.option("--threshold", default="0.02", show_default=True, metavar="P",
                 help="P-value below which the stepwise rule adds a term."),
    click.option("--two-lists", is_flag=True, help="By BIC, only models with terms of two lists."),
    click.option("--latent", is_flag=True, help="Also a model of latent classes, by several chains."),
    click.option("--resamples", default="1000", show_default=True, metavar="N",
                 help="Of the bootstrap, which repeats the choice of the model; 0: none."))


@dataclass(frozen=True)
class WorldsAsked:
    """Which simulated worlds make the lists instead, and how lists are kept of them, as typed."""

    simulated: tuple[str, ...]
    worlds: str
    people_per_agent: str
    inspected: str
    private: str
    unlinked: str


world_options = as_one(
    "worlds", WorldsAsked,
    click.option("--simulated", multiple=True, metavar="DIR|SCENARIO",
                 help="Instead of LISTS.csv: the lists of simulated worlds, beside the truth. A folder of runs, or a "
                      "scenario whose priors are drawn from (may be repeated; all: every explanation)."),
    click.option("--worlds", default="200", show_default=True, metavar="N",
                 help="Of --simulated: worlds of each scenario."),
    click.option("--people-per-agent", default="pooled", show_default=True, metavar="K",
                 help="Of --simulated: persons that one agent stands for; pooled has the noise of single persons."),
    click.option("--inspected", default="0.01", show_default=True, metavar="CHANCE",
                 help="Of --simulated: to be met by inspectors, who keep a list of their own, in a month in a public "
                      "venue; 0: no such list."),
    click.option("--private", default="0.3", show_default=True, metavar="SHARE",
                 help="Of --simulated: of that chance, in a private venue."),
    click.option("--unlinked", default="0.1", show_default=True, metavar="SHARE",
                 help="Of --simulated: records whose shared identifier fails, so that they link to no other."))


@click.command("estimate")
@click.argument("file", required=False, metavar="LISTS.csv")
@list_options
@click.option("--seed", default="1", show_default=True, metavar="N", help="Of bootstrap and chains, or of the worlds.")
@world_options
@engine_options
@click.option("--out", metavar="DIR", help=f"Result folder (default: {DEFAULT_OUT}; {SIMULATED_OUT}).")
def command(file: str | None, lists: ListsAsked, seed: str, worlds: WorldsAsked, engine: EngineAsked,
            out: str | None) -> int:
    """Estimate how many persons are on none of the lists in LISTS.csv (- for standard input).

    One row a history with a column of counts, or one row a person; a list is a column of 0 and 1. Several
    methods side by side, whether they agree, what they rest on, and what has been published against them.
    Where no number should be given it is refused, with what would be needed.
    """
    from undercount.model.files.problems import BadInput, Problem

    if (file is None) == (not worlds.simulated):
        raise BadInput(Problem("command line", "LISTS.csv", "none" if file is None else "it together with --simulated",
                               "a file of lists (- for standard input), or --simulated DIR or SCENARIO"))
    if worlds.simulated:
        return _simulated(worlds, seed, engine, Path(out or SIMULATED_OUT))
    return _estimated(file, lists, seed, out or DEFAULT_OUT)


def _estimated(file: str, lists: ListsAsked, seed: str, out: str) -> int:
    from undercount.experiments.commands.ending import carried_out
    from undercount.experiments.compute.engines import EngineOptions
    from undercount.experiments.estimate.build import DOCUMENT, build
    from undercount.experiments.estimate.reading import check_estimable, read_lists

    options, folder, again = _options(lists, seed), Path(out), lists.command(file, seed, out)
    given = read_lists(file, lists.names, lists.count, lists.strata)
    check_estimable(given)
    return carried_out(folder, again, EngineOptions("serial"),
                       lambda on_progress: build(given, options, folder, again, _estimate_page, _progress),
                       lambda outcome: _tell(json.loads((folder / DOCUMENT).read_bytes()), folder), runs=False)


def _simulated(asked: WorldsAsked, seed: str, engine: EngineAsked, folder: Path) -> int:
    from undercount.experiments.ask import LARGEST_SEED, read_scale, read_whole
    from undercount.experiments.commands.ending import carried_out
    from undercount.experiments.estimate.keeping import Keeping
    from undercount.experiments.estimate.trial_build import DOCUMENT, resolve_trial, try_methods
    from undercount.experiments.reference.plan import MOST_WORLDS

    problems: list = []
    options = read_engine(problems, engine)
    plan = resolve_trial(asked.simulated, read_whole(problems, "--worlds", asked.worlds, 1, MOST_WORLDS),
                         read_whole(problems, "--seed", seed, 0, LARGEST_SEED),
                         read_scale(problems, asked.people_per_agent),
                         Keeping(*(_share(problems, f"--{name}", getattr(asked, name))
                                   for name in ("inspected", "private", "unlinked"))), problems)

    def tell(outcome: Outcome) -> None:
        if options.only is not None or not (outcome.done or plan.runs):
            return
        if not (folder / DOCUMENT).exists():
            click.echo("nobody is on any list in these worlds: there is nothing to try the methods on", err=True)
            return
        found = json.loads((folder / DOCUMENT).read_bytes())
        click.echo(found["headline"] + "\n")
        for lead, text in found["words"]:
            click.echo(click.wrap_text(f"{lead} {text}", width=100) + "\n")

    return carried_out(folder, plan.command(folder), options,
                       lambda on_progress: try_methods(plan, folder, options, _trial_page, on_progress), tell,
                       runs=plan.runs is None)


# Drawn when there is something to draw: matplotlib is not imported for what is refused.
def _estimate_page(*content) -> list[Path]:
    from undercount.experiments.report.estimate_page import write_estimate_page

    return write_estimate_page(*content)


def _trial_page(*content) -> list[Path]:
    from undercount.experiments.report.trial_page import write_trial_page

    return write_trial_page(*content)


def _options(lists: ListsAsked, seed: str) -> Options:
    """Raises BadInput with every value that cannot be used."""
    from undercount.experiments.ask import read_whole
    from undercount.experiments.estimate.methods import Options
    from undercount.model.files.problems import BadInput, Problem

    problems: list[Problem] = []
    drawn = read_whole(problems, "--resamples", lists.resamples, 0, 100_000)
    first = read_whole(problems, "--seed", seed, 0, 2**32 - 1)
    if 0 < drawn < 100:
        problems.append(Problem("command line", "--resamples", str(drawn), "0, or at least 100"))
    level = _share(problems, "--threshold", lists.threshold)
    if problems:
        raise BadInput(problems)
    return Options(level, not lists.two_lists, lists.latent, drawn, first)


def _share(problems: list, option: str, text: str) -> float:
    from undercount.model.files.problems import Problem
    from undercount.model.files.tables_in import number
    from undercount.model.files.toml_in import describe

    try:
        return number(0.0, 1.0).parse(text)
    except ValueError:
        problems.append(Problem("command line", option, describe(text), "a number from 0 to 1"))
        return 0.0


def _progress(what: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"done: {what}", err=True)


def _tell(found: dict, folder: Path) -> None:
    from undercount.experiments.estimate.words import method_lines

    click.echo(found["headline"] + "\n")
    for line in method_lines(found):
        click.echo(line)
    click.echo()
    for paragraph in found["words"]:
        click.echo(click.wrap_text(paragraph, width=100) + "\n")
    click.echo("Published criticism, to be read with any of these numbers:")
    for each in found["criticism"]:
        click.echo(click.wrap_text(f"{each['says']} ({each['source']})", 100, "- ", "  "))
    click.echo(f"\npage {folder / 'estimate.html'}")
