"""The files that a result folder will hold when it is complete, from its manifest alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

RUN_TABLES = ("runs", "referrals", "hidden", "flows", "actors", "lists")
SWEEP_TABLES = ("points", "outputs")  # of a sweep, beside those


def run_key(scenario_key: str, batch: dict[str, Any], seed: int, point: str | None = None) -> str:
    """A hash of all that can move a run's result; `point` is the key of a point of a sweep."""
    content = (scenario_key, batch["people_per_agent"], batch["months"], seed, batch["code"])
    content += () if point is None else (point,)
    return hashlib.sha256(repr(content).encode()).hexdigest()


def cut(name: str, most: int = 80) -> str:
    """The beginning of a name that takes at most so many bytes."""
    return name.encode()[:most].decode(errors="ignore")


def part_name(scenario: str, replicate: int, key: str) -> str:
    """A part's file name; the scenario's name is cut so that the whole fits any file system."""
    return f"{cut(scenario)}-{replicate:05d}-{key[:16]}.npz"


def layout(points: Sequence[int], replicates: int, batch: Mapping[str, Any]) -> Iterator[tuple[int | None, int]]:
    """(point, replicate) of every run of a scenario, in order; the point is None where nothing is swept.

    With `lucks` in the batch so many consecutive replicates are one draw of the parameters.
    """
    if batch.get("sweep") is None:
        yield from ((None, r) for r in range(replicates))
    elif lucks := batch.get("lucks"):
        yield from ((points[r // lucks], r) for r in range(replicates))
    else:
        yield from ((point, r) for point in points for r in range(replicates))


def planned_parts(manifest: dict[str, Any]) -> list[tuple[str, int, str]]:
    """(scenario, replicate, part's file name) of every run of the batch, in the order of the tables."""
    batch, found = manifest["batch"], []
    for entry in manifest["scenarios"]:
        keys = entry.get("points", [])
        for point, r in layout(range(len(keys)), entry["replicates"], batch):
            key = run_key(entry["key"], batch, batch["seed"] + r, None if point is None else keys[point])
            found.append((entry["name"], r, part_name(entry["name"], r, key)))
    return found


def planned_names(manifest: dict[str, Any]) -> Iterator[str]:
    """File names of the parts that a folder of any kind will have when it is complete, in their order."""
    if manifest["kind"] == "run":
        yield from (name for _, _, name in planned_parts(manifest))
    elif isinstance(rule := manifest["planned"], dict):
        yield from (f"{rule['before']}{n:0{rule['digits']}d}{rule['after']}" for n in range(rule["count"]))
    else:
        yield from rule
