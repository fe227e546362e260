"""Where scenarios and regions are found, by name or by path."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from undercount.model.files.problems import BadInput
from undercount.model.files.toml_in import Source, Where, describe, readable
from undercount.model.known.region import Region
from undercount.model.known.region_in import load_region


def scenarios_root() -> Path:
    """The folder of scenarios: set by UNDERCOUNT_SCENARIOS, else the one of this package."""
    if chosen := os.environ.get("UNDERCOUNT_SCENARIOS"):
        return Path(chosen)
    return Path(__file__).resolve().parents[2] / "scenarios"


def scenario_names() -> list[str]:
    """The scenarios that can be called by name."""
    return sorted(path.stem for path in scenarios_root().glob("*.toml"))


def _is_path(name: str) -> bool:
    return name.endswith(".toml") or "/" in name or os.sep in name


def find(name: str, folder: Path, source: Source, where: Where) -> Path | None:
    """The file of a scenario given by name or path; None after reporting that there is none."""
    if _is_path(name):
        return folder / name
    path = scenarios_root() / f"{name}.toml"
    if name in scenario_names():
        return path
    names = scenario_names()
    source.bad((*where, name), where[-1], describe(name),
               f"a path to a .toml file, or one of {', '.join(names) or '(no scenarios found)'}", names)
    return None


def _beside(folder: Path, name: str) -> str | None:
    """The path that was meant where the name is that of a folder here."""
    try:
        there = "/" not in name and (folder / name / "region.toml").is_file()
    except (OSError, ValueError):
        return None
    return f"./{name}" if there else None


def region_at(source: Source, beside: Path, value: object) -> Region | None:
    """The region of that name among the scenarios, or in that folder, relative to `beside`."""
    problems = source.problems
    root = scenarios_root()
    names: Collection[str] = sorted(p.parent.name for p in root.glob("*/region.toml"))
    if not isinstance(value, str) or not value.strip() or not readable(value):
        source.bad(("region",), "region", describe(value), "the name or path of a region")
        return None
    folder = beside / value if "/" in value or os.sep in value else root / value
    if folder.name == "region.toml":
        folder = folder.parent
    try:
        found = (folder / "region.toml").is_file()
    except OSError:  # a name too long, a folder that may not be read
        found = False
    if not found:
        source.bad(("region", value), "region", describe(value),
                   "the path of a folder with a region.toml (./NAME is one beside this file), or one of "
                   + ", ".join(names), names, _beside(beside, value))
        return None
    try:
        return replace(load_region(folder), folder=folder.resolve())
    except BadInput as error:
        problems.count += len(error.problems)
        problems.listed.extend(error.problems)
        return None
