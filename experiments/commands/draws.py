"""Options of commands that go over draws: of a verdict's posterior, or of the priors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click
from undercount.experiments.commands.options import as_one

if TYPE_CHECKING:
    from undercount.experiments.paired.basis import Basis


@dataclass(frozen=True)
class DrawsAsked:
    """The draws as typed; `read_draws` makes a Basis and a scale of them."""

    verdict: str | None
    prior: str | None
    region: str | None
    explanations: tuple[str, ...]
    count: str | None
    seed: str | None
    people_per_agent: str | None


draw_options = as_one(
    "draws", DrawsAsked,
    click.argument("verdict", required=False, metavar="[VERDICT_FOLDER]"),
    click.option("--prior", metavar="N", help="Instead of a verdict: N draws from the priors of each explanation. "
                 "No posterior."),
    click.option("--region", metavar="REGION", help="With --prior: another region than the scenarios' own, by name or "
                 "by the path of its folder."),
    click.option("--explanation", "explanations", multiple=True, metavar="NAME",
                 help="Only this explanation. May be repeated (default: all)."),
    click.option("--draws", "count", metavar="N", help="Posterior draws, at most (default: 100)."),
    click.option("--seed", metavar="S", help="Seed of the draws of --prior (default: 1)."),
    click.option("--people-per-agent", metavar="K",
                 help="Persons that one agent stands for, or `pooled` (default: pooled). Worlds of a mixture's "
                      "verdict: as in their table."))


def read_draws(problems: list, given: DrawsAsked) -> tuple[Basis, int]:
    """The draws, and how many persons one agent stands for. Raises BadInput with all of `problems`."""
    from undercount.experiments.ask import LARGEST_SEED, read_scale, read_whole
    from undercount.experiments.paired.basis import DRAWS, read_basis
    from undercount.experiments.reference import SCALE
    from undercount.model.files.problems import Problem

    def whole(option: str, text: str | None, default: int | None, low: int, high: int) -> int | None:
        return default if text is None else read_whole(problems, option, text, low, high)

    k = read_scale(problems, SCALE if given.people_per_agent is None else given.people_per_agent)
    seed = whole("--seed", given.seed, 1, 0, LARGEST_SEED)
    count = whole("--draws", given.count, DRAWS, 1, MOST_DRAWS)
    prior = whole("--prior", given.prior, None, 1, MOST_DRAWS)
    for option, text, other, named in (
            ("--draws", given.count, given.prior, "--prior"),
            ("--seed", given.seed, given.verdict, "a verdict, whose draws have their own"),
            ("--region", given.region, given.verdict, "a verdict, which is of a region")):
        if text is not None and other is not None:
            problems.append(Problem("command line", option, f"it together with {named}", "one of them"))
    basis = read_basis(given.verdict, prior, given.explanations, count, seed, problems, given.region)
    own = basis.people_per_agent if given.people_per_agent is None else None
    return basis, k if own is None else own


MOST_DRAWS = 100_000
