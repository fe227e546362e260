"""Tables and JSON of a study, each file whole or absent, the same bytes for the same content."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pandas as pd
from undercount.experiments.store.folder import write_whole


def write_csv(path: Path, table: pd.DataFrame) -> Path:
    write_whole(path, table.to_csv(index=False, float_format="%.10g", lineterminator="\n").encode())
    return path


def write_parquet(path: Path, table: pd.DataFrame) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None), buffer,
                   compression="zstd")
    write_whole(path, buffer.getvalue())
    return path


def write_json(path: Path, content: dict[str, Any]) -> Path:
    write_whole(path, (json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode())
    return path
