"""What the first run on a machine waits for: compilation into an empty folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from typing import Any

# In a process of its own: where compiled code is kept is decided once, when the model is imported.
CODE = """
import json, time
from numba.core.event import install_recorder
from undercount.experiments.bench.region import SEED, template
from undercount.model.world import World

clock, processor = time.perf_counter(), time.process_time()
with install_recorder("numba:compile") as seen:
    World(template(0), SEED).run({months})
print(json.dumps({{"clock_seconds": round(time.perf_counter() - clock, 1),
                  "processor_seconds": round(time.process_time() - processor, 1),
                  "functions": sum(event.is_end for _, event in seen.buffer)}}))
"""


def first_run(months: int) -> dict[str, Any]:
    """Seconds until a pooled world has run so many months, with nothing compiled before; 0 months: set-up alone."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([sys.executable, "-P", "-c", CODE.format(months=months)], capture_output=True, text=True,
                              env=os.environ | {"NUMBA_CACHE_DIR": folder}, check=True)
    return json.loads(done.stdout.splitlines()[-1])
