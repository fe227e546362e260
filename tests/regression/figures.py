"""Figures of fixed seeds, kept in `kept.json`: they move only when the rules move.

`python -m tools.generate` writes them anew; say in the commit why they moved.
"""

from __future__ import annotations

from pathlib import Path

from undercount.model.assumed.scenario import load_scenario
from undercount.model.country.observation import observe
from undercount.model.simulation import simulate

KEPT = Path(__file__).with_name("kept.json")
CASES = [("baseline", 1), ("full-adaptation", 1), ("refusal", 2)]
PEOPLE_PER_AGENT = 500


def figures() -> dict[str, dict]:
    """Yearly counts, hidden flow and actors of every case."""
    found = {}
    for name, seed in CASES:
        outcome = simulate(load_scenario(name), PEOPLE_PER_AGENT, seed)
        region, hidden, actors = outcome.region, outcome.hidden, outcome.actors
        counts = observe(region, hidden)
        found[f"{name}, seed {seed}"] = {
            "observed rows": {f"{row.iso3} {row.period}": int(n) for row, n in zip(region.referrals, counts)},
            "hidden": {field: int(hidden[field].sum()) for field in hidden.dtype.names},
            "actors": {field: int(actors[field].sum()) for field in actors.dtype.names},
        }
    return found
