"""Imported once by the process that workers are forked from: it loads what was compiled, or compiles it.

A scenario with hardly any agents calls every compiled part of the model, so that workers have the machine
code from their first moment, also where no cache can be written. Where it can, and there are two cores, a second
process compiles the largest part at the same time.
"""

from __future__ import annotations

import contextlib

from undercount.experiments.compute.aside import SEED, compile_on_two_cores, no_orphan, smallest

MONTHS = 3


def warm() -> None:
    """Raises nothing: without it workers only begin more slowly. Ends when the command ends that workers are for."""
    with no_orphan(), contextlib.suppress(Exception):
        from undercount.model.simulation import simulate_template

        template = smallest()
        compile_on_two_cores(template)
        simulate_template(template, SEED, MONTHS)


warm()
