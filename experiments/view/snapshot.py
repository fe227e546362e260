"""Everything that the page shows of the worlds, as text.

Widgets read a snapshot only. It is made under the session's lock right after a change, so that drawing never looks
into a world that another thread is moving or has let go.
"""

from __future__ import annotations

from dataclasses import dataclass

from undercount.experiments.view import charts, fall, funnel, story
from undercount.experiments.view import map as flow_map
from undercount.experiments.view.frame import frame_of
from undercount.experiments.view.life import Follower
from undercount.experiments.view.svg import WORLDS
from undercount.experiments.view.twin import Settings, Twin

PAGES = ("From truth to table", "How the trade changes", "One life", "A country")


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
class Looks:
    """What a person looks at: the page below the charts, the view of the map, the country."""

    page: str
    view: str
    country: str


@dataclass(frozen=True)
class Snapshot:
    """The worlds of `settings` as they are on the page."""

    settings: Settings
    names: tuple[str, ...]
    date: str
    share_run: float
    over: bool
    stories: tuple[str, ...]
    layers: tuple[str, ...]
    tips: tuple[dict[str, str], ...]
    said: tuple[str, ...]  # the maps in words
    paired: bool  # have both worlds the same people and luck?
    difference: str
    news: str
    changed: str
    counts: str = ""
    flow: str = ""
    funnels: tuple[str, ...] = ()
    falls: tuple[str, ...] = ()
    small: tuple[str, ...] = ()
    lives: tuple[Life, ...] = ()
    country: str = ""


def snapshot(twin: Twin, looks: Looks, difference: str, changed: str, followed) -> Snapshot:
    """`difference` and `changed` in words; `followed` are (world's number, follower, note)."""
    models, names = twin.models, tuple(twin.names)
    run, zoom = twin.month > 0, frame_of(twin.region).view(looks.view)[1]
    worlds = list(enumerate(zip(models, names)))
    on = {page: page == looks.page and run for page in PAGES}
    return Snapshot(
        twin.settings, names, story.date(models[0]), twin.month / twin.region.months, twin.over,
        tuple(story.sentences(m) for m in models), tuple(flow_map.layer(m, zoom) for m in models),
        tuple(flow_map.tips(m) for m in models), tuple(flow_map.said(m) for m in models), twin.paired, difference,
        story.news_html(models[0]), changed,
        counts=charts.counts_chart(models, names), flow=charts.flow_chart(models, names),
        funnels=tuple(funnel.funnel(m, name, k) for k, (m, name) in worlds) if on[PAGES[0]] else (),
        falls=tuple(fall.fall(m, name, k) for k, (m, name) in worlds) if on[PAGES[0]] else (),
        small=tuple(charts.small_charts(models, names)) if on[PAGES[1]] else (),
        lives=tuple(told(twin, *one) for one in followed) if looks.page == PAGES[2] else (),
        country=story.country_html(models, names, looks.country) if on[PAGES[3]] else "")


def told(twin: Twin, k: int, follower: Follower, note: str) -> Life:
    return Life(twin.names[k], WORLDS[k], follower.portrait(), tuple(follower.lines()),
                follower.counted if follower.kind == "person" else None, note)
