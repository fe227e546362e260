"""The table of points: one row a scenario and point, one column a swept name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from undercount.experiments.runs.batch import Batch
from undercount.experiments.runs.dictionary import described
from undercount.experiments.sweeps.point import in_effect


def point_columns(batch: Batch) -> list[str]:
    """Names that the points of any scenario change, in the order of the first scenario that has them."""
    names = [name for entry in batch.entries for name in batch.sweep.names(entry.scenario)]
    return list(dict.fromkeys(names))


def write_points(batch: Batch, path: Path) -> str:
    """Write scenario, point and the values in effect; the table's name. NaN where a scenario has no such name."""
    names = point_columns(batch)
    rows = [(entry.scenario, point) for entry in batch.entries for point in entry.points]
    values = np.empty((len(rows), len(names)))
    for n, (scenario, point) in enumerate(rows):
        there = point.of(scenario)
        values[n] = [in_effect(there, name) for name in names]
    table = pa.table({"scenario": pa.array([scenario.name for scenario, _ in rows]),
                      "point": pa.array([point.number for _, point in rows], pa.int64()),
                      **{name: pa.array(values[:, n]) for n, name in enumerate(names)}})
    pq.write_table(described("points", table, {"seed": str(batch.seed)}, {}), path, compression="zstd")
    return "points"
