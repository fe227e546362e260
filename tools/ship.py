"""Makes a finished reference table of the mixture the one that ships: `python -m tools.ship FOLDER`.

Writes manifest and tables, compressed as far as they go, into the region's folder (`experiments/reference/shipped.py`);
parts and the copy of the region are left out. At most MOST bytes.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import pyarrow.parquet as pq
from undercount.experiments.reference.shipped import shipped_folder, shipped_reference
from undercount.experiments.reference.table import TABLES, read_reference
from undercount.experiments.store.folder import MANIFEST
from undercount.model.assumed.scenario import load_scenario

MOST = 8_000_000


def ship(folder: Path) -> int:
    """Bytes written. Raises BadInput if the folder holds no finished table, ValueError if it is too large to ship."""
    reference = read_reference(folder)
    target = shipped_folder(load_scenario(reference.explanations[0]).region)
    target.mkdir(exist_ok=True)
    manifest = {key: value for key, value in reference.manifest.items() if key not in ("sessions", "parts", "planned")}
    manifest |= {"planned": [], "parts": {}, "sessions": []}
    for name in TABLES:
        path = target / f"{name}.parquet"
        pq.write_table(pq.read_table(folder / path.name), path, compression="zstd", compression_level=19,
                       use_byte_stream_split=False)
        manifest["tables"] = manifest["tables"] | {path.name: hashlib.sha256(path.read_bytes()).hexdigest()}
    (target / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    size = sum(path.stat().st_size for path in target.iterdir())
    if size > MOST:
        raise ValueError(f"{target}: {size:,} bytes; at most {MOST:,}")
    shipped_reference()
    return size


if __name__ == "__main__":
    print(f"{ship(Path(sys.argv[1])):,} bytes")
