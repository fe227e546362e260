"""What was asked of speed and memory, and how much of it is met."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class Goal(NamedTuple):
    """A figure of what `measure` found. `asked` is its bound; None where no bound was set."""

    key: str
    what: str
    unit: str
    asked: float | None
    at_most: bool
    read: Callable[[dict[str, Any]], float | None]


def _growth(found: dict[str, Any]) -> float | None:
    """Cost a person of the largest region over that of the region as it is; None where memory was short."""
    rows = found["scaled"]
    return None if "skipped" in rows[-1] else round(rows[-1]["ns_a_person"] / rows[0]["ns_a_person"], 3)


def _times(found: dict[str, Any], name: str) -> float | None:
    return None if found.get(name) is None else round(found["compiled"] / found[name], 1)


GOALS = (
    Goal("pooled_world_point_values_ms", "a pooled world at the point values of everything, draw to quantities", "ms",
         120, True, lambda found: found["worlds"]["point_values_ms"]),
    Goal("pooled_world_priors_ms", "the same, mean over draws of its priors", "ms", 200, True,
         lambda found: found["worlds"]["priors_ms"]),
    Goal("judged_draw_ms", "a draw judged by the gates", "ms", None, True,
         lambda found: found["worlds"]["judged_ms"]),
    Goal("reference_pooled_per_minute", "undercount reference, pooled", "worlds / min", 1000, False,
         lambda found: found["reference"]["pooled"]["per_minute"]),
    Goal("reference_400_per_minute", "undercount reference, 400 persons an agent", "worlds / min", 2000, False,
         lambda found: found["reference"]["400"]["per_minute"]),
    Goal("whole_region_seconds", "the whole region, one person an agent", "s", 1.5, True,
         lambda found: found["full_region"]["seconds"]),
    Goal("whole_region_bytes_per_person", "its memory", "bytes / person", 32, True,
         lambda found: found["full_region"]["bytes_per_person"]),
    Goal("growth_per_person", "cost a person at 300 million, of that of the region as it is", "times", 1.05, True,
         _growth),
    Goal("first_run_seconds", "compilation into an empty folder, as a command does it", "s", 20, True,
         lambda found: found["first_run"]["clock_seconds"]),
    Goal("noise_mean_ratio", "variance of observed cells, pooled / single persons, mean", "times", 1.1, True,
         lambda found: found["noise"]["mean_ratio"]),
    Goal("noise_cells_over", "cells whose ratio is above 1.1 beyond chance", "cells", 0, True,
         lambda found: found["noise"]["over"]),
    Goal("mesa_agent_months_per_second", "Mesa activation", "agent-months / s", 250_000, False,
         lambda found: found["mesa"]),
    Goal("mesa_step_cost", "a view's step(), of plain Mesa's own agents'", "times", 2, True,
         lambda found: found["step_cost"]),
    Goal("compiled_over_plain_mesa", "compiled activation over the toy in plain Mesa", "times", None, False,
         lambda found: _times(found, "plain_mesa")),
    Goal("compiled_over_numpy", "compiled activation over the toy in NumPy", "times", None, False,
         lambda found: _times(found, "plain_numpy")),
    Goal("compiled_over_mesa_frames", "compiled activation over the toy in mesa-frames", "times", None, False,
         lambda found: _times(found, "mesa_frames")),
)


def compared(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Key of a goal -> what was measured and asked. `met` is None where either is missing."""
    made = {}
    for goal in GOALS:
        measured = goal.read(found)
        met = None
        if measured is not None and goal.asked is not None:
            met = measured <= goal.asked if goal.at_most else measured >= goal.asked
        made[goal.key] = {"what": goal.what, "unit": goal.unit, "measured": measured, "asked": goal.asked,
                          "at_most": goal.at_most, "met": met}
    return made
