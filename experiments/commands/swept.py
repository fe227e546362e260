"""Options of commands that leave a scenario's own values, and an experiment's file in their place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from undercount.experiments.commands.options import as_one

if TYPE_CHECKING:
    from undercount.experiments.runs.batch import Batch
    from undercount.experiments.sweeps.experiment import Experiment
    from undercount.experiments.sweeps.sweep import Sweep

FIXED, PRIOR, POSTERIOR = PARAMETERS = "fixed", "prior", "posterior"
STATED = ("region", "replicates", "seed", "people_per_agent", "until")
SWEPT = ("sweep", "design", "points", "over")


@dataclass(frozen=True)
class SweptAsked:
    """What is swept, as typed; `read_swept` and `read_parameters` make a Sweep of it."""

    sweep: tuple[str, ...] = ()
    design: str | None = None
    points: str | None = None
    over: tuple[str, ...] = ()
    parameters: str | None = None


sweep_options = as_one(
    "swept", SweptAsked,
    click.option("--sweep", multiple=True, metavar="NAME=VALUES",
                 help="Run at each of these values: NAME=0.6,1,1.4 or NAME=low:high:n. Several make a grid."),
    click.option("--design", metavar="KIND", help="Run at points over ranges: sobol (more points can be added "
                 "later) or lhs (Latin hypercube)."),
    click.option("--points", metavar="N", help="Points of --design (default: 64)."),
    click.option("--over", multiple=True, metavar="NAME[=LOW:HIGH]",
                 help="What --design goes over: an unknown, over its range or another; default: all unknowns. "
                      "May be repeated."),
    click.option("--parameters", metavar="WHAT",
                 help="fixed (default); prior: each two replicates draw the unknowns from their ranges, inside the "
                      "region's gates; posterior=DIR: from the verdict in DIR."))


def read_swept(problems: list, swept: SweptAsked) -> Sweep | None:
    """The sweep that the options ask for, or None; what is wrong with them is added to `problems`."""
    if not any(getattr(swept, name) for name in SWEPT):
        return None
    from undercount.experiments.sweeps.typed import read_sweep

    return read_sweep(problems, vars(swept))


def read_parameters(problems: list, swept: SweptAsked, seed: str | None) -> Sweep | None:
    """The draws that --parameters asks for, or None if they are fixed; `seed` is the batch's."""
    from undercount.experiments.ask import LARGEST_SEED, read_whole
    from undercount.model.files.problems import BadInput, Problem, nearest
    from undercount.model.files.toml_in import describe

    text = swept.parameters
    if text is None or text == FIXED:
        return None
    problems += [Problem("command line", f"--{name}", "it together with --parameters", "one of them")
                 for name in ("sweep", "design") if getattr(swept, name)]
    kind, equals, folder = text.partition("=")
    if kind == POSTERIOR and folder:
        from undercount.experiments.paired.posterior import posterior_sweep

        try:
            return posterior_sweep(folder)
        except BadInput as error:
            problems += error.problems
            return None
    if kind != PRIOR or equals:
        problems.append(Problem("command line", "--parameters", describe(text),
                                f"{FIXED}, {PRIOR} or {POSTERIOR}=DIR", nearest=nearest(kind[:20], PARAMETERS)))
        return None
    from undercount.experiments.sweeps.drawn import prior_sweep

    return prior_sweep(read_whole([], "--seed", seed or 0, 0, LARGEST_SEED))


def read_file(problems: list, file: str, asked: dict[str, Any]) -> Experiment:
    """The experiment in `file`; options given beside it win, but what is swept is the file's alone.

    `asked` has scenarios, settings, swept and the options of `undercount run`, and is changed. Raises BadInput with
    every mistake of the file.
    """
    from undercount.experiments.sweeps.experiment import read_experiment
    from undercount.model.files.problems import Problem

    experiment = read_experiment(Path(file))
    if asked["scenarios"]:
        problems.append(Problem("command line", "SCENARIO", "it together with --experiment", "one of them"))
    problems += [Problem("command line", f"--{name}", "it together with --experiment", "one of them")
                 for name in SWEPT if getattr(asked["swept"], name)]
    asked["scenarios"] = experiment.scenarios
    asked["settings"] = experiment.settings | asked["settings"]
    for name in STATED:
        stated = experiment.options.get(name.replace("_", "-"))
        asked[name] = stated if asked[name] is None else asked[name]
    return experiment


def as_asked(path: Path) -> Batch:
    """The batch of an experiment's file, without anything beside it. Raises BadInput."""
    asked: dict[str, Any] = dict.fromkeys(STATED) | {"scenarios": (), "settings": {}, "swept": SweptAsked()}
    experiment = read_file([], str(path), asked)
    return resolved(asked, [], experiment.sweep, experiment)


def resolved(asked: Mapping[str, Any], problems: list, sweep: Sweep | None, experiment: Experiment | None) -> Batch:
    """The batch that is asked. Raises BadInput with every problem, located in the experiment's file if it is of it."""
    from dataclasses import replace

    from undercount.experiments.runs.batch import resolve
    from undercount.experiments.runs.outputs import outputs_of
    from undercount.model.files.problems import BadInput

    try:
        batch = resolve(asked["scenarios"], asked["replicates"] or REPLICATES, asked["seed"],
                        asked["people_per_agent"] or SCALE, asked["until"], asked["settings"], problems,
                        asked["region"])
        batch = batch if sweep is None else batch.with_points(sweep)
        if experiment is None or not experiment.outputs:
            return batch
        if wrong := experiment.wrong_outputs([output.name for output in outputs_of(batch.region, batch.months)]):
            raise BadInput(wrong)
        return replace(batch, outputs=experiment.outputs)
    except BadInput as error:
        raise BadInput([experiment.located(each) if experiment else each for each in error.problems]) from None


REPLICATES, SCALE = "20", "100"
