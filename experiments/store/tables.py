"""Tables and JSON of a study, each file whole or absent, the same bytes for the same content."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pandas as pd
from undercount.experiments.store.folder import write_whole


def write_csv(path: Path, table: pd.DataFrame, digits: str | None = "%.10g") -> Path:
    """Write a table without its index; its path. `digits` is the format of numbers, None for all that they have."""
    write_whole(path, table.to_csv(index=False, float_format=digits, lineterminator="\n").encode())
    return path


def write_parquet(path: Path, table: pd.DataFrame, pandas: bool = False) -> Path:
    """Write a table without its index; its path. `pandas`: with what lets pandas read it as it was."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    found, buffer = pa.Table.from_pandas(table, preserve_index=False), io.BytesIO()
    pq.write_table(found if pandas else found.replace_schema_metadata(None), buffer, compression="zstd")
    write_whole(path, buffer.getvalue())
    return path


def write_json(path: Path, content: dict[str, Any]) -> Path:
    """Write a document; its path. Raises ValueError of a number that is none."""
    write_whole(path, (json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode())
    return path
