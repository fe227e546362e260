"""The tables of a folder of runs as CSV, with their data dictionary."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
from undercount.experiments.runs.results import Results
from undercount.experiments.store.folder import TEMPORARY
from undercount.experiments.store.kept import again
from undercount.experiments.store.planned import RUN_TABLES, SWEEP_TABLES
from undercount.experiments.store.tables import write_csv
from undercount.model.files.problems import BadInput, Problem

DICTIONARY = "columns.csv"


def export_csv(results: Results, out: Path) -> list[Path]:
    """Write OUT/<table>.csv for every table that the folder has, and OUT/columns.csv; their paths.

    A row group at a time, so that memory does not grow with runs. Each file is whole or absent. Raises BadInput if OUT
    holds other files, or a table is damaged.
    """
    names = [name for name in (*RUN_TABLES, *SWEEP_TABLES) if (results.folder / f"{name}.parquet").is_file()]
    _check(out, names)
    out.mkdir(parents=True, exist_ok=True)
    written, rows = [], []
    for name in names:
        source = results.folder / f"{name}.parquet"
        try:
            written.append(_convert(source, out / f"{name}.csv"))
        except pa.ArrowException:
            raise BadInput(Problem(source, name, "a damaged file",
                                   f"a table; to write it again: {again(results.manifest, results.folder)}")) from None
        rows += [(f"{name}.csv", field.name, *_described(field)) for field in pq.read_schema(source)]
    table = pd.DataFrame(rows, columns=["file", "column", "type", "unit", "description"])
    return [*written, write_csv(out / DICTIONARY, table)]


def _check(out: Path, names: list[str]) -> None:
    ours = {*(f"{name}.csv" for name in names), DICTIONARY}
    if out.exists() and not out.is_dir():
        raise BadInput(Problem("--out", str(out), "a file", "a folder"))
    if out.is_dir() and (others := {path.name for path in out.iterdir()} - ours):
        raise BadInput(Problem("--out", str(out), f"a folder with other files, such as {sorted(others)[0]}",
                               "a new or empty folder, or one with exported tables"))


def _convert(source: Path, target: Path) -> Path:
    temporary = target.with_name(target.name + TEMPORARY)
    try:
        with pq.ParquetFile(source) as file:
            schema = pa.schema([pa.field(field.name, field.type.value_type if pa.types.is_dictionary(field.type)
                                         else field.type) for field in file.schema_arrow])
            with pc.CSVWriter(temporary, schema, write_options=pc.WriteOptions(quoting_style="needed")) as writer:
                for n in range(file.num_row_groups):
                    writer.write_table(file.read_row_group(n).cast(schema))
        return temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _described(field: pa.Field) -> tuple[str, str, str]:
    kind = str(field.type.value_type if pa.types.is_dictionary(field.type) else field.type)
    about = field.metadata or {}
    return kind, about.get(b"unit", b"").decode(), about.get(b"description", b"").decode()
