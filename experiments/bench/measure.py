"""Everything that `undercount bench` measures, case by case."""

from __future__ import annotations

import os
from collections.abc import Callable
from tempfile import TemporaryDirectory
from typing import Any

from undercount.experiments.bench.goals import compared
from undercount.experiments.bench.own_process import case

# With agents at home of so many persons, the shipped region has about 100,000 and 10,000 of them.
AGENTS_100_000, AGENTS_10_000 = 157, 1574
MULTIPLES = (1.0, 6.3532, 19.0596)  # of 15.7 million persons: 100 and 300 million
WORLD = {"people_per_agent": 0, "draws": 24, "judged": 48}
QUICK_WORLD = {"people_per_agent": 5000, "draws": 2, "judged": 2, "repeats": 1}


def _silent(text: str) -> None:
    """Says nothing."""


def measure(quick: bool = False, say: Callable[[str], None] = _silent) -> dict[str, Any]:
    """Every figure, as plain JSON values; `goals` compares them with what was asked."""
    found: dict[str, Any] = {"load_before": _load()}
    say("compiling into an empty folder")
    with TemporaryDirectory() as empty:  # of compiled code
        found["first_run"] = case("first_run", settings={"NUMBA_CACHE_DIR": empty}, months=0 if quick else 1)
    say("compiling for this folder, if need be")
    case("region", people_per_agent=5000, months=3)
    say("compiled and mesa activation, and the toy elsewhere")
    found |= case("activations", people_per_agent=5000 if quick else AGENTS_100_000, months=2)
    say("worlds of the priors")
    found["worlds"] = case("worlds", **(QUICK_WORLD if quick else WORLD))
    found["reference"] = {}
    for scale, worlds in (("pooled", 160), ("400", 480)):
        say(f"undercount reference, {scale}")
        found["reference"][scale] = case("reference", people_per_agent="5000" if quick else scale,
                                         worlds=2 if quick else worlds)
    say("noise of the pooled scale")
    found["noise"] = case("noise", seeds=8 if quick else 100, fewer=60 if quick else 20)
    say("the whole region")
    found["full_region"] = case("region", people_per_agent=1000 if quick else 1)
    found["scaled"] = []
    for multiple in MULTIPLES[:2] if quick else MULTIPLES:
        say(f"the region with {multiple:.1f} times its people")
        found["scaled"].append(case("scaled", multiple=multiple, people_per_agent=5000 if quick else 1))
    say("a batch of short runs")
    runs = 20 if quick else 1000
    found["batch"] = case("small_batch", people=10_000, runs=runs)
    say("a batch of the whole region in groups")
    found["batch_in_groups"] = case("batch", people_per_agent=5000 if quick else AGENTS_10_000, runs=runs)
    say("cost against people")
    scales = (5000,) if quick else (AGENTS_100_000, AGENTS_100_000 // 10)
    found["people"] = [*(case("region", people_per_agent=scale) for scale in scales), found["full_region"]]
    say("cost against months")
    lengths = (12,) if quick else (12, 24, 48)
    found["months"] = [*(case("region", people_per_agent=scales[0], months=months) for months in lengths),
                       found["people"][0]]
    return found | {"load_after": _load(), "goals": compared(found)}


def measure_engines(quick: bool = False, say: Callable[[str], None] = _silent) -> dict[str, Any]:
    """What engines cost, and whether the memory of a command grows with its runs."""
    found: dict[str, Any] = {"load_before": _load()}
    say("compiling, if need be")
    case("region", people_per_agent=5000, months=3)
    say("engines side by side")
    found["engines"] = case("engines", people_per_agent="5000" if quick else "pooled", runs=10 if quick else 120,
                            rounds=1 if quick else 2, workers=[2] if quick else [1, 2])
    for runs in (20, 40) if quick else (1000, 5000):
        say(f"memory over {runs:,} runs")
        found.setdefault("memory", []).append(case("command_memory", runs=runs))
    return found | {"load_after": _load()}


def _load() -> float | None:
    """Jobs that wanted a core over the last minute: what every time here must be read with."""
    return round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None
