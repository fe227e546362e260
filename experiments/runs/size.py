"""How large a batch would be, before it is run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from undercount.experiments.runs.batch import Batch
from undercount.experiments.runs.tallies import load_tallies
from undercount.experiments.store.seal import Damaged
from undercount.model.world import Template

# Bytes on disk of one run of 63 months and 27 countries, by people per agent, as seen; the finer the
# agents, the fewer zeros there are to press out. Between them, and beyond, the nearest.
MEASURED = {5000: 6_400, 1500: 50_000, 100: 70_000, 10: 75_000}
MEASURED_CELLS = 63 * 27


def size_of(batch: Batch, folder: Path) -> Iterator[str]:
    """Lines that say what the batch is, what of it is missing, and about how many bytes it takes."""
    runs = batch.runs()
    done = sum(part_state(folder, run.part) == "done" for run in runs)
    template = Template(batch.entries[0].scenario, batch.people_per_agent)
    yield (f"{len(runs)} runs: " + ", ".join(f"{e.scenario.name} x {e.replicates}" for e in batch.entries)
           + (f"; {done} of them are there already" if done else ""))
    yield f"{batch.months} months, {batch.region.start} to {batch.until}, in {len(batch.region.countries)} countries"
    yield (f"{template.persons:,} persons at risk in {template.agents:,} "
           + ("pools" if template.pooled else f"agents of {batch.people_per_agent:,}"))
    yield f"seeds {batch.seed} to {batch.seed + max(e.replicates for e in batch.entries) - 1}"
    yield f"about {megabytes(batch, len(runs)):,.1f} MB in {folder}"


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


