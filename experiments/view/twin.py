"""Two worlds stepping together: what their settings are, and the models that follow from them.

Draws of chance depend on the seed, the person, the month and the decision only. Where both worlds have one seed they
are the same people with the same luck, and whatever differs follows from the difference between their scenarios. Two
draws of a verdict have each the luck that they were weighed with.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from undercount.experiments.view import posterior
from undercount.experiments.view.difference import Difference, differ_now, first_difference
from undercount.experiments.view.room import check_room
from undercount.model.assumed.scenario import Scenario, load_scenario
from undercount.model.engine.layout import POOLED
from undercount.model.mesa_model import TraffickingModel

REGION_VARIABLE = "UNDERCOUNT_VIEW_REGION"  # on which region the command serves scenarios, if not on their own
FROZEN, ALONE = "(networks frozen)", "(none)"
FROZEN_SWITCHES = {"mechanisms.route_adaptation": False, "mechanisms.method_adaptation": False}
SEED = 1  # of scenarios, where none is asked for


@dataclass(frozen=True)
class Settings:
    """What the controls say.

    `changes` (name -> value, as in `with_values`) apply to both worlds, but those of an onset to the first and its
    frozen twin. `seed` None: a draw's own luck. `people_per_agent` POOLED: pools. `region` None: the scenario's own.
    """

    scenario: str = "full-adaptation"
    second: str = FROZEN
    changes: Mapping[str, Any] = field(default_factory=dict)
    people_per_agent: int = 100
    seed: int | None = SEED
    region: str | None = None

    def first_scenario(self) -> Scenario:
        return _changed(loaded(self.scenario, self.region), self.changes)

    def second_scenario(self) -> Scenario | None:
        """The other world's scenario; frozen networks stay frozen whatever the switches say."""
        if self.second == ALONE:
            return None
        if self.second == FROZEN:
            return self.first_scenario().with_values(FROZEN_SWITCHES, "second world")
        own = {name: value for name, value in self.changes.items() if not name.startswith("onsets.")}
        return _changed(loaded(self.second, self.region), own)

    def lucks(self) -> tuple[int, int]:
        """The seed of each world."""
        first = self._luck(self.scenario)
        return first, first if self.second in (FROZEN, ALONE) else self._luck(self.second)

    def _luck(self, name: str) -> int:
        if self.seed is not None:
            return self.seed
        return posterior.drawn(name).luck if posterior.is_draw(name) else SEED


@lru_cache(maxsize=64)
def loaded(name: str, region: str | None = None) -> Scenario:
    """A scenario by name, by path if it ends in .toml, or of a draw; read once, since every widget asks."""
    if posterior.is_draw(name):
        return posterior.drawn(name).scenario
    return load_scenario(Path(name) if name.endswith(".toml") else name, region or os.environ.get(REGION_VARIABLE))


def _changed(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    return scenario.with_values(changes, "settings") if changes else scenario


class Twin:
    """One or two models, and the first difference between them if they have the same luck."""

    def __init__(self, settings: Settings):
        self.settings = settings
        scenarios = [s for s in (settings.first_scenario(), settings.second_scenario()) if s is not None]
        check_room(scenarios, settings.people_per_agent)
        scale = "pooled" if settings.people_per_agent == POOLED else settings.people_per_agent
        self.models = [TraffickingModel(s, luck, scale) for s, luck in zip(scenarios, settings.lucks())]
        self.region = self.models[0].region
        self.paired = len(set(settings.lucks())) == 1 and len(self.models) > 1
        self.difference: Difference | None = None
        self._compared = self.paired and scenarios[0].content_hash() != scenarios[1].content_hash()
        if self._compared and differ_now(*(model.world for model in self.models)):
            self.difference = first_difference(*(model.world for model in self.models))

    @property
    def month(self) -> int:
        """Months of the region's period that were run."""
        return self.models[0].world.month if self.models else 0

    @property
    def over(self) -> bool:
        """Is there nothing left to run?"""
        return not self.models or self.month >= self.region.months

    @property
    def names(self) -> list[str]:
        """How the page calls the worlds."""
        s = self.settings
        return [title(s.scenario), *([title(s.second)] if len(self.models) > 1 else [])]

    def step(self) -> None:
        """One month in every world; nothing after the last."""
        if self.over:
            return
        for model in self.models:
            model.step()
        if self._compared and self.difference is None:
            self.difference = differ_now(*(model.world for model in self.models))

    def close(self) -> None:
        """Lets the worlds' memory go at once; Mesa's models sit in reference cycles."""
        for model in self.models:
            model.world = None
        self.models = []


def title(name: str) -> str:
    """How the page calls a world."""
    if name == FROZEN:
        return "Networks do not act on what they learn"
    return name.rsplit("/", 1)[-1].removesuffix(".toml").replace("-", " ").capitalize()
