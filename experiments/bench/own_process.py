"""Every case runs in a process of its own, so that none inherits another's memory or compiled code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

# Name of a case -> the module that has it; imported in its own process only.
CASES = {"region": "region", "scaled": "region", "activations": "activations", "small_batch": "batches",
         "batch": "batches", "command_memory": "batches", "engines": "engines", "worlds": "worlds",
         "reference": "worlds", "noise": "noise", "first_run": "first_run"}


def case(name: str, settings: Mapping[str, str] | None = None, **options: Any) -> dict[str, Any]:
    """What one case measures, with these settings of the environment. Raises RuntimeError with its last words if it
    fails."""
    done = subprocess.run([sys.executable, "-P", "-m", "undercount.experiments.bench", name, json.dumps(options)],
                          capture_output=True, text=True, env=os.environ | (settings or {}))
    if done.returncode:
        raise RuntimeError(f"the benchmark {name!r} failed: {done.stderr.strip()[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])
