"""Summaries of a table of counts: what the methods see of an observed or simulated table.

Two sets, so that it can be asked whether the answer hangs on the choice. `cells` is the table itself on
the logarithmic scale; `profile` adds what the explanations differ in: totals, changes from period to
period by country and by role, and the shares of countries.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from undercount.model.country.observation import as_published
from undercount.model.known.region import Referral
from undercount.model.known.series import pairs

SETS = ("profile", "cells")
ADDED = 1.0  # before the logarithm: a count may be 0


def summaries(rows: Sequence[Referral], counts: np.ndarray, which: str = "profile") -> np.ndarray:
    """Summaries (worlds, p) of tables `counts` (worlds, cells), whose columns are the cells `rows`.

    Counts inside an interval of the source are read as one figure; no change is taken from one series to another.
    """
    counts = as_published(rows, np.atleast_2d(np.asarray(counts, float)))
    logs = np.log(counts + ADDED)
    if which == "cells":
        return logs
    columns = [logs]
    groups = {"all": np.ones(len(rows), bool)} | {
        role: np.array([row.role == role for row in rows]) for role in ("destination", "origin")}
    periods = sorted({row.period for row in rows})
    totals = {}
    for name, members in groups.items():
        for period in periods:
            inside = members & np.array([row.period == period for row in rows])
            if inside.any():
                totals[name, period] = np.log(counts[:, inside].sum(axis=1) + ADDED)
    columns += [np.column_stack(list(totals.values()))]
    for before, after in zip(periods, periods[1:]):
        both = pairs(rows, before, after)
        changes = [logs[:, b] - logs[:, a] for a, b in both]
        # the change of each role's sum over the countries known in both periods
        for members in groups.values():
            mine = [(a, b) for a, b in both if members[a]]
            if len(mine) > 1:
                a, b = (counts[:, [pair[i] for pair in mine]].sum(axis=1) + ADDED for i in (0, 1))
                changes.append(np.log(b) - np.log(a))
        columns += [np.column_stack(changes)] if changes else []
    shares = [logs[:, i] - totals["all", row.period] for i, row in enumerate(rows)]
    return np.column_stack([*columns, np.column_stack(shares)])
