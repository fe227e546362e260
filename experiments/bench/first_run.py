"""What the first run on a machine waits for: compilation, in a process whose folder of compiled code is empty."""

from __future__ import annotations

import time
from typing import Any

from numba.core.event import install_recorder
from undercount.experiments.bench.region import SEED, template
from undercount.model.world import World


def first_run(months: int) -> dict[str, Any]:
    """Seconds until a pooled world has run so many months; 0 months: set-up alone."""
    clock, processor = time.perf_counter(), time.process_time()
    with install_recorder("numba:compile") as seen:
        World(template(0), SEED).run(months)
    return {"clock_seconds": round(time.perf_counter() - clock, 1),
            "processor_seconds": round(time.process_time() - processor, 1),
            "functions": sum(event.is_end for _, event in seen.buffer)}
