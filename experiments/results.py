"""Reading a result folder: `read_results(folder).table("referrals")`.

Columns of every table begin with scenario, replicate, seed. `runs` has one row a run; the others are
those of `TraffickingModel`: `referrals`, `hidden`, `flows`, `actors`, `lists`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from undercount.experiments.folder import PARTS, REGION, open_folder
from undercount.experiments.parts import Damaged, Part, read_part
from undercount.model.files.problems import BadInput, Problem
from undercount.model.known.region import Region, load_region

if TYPE_CHECKING:
    import pandas as pd

TABLES = ("runs", "referrals", "hidden", "flows", "actors", "lists")


@dataclass(frozen=True)
class Results:
    """A result folder. `complete` is False while runs of the batch are missing from the tables."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def complete(self) -> bool:
        return self.manifest["state"] == "finished"

    @property
    def scenarios(self) -> list[str]:
        """Names of the scenarios, in the order of the tables."""
        return [entry["name"] for entry in self.manifest["scenarios"]]

    @cached_property
    def region(self) -> Region:
        """The region of all the scenarios, from the copy in the folder."""
        return load_region(self.folder / REGION / self.manifest["batch"]["region"]["name"])

    def table(self, name: str) -> pd.DataFrame:
        """One of the tables, as a new DataFrame. Raises BadInput if it is absent or damaged."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        if name not in TABLES:
            raise KeyError(f"{name!r} is no table; there are {', '.join(TABLES)}")
        path = self.folder / f"{name}.parquet"
        try:
            found = pq.read_table(path)
        except (OSError, pa.ArrowException) as error:
            kind = "no file" if isinstance(error, FileNotFoundError) else "a damaged file"
            again = f"a table; to write it again: {self.manifest['command']}"
            raise BadInput(Problem(path, name, kind, again)) from None
        # Texts as plain strings: a DataFrame's categories would add groups that no row is in.
        plain = {field.name: column.cast(field.type.value_type) if pa.types.is_dictionary(field.type) else column
                 for field, column in zip(found.schema, found.columns)}
        return pa.table(plain).to_pandas()


def read_results(folder: str | Path) -> Results:
    """The results in a folder. Raises BadInput if it holds none."""
    folder = Path(folder)
    manifest = open_folder(folder, "run")
    if not (folder / "runs.parquet").exists():
        raise BadInput(Problem(folder, "tables", "none yet", f"finished runs; to go on: {manifest['command']}"))
    return Results(folder, manifest)


# --------------------------------------------------------------------------- which runs are there


def run_key(scenario_key: str, batch: dict[str, Any], seed: int) -> str:
    """A hash of all that can move a run's result."""
    content = (scenario_key, batch["people_per_agent"], batch["months"], seed, batch["code"])
    return hashlib.sha256(repr(content).encode()).hexdigest()


def part_name(scenario: str, replicate: int, key: str) -> str:
    """A part's file name; the scenario's name is cut so that the whole fits any file system."""
    return f"{scenario[:80]}-{replicate:05d}-{key[:16]}.npz"


def planned_parts(manifest: dict[str, Any]) -> list[tuple[str, int, str]]:
    """(scenario, replicate, part's file name) of every run of the batch, in the order of the tables."""
    batch = manifest["batch"]
    return [(entry["name"], r, part_name(entry["name"], r, run_key(entry["key"], batch, batch["seed"] + r)))
            for entry in manifest["scenarios"] for r in range(entry["replicates"])]


def planned_names(manifest: dict[str, Any]) -> Iterator[str]:
    """File names of the parts that a folder of any kind will have when it is complete, in their order."""
    if manifest["kind"] == "run":
        yield from (name for _, _, name in planned_parts(manifest))
    elif isinstance(rule := manifest["planned"], dict):
        yield from (f"{rule['before']}{n:0{rule['digits']}d}{rule['after']}" for n in range(rule["count"]))
    else:
        yield from rule


def part_state(folder: Path, name: str) -> str:
    """done, missing or damaged."""
    try:
        load_part(folder, name)
    except FileNotFoundError:
        return "missing"
    except (Damaged, OSError):
        return "damaged"
    return "done"


def load_part(folder: Path, name: str) -> Part:
    """A part of the folder. Raises Damaged also if it is another run's, under a wrong name."""
    part = read_part(folder / PARTS / name)
    if part.head.get("part") != name:
        raise Damaged
    return part


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
