"""What one browser tab holds: its settings, its worlds, and a snapshot of what is on the page."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import solara
from undercount.experiments.view import changed
from undercount.experiments.view.changed import Before, remembered
from undercount.experiments.view.chosen import saved
from undercount.experiments.view.difference import in_words, tellers
from undercount.experiments.view.frame import frame_of
from undercount.experiments.view.life import CHOICES, Follower, choose
from undercount.experiments.view.onsets import with_onset
from undercount.experiments.view.resting import Rests
from undercount.experiments.view.snapshot import PAGES, Looks, Snapshot, snapshot
from undercount.experiments.view.twin import Settings, Twin
from undercount.model.files.problems import BadInput

SPEEDS = (1, 20)


@dataclass
class Picked:
    """Whose life is being followed, and by which choice."""

    kind: str = "person"
    what: str = "was exploited and never counted"
    serial: int = -1
    followers: list[tuple[int, Follower, str]] = field(default_factory=list)


class Session(Rests):
    """The worlds of one tab. Every method may be called from any thread."""

    def __init__(self, start: Settings, given: str | None = None, messages: dict[str, str] | None = None):
        self.given = given or start.scenario
        self.settings = solara.reactive(start)
        self.messages = solara.reactive(messages or {})  # name of a control -> why its last value was not taken
        self.speed = solara.reactive(6)
        self.playing = solara.reactive(False)
        self.busy = solara.reactive("")
        self.page = solara.reactive(PAGES[0])
        self.country = solara.reactive("")
        self.view = solara.reactive("region")
        self.lock = threading.RLock()
        self.twin = Twin(start)
        self.before: Before | None = None  # the first world before the last change of settings
        self.picked = Picked()
        self._words = (None, "")
        self._generation = 0
        self._mover: threading.Thread | None = None  # that plays or makes the worlds
        self._known_country()
        self.snapshot = solara.reactive(self._snapshot())

    def _known_country(self) -> None:
        region = self.region
        if self.country.value not in region.index:
            seen = [row for row in region.referrals if row.role == "destination"]
            self.country.value = seen[-1].iso3 if seen else region.countries[0].iso3

    # --- what the page shows -----------------------------------------------------------------------
    def _snapshot(self) -> Snapshot:
        looks = Looks(self.page.value, self.view.value, self.country.value)
        return snapshot(self.twin, looks, self._difference(), changed.sentence(self.before, self.twin),
                        self.picked.followers)

    def _difference(self) -> str:
        """In words; told once and by another thread, since telling replays the worlds."""
        twin, found = self.twin, self.twin.difference
        if len(twin.models) < 2:
            return "There is only one world: choose a second one to compare."
        if not twin.paired:
            return "Each draw has its own assumptions and its own luck, so no life of one is in the other."
        if found is None:
            return "So far the two worlds are the same, person by person."
        if self._words[0] != (id(twin), found):
            self._words = ((id(twin), found), "The first life that differs is being looked up.")
            followers = tellers(twin.models, found)
            threading.Thread(target=self._tell, args=(twin, found, followers, twin.names), daemon=True).start()
        return self._words[1]

    def _tell(self, twin: Twin, found, followers, names: list[str]) -> None:
        words = in_words(followers, names, found.t)
        with self.lock:
            if self.twin is not twin or not twin.models:
                return
            self._words = ((id(twin), found), words)
            shown = self._snapshot()
        self.snapshot.value = shown

    def refresh(self) -> None:
        with self.lock:
            found = self._snapshot()
        self.snapshot.value = found  # drawing waits for nothing that waits for the worlds

    def show(self, page: str) -> None:
        if page in PAGES:
            self.page.value = page
            self.refresh()

    def show_country(self, iso3: str) -> None:
        if isinstance(iso3, str) and iso3 in self.region.index:
            self.country.value = iso3
            self.refresh()

    def look(self, view: str) -> None:
        if view in frame_of(self.region).views:
            self.view.value = view
            self.refresh()

    # --- time ------------------------------------------------------------------------------------------
    def _month(self) -> bool:
        """One month; False at the end."""
        with self.lock:
            if not self.twin.models:
                return False  # the tab was closed
            self.twin.step()
            for k, follower, _ in self.picked.followers:
                follower.advance(self.twin.models[k].world.t)
            over = self.twin.over
            found = self._snapshot()
        self.snapshot.value = found
        return not over

    def step(self) -> None:
        """One month, unless the worlds are moving already: a click then is dropped, not kept."""
        if not self.playing.value and not self.busy.value:
            self._month()

    def play(self) -> None:
        if self.playing.value or self.busy.value or self.twin.over:
            return
        self._generation += 1
        self.playing.value = True
        self._move(self._play, self._generation)

    def set_speed(self, value) -> None:
        """Months a second, within what the slider offers."""
        if isinstance(value, (int, float)) and SPEEDS[0] <= value <= SPEEDS[1]:
            self.speed.value = int(value)

    def pause(self) -> None:
        self._generation += 1
        self.playing.value = False

    def _play(self, generation: int) -> None:
        due = time.monotonic()
        while generation == self._generation and self._month():
            # The next month is due when it would be at this speed; time lost is caught up, but not hoarded.
            due = max(due + 1.0 / self.speed.value, time.monotonic() - 0.5)
            time.sleep(max(0.005, due - time.monotonic()))
        if generation == self._generation:
            self.playing.value = False

    def reset(self, again: bool = False) -> None:
        """New worlds by the current settings, run to the same month `again` or not at all.

        Safe at any time; further clicks meanwhile are dropped.
        """
        if self.busy.value:
            return
        self.pause()
        self.busy.value = "Building the worlds …"
        until = self.twin.month if again else 0
        self._move(self._rebuild, self.settings.value, until)

    def _rebuild(self, settings: Settings, until: int) -> None:
        try:
            made = Twin(settings)
            while made.month < until and not made.over:
                made.step()
            with self.lock:
                old = self.twin
                if not old.models:
                    made.close()
                    return  # the tab was closed meanwhile
                self.twin = made
                if old.settings != settings and old.month:
                    self.before = remembered(old)
                self.picked.followers, self.picked.serial = [], -1
                self._known_country()
                found = self._snapshot()
                old.close()
            self.snapshot.value = found
            self._say("reset", None)
        except BadInput as error:
            self._say("reset", "; ".join(f"{p.key}: found {p.found}; allowed: {p.allowed}" for p in error.problems))
        finally:
            gc.collect()  # Mesa's models sit in cycles that hold megabytes
            self.busy.value = ""

    def close(self) -> None:
        """The tab is gone."""
        self.pause()
        with self.lock:
            self.let_go()
            self.picked.followers = []

    def _move(self, work: Callable[..., None], *arguments) -> None:
        self._mover = threading.Thread(target=work, args=arguments, daemon=True)
        self._mover.start()

    def moving(self) -> bool:
        """Asked by a thread of no tab, for which `playing` and `busy` would have no value."""
        return self._mover is not None and self._mover.is_alive()

    def _forgets(self) -> None:
        self._followed = [(k, follower.kind, follower.row, note) for k, follower, note in self.picked.followers]
        self.picked.followers = []

    def _recalls(self) -> None:
        self.picked.followers = [(k, self._follow(k, kind, row), note) for k, kind, row, note in self._followed]

    # --- settings -----------------------------------------------------------------------------------------
    @property
    def changed(self) -> bool:
        """Do the controls say something else than the worlds on the page?"""
        return self.settings.value != self.made

    def change(self, name: str, made: tuple[Settings, str | None]) -> None:
        """Takes over what a control gave, or keeps its message."""
        settings, problem = made
        self.settings.value = settings
        self._say(name, problem)

    def move_onset(self, name, month) -> None:
        """An onset in another month; the worlds are run again to where they are, so that it is seen what follows."""
        if self.busy.value:
            return
        self.change("onset", with_onset(self.settings.value, name, month))
        if self.changed:
            self.reset(again=True)

    def _say(self, name: str, problem: str | None) -> None:
        messages = {k: v for k, v in self.messages.value.items() if k != name}
        self.messages.value = messages | ({name: problem} if problem else {})

    # --- one life -----------------------------------------------------------------------------------------
    def pick(self, kind: str, what: str) -> None:
        """Follows the next row that fits, in each world."""
        if kind not in CHOICES or what not in CHOICES[kind] or self.busy.value:
            return
        with self.lock:
            first = self.twin.models[0].world
            same = (kind, what) == (self.picked.kind, self.picked.what)
            self.picked = Picked(kind, what, self.picked.serial + 1 if same else 0)
            among = self.twin.models[1].world if self.twin.paired else None
            row = choose(first, kind, what, self.picked.serial, among)
            if row is not None:
                self.picked.followers = [(0, self._follow(0, kind, row), "")]
                if self.twin.paired:
                    other, note = counterpart(self.picked.followers[0][1], self.twin.models[1].world)
                    if other is not None:
                        self.picked.followers.append((1, self._follow(1, kind, other), note))
            shown = self._snapshot()
        self.snapshot.value = shown

    def _follow(self, k: int, kind: str, row: int) -> Follower:
        world = self.twin.models[k].world
        follower = Follower(world.template, world.seed, kind, row, world)
        follower.advance(world.t)
        return follower

    # --- what can be kept ------------------------------------------------------------------------------
    def scenario_file(self, second: bool = False) -> str:
        return saved(self.settings.value, second)


def counterpart(follower: Follower, other) -> tuple[int | None, str]:
    """Row of the same person in another world; of the group, where the party never formed there."""
    if follower.kind != "person":
        return follower.row, ""
    ids = other.migrants["id"]
    for row in reversed(follower.chain):
        found = (ids == follower.world.people[row]["id"]).nonzero()[0]
        if len(found):
            note = "" if row == follower.row else \
                "This party never formed in this world; the group that the person belongs to is followed instead."
            return int(found[0]), note
    return None, ""
