"""The files that a result folder will hold when it is complete, from its manifest alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

RUN_TABLES = ("runs", "referrals", "hidden", "flows", "actors", "lists")


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
