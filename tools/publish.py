"""What is published of an answer, from its result folders:
`python -m tools.publish [--into REGION] REFERENCE VERDICT [FOLDER ...]`.

FOLDER are those of `undercount attribute`, `policy`, `discover` and `further`; each goes under its command's name.
Parts and Parquet tables stay behind: documents, words, CSV tables, figures and manifests are published, and what
was published before of the same command and region is removed; of commands that are not given it stays. The weights of
the verdict's worlds go beside the table of worlds that ships, for the page (`shipped_weighted`); of another region only
where such a table ships. Then `python -m tools.findings` (`tools.findings_region` of another region) writes the page.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pyarrow.parquet as pq
from undercount.experiments.reference.shipped import MIXTURE, shipped_folder
from undercount.experiments.reference.table import read_reference
from undercount.experiments.store.folder import MANIFEST
from undercount.experiments.verdict.folder import DRAWS
from undercount.experiments.verdict.weighted import COLUMNS, WEIGHED, worlds_of
from undercount.model.assumed.scenario import load_scenario

from tools.findings import PUBLISHED

NAMES = {"compare": "verdict", "attribute": "attribution", "policy": "policy", "discover": "discover",
         "further": "further"}
KINDS = {".json", ".md", ".csv"}
BEHIND = ("parts", "region", "reference", "verdict")  # what a folder keeps to go on elsewhere


def publish(reference: Path, folders: list[Path], target: Path = PUBLISHED) -> list[Path]:
    """The files written. Raises KeyError for a folder of another command."""
    written = []
    for folder in folders:
        kind = json.loads((folder / MANIFEST).read_bytes())["kind"]
        own = target / NAMES[kind]
        shutil.rmtree(own, ignore_errors=True)
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder)
            if path.suffix in KINDS and inside.parts[0] not in BEHIND:
                written.append(_copy(path, own / inside))
            elif path.suffix == ".png" and inside.parts[0] == "figures":
                written.append(_copy(path, target / "figures" / path.name))
        if kind == "compare":
            written.append(_copy(reference / MANIFEST, own / "reference-manifest.json"))
    return written


def ship_draws(reference: Path, verdict: Path, target: Path) -> Path:
    """Write the weights of a mixture's verdict from this table into the folder of the table that ships; the file."""
    table = pq.read_table(verdict / DRAWS, columns=list(COLUMNS))
    path = target / DRAWS
    own = table.replace_schema_metadata({WEIGHED: worlds_of(read_reference(reference))})
    pq.write_table(own, path, compression="zstd")
    return path


def _copy(path: Path, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)
    return target


if __name__ == "__main__":
    words = sys.argv[1:]
    on = words.pop(1) if words[0] == "--into" else None
    there, *others = map(Path, words[on is not None:])
    into, table = PUBLISHED / (on or ""), shipped_folder(load_scenario(MIXTURE, on).region)
    for folder in others:
        if table.is_dir() and json.loads((folder / MANIFEST).read_bytes())["kind"] == "compare":
            print(ship_draws(there, folder, table).name)
    print("\n".join(str(path.relative_to(PUBLISHED)) for path in publish(there, others, into)))
