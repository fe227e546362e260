"""How far a batch is: a bar with the time left on a terminal, plain lines in a log."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TextIO

from undercount.experiments.compute.compiling import told

if TYPE_CHECKING:
    from undercount.experiments.compute.jobs import Outcome

LINES = 10  # of a log, beside the first


@contextmanager
def shown(stream: TextIO) -> Iterator[Callable[[Outcome], None]]:
    """A callback for `run_batch` that shows progress on `stream`."""
    if not stream.isatty():
        lines = _Lines(stream)
        with told(lines.say) as begun:
            yield _until(begun, lines)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("runs"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("left"),
               TimeRemainingColumn())
    with Bar(*columns, console=Console(file=stream)) as bar:
        task = bar.add_task("runs", total=None)
        notes = _Notes(bar.console.print)

        def on_progress(progress: Outcome) -> None:
            notes(progress)
            bar.update(task, total=progress.total, completed=progress.done)

        with told(bar.console.print) as begun:
            yield _until(begun, on_progress)


def _until(begun: threading.Event, on_progress: Callable[[Outcome], None]) -> Callable[[Outcome], None]:
    """The same callback, which also says that work has begun: nothing waits for a compilation any more."""
    def passed_on(progress: Outcome) -> None:
        if progress.done > progress.found or progress.done == progress.total > 0:
            begun.set()
        on_progress(progress)

    return passed_on


class _Notes:
    """What earlier commands left, told once, and why nothing happens, whenever that begins."""

    def __init__(self, say: Callable[[str], None]):
        self.say, self.told, self.waiting = say, False, ""

    def __call__(self, progress: Outcome) -> None:
        if progress.waiting and progress.waiting != self.waiting:
            self.say(progress.waiting)
        self.waiting = progress.waiting
        if self.told:
            return
        self.told = True
        if progress.found:
            self.say(f"{progress.found} of {progress.total} runs are there already")
        if progress.damaged:
            self.say(f"{len(progress.damaged)} damaged and run again: {', '.join(progress.damaged[:3])}"
                     + (" ..." if len(progress.damaged) > 3 else ""))


class _Lines:
    def __init__(self, stream: TextIO):
        self.stream, self.tenth = stream, -1
        self.notes = _Notes(self.say)

    def __call__(self, progress: Outcome) -> None:
        self.notes(progress)
        tenth = LINES * progress.done // max(1, progress.total)
        if tenth != self.tenth:
            self.tenth = tenth
            self.say(f"{progress.done} of {progress.total} runs")

    def say(self, text: str) -> None:
        with suppress(OSError):  # a full disk under the log must not stop the work
            print(text, file=self.stream, flush=True)


@contextmanager
def counting(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A callback that takes how many of `total` are done: a bar on a terminal, a line at the start in a log."""
    if not sys.stderr.isatty():
        print(f"{what}: {total}", file=sys.stderr, flush=True)
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True)) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)
