"""What was asked for: explanations, worlds, seed and scale, resolved into stretches of worlds."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from undercount.experiments.ask import all_named, load_unknown
from undercount.experiments.draws import hard_patterns
from undercount.experiments.reference.statistics import Statistic, shipped_statistics
from undercount.experiments.store.planned import cut
from undercount.experiments.store.provenance import code_digest
from undercount.model.assumed.scenario import Scenario
from undercount.model.files.problems import BadInput, Problem
from undercount.model.known.region import Region

# Worlds of one part file: about two seconds of work, so that a lost one costs little.
STRETCH = 20
# Besides the priors themselves, a share of worlds under each other assumption, for the stability of the verdict: priors
# half and twice as wide, and each hard pattern of the region dropped in turn.
WIDTHS = (0.5, 2.0)
VARIANT_SHARE = 10
MOST_WORLDS = 1_000_000


class Variant(NamedTuple):
    """How wide the priors are, and which gate is not asked ("": all are)."""

    width: float = 1.0
    without: str = ""

    @property
    def short(self) -> str:
        """In names of files."""
        return f"w{self.width:g}" + (f"-no-{self.without[:40]}" if self.without else "")


@dataclass(frozen=True)
class Stretch:
    """Worlds `first` to `last` (excluded) of one explanation under one variant: one part file."""

    scenario: Scenario
    variant: Variant
    first: int
    last: int
    seed: int
    people_per_agent: int
    statistics: tuple[Statistic, ...]
    gates: bool
    key: str

    @property
    def part(self) -> str:
        return (f"{cut(self.scenario.name, 60)}-{self.variant.short}-{self.first:07d}-{self.last:07d}-"
                f"{self.key[:16]}.npz")


@dataclass(frozen=True)
class TablePlan:
    """A reference table. `given` are the names or paths on the command line, one an explanation."""

    scenarios: tuple[Scenario, ...]
    given: tuple[str, ...]
    worlds: int
    variants: bool
    seed: int
    people_per_agent: int
    statistics: tuple[Statistic, ...]
    gates: bool = True
    on_region: str | None = None  # as given, where the scenarios are read on another region than their own

    @property
    def region(self) -> Region:
        return self.scenarios[0].region

    @property
    def sizes(self) -> dict[Variant, int]:
        """Variant -> worlds of each explanation."""
        few, asked = -(-self.worlds // VARIANT_SHARE), [Variant(width) for width in WIDTHS]
        if self.gates:
            asked += [Variant(1.0, gate.name) for gate in hard_patterns(self.region)]
        return {Variant(): self.worlds} | (dict.fromkeys(asked, few) if self.variants else {})

    def shared(self) -> dict[str, Any]:
        """What every world of a folder has in common, for the manifest; all but the number of worlds."""
        return {
            "seed": self.seed, "people_per_agent": self.people_per_agent, "gates": self.gates, "code": code_digest(),
            "region": {"name": self.region.name, "files": dict(sorted(self.region.files.items()))},
            "statistics": hashlib.sha256(repr([s.definition for s in self.statistics]).encode()).hexdigest()[:16]}

    def stretches(self) -> list[Stretch]:
        """Every stretch, in the order of the table: explanation, variant, world."""
        shared, found = repr(self.shared()), []
        for scenario in self.scenarios:
            key = hashlib.sha256((scenario.content_hash() + repr(scenario.free()) + shared).encode()).hexdigest()
            for variant, worlds in self.sizes.items():
                found += [Stretch(scenario, variant, first, min(first + STRETCH, worlds), self.seed,
                                  self.people_per_agent, self.statistics, self.gates, key)
                          for first in range(0, worlds, STRETCH)]
        return found


def resolve(given: Sequence[str], worlds: int, variants: bool, seed: int, people_per_agent: int,
            problems: Sequence[Problem] = (), gates: bool = True, region: str | None = None) -> TablePlan:
    """The plan; no names or `all` mean every explanation that ships and makes sense in the region.

    Raises BadInput with every problem of every option and scenario, after `problems`.
    """
    found = list(problems)
    names = all_named(given or ["all"], region)
    scenarios = load_unknown(names, found, "explanations", "explanations", region)
    if len(names) < 2 and not found and not any(scenario.mixture for scenario in scenarios.values()):
        found.append(Problem("command line", "SCENARIO...", "one explanation",
                             "at least two to be compared, a mixture (everything), or `all`"))
    statistics: tuple[Statistic, ...] = ()
    if scenarios:
        try:
            statistics = shipped_statistics(next(iter(scenarios.values())).region)
        except BadInput as error:
            found += error.problems
    if found:
        raise BadInput(found)
    return TablePlan(tuple(scenarios.values()), tuple(names), worlds, variants, seed, people_per_agent, statistics,
                     gates, region)
