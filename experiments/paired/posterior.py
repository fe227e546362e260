"""Runs whose parameters are draws of a verdict's posterior."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from undercount.experiments.paired.basis import read_basis
from undercount.experiments.sweeps.sweep import LUCKS, Sweep
from undercount.experiments.verdict.kept import NAME, keep_verdict
from undercount.model.assumed.scenario import Scenario
from undercount.model.files.problems import BadInput, Problem

POSTERIOR = "posterior"


def posterior_sweep(folder: str) -> Sweep:
    """A sweep of draws from the verdict in `folder`. Raises BadInput if that holds no finished verdict."""
    read_basis(folder, None, [], 1, 0)

    def draws(scenario: Scenario, count: int) -> tuple[Scenario, ...]:
        try:
            found = read_basis(folder, None, [scenario.name], count, 0).draws
        except BadInput as error:
            raise BadInput([replace(each, key="SCENARIO") if each.key == "--explanation" else each
                            for each in error.problems]) from None
        if found[0].explanation.content_hash() != scenario.content_hash():
            raise BadInput(Problem(f"scenario {scenario.name}", "values", "others than the verdict's",
                                   f"the scenario as {folder} knows it, without --set"))
        if len(found) < count:
            raise BadInput(Problem("command line", "--replicates", str(count * LUCKS),
                                   f"at most {len(found) * LUCKS}: the verdict has {len(found)} draws of "
                                   f"{scenario.name}"))
        return tuple(draw.scenario for draw in found)

    word = f"{POSTERIOR}={folder}"
    return Sweep(POSTERIOR, words=("--parameters", word), draws=draws,
                 folders={word: (NAME, lambda to: keep_verdict(Path(folder), to))})
