"""The manifest of a result folder: written when a command starts and when it ends.

It says what rebuilds the call: version, commit, command, resolved scenarios, seeds, machine, package
versions, and the SHA-256 of every file that came out. Times stand here and in no table.
"""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

from undercount.experiments.store.folder import REGION, read_manifest, sha256_of, write_manifest, write_whole
from undercount.experiments.store.provenance import commit, now, versions
from undercount.model.known.region import Region

import undercount


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
            "tables": before.get("tables", {}), "parts": before.get("parts", {}), "places": before.get("places", {}),
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
