"""What one browser tab holds: its settings, its worlds, and a snapshot of what is on the page.

Widgets read the snapshot only. It is made under the lock right after a change, so that drawing
never looks into a world that another thread is moving or has let go.
"""

from __future__ import annotations

import gc
import threading
import time
from dataclasses import dataclass, field

import solara
from undercount.experiments.view import charts, story
from undercount.experiments.view import map as flow_map
from undercount.experiments.view.controls import saved
from undercount.experiments.view.life import CHOICES, Follower, choose
from undercount.experiments.view.resting import Rests
from undercount.experiments.view.twin import Settings, Twin, difference_in_words
from undercount.model.files.problems import BadInput

PAGES = ("From truth to table", "How the trade changes", "One life", "A country")
SPEEDS = (1, 20)


@dataclass(frozen=True)
class Life:
    """A life as told in one world."""

    title: str
    colour: str
    portrait: str
    lines: tuple[tuple[str, str], ...]
    counted: bool | None
    note: str = ""


@dataclass(frozen=True)
class Snapshot:
    """Everything that the page shows of the worlds, as text."""

    names: tuple[str, ...]
    date: str
    share_run: float
    over: bool
    stories: tuple[str, ...]
    layers: tuple[str, ...]
    tips: tuple[dict[str, str], ...]
    difference: str
    news: str
    main: str = ""
    funnels: tuple[str, ...] = ()
    small: tuple[str, ...] = ()
    lives: tuple[Life, ...] = ()
    country: str = ""


@dataclass
class Picked:
    """Whose life is being followed, and by which choice."""

    kind: str = "person"
    what: str = "was exploited and never counted"
    serial: int = -1
    followers: list[tuple[int, Follower, str]] = field(default_factory=list)


class Session(Rests):
    """The worlds of one tab. Every method may be called from any thread."""

    def __init__(self, start: Settings, given: str | None = None):
        self.given = given or start.scenario
        self.settings = solara.reactive(start)
        self.messages = solara.reactive({})  # name of a control -> why its last value was not taken
        self.speed = solara.reactive(6)
        self.playing = solara.reactive(False)
        self.busy = solara.reactive("")
        self.page = solara.reactive(PAGES[0])
        self.country = solara.reactive("")
        self.view = solara.reactive("region")
        self.lock = threading.RLock()
        self.twin = Twin(start)
        self.picked = Picked()
        self._words = (None, "")
        self._generation = 0
        if self.country.value not in self.twin.region.index:
            seen = [row for row in self.twin.region.referrals if row.role == "destination"]
            self.country.value = seen[-1].iso3 if seen else self.twin.region.countries[0].iso3
        self.snapshot = solara.reactive(self._snapshot())

    # --- what the page shows -----------------------------------------------------------------------
    def _snapshot(self) -> Snapshot:
        twin, page = self.twin, self.page.value
        models, names = twin.models, tuple(twin.names)
        run, zoom = twin.month > 0, flow_map.VIEWS[self.view.value][1]
        return Snapshot(
            names, story.date(models[0]), twin.month / twin.region.months, twin.over,
            tuple(story.sentences(m) for m in models), tuple(flow_map.layer(m, zoom) for m in models),
            tuple(flow_map.tips(m) for m in models), self._difference(), story.news_html(models[0]),
            main=charts.main_chart(models, names),
            funnels=tuple(charts.funnel(m, name, k) for k, (m, name) in enumerate(zip(models, names)))
            if page == PAGES[0] and run else (),
            small=tuple(charts.small_charts(models, names)) if page == PAGES[1] and run else (),
            lives=self._lives() if page == PAGES[2] else (),
            country=story.country_html(models, names, self.country.value) if page == PAGES[3] and run else "")

    def _difference(self) -> str:
        """In words; told once, since telling replays the worlds."""
        found = self.twin.difference
        if self._words[0] != (id(self.twin), found):
            self._words = ((id(self.twin), found), difference_in_words(self.twin))
        return self._words[1]

    def _lives(self) -> tuple[Life, ...]:
        person = self.picked.kind == "person"
        return tuple(Life(self.twin.names[k], charts.WORLDS[k], f.portrait(), tuple(f.lines()),
                          f.counted if person else None, note) for k, f, note in self.picked.followers)

    def refresh(self) -> None:
        with self.lock:
            self.snapshot.value = self._snapshot()

    def show(self, page: str) -> None:
        if page in PAGES:
            self.page.value = page
            self.refresh()

    def show_country(self, iso3: str) -> None:
        if isinstance(iso3, str) and iso3 in self.twin.region.index:
            self.country.value = iso3
            self.refresh()

    def look(self, view: str) -> None:
        if view in flow_map.VIEWS:
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
        threading.Thread(target=self._play, args=(self._generation,), daemon=True).start()

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

    def reset(self) -> None:
        """New worlds by the current settings; safe at any time, further clicks meanwhile are dropped."""
        if self.busy.value:
            return
        self.pause()
        self.busy.value = "Building the worlds …"
        threading.Thread(target=self._rebuild, args=(self.settings.value,), daemon=True).start()

    def _rebuild(self, settings: Settings) -> None:
        try:
            with self.lock:
                old, self.twin = self.twin, Twin(settings)
                self.picked.followers, self.picked.serial = [], -1
                old.close()
                found = self._snapshot()
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

    def moving(self) -> bool:
        return self.playing.value or bool(self.busy.value)

    def _forgets(self) -> None:
        self._followed = [(k, follower.kind, follower.row, note) for k, follower, note in self.picked.followers]
        self.picked.followers = []

    def _recalls(self) -> None:
        self.picked.followers = [(k, self._follow(k, kind, row), note) for k, kind, row, note in self._followed]

    # --- settings -----------------------------------------------------------------------------------------
    @property
    def changed(self) -> bool:
        """Do the controls say something else than the worlds on the page?"""
        return self.settings.value != self.twin.settings

    def change(self, name: str, made: tuple[Settings, str | None]) -> None:
        """Takes over what a control gave, or keeps its message."""
        settings, problem = made
        self.settings.value = settings
        self._say(name, problem)

    def _say(self, name: str, problem: str | None) -> None:
        messages = {k: v for k, v in self.messages.value.items() if k != name}
        self.messages.value = messages | ({name: problem} if problem else {})

    # --- one life -----------------------------------------------------------------------------------------
    def pick(self, kind: str, what: str) -> None:
        """Follows the next row that fits, in each world."""
        if kind not in CHOICES or what not in CHOICES[kind] or self.busy.value:
            return
        with self.lock:
            same = (kind, what) == (self.picked.kind, self.picked.what)
            self.picked = Picked(kind, what, self.picked.serial + 1 if same else 0)
            first = self.twin.models[0].world
            among = self.twin.models[1].world if len(self.twin.models) > 1 else None
            row = choose(first, kind, what, self.picked.serial, among)
            if row is not None:
                self.picked.followers = [(0, self._follow(0, kind, row), "")]
                if len(self.twin.models) > 1:
                    other, note = counterpart(self.picked.followers[0][1], self.twin.models[1].world)
                    if other is not None:
                        self.picked.followers.append((1, self._follow(1, kind, other), note))
            self.snapshot.value = self._snapshot()

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
