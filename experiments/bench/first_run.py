"""What the first run on a machine waits for: compilation into an empty folder."""

from __future__ import annotations

import tempfile
import time
from typing import Any


def first_run(months: int) -> dict[str, Any]:
    """Seconds until a pooled world has run so many months, with nothing compiled before; 0 months: set-up alone."""
    import numba
    from numba.core.event import install_recorder
    from undercount.model.engine import compiled  # noqa: F401  says where compiled code is kept, before it is moved

    with tempfile.TemporaryDirectory() as folder:
        numba.config.CACHE_DIR = folder
        from undercount.experiments.bench.region import SEED, template
        from undercount.model.world import World

        clock, processor = time.perf_counter(), time.process_time()
        with install_recorder("numba:compile") as seen:
            World(template(0), SEED).run(months)
        clock, processor = time.perf_counter() - clock, time.process_time() - processor
    return {"clock_seconds": round(clock, 1), "processor_seconds": round(processor, 1),
            "functions": sum(event.is_end for _, event in seen.buffer)}
