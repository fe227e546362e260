"""How large a batch would be, and how long it would take, before it is run."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from undercount.experiments.runs.batch import Batch, Entry
from undercount.experiments.runs.tallies import load_tallies
from undercount.experiments.store.seal import Damaged
from undercount.experiments.sweeps.point import in_effect
from undercount.model.simulation import simulate_template
from undercount.model.world import Template

# Bytes on disk of one run of 63 months and 28 countries, part and rows of tables, by people per agent, as seen; the
# finer the agents, the fewer zeros there are to press out. Between them, and beyond, the nearest.
MEASURED = {10_000: 92_000, 1500: 110_000, 100: 140_000, 1: 150_000}
MEASURED_CELLS = 63 * 28
MOST_SHOWN = 20


def size_of(batch: Batch, folder: Path) -> Iterator[str]:
    """Lines that say what the batch is, what of it is missing, and about how many bytes and how long it takes.

    One run is made, in this process, to know how long one takes.
    """
    runs = batch.runs()
    done = sum(part_state(folder, run.part) == "done" for run in runs)
    template = Template(batch.entries[0].scenario, batch.people_per_agent)
    yield (f"{len(runs)} runs: " + ", ".join(_of(batch, entry) for entry in batch.entries)
           + (f"; {done} of them are there already" if done else ""))
    yield f"{batch.months} months, {batch.region.start} to {batch.until}, in {len(batch.region.countries)} countries"
    yield (f"{template.persons:,} persons at risk in {template.agents:,} "
           + ("pools" if template.pooled else f"agents of {batch.people_per_agent:,}"))
    yield f"seeds {batch.seed} to {batch.seed + max(e.replicates for e in batch.entries) - 1}"
    yield f"about {megabytes(batch, len(runs)):,.1f} MB in {folder}"
    simulate_template(template, batch.seed, min(batch.months, 3))  # compiled, or read from the cache
    began = time.perf_counter()
    simulate_template(template, batch.seed, batch.months)
    seconds = time.perf_counter() - began
    yield f"one run took {seconds:.2g} s here: about {_long(seconds * (len(runs) - done))} for one worker"


def points_of(batch: Batch) -> Iterator[str]:
    """Lines that say at which points a sweep runs its scenarios; the first ones of many."""
    for entry in batch.entries:
        names = batch.sweep.names(entry.scenario)
        yield f"{entry.scenario.name}: {len(entry.points)} points of " + ", ".join(names[:MOST_SHOWN]) + (
            f" and {len(names) - MOST_SHOWN} more" if len(names) > MOST_SHOWN else "")
        for point in entry.points[:MOST_SHOWN]:
            there = point.of(entry.scenario)
            values = " ".join(f"{name}={in_effect(there, name):.6g}" for name in names[:MOST_SHOWN])
            yield f"  {point.number}: {values}" + (" (the scenario's own)" if point.number == 0 else "")
        if len(entry.points) > MOST_SHOWN:
            yield f"  ... and {len(entry.points) - MOST_SHOWN} more"


def _of(batch: Batch, entry: Entry) -> str:
    """scenario x points x replicates"""
    points = f" x {len(entry.points)} points" if batch.sweep and not batch.sweep.drawn else ""
    return f"{entry.scenario.name}{points} x {entry.replicates}"


def _long(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def megabytes(batch: Batch, runs: int) -> float:
    people_per_agent = max(1, batch.people_per_agent)  # pooled counts are those of single persons
    nearest = min(MEASURED, key=lambda k: abs(k.bit_length() - people_per_agent.bit_length()))
    cells = batch.months * len(batch.region.countries)
    return runs * MEASURED[nearest] * cells / MEASURED_CELLS / 1e6


def part_state(folder: Path, name: str) -> str:
    """done, missing or damaged."""
    try:
        load_tallies(folder, name)
    except FileNotFoundError:
        return "missing"
    except (Damaged, OSError):
        return "damaged"
    return "done"
