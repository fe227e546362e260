"""The manifest of a result folder: written when a command starts and when it ends.

It says what rebuilds the call: version, commit, command, resolved scenarios, seeds, machine, package
versions, and the SHA-256 of every file that came out. Times stand here and in no table.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from undercount.experiments.batch import Batch, Entry, command_line, load_again
from undercount.experiments.folder import REGION, read_manifest, write_manifest, write_whole
from undercount.experiments.results import sha256_of
from undercount.model.files.problems import BadInput, Problem
from undercount.model.files.toml_in import describe
from undercount.model.known.region import Region

import undercount
from undercount import model

PACKAGES = ("numpy", "numba", "llvmlite", "pandas", "pyarrow", "pydantic", "mesa")
OPTIONS = {"seed": "--seed", "people_per_agent": "--people-per-agent", "until": "--until"}


def check_same_batch(batch: Batch, folder: Path) -> dict[str, Any] | None:
    """The folder's manifest, if any. Raises BadInput unless `batch` can extend what it describes."""
    manifest = read_manifest(folder)
    if manifest is None:
        return None
    there, asked = manifest["batch"], batch.shared()
    problems = [Problem(folder, option, str(asked[key]), f"{there[key]}, as in this folder, or another --out")
                for key, option in OPTIONS.items() if asked[key] != there[key]]
    if asked["settings"] != there["settings"]:
        shown = [" ".join(f"{name}={value}" for name, value in each["settings"].items()) or "none"
                 for each in (asked, there)]
        problems.append(Problem(folder, "--set", shown[0], f"{shown[1]}, as in this folder, or another --out"))
    if asked["code"] != there["code"]:
        problems.append(Problem(folder, "model", f"version {undercount.__version__}, code {asked['code']}",
                                f"the folder's version {manifest['undercount']}, code {there['code']}, "
                                "or another --out: results of different rules are not mixed"))
    if asked["region"]["files"] != there["region"]["files"]:
        problems.append(Problem(folder, "region", describe(asked["region"]["name"]) + " with other contents",
                                "the region as it was when the folder was begun, or another --out"))
    keys = {entry["name"]: entry["key"] for entry in manifest["scenarios"]}
    for entry in batch.entries:
        name = entry.scenario.name
        if not problems and name in keys and keys[name] != entry.scenario.content_hash():
            problems.append(Problem(folder, f"scenario {name}", "values other than in this folder",
                                    "the scenario as it was when the folder was begun, or another --out"))
    if problems:
        raise BadInput(problems)
    return manifest


def joined(batch: Batch, manifest: dict[str, Any] | None) -> Batch:
    """The batch with the folder's own scenarios and replicates first; none is ever dropped."""
    if manifest is None:
        return batch
    asked = {entry.scenario.name: entry for entry in batch.entries}
    entries = []
    for there in manifest["scenarios"]:
        entry = asked.pop(there["name"], None) or Entry(
            load_again(there, batch.settings, batch.on_region), there["given"], 0)
        entries.append(replace(entry, replicates=max(entry.replicates, there["replicates"])))
    return replace(batch, entries=(*entries, *asked.values()))


def copy_region(region: Region, folder: Path) -> None:
    """Keep the region's files, so that the folder can be read where the region is not.

    A copy that was damaged since is written again.
    """
    for name, digest in region.files.items():
        target = folder / REGION / region.name / name
        if not target.is_file() or sha256_of(target) != digest:
            target.parent.mkdir(parents=True, exist_ok=True)
            write_whole(target, (region.folder / name).read_bytes())


def head(kind: str, command: str) -> dict[str, Any]:
    """What the manifest of any folder begins with: who made it, with what, where."""
    return {
        "undercount": undercount.__version__, "commit": commit(), "kind": kind, "state": "running", "command": command,
        "machine": {"system": platform.system(), "release": platform.release(), "processor": platform.machine(),
                    "cores": os.cpu_count(), "python": platform.python_version()},
        "packages": versions()}


class Record:
    """The manifest while a command runs, for a folder of any kind.

    kind     the command that makes such folders: "run", "reference", ...
    command  the command line that completes the folder, with every seed that was drawn
    about    what the kind adds; of every kind but "run" also `planned`, the names of its parts: a list,
             or a rule {"before": str, "digits": int, "count": int, "after": str} for numbered names
    engine   of this session, from `EngineOptions.describe()`
    """

    def __init__(self, folder: Path, kind: str, command: str, about: dict[str, Any], engine: dict[str, Any]):
        before = read_manifest(folder, kind) or {}
        self.folder = folder
        self.manifest: dict[str, Any] = head(kind, command) | about | {
            # Every command that worked on the folder, the last one last.
            "sessions": [*before.get("sessions", []), {
                "command": command, **engine, "started": now(), "ended": None, "state": "running"}],
            "tables": before.get("tables", {}), "parts": before.get("parts", {}),
        }

    def begin(self) -> None:
        write_manifest(self.folder, self.manifest)

    def end(self, state: str, hashes: dict[str, dict[str, str]]) -> None:
        """`state`: finished, incomplete (runs failed), interrupted, failed (the command did).

        `hashes`: {"tables": {file name in DIR: SHA-256}, "parts": {file name in DIR/parts: SHA-256}}.
        """
        self.manifest |= {"state": state} | hashes
        self.manifest["sessions"][-1] |= {"ended": now(), "state": state}
        write_manifest(self.folder, self.manifest)


def about_runs(batch: Batch) -> dict[str, Any]:
    """What the manifest of a folder of runs adds."""
    most = max(entry.replicates for entry in batch.entries)
    return {
        "batch": batch.shared(),
        "seeds": [batch.seed + r for r in range(most)],
        "scenarios": [{"name": e.scenario.name, "given": e.given, "replicates": e.replicates,
                       "key": e.scenario.content_hash(), "resolved": e.scenario.to_dict()} for e in batch.entries]}


def going_on(batch: Batch, folder: Path) -> str:
    """The command that completes the batch; several where scenarios have different replicates."""
    counts = sorted({entry.replicates for entry in batch.entries})
    return " && ".join(command_line([e.given for e in batch.entries if e.replicates == count], count,
                                    batch.shared(), folder) for count in counts)


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def commit() -> str | None:
    """The commit of the checkout that the model stands in, with a plus sign if it was changed."""
    here = Path(model.__path__[0]).resolve().parent
    if not (here / ".git").exists():
        return None
    try:
        head, changes = (subprocess.run(["git", "-C", str(here), *words], capture_output=True, text=True,
                                        timeout=10, check=True).stdout.strip()
                         for words in (["rev-parse", "HEAD"], ["status", "--porcelain", "--", "model", "experiments"]))
    except (OSError, subprocess.SubprocessError):
        return None
    return head + ("+" if changes else "")


def versions() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
