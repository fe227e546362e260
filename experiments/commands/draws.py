"""Options of commands that go over draws: of a verdict's posterior, or of the priors."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from undercount.experiments.paired.basis import Basis


def draw_options(function):
    """The draws as typed; gives `draws`, which `read_draws` makes a Basis and a scale of."""
    options = (
        click.argument("verdict", required=False, metavar="[VERDICT_FOLDER]"),
        click.option("--prior", metavar="N", help="Instead of a verdict: N draws from the priors of each explanation. "
                     "No posterior."),
        click.option("--explanation", "explanations", multiple=True, metavar="NAME",
                     help="Only this explanation. May be repeated (default: all)."),
        click.option("--draws", "count", metavar="N", help="Posterior draws, at most (default: 100)."),
        click.option("--seed", metavar="S", help="Seed of the draws of --prior (default: 1)."),
        click.option("--people-per-agent", metavar="K",
                     help="Persons that one agent stands for, or `pooled` (default: pooled). Worlds of a mixture's "
                          "verdict: as in their table."),
    )

    @functools.wraps(function)
    def with_draws(*args, verdict, prior, explanations, count, seed, people_per_agent, **rest):
        given = {"verdict": verdict, "prior": prior, "explanations": explanations, "count": count, "seed": seed,
                 "people_per_agent": people_per_agent}
        return function(*args, draws=given, **rest)

    for option in reversed(options):
        with_draws = option(with_draws)
    return with_draws


def read_draws(problems: list, given: dict[str, Any]) -> tuple[Basis, int]:
    """The draws, and how many persons one agent stands for. Raises BadInput with all of `problems`."""
    from undercount.experiments.ask import LARGEST_SEED, read_scale, read_whole
    from undercount.experiments.paired.basis import DRAWS, read_basis
    from undercount.experiments.reference import SCALE
    from undercount.model.files.problems import Problem

    def whole(option: str, name: str, default: int, low: int, high: int) -> int:
        return default if given[name] is None else read_whole(problems, option, given[name], low, high)

    k = read_scale(problems, SCALE if given["people_per_agent"] is None else given["people_per_agent"])
    seed = whole("--seed", "seed", 1, 0, LARGEST_SEED)
    count = whole("--draws", "count", DRAWS, 1, MOST_DRAWS)
    prior = None if given["prior"] is None else read_whole(problems, "--prior", given["prior"], 1, MOST_DRAWS)
    for option, name, other in (("--draws", "count", "prior"), ("--seed", "seed", "verdict")):
        if given[name] is not None and given[other] is not None:
            problems.append(Problem("command line", option, "it together with "
                                    + ("--prior" if other == "prior" else "a verdict, whose draws have their own"),
                                    "one of them"))
    basis = read_basis(given["verdict"], prior, given["explanations"], count, seed, problems)
    own = basis.people_per_agent if given["people_per_agent"] is None else None
    return basis, k if own is None else own


MOST_DRAWS = 100_000
