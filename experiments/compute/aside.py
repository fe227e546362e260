"""Compiles the rules in two processes, where nothing is compiled yet and there are two cores for it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from undercount.model.world import Template

PEOPLE_PER_AGENT, SEED = 10_000, 0
LARGEST = ("settle", "recruiters_work")  # take half of the time
OTHERS = ("migrants_live", "begin_month", "officials_serve", "ngos_help", "end_month")


def smallest() -> Template:
    """A scenario with hardly any agents."""
    from undercount.model.assumed.scenario import load_scenario, scenario_names
    from undercount.model.world import Template

    return Template(load_scenario(scenario_names()[0]), PEOPLE_PER_AGENT)


def compile_on_two_cores(template: Template) -> None:
    """Compile the parts of a month, the largest in a process beside this one; what it finds compiled it leaves."""
    if not _is_missing(LARGEST) or (os.cpu_count() or 1) < 2:
        return
    words = f"from {__name__} import compile_beside; compile_beside({LARGEST})"
    with subprocess.Popen([sys.executable, "-c", words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL):
        _set_up(template)
        _compile(OTHERS)


def compile_beside(names: Iterable[str]) -> None:
    """What the process beside does: it ends when the one that began it does."""
    with no_orphan():
        _compile(names)


def _set_up(template: Template) -> None:
    """Compile what makes a world."""
    from undercount.model.world import World

    World(template, SEED).address  # noqa: B018


def _compile(names: Iterable[str]) -> None:
    from numba import int64
    from undercount.model import month

    for name in names:
        getattr(month, name).compile((int64, int64))


def _is_missing(names: Iterable[str]) -> bool:
    """Are these parts kept nowhere yet, though they could be?"""
    from undercount.model import month  # noqa: F401
    from undercount.model.engine.compiled import FOLDERS

    kept = {path.name.split("-")[0].split(".")[-1] for folder in FOLDERS for path in folder.rglob("*.nbi")}
    return bool(FOLDERS) and not kept.issuperset(names)


@contextlib.contextmanager
def no_orphan() -> Iterator[None]:
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
