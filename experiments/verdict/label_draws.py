"""The posterior draws of single explanations, as a verdict's folder holds them."""

from __future__ import annotations

import numpy as np
import pandas as pd
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
