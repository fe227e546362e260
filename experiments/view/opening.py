"""What the page opens with: two draws of the verdict that fit the published table, or the scenario of the command.

The draws are, of all worlds that the verdict gives weight, the one nearest to the published table among those whose
hidden flow did not fall by a tenth or more, and the nearest among those whose flow did.
"""

from __future__ import annotations

import os

from undercount.experiments.view.posterior import posterior
from undercount.experiments.view.twin import Settings
from undercount.model.engine.layout import POOLED

SCENARIO_VARIABLE = "UNDERCOUNT_VIEW_SCENARIO"  # how the command tells the page what to open


def settings() -> Settings:
    """Settings of a new tab."""
    if given := os.environ.get(SCENARIO_VARIABLE):
        return Settings(scenario=given)
    found = posterior()
    first, second = (found.nearest(False), found.nearest(True)) if found else (None, None)
    if first is None or second is None:
        return Settings()
    return Settings(first, second, people_per_agent=POOLED, seed=None)
