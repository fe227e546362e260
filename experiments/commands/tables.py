"""Which table a file is, by its columns, and whether it is right."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from undercount.experiments.patterns.table import read_patterns
from undercount.experiments.policy.levers import read_levers
from undercount.experiments.reference.statistics import read_statistics
from undercount.model.files.problems import BadInput, Problem
from undercount.model.files.rows import Unreadable, rows_of
from undercount.model.files.tables_in import Problems, read_bytes
from undercount.model.files.toml_in import plain
from undercount.model.known.region import Region
from undercount.model.known.region_in import load_region, read_referrals

SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xls", ".ods")
STATISTICS, PATTERNS, LEVERS = "published statistics", "patterns", "levers"
# Columns that only this table has.
BY_COLUMNS = {
    STATISTICS: {"measure", "bound", "error"}, PATTERNS: {"statement", "measure", "hard"},
    LEVERS: {"prong", "parameter", "toward"},
}
OF_A_REGION = {
    "countries": {"capital", "lat", "lon"}, "country_year": {"year", "variable", "value"},
    "sources": {"code", "citation"}, "crossings": {"a", "b", "kind"}, "routes": {"path", "era"},
    "ties": {"destination", "near", "weight"}, "events": {"when", "kind", "reliability"}, "ngos": {"kind", "start"},
}


def is_table(path: Path) -> bool:
    """By its name, in capitals or not."""
    return path.suffix.lower() in SUFFIXES


def check_table(path: Path, region: Callable[[], Region]) -> str:
    """What the table is, and how many rows it has. Raises BadInput with every problem."""
    columns = _columns(path)
    kind = next((kind for kind, some in BY_COLUMNS.items() if some <= columns), None)
    if kind == STATISTICS:
        return f"{kind}, {len(read_statistics(path, region()))} rows"
    if kind == PATTERNS:
        return f"{kind}, {len(read_patterns(path, region()))} rows"
    if kind == LEVERS:
        return f"{kind}, {len(read_levers(str(path), region()))} rows"
    name = next((name for name, some in OF_A_REGION.items() if some <= columns), None)
    if name and (path.parent / "region.toml").is_file():
        load_region(path.parent)
        return f"table {name!r} of a region, checked with its whole folder"
    if name is None and _is_of_a_region(path):
        return "observed table of a region, checked with its whole folder"
    if name:
        raise BadInput(Problem(plain(str(path)), "table", f"{name!r} of a region",
                               "the folder of the region, whose tables are checked together"))
    here = region()
    rows = read_referrals(path, [country.iso3 for country in here.countries], (here.start, here.end))
    return f"observed table, {len(rows)} rows"


def _is_of_a_region(path: Path) -> bool:
    """Is this a table of a right region, in its folder or in a folder of it?"""
    for folder in path.resolve().parents[:2]:
        with suppress(BadInput):
            if path.resolve() in {(folder / name).resolve() for name in load_region(folder).files}:
                return True
    return False


def _columns(path: Path) -> set[str]:
    """Names in the first row, in small letters; none where there is no such row. Whoever reads the table says why."""
    data = read_bytes(path, Problems())
    try:
        found = rows_of(data, set().union(*BY_COLUMNS.values(), *OF_A_REGION.values())).rows if data else []
    except Unreadable:
        return set()
    return {name.casefold() for name in found[0][1]} if found else set()
