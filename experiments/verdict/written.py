"""Tables of a verdict's folder, and the posterior draws of single explanations."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from undercount.experiments.store import tables
from undercount.experiments.verdict.judge import Verdict
from undercount.experiments.verdict.posterior import luck, shares_of


def draws_of(found: Verdict) -> pd.DataFrame:
    """Draws of the explanations in proportion to their probabilities, as many as one explanation has in all."""
    plan, pieces = found.plan, []
    names = plan.table.names
    wanted = shares_of(plan.table.forest, names, plan.effort.draws)
    for name in sorted(names, key=lambda name: -wanted[name]):
        points = plan.points[name]
        frame = pd.DataFrame(points.values, columns=list(points.unknowns))
        frame.insert(0, "luck", [luck(name, draw, plan.seed) for draw in range(len(frame))])
        frame.insert(0, "averaged", np.arange(len(frame)) < wanted[name])
        frame.insert(0, "draw", np.arange(len(frame)))
        frame.insert(0, "explanation", name)
        pieces.append(frame)
    return pd.concat(pieces, ignore_index=True)


def write_csv(frame: pd.DataFrame, path: Path) -> Path:
    """A table of a verdict, with all digits."""
    return tables.write_csv(path, frame, digits=None)


def write_parquet(frame: pd.DataFrame, path: Path) -> Path:
    """The same as Parquet."""
    return tables.write_parquet(path, frame, pandas=True)
