"""What is asked of every simulated world: did the hidden flow fall, what made the count fall, which rivals happened.

    flow:BEFORE:AFTER          D, the change of ln(persons newly exploited) in the whole region, or in the countries
                               that the window is about
    GROUP:BEFORE:AFTER         a group of links of the chain (`chain.GROUPS`), its part of the change of ln(counted)
    GROUP:BEFORE:AFTER:CODE    the same of one country
    level:YEAR                 ln(persons newly exploited), where the first window asks for it

Which years are asked about, and where, is a fact of the region (`windows` of its region.toml).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from undercount.experiments.answer.chain import GROUPS, Chain, chain, grouped, groups_of
from undercount.experiments.reference.table import Reference
from undercount.experiments.verdict.criteria import STAYED
from undercount.experiments.verdict.observed import Observed
from undercount.model.files.problems import Problem
from undercount.model.known.region import Window as Stated
from undercount.model.known.series import in_both, why_not

FELL, ROSE = np.log(1 - STAYED), np.log(1 + STAYED)  # D at or below, at or above
WAYS = ("fell", "stayed", "rose")
BACK = (1, 2)  # years from the last full one to those that it is compared with


@dataclass(frozen=True)
class Window:
    """Two years of the observed table; `counted` are its totals over the `countries` known in both.

    `where` are the countries that the question is about; none is the whole region.
    """

    before: int
    after: int
    countries: tuple[str, ...]
    counted: tuple[float, float]
    where: tuple[str, ...] = ()

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
    def groups(self) -> list[str]:
        """The groups of the chain that such a table has."""
        return [group for group in GROUPS if f"{group}:{self.windows[0].key}" in self.names]

    @property
    def flows(self) -> list[str]:
        """Names of D."""
        return [f"flow:{window.key}" for window in self.windows]


def windows(observed: Observed, years: Sequence[int], stated: Sequence[Stated] = ()) -> tuple[Window, ...]:
    """Those that the region states, as far as the table knows both years; otherwise the last of the full `years`
    against the one before it and the one before that, shortest first."""
    counts = {(row.iso3, row.period): count for row, count in zip(observed.rows, observed.counts)}
    asked = [(window.before, window.after, window.where) for window in stated] or \
        [(years[-1 - back], years[-1], ()) for back in BACK if len(years) > back]
    found: dict[str, Window] = {}
    for before, after, where in asked:
        both = tuple(code for code in in_both(observed.rows, str(before), str(after))
                     if not where or code in where)
        totals = [sum(counts[code, str(year)] for code in both) for year in (before, after)]
        if both and min(totals) > 0:
            window = Window(before, after, both, (totals[0], totals[1]), tuple(where))
            found.setdefault(window.key, window)
    return tuple(found.values())


def not_asked(observed: Observed, stated: Sequence[Stated]) -> list[Problem]:
    """Why none of the stated windows can be asked of the table, a line each."""
    found = []
    for window in stated:
        before, after = str(window.before), str(window.after)
        codes = window.where or dict.fromkeys(row.iso3 for row in observed.rows)
        why = [f"{code}: {why_not(observed.rows, code, before, after) or 'nobody counted in one of the two'}"
               for code in codes]
        found.append(Problem(observed.file, f"windows, {before} to {after}", "; ".join(why),
                             "figures of both years that can be compared, and in all above 0"))
    return found


def truths(reference: Reference, observed: Observed, asked: Sequence[Window], years: Sequence[int]) -> Truths:
    """The estimands of every world of the table."""
    mine = {code for window in asked for code in window.countries}
    groups = groups_of([row for row in observed.rows if row.iso3 in mine])
    names, columns, chains = [], [], {}
    kept = [list(GROUPS).index(group) for group in groups]
    for window in asked:
        names.append(f"flow:{window.key}")
        columns.append(change(reference, window))
    for window in asked:
        found = chains[window.key] = chain(reference, observed.rows, window.before, window.after,
                                            window.countries)
        names += [f"{group}:{window.key}" for group in groups]
        columns += list(grouped(found.whole).T[kept])
        for i, code in enumerate(found.countries):
            names += [f"{group}:{window.key}:{code}" for group in groups]
            columns += list(grouped(found.by_country[:, i]).T[kept])
    for year in years:
        names.append(f"level:{year}")
        columns.append(flow(reference, year, asked[0].where))
    onsets, rivals = happened(reference)
    return Truths(tuple(asked), tuple(names), np.column_stack(columns), chains, onsets, rivals)


def change(reference: Reference, window: Window) -> np.ndarray:
    """D: the change of ln(persons newly exploited) in the window, (worlds,)."""
    return flow(reference, window.after, window.where) - flow(reference, window.before, window.where)


def flow(reference: Reference, year: int, where: Sequence[str] = ()) -> np.ndarray:
    """ln(persons newly exploited in the year in these countries, none being all), one standing for none, (worlds,)."""
    return np.log(np.maximum(reference.quantities(flow_columns(year, where)).sum(axis=1), 1.0))


def flow_columns(year: int, where: Sequence[str] = ()) -> list[str]:
    """Columns of the table that add up to the persons newly exploited in a year."""
    return [f"place:newly_exploited:{code}:{year}" for code in where] or [f"hidden:newly_exploited:{year}"]


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
