"""Posterior draws that are worlds of the reference table with weights: a verdict's `draws.parquet` of a mixture.

Its columns are explanation, world (its number in the table) and weight. The worlds are made again from their numbers,
with the luck that they had, so that at the table's scale a draw is the world that the verdict weighed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from undercount.experiments.draws import Draw, attempt
from undercount.experiments.reference.quantities import TRIED
from undercount.experiments.reference.shipped import shipped_reference
from undercount.experiments.reference.table import Reference
from undercount.experiments.store.folder import open_folder
from undercount.experiments.store.kept import again
from undercount.experiments.verdict.folder import DRAWS
from undercount.experiments.verdict.kept import reference_of
from undercount.model.files.problems import BadInput, Problem

COLUMNS = ("explanation", "world", "weight")
WEIGHED = b"weighed worlds of"  # metadata of the draws that ship: `worlds_of` the table that they are of
MAKE = "undercount compare, then python -m tools.publish"


@dataclass(frozen=True)
class Weighted:
    """The table (COLUMNS; weights are none below 0 and not all 0) and the reference table that its worlds are of."""

    reference: Reference
    table: pd.DataFrame

    def of(self, explanations: Sequence[str] = ()) -> pd.DataFrame:
        """The rows of these explanations (none: all) whose weight is not 0."""
        mine = self.table[self.table["explanation"].isin(list(explanations))] if explanations else self.table
        return mine[mine["weight"] > 0]

    def effective(self, explanations: Sequence[str] = ()) -> float:
        """Effective number of worlds: (sum of weights) squared over the sum of their squares (Kish 1965)."""
        weights = self.of(explanations)["weight"].to_numpy(float)
        return float(weights.sum() ** 2 / (weights ** 2).sum())

    def chosen(self, count: int, explanations: Sequence[str] = ()) -> pd.DataFrame:
        """`count` rows that count alike, in proportion to the weights: systematic resampling, so that a world stands
        there its expected number of times, up or down to the next whole number."""
        mine = self.of(explanations)
        weights = mine["weight"].to_numpy(float)
        at = (np.arange(count) + 0.5) / count  # evenly, and not by luck: the same draws each time
        rows = np.minimum(np.searchsorted(np.cumsum(weights) / weights.sum(), at), len(mine) - 1)
        return mine.iloc[rows]

    def draws(self, count: int, explanations: Sequence[str] = ()) -> list[Draw]:
        """The draws of `chosen`. Raises BadInput if an explanation or the model has changed since."""
        rows = list(self.chosen(count, explanations)[["explanation", "world"]].itertuples(index=False, name=None))
        scenarios = {name: self.reference.scenario(name) for name, _ in dict.fromkeys(rows)}
        tried = self._tried()
        made = {(name, world): attempt(scenarios[name], int(world), self.reference.seed, tried[name, int(world)])
                for name, world in dict.fromkeys(rows)}
        return [made[row] for row in rows]

    def draw(self, world: int) -> Draw:
        """The world of that number. Raises BadInput as `draws` does, KeyError if it has no weight."""
        mine = self.of()
        names = mine.loc[mine["world"] == world, "explanation"]
        if names.empty:
            raise KeyError(world)
        name = str(names.iloc[0])
        return attempt(self.reference.scenario(name), world, self.reference.seed, self._tried()[name, world])

    def _tried(self) -> dict[tuple[str, int], int]:
        reference = self.reference
        tried = reference.quantities([TRIED])[:, 0].astype(int).tolist()
        names = [reference.explanations[label] for label in reference.labels]
        return dict(zip(zip(names, reference.worlds.tolist()), tried))


def is_weighted(folder: Path) -> bool:
    """Are the draws of this verdict worlds with weights?"""
    try:
        return set(COLUMNS) <= set(pq.read_schema(folder / DRAWS).names)
    except (OSError, pa.ArrowException):
        return False


def read_weighted(folder: Path) -> Weighted:
    """The weighted worlds of a verdict's folder. Raises BadInput with what is wrong with them or their table."""
    manifest = open_folder(folder, "compare")
    given = manifest.get("reference")
    if manifest["state"] != "finished" or not isinstance(given, str):
        raise BadInput(Problem(folder, "state", manifest["state"], "a folder that `undercount compare` finished"))
    return _of_worlds(folder, reference_of(folder, given), again(manifest, folder))


def shipped_weighted() -> Weighted:
    """The posterior of the published verdict, whose weights ship beside the worlds that they weigh.

    Raises BadInput if there is none, or if rules, region, scenario or table have changed since.
    """
    reference = shipped_reference()
    path = reference.folder / DRAWS
    if not path.exists():
        raise BadInput(Problem(path, "draws", "none that ship with this region", f"a verdict: {MAKE}"))
    if (_schema(path, MAKE).metadata or {}).get(WEIGHED) != worlds_of(reference):
        raise BadInput(Problem(path, "draws", "weights of another table", f"those of the table beside it: {MAKE}"))
    return _of_worlds(reference.folder, reference, MAKE)


def worlds_of(reference: Reference) -> bytes:
    """A hash of a table's worlds: their numbers and counts, the same for a table and what ships of it.

    Not of the manifest: other rules or another number of worlds leave its batch as it is, apart from the code, and a
    shipped table is tied anew to code that changed no world.
    """
    counts = [name for name in reference.columns if name.startswith("count:")]
    found = hashlib.sha256(json.dumps([reference.explanations, counts]).encode())
    for part in (reference.labels, reference.worlds):
        found.update(part.astype("<i8").tobytes())
    found.update(reference.quantities(counts).astype("<f4").tobytes())
    return found.hexdigest()[:16].encode()


def _schema(path: Path, make: str) -> pa.Schema:
    try:
        return pq.read_schema(path)
    except (OSError, pa.ArrowException) as error:
        raise _damaged(path, error, make) from None


def _damaged(path: Path, error: Exception, make: str) -> BadInput:
    kind = "no file" if isinstance(error, FileNotFoundError) else "a damaged file"
    return BadInput(Problem(path, "draws", kind, f"a table; to write it again: {make}"))


def _of_worlds(folder: Path, reference: Reference, make: str) -> Weighted:
    """`make` is the command that writes the draws again."""
    path = folder / DRAWS
    if absent := [name for name in COLUMNS if name not in _schema(path, make).names]:
        raise BadInput(Problem(path, "draws", f"no column {absent[0]}: draws of single explanations",
                               "worlds with weights: `undercount compare` of a table of a mixture, such as everything"))
    try:
        table = pq.read_table(path, columns=list(COLUMNS)).to_pandas()
    except (OSError, pa.ArrowException) as error:
        raise _damaged(path, error, make) from None
    table["explanation"] = table["explanation"].astype(str)
    there = {(reference.explanations[label], world)
             for label, world in zip(reference.labels.tolist(), reference.worlds.tolist())}
    asked = set(zip(table["explanation"], table["world"].astype(int)))
    if missing := sorted(asked - there)[:1]:
        raise BadInput(Problem(path, "world", "{} {}".format(*missing[0]), f"worlds of {reference.folder}"))
    weights = table["weight"].to_numpy(float)
    if not (np.isfinite(weights).all() and (weights >= 0).all() and weights.sum() > 0):
        raise BadInput(Problem(path, "weight", "a weight below 0 or none above",
                               "finite weights, some above 0"))
    return Weighted(reference, table)
