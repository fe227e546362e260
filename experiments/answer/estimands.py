"""What is asked of every simulated world: did the hidden flow fall, what made the count fall, which rivals happened.

    flow:BEFORE:AFTER          D, the change of ln(persons newly exploited) in the whole region
    GROUP:BEFORE:AFTER         a group of links of the chain (`chain.GROUPS`), its part of the change of ln(counted)
    GROUP:BEFORE:AFTER:CODE    the same of one country
    level:YEAR                 ln(persons newly exploited) in the whole region
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from undercount.experiments.answer.chain import GROUPS, Chain, chain, grouped
from undercount.experiments.reference.table import Reference
from undercount.experiments.verdict.criteria import STAYED
from undercount.experiments.verdict.observed import Observed

FELL, ROSE = np.log(1 - STAYED), np.log(1 + STAYED)  # D at or below, at or above
WAYS = ("fell", "stayed", "rose")
BACK = (1, 2)  # years from the last full one to those that it is compared with


@dataclass(frozen=True)
class Window:
    """Two full years of the observed table; `counted` are its totals over the countries known in both."""

    before: int
    after: int
    countries: tuple[str, ...]
    counted: tuple[float, float]

    @property
    def key(self) -> str:
        return f"{self.before}:{self.after}"

    @property
    def fall(self) -> float:
        """Change of the logarithm of the observed total: negative if it fell."""
        return float(np.log(self.counted[1]) - np.log(self.counted[0]))


@dataclass(frozen=True)
class Truths:
    """The estimands of every world: `values` (worlds, names); the chains by the key of their window.

    `rivals` (worlds, unknown onsets) says 1 where an onset happened; `onsets` are their names.
    """

    windows: tuple[Window, ...]
    names: tuple[str, ...]
    values: np.ndarray
    chains: dict[str, Chain]
    onsets: tuple[str, ...]
    rivals: np.ndarray

    def of(self, name: str) -> np.ndarray:
        return self.values[:, self.names.index(name)]

    @property
    def flows(self) -> list[str]:
        """Names of D."""
        return [f"flow:{window.key}" for window in self.windows]


def windows(observed: Observed, years: Sequence[int]) -> tuple[Window, ...]:
    """The last of the full `years` against the one before it and the one before that, shortest first."""
    counts = {(row.iso3, row.period): count for row, count in zip(observed.rows, observed.counts)}
    found = []
    for back in BACK:
        if len(years) > back:
            before, after = years[-1 - back], years[-1]
            both = tuple(code for code in dict.fromkeys(row.iso3 for row in observed.rows)
                         if (code, str(before)) in counts and (code, str(after)) in counts)
            totals = [sum(counts[code, str(year)] for code in both) for year in (before, after)]
            if both and min(totals) > 0:
                found.append(Window(before, after, both, (totals[0], totals[1])))
    return tuple(found)


def truths(reference: Reference, observed: Observed, asked: Sequence[Window], years: Sequence[int]) -> Truths:
    """The estimands of every world of the table."""
    names, columns, chains = [], [], {}
    for window in asked:
        names.append(f"flow:{window.key}")
        columns.append(flow(reference, window.after) - flow(reference, window.before))
    for window in asked:
        found = chains[window.key] = chain(reference, observed.rows, window.before, window.after)
        names += [f"{group}:{window.key}" for group in GROUPS]
        columns += list(grouped(found.whole).T)
        for i, code in enumerate(found.countries):
            names += [f"{group}:{window.key}:{code}" for group in GROUPS]
            columns += list(grouped(found.by_country[:, i]).T)
    for year in years:
        names.append(f"level:{year}")
        columns.append(flow(reference, year))
    onsets, rivals = happened(reference)
    return Truths(tuple(asked), tuple(names), np.column_stack(columns), chains, onsets, rivals)


def flow(reference: Reference, year: int) -> np.ndarray:
    """ln(persons newly exploited in the year), one person standing for none, (worlds,)."""
    return np.log(np.maximum(reference.quantities([f"hidden:newly_exploited:{year}"])[:, 0], 1.0))


def happened(reference: Reference) -> tuple[tuple[str, ...], np.ndarray]:
    """Onsets that may or may not happen in every explanation of the table, and whether they did, (worlds, onsets)."""
    per = [reference.parameters(name) for name in reference.explanations]
    paths = [path for path in per[0][0] if path.startswith("onsets.") and path.endswith(".included")
             and all(path in unknowns for unknowns, _ in per)]
    found = np.zeros((len(reference.labels), len(paths)))
    for label, (unknowns, values) in enumerate(per):
        if paths:
            found[reference.labels == label] = values[:, [unknowns.index(path) for path in paths]]
    return tuple(path.split(".")[1] for path in paths), found


def way(change: np.ndarray) -> np.ndarray:
    """Position in WAYS of changes of a logarithm."""
    return np.where(change <= FELL, 0, np.where(change >= ROSE, 2, 1))
