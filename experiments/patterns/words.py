"""What `undercount patterns` prints of a scenario."""

from __future__ import annotations

from undercount.experiments.patterns.predictive import CONFLICT, Predictive


def lines(found: Predictive, worlds: int, seed: int, people_per_agent: int, years: tuple[int, int]) -> list[str]:
    """A line a pattern, conflicts first; the share inside all gates; what the hidden flow does between the years."""
    said = [f"{found.scenario}: {worlds} worlds of the prior, seed {seed}, {people_per_agent} persons an agent"]
    for row in found.patterns.itertuples():
        mark = "CONFLICT" if row.probability < CONFLICT else "gate    " if row.hard else "        "
        said.append(f"  {mark} {row.probability:5.2f}  {row.pattern}: {row.q05:.3g} / {row.q50:.3g} / {row.q95:.3g}"
                    f"  (bounds {_bound(row.low)} to {_bound(row.high)})")
    said.append(f"  inside all gates: {found.inside:.2f}")
    said += [f"  newly exploited {years[1]} for each in {years[0]}, {row.worlds} ({row.number}): "
             f"median {row.median:.2f}, fell by a tenth {row.fell:.2f}, rose by a tenth {row.rose:.2f}"
             for row in found.flow.itertuples()]
    return said


def _bound(value: float | None) -> str:
    return "" if value is None or value != value else f"{value:g}"
