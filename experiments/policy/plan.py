"""What was asked for: draws, levers, efforts and the month they begin, resolved into two jobs a draw."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from undercount.experiments.ask import scale_name
from undercount.experiments.paired.basis import Basis
from undercount.experiments.policy.levers import Lever
from undercount.experiments.policy.trial import NETWORKS, Trial
from undercount.experiments.store.provenance import code_digest
from undercount.model.files.problems import BadInput, Problem
from undercount.model.files.tables_in import Month
from undercount.model.files.toml_in import describe
from undercount.model.known.region import Region

EFFORTS = (0.25, 0.5, 1.0)


@dataclass(frozen=True)
class Comparison:
    """A comparison of levers: over whose worlds, at which efforts, from when."""

    basis: Basis
    levers: tuple[Lever, ...]
    levers_file: str | None
    efforts: tuple[float, ...]
    start: Month
    people_per_agent: int

    @property
    def region(self) -> Region:
        return self.basis.region

    @property
    def main_effort(self) -> float:
        """The effort that is told first: the middle one."""
        return self.efforts[len(self.efforts) // 2]

    def trials(self) -> list[Trial]:
        """Of every draw first frozen, then adapting; a draw that occurs twice gives the same ones twice."""
        return [Trial(draw, networks, self.levers, self.efforts, self.start, self.people_per_agent)
                for draw in self.basis.draws for networks in NETWORKS]

    def batch(self) -> dict[str, Any]:
        """What all parts of the folder have in common, for the manifest."""
        return {
            "basis": self.basis.about(),
            "levers": [vars(lever) | {"places": list(lever.places)} for lever in self.levers],
            "efforts": list(self.efforts), "start": str(self.start), "people_per_agent": self.people_per_agent,
            "code": code_digest(),
            "region": {"name": self.region.name, "files": dict(sorted(self.region.files.items()))}}

    def command(self, folder: Path) -> str:
        """The command that makes this folder."""
        words = ["undercount", "policy", *self.basis.given, "--start", self.start,
                 "--people-per-agent", scale_name(self.people_per_agent)]
        for effort in self.efforts:
            words += ["--effort", f"{effort:g}"]
        for lever in self.levers:
            words += ["--lever", lever.name]
        if self.levers_file:
            words += ["--levers", self.levers_file]
        return shlex.join(map(str, [*words, "--out", folder]))


def read_efforts(texts: Sequence[str], problems: list[Problem]) -> tuple[float, ...]:
    """Efforts from 0 to 1 in order; none: EFFORTS."""
    found = set()
    for text in texts:
        if re.fullmatch(r"[0-9]{0,2}\.?[0-9]{1,6}", text.strip()) and 0.0 <= float(text) <= 1.0:
            found.add(float(text))
        else:
            problems.append(Problem("command line", "--effort", describe(text), "a number from 0 to 1"))
    return tuple(sorted(found)) or EFFORTS


def read_start(text: str | None, region: Region, problems: list[Problem]) -> Month:
    """The month in which levers begin; by default the middle of the region's period."""
    middle = Month.parse(region.month_name(region.months // 2))
    if text is None:
        return middle
    try:
        month = Month.parse(text)
        if region.start <= month <= region.end:
            return month
    except (ValueError, TypeError):
        pass
    problems.append(Problem("command line", "--start", describe(text),
                            f"a month from {region.start} to {region.end}, such as {middle}"))
    return middle


def resolve(basis: Basis, levers: Sequence[Lever], levers_file: str | None, efforts: Sequence[float], start: str | None,
            people_per_agent: int) -> Comparison:
    """The plan. Raises BadInput."""
    problems: list[Problem] = []
    month = read_start(start, basis.region, problems)
    if problems:
        raise BadInput(problems)
    return Comparison(basis, tuple(levers), levers_file, tuple(efforts), month, people_per_agent)
