"""A finished reference table: written from the parts, read by everything that asks it something.

    worlds.parquet        explanation, width, without, world, and the quantities of each world
    parameters.parquet    the same worlds, and what was drawn for each unknown (empty: not unknown there)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from undercount.experiments.reference.plan import Variant
from undercount.experiments.reference.quantities import columns
from undercount.experiments.reference.statistics import Statistic, shipped_statistics
from undercount.experiments.store.folder import MANIFEST, REGION, read_manifest, replacing
from undercount.experiments.store.kept import again, kept_scenario
from undercount.experiments.store.provenance import code_digest
from undercount.model.assumed.scenario import Scenario, load_scenario
from undercount.model.files.problems import BadInput, Problem
from undercount.model.known.region import Region
from undercount.model.known.region_in import load_region

TABLES = ("worlds", "parameters")
KEYS = ("explanation", "width", "without", "world")
GROUP = 5000  # worlds that are held in memory at a time


def write_tables(folder: Path, names: Sequence[str], unknowns: Sequence[str], explanations: Sequence[str],
                 parts: Iterable[tuple[dict[str, Any], dict[str, np.ndarray]]]) -> list[Path]:
    """Write both tables from (head, arrays) of every stretch, in order; the same bytes for the same worlds."""
    schemas = {
        "worlds": pa.schema([*_key_fields(), *(pa.field(name, pa.float32()) for name in names)]),
        "parameters": pa.schema([*_key_fields(), *(pa.field(name, pa.float64()) for name in unknowns)])}
    paths = {name: folder / f"{name}.parquet" for name in TABLES}
    with replacing(*paths.values(), durable=True) as new:
        writers = {name: pq.ParquetWriter(path, schemas[name], compression="zstd") for name, path in zip(TABLES, new)}
        for rows in _batches(parts):
            for name in TABLES:
                writers[name].write_table(_table(schemas[name], rows, name, explanations))
        for writer in writers.values():
            writer.close()
    return list(paths.values())


def _key_fields() -> list[pa.Field]:
    return [pa.field("explanation", pa.dictionary(pa.int16(), pa.string())), pa.field("width", pa.float64()),
            pa.field("without", pa.dictionary(pa.int16(), pa.string())), pa.field("world", pa.int32())]


def _batches(parts):
    """Stretches gathered into row groups of about GROUP worlds."""
    gathered, size = [], 0
    for part in parts:
        gathered.append(part)
        size += len(part[1]["parameters"])
        if size >= GROUP:
            yield gathered
            gathered, size = [], 0
    if gathered:
        yield gathered


def _words(words: Sequence[str], sizes: Sequence[int]) -> pa.DictionaryArray:
    """A word for each part, as a column of its worlds."""
    kinds = sorted(set(words))
    codes = np.repeat([kinds.index(word) for word in words], sizes).astype(np.int16)
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(kinds))


def _table(schema: pa.Schema, parts: list, which: str, explanations: Sequence[str]) -> pa.Table:
    sizes = [len(arrays["parameters"]) for _, arrays in parts]
    number = {name: i for i, name in enumerate(explanations)}
    codes = np.repeat([number[head["explanation"]] for head, _ in parts], sizes).astype(np.int16)
    found = [pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(list(explanations))),
             pa.array(np.repeat([float(head["width"]) for head, _ in parts], sizes)),
             _words([head["without"] for head, _ in parts], sizes),
             pa.array(np.concatenate([np.arange(head["first"], head["last"]) for head, _ in parts]).astype(np.int32))]
    if which == "worlds":
        values = np.concatenate([arrays["quantities"] for _, arrays in parts]).astype(np.float32)
        found += [pa.array(np.ascontiguousarray(column)) for column in values.T]
    else:
        for name in schema.names[len(KEYS):]:
            pieces = []
            for head, arrays in parts:
                at = {path: i for i, path in enumerate(head["unknowns"])}.get(name)
                pieces.append(np.full(len(arrays["parameters"]), np.nan) if at is None
                              else arrays["parameters"][:, at])
            column = np.concatenate(pieces)
            found.append(pa.array(column, mask=np.isnan(column)))
    return pa.Table.from_arrays(found, schema=schema)


@dataclass(frozen=True)
class Reference:
    """A table as read: the worlds of one variant, in the order of the file."""

    folder: Path
    manifest: dict[str, Any]
    variant: Variant = Variant()

    @property
    def explanations(self) -> list[str]:
        return [entry["name"] for entry in self.manifest["scenarios"]]

    @property
    def titles(self) -> dict[str, str]:
        return {entry["name"]: entry["resolved"]["title"] for entry in self.manifest["scenarios"]}

    @property
    def seed(self) -> int:
        return self.manifest["batch"]["seed"]

    @property
    def people_per_agent(self) -> int:
        return self.manifest["batch"]["people_per_agent"]

    @cached_property
    def region(self) -> Region:
        """The region, from the copy in the folder; a table that ships lies in its region's own."""
        return load_region(self.region_folder)

    @property
    def region_folder(self) -> Path:
        """Where its region stands."""
        copied = self.folder / REGION / self.manifest["batch"]["region"]["name"]
        return copied if copied.exists() else self.folder.parent

    @property
    def on_region(self) -> str | None:
        """The folder on which its scenarios are read, where that is another region than their own."""
        return str(self.region_folder.resolve()) if self.manifest.get("on_region") else None

    @cached_property
    def statistics(self) -> tuple[Statistic, ...]:
        """The published statistics whose counterparts the table holds."""
        return shipped_statistics(self.region)

    @cached_property
    def columns(self) -> list[str]:
        """What it should hold: all quantities, or those that its manifest names where some were left out to ship."""
        return self.manifest.get("columns") or columns(self.region, self.statistics)

    @cached_property
    def _worlds(self) -> pa.Table:
        return _read(self.folder / "worlds.parquet", self)

    @cached_property
    def names(self) -> set[str]:
        """The columns that the file has: fewer than `columns` if an older version wrote it."""
        return set(self._worlds.column_names)

    @cached_property
    def _rows(self) -> np.ndarray:
        column = self._worlds["explanation"].combine_chunks()
        mine = [i for i, name in enumerate(column.dictionary.to_pylist()) if name in self.explanations]
        return np.flatnonzero((self._worlds["width"].to_numpy() == self.variant.width)
                              & (np.array(self._worlds["without"].to_pylist()) == self.variant.without)
                              & np.isin(column.indices.to_numpy(), mine))

    @property
    def variants(self) -> list[Variant]:
        """All whose worlds it holds, as they are first met."""
        return list(dict.fromkeys(map(Variant, self._worlds["width"].to_pylist(), self._worlds["without"].to_pylist())))

    def under(self, variant: Variant) -> Reference:
        """The worlds of the same folder under another variant."""
        other = Reference(self.folder, self.manifest, variant)
        other.__dict__.update({k: v for k, v in self.__dict__.items() if k in ("_worlds", "region", "statistics")})
        return other

    def of(self, explanations: Sequence[str]) -> Reference:
        """The worlds of some of the explanations only, in the order of the table."""
        kept = [entry for entry in self.manifest["scenarios"] if entry["name"] in explanations]
        other = Reference(self.folder, {**self.manifest, "scenarios": kept}, self.variant)
        other.__dict__.update({k: v for k, v in self.__dict__.items() if k in ("_worlds", "region", "statistics")})
        return other

    @cached_property
    def labels(self) -> np.ndarray:
        """Position of each world's explanation in `explanations`, shape (worlds,)."""
        column = self._worlds["explanation"].combine_chunks()
        order = [self.explanations.index(name) if name in self.explanations else -1
                 for name in column.dictionary.to_pylist()]
        return np.array(order)[column.indices.to_numpy()][self._rows]

    @cached_property
    def worlds(self) -> np.ndarray:
        """Number of each world within its explanation."""
        return self._worlds["world"].to_numpy()[self._rows]

    def table(self, names: Sequence[str]) -> pa.Table:
        """Columns of the file itself: the worlds of every width, in its order."""
        return self._worlds.select(list(names))

    def quantities(self, names: Sequence[str]) -> np.ndarray:
        """The quantities of those names, shape (worlds, names), float64. Raises BadInput if the table has one not."""
        for name in names:
            if name not in self.names:  # an older version wrote it, or it was left out to ship
                raise BadInput(Problem(self.folder, "columns", f"no {name}",
                                       f"a table of one's own: {again(self.manifest, self.folder)}"))
        return np.column_stack([self._worlds[name].to_numpy() for name in names]).astype(float)[self._rows]

    def parameters(self, explanation: str) -> tuple[list[str], np.ndarray]:
        """Unknowns of an explanation and what was drawn, shape (its worlds, unknowns)."""
        table = _read(self.folder / "parameters.parquet", self)
        mine = self._rows[self.labels == self.explanations.index(explanation)]
        names = next(entry["unknowns"] for entry in self.manifest["scenarios"] if entry["name"] == explanation)
        return names, np.column_stack([table[name].to_numpy(zero_copy_only=False)[mine] for name in names])

    def scenario(self, explanation: str) -> Scenario:
        """The explanation's scenario. Raises BadInput if its file, its priors or the model have changed since."""
        there = next(entry for entry in self.manifest["scenarios"] if entry["name"] == explanation)
        if self.manifest["batch"]["code"] != code_digest():
            raise BadInput(Problem(self.folder, "model", f"code {code_digest()}",
                                   f"the table's code {self.manifest['batch']['code']}; or make the table again: new "
                                   "worlds by other rules are not mixed with it"))
        kept = kept_scenario(self.folder, explanation)
        scenario = load_scenario(kept) if kept else load_scenario(there["given"], self.on_region)
        if (scenario.content_hash() != there["key"] or list(scenario.free()) != there["unknowns"]
                or scenario.to_dict()["priors"] != there["resolved"]["priors"]):
            raise BadInput(Problem(self.folder, f"scenario {explanation}", "values other than in this table",
                                   "the scenario as it was; or make the table again"))
        return scenario


def _read(path: Path, reference: Reference) -> pa.Table:
    try:
        return pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        kind = "no file" if isinstance(error, FileNotFoundError) else "a damaged file"
        how = again(reference.manifest, reference.folder)
        raise BadInput(Problem(path, path.stem, kind, f"a table; to write it: {how}")) from None


def read_reference(folder: str | Path) -> Reference:
    """The reference table in a folder. Raises BadInput if it holds none, or one that is not finished."""
    folder = Path(folder)
    manifest = read_manifest(folder, "reference")
    if manifest is None:
        kind = "a folder without results" if folder.is_dir() else "a file" if folder.exists() else "no such folder"
        raise BadInput(Problem(folder, MANIFEST, kind, "a folder that `undercount reference` made"))
    if manifest["state"] != "finished":
        raise BadInput(Problem(folder, "state", manifest["state"],
                               f"a finished table; to go on: {again(manifest, folder)}"))
    return Reference(folder, manifest)
