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

SETS = ("profile", "cells")
ADDED = 1.0  # before the logarithm: a count may be 0


def summaries(rows: Sequence[Referral], counts: np.ndarray, which: str = "profile") -> np.ndarray:
    """Summaries (worlds, p) of tables `counts` (worlds, cells), whose columns are the cells `rows`.

    Counts inside an interval of the source are read as one figure; no change is taken across a change of definition.
    """
    counts = as_published(rows, np.atleast_2d(np.asarray(counts, float)))
    logs = np.log(counts + ADDED)
    if which == "cells":
        return logs
    columns = [logs]
    groups = {"all": np.ones(len(rows), bool)} | {
        role: np.array([row.role == role for row in rows]) for role in ("destination", "origin")}
    at = {(row.iso3, row.period): i for i, row in enumerate(rows)}
    periods = sorted({row.period for row in rows})
    totals = {}
    for name, members in groups.items():
        for period in periods:
            inside = members & np.array([row.period == period for row in rows])
            if inside.any():
                totals[name, period] = np.log(counts[:, inside].sum(axis=1) + ADDED)
    columns += [np.column_stack(list(totals.values()))]
    for before, after in zip(periods, periods[1:]):
        both = [(at[code, before], at[code, after]) for code in dict.fromkeys(row.iso3 for row in rows)
                if (code, before) in at and (code, after) in at
                and rows[at[code, before]].definition == rows[at[code, after]].definition]
        changes = [logs[:, b] - logs[:, a] for a, b in both]
        # the change of each role's sum over the countries known in both periods
        for members in groups.values():
            pairs = [(a, b) for a, b in both if members[a]]
            if len(pairs) > 1:
                a, b = (counts[:, [pair[i] for pair in pairs]].sum(axis=1) + ADDED for i in (0, 1))
                changes.append(np.log(b) - np.log(a))
        columns += [np.column_stack(changes)] if changes else []
    shares = [logs[:, i] - totals["all", row.period] for i, row in enumerate(rows)]
    return np.column_stack([*columns, np.column_stack(shares)])
