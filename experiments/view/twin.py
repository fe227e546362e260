"""Two worlds with the same people and the same luck, stepping together.

Draws depend on the seed, the person, the month and the decision only, so whatever differs between
the two worlds follows from the difference between their scenarios. The page names the first such
difference: the first person whose life takes another turn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from undercount.experiments.view.life import Follower, where_from
from undercount.experiments.view.naming import month_name
from undercount.experiments.view.room import check_room
from undercount.model.assumed.scenario import Scenario, load_scenario
from undercount.model.engine.layout import ROWS, WARM_UP
from undercount.model.mesa_model import TraffickingModel
from undercount.model.world import World

FROZEN, ALONE = "(networks frozen)", "(none)"
FROZEN_SWITCHES = {"mechanisms.route_adaptation": False, "mechanisms.method_adaptation": False}
# What makes two lives differ in the eyes of a reader, most telling first.
TURNS = ("situation", "place", "mode", "venue", "treatment", "route", "recruiter")


@dataclass(frozen=True)
class Settings:
    """What the controls say. `changes` (name -> value, as in `with_values`) apply to both worlds."""

    scenario: str = "full-adaptation"
    second: str = FROZEN
    changes: Mapping[str, Any] = field(default_factory=dict)
    people_per_agent: int = 100
    seed: int = 1

    def first_scenario(self) -> Scenario:
        return _changed(loaded(self.scenario), self.changes)

    def second_scenario(self) -> Scenario | None:
        """The other world's scenario; frozen networks stay frozen whatever the switches say."""
        if self.second == ALONE:
            return None
        if self.second == FROZEN:
            return self.first_scenario().with_values(FROZEN_SWITCHES, "second world")
        return _changed(loaded(self.second), self.changes)


@lru_cache(maxsize=64)
def loaded(name: str) -> Scenario:
    """A scenario by name, or by path if it ends in .toml; read once, since every widget asks."""
    return load_scenario(Path(name) if name.endswith(".toml") else name)


def _changed(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    return scenario.with_values(changes, "settings") if changes else scenario


@dataclass(frozen=True)
class Difference:
    """Month (of the arrays) and the row in each world of the first person whose life differs."""

    t: int
    rows: tuple[int, int]


class Twin:
    """One or two models under one seed, and the first difference between them."""

    def __init__(self, settings: Settings):
        self.settings = settings
        scenarios = [s for s in (settings.first_scenario(), settings.second_scenario()) if s is not None]
        check_room(scenarios, settings.people_per_agent)
        self.models = [TraffickingModel(s, settings.seed, settings.people_per_agent) for s in scenarios]
        self.region = self.models[0].region
        self.difference: Difference | None = None
        self._same_rules = len(scenarios) < 2 or scenarios[0].content_hash() == scenarios[1].content_hash()
        self._look_for_difference()

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
        return [_title(s.scenario), *([_title(s.second)] if len(self.models) > 1 else [])]

    def step(self) -> None:
        """One month in every world; nothing after the last."""
        if self.over:
            return
        for model in self.models:
            model.step()
        self._look_for_difference()

    def close(self) -> None:
        """Lets the worlds' memory go at once; Mesa's models sit in reference cycles."""
        for model in self.models:
            model.world = None
        self.models = []

    def _look_for_difference(self) -> None:
        if self.difference is None and not self._same_rules:
            a, b = (model.world for model in self.models)
            if _differ(a, b) and _first_turn(a, b):
                self.difference = first_difference(a, b)


def _title(name: str) -> str:
    if name == FROZEN:
        return "Networks do not act on what they learn"
    return name.rsplit("/", 1)[-1].removesuffix(".toml").replace("-", " ").capitalize()


def _differ(a: World, b: World) -> bool:
    """Are the people of two worlds no longer byte for byte the same?"""
    rows = int(a.counts[ROWS])
    return rows != int(b.counts[ROWS]) or not np.array_equal(
        a.people[:rows].view(np.uint8), b.people[:rows].view(np.uint8))


def first_difference(a: World, b: World) -> Difference | None:
    """Replays both worlds from their first month until a person's life differs."""
    one, two = World(a.template, a.seed), World(b.template, b.seed)
    while one.t < a.t:
        one.run(one.t + 1)
        two.run(two.t + 1)
        if _differ(one, two):
            found = _first_turn(one, two)
            if found:
                return Difference(one.t - 1, found)
    return None


def _first_turn(a: World, b: World) -> tuple[int, int] | None:
    """Rows of somebody who is in both worlds and fares differently; the most telling turn first."""
    first, second = a.migrants, b.migrants
    _, rows_a, rows_b = np.intersect1d(first["id"], second["id"], assume_unique=True, return_indices=True)
    for field_name in TURNS:
        other = np.flatnonzero(first[field_name][rows_a] != second[field_name][rows_b])
        if len(other):
            # A party that is already on its way tells more than a group that is still at home.
            away = np.argsort(-first["times"][rows_a[other]] - (first["recruiter"][rows_a[other]] >= 0), kind="stable")
            k = other[away[0]]
            return int(rows_a[k]), int(rows_b[k])
    return None


def difference_in_words(twin: Twin) -> str:
    """Which person's life differs first, when and how."""
    if len(twin.models) < 2:
        return "There is only one world: choose a second one to compare."
    if twin.difference is None:
        return "So far the two worlds are the same, person by person."
    t = twin.difference.t
    lines = []
    for model, row in zip(twin.models, twin.difference.rows):
        follower = Follower(model.world.template, model.world.seed, "person", row, model.world)
        follower.advance(t + 1)
        lines.append([text for month, text in follower.entries if month == t])
    told = ["; ".join(text for text in own if text not in other) or "nothing of the kind happens"
            for own, other in (lines, lines[::-1])]
    who = where_from(twin.region, twin.models[0].world.people[twin.difference.rows[0]])
    when = month_name(twin.region, t)
    if t < WARM_UP:
        when = when.removesuffix(" (warm-up)") + f", in the {WARM_UP} months of warm-up before the story begins"
    return (f"The first life that differs: {when}, a person from {who}. "
            f"{twin.names[0]}: {told[0]}. {twin.names[1]}: {told[1]}.")
