"""A folder of runs that is extended: what it holds already, and what more is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from undercount.experiments.runs.batch import Batch, Entry, load_again
from undercount.experiments.store.kept import kept_scenario
from undercount.model.files.problems import BadInput, Problem


def joined(batch: Batch, folder: Path, manifest: Mapping[str, Any] | None) -> Batch:
    """The batch with the folder's own scenarios and replicates first; none is ever dropped.

    Raises BadInput if a scenario is no longer what it was when the folder was begun.
    """
    if manifest is None:
        return batch
    batch = _with_as_many_points(batch, manifest)
    keys = {entry["name"]: entry["key"] for entry in manifest["scenarios"]}
    asked = {entry.scenario.name: entry for entry in batch.entries}
    problems = [Problem(folder, f"scenario {name}", "values other than in this folder",
                        f"the scenario as it was when the folder was begun{_as_it_was(folder, name)}, or another --out")
                for name, entry in asked.items() if name in keys and keys[name] != entry.scenario.content_hash()]
    if problems:
        raise BadInput(problems)
    entries = []
    for there in manifest["scenarios"]:
        entry = asked.pop(there["name"], None) or Entry(
            load_again(folder, there, batch.settings, batch.on_region), there["given"], 0)
        entries.append(replace(entry, given=there["given"], replicates=max(entry.replicates, there["replicates"])))
    batch = replace(batch, entries=(*entries, *asked.values()),
                    outputs=batch.outputs or tuple(map(str, manifest.get("outputs", ()))))
    return batch if batch.sweep is None else batch.with_points(batch.sweep)


def _as_it_was(folder: Path, name: str) -> str:
    kept = kept_scenario(folder, name)
    return f" ({kept})" if kept else ""


def _with_as_many_points(batch: Batch, manifest: Mapping[str, Any]) -> Batch:
    """A design whose first points are the same whatever their number keeps what the folder has."""
    if batch.sweep is None or batch.sweep.drawn or not batch.sweep.extensible:
        return batch
    there = max((len(entry["points"]) - 1 for entry in manifest["scenarios"]), default=0)
    return replace(batch, sweep=replace(batch.sweep, points=max(batch.sweep.points, there)))


def about_runs(batch: Batch, manifest: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What the manifest of a folder of runs adds; what `manifest` says already of how scenarios came about stays."""
    before = {entry["name"]: entry["resolved"] for entry in manifest["scenarios"]} if manifest else {}
    most = max(entry.replicates for entry in batch.entries)
    return {
        "batch": batch.shared(), **({"outputs": list(batch.outputs)} if batch.outputs else {}),
        "seeds": [batch.seed + r for r in range(most)],
        "scenarios": [{"name": e.scenario.name, "given": e.given, "replicates": e.replicates,
                       "key": e.scenario.content_hash(),
                       "resolved": before.get(e.scenario.name) or e.scenario.to_dict(),
                       **({"points": [point.key for point in e.points]} if batch.sweep else {})}
                      for e in batch.entries]}


def going_on(batch: Batch, folder: Path) -> str:
    """The command that completes the batch; several where scenarios have different replicates."""
    counts = sorted({entry.replicates for entry in batch.entries})
    return " && ".join(batch.going_on([e for e in batch.entries if e.replicates == count], folder) for count in counts)
