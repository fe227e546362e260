"""The difference of two folders as one page of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from undercount.experiments.difference.numbers import number_differences, same_runs
from undercount.experiments.difference.settings import (
    Difference,
    code_differences,
    scenario_differences,
    scenario_pairs,
    settings_differences,
)
from undercount.experiments.runs.results import Results, read_results
from undercount.experiments.store.folder import open_folder

SHOWN = 25  # differences of one kind


@dataclass(frozen=True)
class FolderDifference:
    """code, settings  what differs of versions and of what was asked
    scenarios          differences by pair of scenarios
    numbers            `numbers.number_differences`; empty unless both folders hold runs
    tables             files by what is true of them: same, other, only in the first, only in the second
    runs               by pair of scenarios: (paired by seed, the same in every tally, without a partner)
    """

    folders: tuple[Path, Path]
    code: list[Difference]
    settings: list[Difference]
    scenarios: dict[tuple[str, str], list[Difference]]
    numbers: pd.DataFrame
    tables: dict[str, str]
    runs: dict[tuple[str, str], tuple[int, int, int]]

    @property
    def same(self) -> bool:
        """Are code, settings, scenarios and every table the same?"""
        return not (self.code or self.settings or any(self.scenarios.values())
                    or any(state != "same" for state in self.tables.values()))

    def lines(self) -> Iterator[str]:
        """The page."""
        yield f"first:  {self.folders[0]}"
        yield f"second: {self.folders[1]}"
        yield from _listed("code and machine", self.code)
        yield from _listed("settings", self.settings)
        for (a, b), found in self.scenarios.items():
            yield from _listed(f"scenario {a}" if a == b else f"scenario {a} against {b}", found)
        yield from self._numbers()
        states: dict[str, list[str]] = {}
        for name, state in self.tables.items():
            states.setdefault(state, []).append(name)
        yield ""
        yield "files: " + ("; ".join(f"{state}: {', '.join(names)}" for state, names in states.items()) or "none")

    def _numbers(self) -> Iterator[str]:
        for pair, (paired, same, alone) in self.runs.items():
            yield ""
            yield (f"runs of {pair[0]}" + (f" against {pair[1]}" if pair[0] != pair[1] else "")
                   + f": {paired} paired by seed, {same} of them the same in every tally, {alone} without a partner")
            mine = self.numbers[(self.numbers["first"] == pair[0]) & (self.numbers["second"] == pair[1])]
            if paired and same < paired:
                yield f"  {'output':<24}{'first':>14}{'second':>14}{'change':>14}   95 % interval of the change"
                for row in mine.itertuples(index=False):
                    yield (f"  {row.output:<24}{row.mean_first:>14,.4g}{row.mean_second:>14,.4g}{row.change:>14,.4g}   "
                           + ("one pair" if pd.isna(row.low) else f"{row.low:,.4g} to {row.high:,.4g}"))


def difference(first: str | Path, second: str | Path) -> FolderDifference:
    """What differs between two result folders. Raises BadInput if one of them is none."""
    folders = Path(first), Path(second)
    one, other = (open_folder(folder) for folder in folders)
    pairs = scenario_pairs(one, other)
    results = [read_results(folder) for folder in folders] if one["kind"] == other["kind"] == "run" else []
    return FolderDifference(
        folders, code_differences(one, other), settings_differences(one, other),
        {pair: scenario_differences(one, other, pair) for pair in pairs},
        number_differences(*results, pairs) if results else pd.DataFrame(),
        _tables(one, other), _runs(results, pairs))


def _runs(results: Sequence[Results], pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], tuple[int, int, int]]:
    return {pair: same_runs(*results, pair) for pair in pairs} if results else {}


def _tables(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, str]:
    first, second = one["tables"], other["tables"]
    found = {}
    for name in dict.fromkeys([*first, *second]):
        found[name] = "only in the first" if name not in second else "only in the second" if name not in first \
            else "same" if first[name] == second[name] else "other"
    return found


def _listed(title: str, found: Sequence[Difference]) -> Iterator[str]:
    yield ""
    if not found:
        yield f"{title}: the same"
        return
    yield f"{title}: {len(found)} {'difference' if len(found) == 1 else 'differences'}"
    for each in found[:SHOWN]:
        yield f"  {each.name}: {each.first} -> {each.second}"
    if len(found) > SHOWN:
        yield f"  ... and {len(found) - SHOWN} more"
