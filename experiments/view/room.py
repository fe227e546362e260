"""How much memory the worlds of a session may take: larger ones are refused before they are made."""

from __future__ import annotations

import os
from collections.abc import Sequence

from undercount.model.assumed.scenario import Scenario
from undercount.model.files.problems import BadInput, Problem
from undercount.model.world import Template

MEMORY_VARIABLE = "UNDERCOUNT_VIEW_MEMORY"  # how the command tells the page, in megabytes
MEMORY = 500
# What a run adds to the process (docs/scale.md): the arrays of months and places, and each agent at home.
MB_OF_A_WORLD, BYTES_OF_AN_AGENT = 12.0, 33.0


def allowed() -> int:
    """Megabytes that the worlds of one session may take."""
    return int(os.environ.get(MEMORY_VARIABLE) or MEMORY)


def megabytes(scenarios: Sequence[Scenario], people_per_agent: int) -> float:
    """About how much memory these worlds take."""
    agents = sum(Template(scenario, people_per_agent).agents for scenario in scenarios)
    return len(scenarios) * MB_OF_A_WORLD + agents * BYTES_OF_AN_AGENT / 1e6


def check_room(scenarios: Sequence[Scenario], people_per_agent: int) -> None:
    """Raises BadInput if these worlds would take more than a session may."""
    if (needed := megabytes(scenarios, people_per_agent)) > allowed():
        raise BadInput(Problem("page", "People per agent", f"{people_per_agent}, worlds of about {needed:,.0f} MB",
                               f"worlds of at most {allowed():,} MB a session: more people per agent"))
