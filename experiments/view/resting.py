"""Worlds that nobody looks at are let go, and made again from their settings when somebody does.

A tab left open holds two worlds; a server with twenty of them would hold forty. The same settings, seed and month give
the same worlds, so nothing is lost but the seconds that it takes to make them again.
"""

from __future__ import annotations

import gc
import os
import threading
import time
import weakref
from typing import Any

from undercount.experiments.view.twin import Settings, Twin
from undercount.model.known.region import Region

IDLE_VARIABLE = "UNDERCOUNT_VIEW_IDLE"  # how the command tells the page, in seconds
IDLE_SECONDS = 600.0

_all: weakref.WeakSet[Rests] = weakref.WeakSet()
_watch = threading.Lock()
_watched = False


class Rests:
    """Gives a session its `twin`. The session has a `lock` (which may be taken twice) and says what it `_forgets`
    when its worlds are let go and what it `_recalls` when they are there again."""

    lock: Any
    _twin: Twin
    _left: tuple[Settings, int] | None = None  # of worlds that were let go: settings and month
    used = 0.0

    @property
    def twin(self) -> Twin:
        self.used = time.monotonic()
        if self._left is not None:
            with self.lock:
                if self._left is not None:
                    self._wake()
        return self._twin

    @twin.setter
    def twin(self, twin: Twin) -> None:
        self._twin, self._left, self.used = twin, None, time.monotonic()
        with _watch:
            _all.add(self)
        _start_watch()

    @property
    def made(self) -> Settings:
        """What the worlds were made from, whether they rest or not."""
        return self._twin.settings

    @property
    def region(self) -> Region:
        """That of the worlds, whether they rest or not."""
        return self._twin.region

    def _wake(self) -> None:
        settings, month = self._left
        twin = Twin(settings)
        while twin.month < month and not twin.over:
            twin.step()
        self._twin, self._left = twin, None
        self._recalls()

    def rest(self, idle: float) -> None:
        """Let the worlds go if nobody has looked at them for so many seconds."""
        if self._left is None and time.monotonic() - self.used >= idle and not self.moving():
            with self.lock:
                if self._left is None and self._twin.models and time.monotonic() - self.used >= idle:
                    self._left = self._twin.settings, self._twin.month
                    self._forgets()
                    self._twin.close()

    def let_go(self) -> None:
        """The tab is gone: whatever worlds are left, without making any again."""
        with self.lock:
            self._left = None
            self._twin.close()
        with _watch:
            _all.discard(self)

    def moving(self) -> bool:
        """Are the worlds being moved or made just now?"""
        return False

    def _forgets(self) -> None:
        """Let go of what holds on to the worlds."""

    def _recalls(self) -> None:
        """Have it again."""


def idle_seconds() -> float:
    return float(os.environ.get(IDLE_VARIABLE) or IDLE_SECONDS)


def _there() -> list[Rests]:
    with _watch:
        return list(_all)


def state() -> dict[str, int]:
    """How many sessions have worlds in memory, and how many have let them go."""
    there = _there()
    resting = sum(each._left is not None for each in there)
    return {"awake": len(there) - resting, "resting": resting}


def _start_watch() -> None:
    global _watched
    with _watch:
        if not _watched:
            _watched = True
            threading.Thread(target=_look, daemon=True).start()


def _look() -> None:
    while True:
        idle = idle_seconds()
        time.sleep(min(15.0, max(0.2, idle / 4)))
        before = state()["resting"]
        for session in _there():
            session.rest(idle)
        if state()["resting"] > before:
            gc.collect()  # Mesa's models sit in cycles that hold megabytes
