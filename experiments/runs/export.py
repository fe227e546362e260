"""The tables of a folder of runs for other programs, with their data dictionary: here as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
from undercount.experiments.ask import wrong_names
from undercount.experiments.runs.results import Results
from undercount.experiments.store.folder import replacing
from undercount.experiments.store.kept import again
from undercount.experiments.store.planned import RUN_TABLES, SWEEP_TABLES
from undercount.experiments.store.tables import write_csv
from undercount.model.files.problems import BadInput, Problem

DICTIONARY = "columns"


class Exported:
    """The chosen tables of a folder of runs, read a row group at a time, so that memory does not grow with runs."""

    def __init__(self, results: Results, wanted: Sequence[str] = ()):
        """`wanted` are names of tables; none means all. Raises BadInput for a name that is none of the folder's."""
        self.results = results
        there = [name for name in (*RUN_TABLES, *SWEEP_TABLES) if (results.folder / f"{name}.parquet").is_file()]
        if problems := wrong_names(wanted, there, "--table"):
            raise BadInput(problems)
        self.names = [name for name in there if name in wanted or not wanted]

    def source(self, name: str) -> Path:
        return self.results.folder / f"{name}.parquet"

    def damaged(self, name: str) -> BadInput:
        return BadInput(Problem(self.source(name), name, "a damaged file",
                                f"a table; to write it again: {again(self.results.manifest, self.results.folder)}"))

    def rows(self, name: str) -> int:
        try:
            return pq.read_metadata(self.source(name)).num_rows
        except (OSError, pa.ArrowException):
            raise self.damaged(name) from None

    def schema(self, name: str) -> pa.Schema:
        """Column names and types, texts as texts."""
        return pa.schema([pa.field(field.name, _plain(field.type)) for field in pq.read_schema(self.source(name))])

    def groups(self, name: str) -> Iterator[pa.Table]:
        """The table in pieces. Raises BadInput if it is damaged."""
        try:
            with pq.ParquetFile(self.source(name)) as file:
                schema = self.schema(name)
                for n in range(file.num_row_groups):
                    yield file.read_row_group(n).cast(schema)
        except (OSError, pa.ArrowException):
            raise self.damaged(name) from None

    def columns(self, suffix: str = "") -> pd.DataFrame:
        """The data dictionary: table (with the suffix of its file), column, type, unit, description."""
        rows = [(f"{name}{suffix}", field.name, str(_plain(field.type)), *_described(field))
                for name in self.names for field in pq.read_schema(self.source(name))]
        return pd.DataFrame(rows, columns=["file" if suffix else "table", "column", "type", "unit", "description"])


def export_csv(results: Results, out: Path, wanted: Sequence[str] = ()) -> list[Path]:
    """Write OUT/<table>.csv for every table, and OUT/columns.csv; their paths.

    Each file is whole or absent. Raises BadInput if OUT holds other files, or a table is damaged.
    """
    tables = Exported(results, wanted)
    _check(out)
    for name in tables.names:
        tables.rows(name)
    out.mkdir(parents=True, exist_ok=True)
    written = [_convert(tables, name, out / f"{name}.csv") for name in tables.names]
    return [*written, write_csv(out / f"{DICTIONARY}.csv", tables.columns(".csv"))]


def _check(out: Path) -> None:
    ours = {f"{name}.csv" for name in (*RUN_TABLES, *SWEEP_TABLES, DICTIONARY)}
    if out.exists() and not out.is_dir():
        raise BadInput(Problem("--out", str(out), "a file", "a folder"))
    if out.is_dir() and (others := {path.name for path in out.iterdir()} - ours):
        raise BadInput(Problem("--out", str(out), f"a folder with other files, such as {sorted(others)[0]}",
                               "a new or empty folder, or one with exported tables"))


def _convert(tables: Exported, name: str, target: Path) -> Path:
    with replacing(target) as (temporary,), pc.CSVWriter(
            temporary, tables.schema(name), write_options=pc.WriteOptions(quoting_style="needed")) as writer:
        for group in tables.groups(name):
            writer.write_table(group)
    return target


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _described(field: pa.Field) -> tuple[str, str]:
    about = field.metadata or {}
    return about.get(b"unit", b"").decode(), about.get(b"description", b"").decode()
