"""What was asked for: draws, players and periods, resolved into one job a draw."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from undercount.experiments.ask import scale_name
from undercount.experiments.attribution.game import Game, game_of
from undercount.experiments.attribution.players import Player
from undercount.experiments.attribution.window import Window, find_window
from undercount.experiments.paired.basis import Basis, core_of
from undercount.experiments.store.provenance import code_digest
from undercount.model.files.problems import BadInput, Problem


@dataclass(frozen=True)
class Attribution:
    """An attribution: whose worlds, to which causes, between which periods."""

    basis: Basis
    players: tuple[Player, ...]
    window: Window
    people_per_agent: int

    def games(self) -> list[Game]:
        """One of every draw, in their order; a draw that occurs twice gives the same one twice."""
        scenarios = {draw.explanation.name: draw.explanation for draw in self.basis.draws}
        cores = {name: core_of(scenario) for name, scenario in scenarios.items()}
        return [game_of(draw, cores[draw.explanation.name], self.players, self.window, self.people_per_agent)
                for draw in self.basis.draws]

    def batch(self) -> dict[str, Any]:
        """What all parts of the folder have in common, for the manifest."""
        region = self.basis.region
        return {
            "basis": self.basis.about(), "players": [player.name for player in self.players],
            "window": self.window.about(), "people_per_agent": self.people_per_agent, "code": code_digest(),
            "region": {"name": region.name, "files": dict(sorted(region.files.items()))}}

    def command(self, folder: Path) -> str:
        """The command that makes this folder."""
        words = ["undercount", "attribute", *self.basis.given, "--from", self.window.before, "--to", self.window.after,
                 "--people-per-agent", scale_name(self.people_per_agent)]
        for player in self.players:
            words += ["--player", player.name]
        return shlex.join(map(str, [*words, "--out", folder]))


def resolve(basis: Basis, players: Sequence[Player], before: str | None, after: str | None,
            people_per_agent: int) -> Attribution:
    """The plan. Raises BadInput with every problem of the periods."""
    problems: list[Problem] = []
    window = find_window(basis.region, before, after, problems)
    if problems or window is None:
        raise BadInput(problems)
    return Attribution(basis, tuple(players), window, people_per_agent)
