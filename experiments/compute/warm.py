"""Imported once by the process that workers are forked from: it loads what was compiled, or compiles it.

A scenario with hardly any agents calls every compiled part of the model, so that workers have the machine
code from their first moment, also where no cache can be written.
"""

from __future__ import annotations

import contextlib
import os
import threading

PEOPLE_PER_AGENT, MONTHS, SEED = 10_000, 3, 0


def warm() -> None:
    """Raises nothing: without it workers only begin more slowly. Ends when the command ends that workers are for."""
    with _no_orphan(), contextlib.suppress(Exception):
        from undercount.model.assumed.scenario import load_scenario, scenario_names
        from undercount.model.simulation import simulate_template
        from undercount.model.world import Template

        simulate_template(Template(load_scenario(scenario_names()[0]), PEOPLE_PER_AGENT), SEED, MONTHS)


@contextlib.contextmanager
def _no_orphan():
    """Ctrl-C is the command's (see `processes.py`); a compilation for a command that is gone would only heat the room.

    The thread that looks after that is gone before workers are forked.
    """
    parent, done = os.getppid(), threading.Event()

    def look():
        while not done.wait(0.2):
            if os.getppid() != parent:
                os._exit(0)

    watch = threading.Thread(target=look, daemon=True)
    watch.start()
    try:
        yield
    finally:
        done.set()
        watch.join()


warm()
