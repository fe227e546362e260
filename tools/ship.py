"""Makes a finished reference table of the mixture the one that ships: `python -m tools.ship FOLDER [ATTRIBUTION]`.
Without a folder the table that ships is tied anew, and what is published of it. ATTRIBUTION is a folder of `undercount
attribute --prior N` on the table's worlds; what adaptation made in them ships beside the table.

Some of its rows are simulated again first: only if all come out bit for bit is the table, in FOLDER too, tied to the
rules as they are (a change of comments gives the code another hash, and no other worlds). Writes manifest and tables,
compressed as far as they go, into the region's folder, without parts and the copy of the region; which columns are
kept of which worlds, says `experiments/reference/shipped.py`. Unknowns are kept in single precision: worlds are made
again from their numbers.
"""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from undercount.experiments.answer.estimands import change, windows
from undercount.experiments.answer.find import full
from undercount.experiments.draws import attempt
from undercount.experiments.reference.attributed import COUNTED, FLOW, VALUES, adaptation, window_of
from undercount.experiments.reference.quantities import TRIED, columns, quantities
from undercount.experiments.reference.shipped import (
    ATTRIBUTION,
    MIXTURE,
    shipped_folder,
    shipped_reference,
    ships,
    ships_of_variants,
)
from undercount.experiments.reference.table import KEYS, TABLES, Reference, read_reference
from undercount.experiments.store.folder import MANIFEST
from undercount.experiments.store.provenance import code_digest
from undercount.experiments.verdict.observed import read_observed
from undercount.model.assumed.scenario import load_scenario
from undercount.model.known.region import Region
from undercount.model.simulation import simulate

from tools.findings import PUBLISHED

MOST = 8_000_000  # bytes
ROWS = 30  # simulated again


def ship(folder: Path) -> int:
    """Bytes written. Raises BadInput if the folder holds no finished table of the mixture as it is, ValueError if rows
    come out otherwise or the table is too large to ship."""
    reference = of_rules_as_they_are(read_reference(folder))
    _write_manifest(reference.manifest, folder)
    # Not the copy of the region that the folder has: where everybody's own is looked for.
    target = shipped_folder(load_scenario(MIXTURE, reference.region.name).region)
    target.mkdir(exist_ok=True)
    manifest = reference.manifest | {"planned": [], "parts": {}, "sessions": []}
    for name in TABLES:
        path = target / f"{name}.parquet"
        table = pq.read_table(folder / path.name)
        _write(table if name == "worlds" else table.filter(_plain(table)), path, reference.region)
        manifest["tables"] = manifest["tables"] | {path.name: hashlib.sha256(path.read_bytes()).hexdigest()}
    manifest["columns"] = [column for column in reference.columns if ships(column, reference.region)]
    _write_manifest(manifest, target)
    size = sum(path.stat().st_size for path in target.rglob("*"))
    if size > MOST:
        raise ValueError(f"{target}: {size:,} bytes; at most {MOST:,}")
    shipped_reference()
    return size


def ship_attribution(folder: Path, table: Reference) -> int:
    """What an attribution says of changes of logarithms in worlds of the table that ships; bytes written. Raises
    BadInput if it is of other worlds."""
    observed = read_observed(table, None)
    asked = {(str(window.before), str(window.after)): window
             for window in windows(observed, full(observed), table.region.windows)}
    window = asked.get(window_of(folder))
    adaptation(table, folder, None if window is None else change(table, window))
    target = table.folder / ATTRIBUTION
    target.mkdir(exist_ok=True)
    manifest = json.loads((folder / MANIFEST).read_bytes())
    _write_manifest(manifest | {"planned": [], "parts": {}, "tables": {}, "sessions": []}, target)
    values = pq.read_table(folder / VALUES)
    pq.write_table(values.filter(pc.is_in(values["outcome"].cast(pa.string()), pa.array([COUNTED, FLOW]))),
                   target / VALUES, compression="zstd", compression_level=19)
    return sum(path.stat().st_size for path in target.iterdir())


def tie_anew(published: Path = PUBLISHED) -> str:
    """Tie the table that ships, where only the folder it came from is gone; the code that it is tied to. Raises
    ValueError if rows come out otherwise, or if what is published is of another table."""
    folder = shipped_folder(load_scenario(MIXTURE).region)
    page = published / "verdict" / "reference-manifest.json"
    before, there = read_reference(folder), json.loads(page.read_bytes())
    if there["batch"] != before.manifest["batch"]:
        raise ValueError(f"{page}: not of the table in {folder}")
    tied = of_rules_as_they_are(before).manifest
    _write_manifest(tied, folder)
    _write_manifest(there | {"batch": tied["batch"]}, page.parent, page.name)
    return tied["batch"]["code"]


def _write_manifest(manifest: dict, folder: Path, name: str = MANIFEST):
    text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
    (folder / name).write_text(text, encoding="utf-8")


def _write(table: pa.Table, path: Path, region: Region):
    """What ships of it, worlds of the priors as they are first; bytes of a kind beside each other, so that they
    compress."""
    fields = [pa.field(f.name, pa.float32() if pa.types.is_float64(f.type) and f.name != "width" else f.type)
              for f in table.schema if ships(f.name, region)]
    small = table.select([field.name for field in fields]).cast(pa.schema(fields))
    plain = _plain(small)
    small = pa.concat_tables([small.filter(plain), _of_variants(small.filter(pc.invert(plain)))])
    floats = [field.name for field in fields if pa.types.is_floating(field.type)]
    pq.write_table(small, path, compression="zstd", compression_level=19, use_dictionary=["explanation", "without"],
                   use_byte_stream_split=floats)


def _plain(table: pa.Table) -> pa.ChunkedArray:
    """Which worlds are of the priors as they are, and inside all gates."""
    return pc.and_(pc.equal(table["width"], 1.0), pc.equal(table["without"].cast(pa.string()), ""))


def _of_variants(table: pa.Table) -> pa.Table:
    """Worlds of other variants: all but what ships of them is empty."""
    for i, field in enumerate(table.schema):
        if field.name not in KEYS and not ships_of_variants(field.name):
            table = table.set_column(i, field, pa.nulls(len(table), field.type))
    return table


def of_rules_as_they_are(reference: Reference) -> Reference:
    """The table tied to the code as it is. Raises ValueError if one of ROWS rows comes out otherwise."""
    batch = reference.manifest["batch"] | {"code": code_digest()}
    tied = replace(reference, manifest=reference.manifest | {"batch": batch})
    rows = np.unique(np.linspace(0, len(tied.labels) - 1, ROWS).astype(int))
    found, there = again(tied, rows), as_there(tied, rows)
    if not np.array_equal(found, there, equal_nan=True):
        row, column = np.argwhere((found != there) & ~(np.isnan(found) & np.isnan(there)))[0]
        raise ValueError(f"world {tied.worlds[rows[row]]}, {tied.columns[column]}: {found[row, column]:g} by the rules "
                         f"as they are, {there[row, column]:g} in the table: {reference.manifest['command']}")
    return tied


def again(table: Reference, rows) -> np.ndarray:
    """What the worlds of these rows give today, shape (rows, columns), in the table's single precision."""
    tried, scenario = table.quantities([TRIED])[:, 0].astype(int), table.scenario(MIXTURE)
    draws = [attempt(scenario, int(table.worlds[row]), table.seed, int(tried[row]), table.variant.width)
             for row in rows]
    found = np.array([quantities(table.statistics, simulate(draw.scenario, table.people_per_agent, draw.luck))
                      for draw in draws]).astype(np.float32)
    every = columns(table.region, table.statistics)
    return found[:, [every.index(name) for name in table.columns]]


def as_there(table: Reference, rows) -> np.ndarray:
    """The same rows as the table has them."""
    return table.quantities(table.columns)[rows].astype(np.float32)


if __name__ == "__main__":
    print(f"{ship(Path(sys.argv[1])):,} bytes" if sys.argv[1:] else f"tied to {tie_anew()}")
    if sys.argv[2:]:
        print(f"{ship_attribution(Path(sys.argv[2]), shipped_reference()):,} bytes of an attribution")
