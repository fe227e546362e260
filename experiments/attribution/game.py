"""One draw played in full: a world for every coalition of causes, all with the same luck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from undercount.experiments.attribution.players import Player, same, without, without_onsets
from undercount.experiments.attribution.window import Window, measure
from undercount.experiments.draws import Draw
from undercount.experiments.paired.basis import part_of
from undercount.experiments.store.seal import seal_arrays
from undercount.model.assumed.scenario import Scenario
from undercount.model.simulation import simulate

# Worlds of one part file: a second or two of work.
BLOCK = 16


@dataclass(frozen=True)
class Game:
    """All coalitions of one draw. Bit i of a coalition's number says that player i takes part."""

    draw: Draw
    core: Scenario
    players: tuple[Player, ...]
    window: Window
    people_per_agent: int

    @property
    def names(self) -> list[str]:
        return [player.name for player in self.players]

    def scenario(self, absent: Sequence[str]) -> Scenario:
        """The draw without some of the players."""
        gone = [player for player in self.players if player.name in absent]
        others = [player.name for player in gone if not player.onsets]
        scenario = without(self.draw.scenario, others, self.names, self.draw.explanation, self.core, self.window)
        return without_onsets(scenario, [onset for player in gone for onset in player.onsets])

    @cached_property
    def null(self) -> int:
        """The players that change nothing by leaving, as a coalition: others share the runs of those with them."""
        idle = [same(self.scenario([name]), self.draw.scenario) for name in self.names]
        return sum(1 << i for i, alike in enumerate(idle) if alike)

    def blocks(self) -> list[Block]:
        """The jobs: every coalition that needs a run of its own, once."""
        needed = [c for c in range(1 << len(self.players)) if c & self.null == self.null]
        return [Block(self, tuple(needed[i:i + BLOCK])) for i in range(0, len(needed), BLOCK)]

    def figures(self, parts: Mapping[str, Mapping[str, np.ndarray]]) -> np.ndarray | None:
        """(coalitions, outcomes, 2), see `window.measure`, from the arrays of its parts; None if one is missing."""
        found: dict[int, np.ndarray] = {}
        for block in self.blocks():
            if block.part not in parts:
                return None
            found |= zip(block.coalitions, parts[block.part]["figures"])
        return np.stack([found[coalition | self.null] for coalition in range(1 << len(self.players))])


@dataclass(frozen=True)
class Block:
    """A job: some coalitions of a game."""

    game: Game
    coalitions: tuple[int, ...]

    @cached_property
    def part(self) -> str:
        game = self.game
        players = [(player.name, *player.onsets) for player in game.players]
        return part_of(game.draw, game.core.content_hash(), players, game.window, game.people_per_agent,
                       self.coalitions)


def game_of(draw: Draw, core: Scenario, players: tuple[Player, ...], window: Window, people_per_agent: int) -> Game:
    """The game; one region for all its scenarios, so that it is sent to a worker once."""
    region = draw.scenario.region
    draw = replace(draw, explanation=replace(draw.explanation, region=region))
    return Game(draw, replace(core, region=region), players, window, people_per_agent)


def play(block: Block) -> bytes:
    """The part of a job: `figures` (its coalitions, outcomes, 2)."""
    game, found = block.game, []
    for coalition in block.coalitions:
        absent = [name for i, name in enumerate(game.names) if not coalition >> i & 1]
        outcome = simulate(game.scenario(absent), game.people_per_agent, game.draw.luck)
        found.append(measure(game.window, outcome))
    head = {"part": block.part, "explanation": game.draw.explanation.name, "world": game.draw.world,
            "luck": game.draw.luck, "players": game.names, "coalitions": list(block.coalitions)}
    return seal_arrays(head, {"figures": np.stack(found)})
