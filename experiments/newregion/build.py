"""Writes a new region's folder, whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from undercount.experiments.newregion.tables import minimal
from undercount.experiments.reference.shipped import FOLDER as REFERENCE
from undercount.model.assumed.scenario import load_scenario
from undercount.model.assumed.scenario_files import region_at
from undercount.model.files.problems import BadInput, Problem
from undercount.model.files.tables_in import Problems
from undercount.model.files.toml_in import Source


def write_region(folder: Path, like: str | None) -> Path:
    """Make `folder`: the minimal region, or the tables of the region `like` (a name or a path) without its results.

    Raises BadInput if the folder exists and holds anything, cannot be made, or `like` is no region.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput(Problem("command line", "DIR", str(folder), "a folder that does not exist yet, or an empty one"))
    source = None
    if like is not None:
        problems = Problems()
        source = region_at(Source("--from", problems), Path(), like)
        problems.raise_any()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".new-region-") as beside:
            made = Path(beside) / "region"
            if source is None:
                _write(made, minimal(folder.name))
            else:
                shutil.copytree(source.folder, made, ignore=shutil.ignore_patterns(REFERENCE))
            load_scenario("no-change", str(made))  # nothing is handed over that does not load
            if folder.exists():
                folder.rmdir()
            made.rename(folder)
    except OSError as error:
        found = str(error.strerror or error)
        raise BadInput(Problem("command line", "DIR", found, "a folder that can be made")) from None
    return folder


def _write(folder: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
