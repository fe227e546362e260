"""What is kept of a table in a verdict's folder, and of a verdict in the folders of what is asked of its draws.

Small copies, which `read_reference`, `read_weighted` and `posterior_draws` read as they read the whole ones: manifests,
scenarios and region, the draws, and of the table's worlds how often each was drawn anew. The worlds are made again
from their numbers, so nothing else is needed.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow.parquet as pq
from undercount.experiments.reference.quantities import TRIED
from undercount.experiments.reference.table import KEYS, Reference, read_reference
from undercount.experiments.store.folder import MANIFEST, open_folder, read_manifest, write_manifest
from undercount.experiments.store.kept import keep_scenario
from undercount.experiments.store.manifest import copy_region
from undercount.model.files.problems import BadInput

REFERENCE, NAME = "reference", "verdict"  # of the copies
DRAWS, LABEL_DRAWS = "draws.parquet", "label-draws.parquet"
CALLED = "called"  # in a copy's manifest: the name of the folder that it is of


def keep_reference(reference: Reference, folder: Path) -> None:
    """What the worlds of the table are made of, in `folder`."""
    if (folder / MANIFEST).is_file() or folder.resolve() == reference.folder.resolve():
        return
    folder.mkdir(parents=True, exist_ok=True)
    copy_region(reference.region, folder)
    for name in reference.explanations:
        keep_scenario(folder, reference.scenario(name))
    worlds = reference.table([*KEYS, TRIED] if TRIED in reference.names else list(KEYS))
    pq.write_table(worlds, folder / "worlds.parquet", compression="zstd")
    write_manifest(folder, reference.manifest)


def reference_of(folder: Path, given: str) -> Reference:
    """The table of a verdict: the one that it was asked of, if that is still there, else what is kept of it."""
    kept = folder / REFERENCE
    if not (kept / MANIFEST).is_file():
        return read_reference(folder / given)
    try:
        found = read_reference(folder / given)
        same = read_manifest(kept, "reference")
        if same and found.manifest["batch"] == same["batch"] and found.explanations == [
                entry["name"] for entry in same["scenarios"]]:
            return found
    except BadInput:
        pass
    return read_reference(kept)


def keep_verdict(source: Path, folder: Path) -> None:
    """What the draws of the verdict in `source` are made of, in `folder`."""
    if folder.resolve() == source.resolve():
        return
    manifest = open_folder(source, "compare")
    folder.mkdir(parents=True, exist_ok=True)
    for name in (DRAWS, LABEL_DRAWS):
        if (source / name).is_file():
            shutil.copyfile(source / name, folder / name)
    if "reference" in manifest:  # its table, where it was made from one that is known
        keep_reference(reference_of(source, manifest["reference"]), folder / REFERENCE)
    write_manifest(folder, manifest | {CALLED: called(source)})


def called(folder: Path) -> str:
    """The name of a verdict's folder, or of the one that it is a copy of."""
    manifest = read_manifest(folder, "compare") or {}
    return str(manifest.get(CALLED, folder.resolve().name))
