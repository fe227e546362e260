"""Every file of a result folder against its manifest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from undercount.experiments.store.failures import FAILED
from undercount.experiments.store.folder import LOCK, MANIFEST, PARTS, REGION, RUNNING, TEMPORARY, sha256_of
from undercount.experiments.store.planned import RUN_TABLES, planned_names
from undercount.experiments.store.seal import Damaged, check_part

# What `undercount report` writes into the folder.
REPORT = ("report.html", "figures")


class Finding(NamedTuple):
    """What is wrong with a file: damaged, missing or unknown. `path` is relative to the folder."""

    kind: str
    path: str


def verify(folder: Path, manifest: dict[str, Any]) -> tuple[int, list[Finding]]:
    """The number of files that are as the manifest says, and what is wrong with the others."""
    good, findings = 0, []
    expected: set[str] = set()
    for path, kind in _expected(folder, manifest):
        expected.add(path)
        if kind is None:
            good += 1
        else:
            findings.append(Finding(kind, path))
    expected |= {MANIFEST, LOCK, RUNNING}
    findings += [Finding("unknown", path) for path in _there(folder) if path not in expected and not _known(path)]
    return good, findings


def _expected(folder: Path, manifest: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    """(relative path, what is wrong with it or None) of every file that should be there."""
    names = [f"{name}.parquet" for name in RUN_TABLES] if manifest["kind"] == "run" else []
    for name in dict.fromkeys([*names, *manifest["tables"]]):
        yield name, _against(folder / name, manifest["tables"].get(name))
    batch = manifest.get("batch", manifest)
    region = batch.get("region") if isinstance(batch, dict) else None
    if isinstance(region, dict) and isinstance(region.get("files"), dict):
        for name, digest in region["files"].items():
            path = f"{REGION}/{region.get('name')}/{name}"
            yield path, _against(folder / path, digest)
    for name, digest in manifest.get("kept", {}).items():
        yield name, _against(folder / name, digest)
    for name in planned_names(manifest):
        yield f"{PARTS}/{name}", _part(folder, name, manifest["parts"].get(name))


def _against(path: Path, digest: str | None) -> str | None:
    if not path.is_file():
        return "missing"
    try:
        # A table that the manifest does not know yet is of a command that was killed.
        return None if digest is not None and sha256_of(path) == digest else "damaged"
    except OSError:
        return "damaged"


def _part(folder: Path, name: str, digest: str | None) -> str | None:
    """A part has a seal of its own; the manifest knows those of commands that came to their end."""
    try:
        check_part(folder, name)
        return None if digest is None or sha256_of(folder / PARTS / name) == digest else "damaged"
    except FileNotFoundError:
        return "missing"
    except (Damaged, OSError):
        return "damaged"


def _there(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        if not path.is_dir():
            yield path.relative_to(folder).as_posix()


def _known(path: str) -> bool:
    """Is it what a command leaves beside results?"""
    return (path.startswith(f"{PARTS}/") and path.endswith(FAILED)) or path.endswith(TEMPORARY) \
        or path.split("/")[0] in REPORT
