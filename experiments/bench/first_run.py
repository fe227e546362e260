"""What the first run on a machine waits for: compilation, in a process whose folder of compiled code is empty."""

from __future__ import annotations

import os
import time
from typing import Any

from numba.core.event import install_recorder
from undercount.experiments.bench.region import SEED, template
from undercount.experiments.compute.aside import compile_on_two_cores, smallest
from undercount.model.world import World


def first_run(months: int) -> dict[str, Any]:
    """Seconds until a pooled world has run so many months, compiled as every command does it; 0 months: set-up alone.

    `processor_seconds` are those of both processes, `functions` those compiled in this one.
    """
    clock = time.perf_counter()
    with install_recorder("numba:compile") as seen:
        if months:
            compile_on_two_cores(smallest())
        World(template(0), SEED).run(months)
    spent = os.times()
    return {"clock_seconds": round(time.perf_counter() - clock, 1),
            "processor_seconds": round(spent.user + spent.system + spent.children_user + spent.children_system, 1),
            "functions": sum(event.is_end for _, event in seen.buffer)}
