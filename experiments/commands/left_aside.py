"""What stands in a region's folder and nothing reads: onsets of no explanation, files that nothing names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from undercount.experiments.reference.statistics import FILE as STATISTICS
from undercount.model.assumed.scenario_files import scenario_names, scenarios_root
from undercount.model.files.problems import nearest
from undercount.model.files.tables_in import Problems
from undercount.model.files.toml_in import plain, read_toml
from undercount.model.known.region import Region

LABELS = "labels.toml"  # of the page
OF_A_REGION = (".csv", ".tsv", ".xlsx", ".toml", ".geojson")


def onset_names() -> list[str]:
    """The onsets of the scenarios that can be called by name."""
    found: dict[str, None] = {}
    for name in scenario_names():
        document = read_toml(scenarios_root() / f"{name}.toml", Problems())
        onsets = document.values.get("onsets") if document else None
        found |= dict.fromkeys(onsets if isinstance(onsets, dict) else ())
    return sorted(found)


def unknown_onsets(region: Region) -> Iterator[str]:
    """Onsets that a region speaks of and no scenario by name has; one of the user's own may."""
    document = read_toml(region.changes, Problems()) if region.changes else None
    names = onset_names()
    for name in document.values.get("onsets", {}) if document else ():
        if name not in names:
            close = nearest(name, names)
            yield (f"onsets.{plain(name)} is of no scenario that ships, whose onsets are {', '.join(names)}: without "
                   f"effect there{f'; did you mean {close!r}?' if close else ''}")


def unread(region: Region) -> Iterator[str]:
    """Tables beside those of the region that nothing reads."""
    known = {Path(os.path.normpath(name)) for name in (*region.files, STATISTICS, LABELS)}
    for folder in sorted({name.parent for name in known}):
        for path in sorted((region.folder / folder).iterdir()) if (region.folder / folder).is_dir() else ():
            name = folder / path.name
            if path.suffix.lower() in OF_A_REGION and name not in known:
                beside = folder == STATISTICS.parent
                hint = f" (statistics are read from {STATISTICS.as_posix()} alone)" if beside else ""
                yield f"{plain(name.as_posix())} is not read: region.toml does not name it{hint}"
