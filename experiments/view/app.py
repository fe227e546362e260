"""The page. `undercount view` serves it; in a notebook, `from undercount.experiments.view.app import Page; Page()`.

Every tab has a `Session` of its own. Components only read its snapshot and call its methods.
"""

from __future__ import annotations

import os
from html import escape
from pathlib import Path

import reacton.ipyvuetify as v
import solara
from undercount.experiments.view import link, onsets, opening, story
from undercount.experiments.view import map as flow_map
from undercount.experiments.view.frame import WHOLE, frame_of
from undercount.experiments.view.handed import Keep
from undercount.experiments.view.panels import Controls
from undercount.experiments.view.session import SPEEDS, Session
from undercount.experiments.view.snapshot import PAGES
from undercount.experiments.view.tabs import BLUE, Pages, html
from undercount.experiments.view.tour import STEPS
from undercount.experiments.view.vue import FlowMap, Link, Onsets, Tour
from undercount.model.files.problems import BadInput

SERVED_VARIABLE = "UNDERCOUNT_VIEW_SERVED"  # set by the command; a notebook's address bar is its own
STYLE = Path(__file__).with_name("style.css").read_text(encoding="utf-8")


@solara.component
def Page():
    """The whole page of one tab."""
    router = solara.use_router()
    session = solara.use_memo(lambda: opened(router.search), [])
    solara.use_effect(lambda: session.close, [])
    solara.Title("Undercount")
    solara.Style(STYLE)
    with solara.Div(classes=["uc-page"]):
        with solara.Div(classes=["uc-side"]):
            Controls(session)
            Keep(session)
        with solara.Div(classes=["uc-main"]):
            with solara.Div(classes=["uc-head"]):
                html("Fewer victims counted. Fewer people trafficked?", "h1", "uc-h1")
                with solara.Div(classes=["uc-opens"]):
                    Link(query=link.query(session.settings.value), names=list(link.KEYS),
                         served=SERVED_VARIABLE in os.environ)
                    Tour(steps=list(STEPS))
            html(escape(story.introduction(session.snapshot.value.settings)), "p", "uc-intro")
            Clock(session)
            Maps(session)
            Charts(session)
            Pages(session)


def opened(search: str | None) -> Session:
    """A session with the settings of a link, or of the opening where there is none or its worlds cannot be made."""
    start = opening.settings()
    settings, problems = link.restored(search, start, start.scenario)
    try:
        return Session(settings, start.scenario, {"link": " ".join(problems)} if problems else None)
    except BadInput as error:
        if settings == start:
            raise
        return Session(start, start.scenario, {"link": "; ".join(map(str, error.problems))})


@solara.component
def Clock(session: Session):
    """Play, step, reset, speed, and the month."""
    now, playing, busy = session.snapshot.value, session.playing.value, session.busy.value
    stopped = bool(busy) or now.over
    with solara.Div(classes=["uc-clock"]):
        if playing:
            solara.Button("Pause", on_click=session.pause, color=BLUE, dark=True)
        else:
            solara.Button("Play", on_click=session.play, color=BLUE, dark=not stopped, disabled=stopped)
        solara.Button("Step one month", on_click=session.step, outlined=True, color=BLUE, disabled=playing or stopped)
        solara.Button("Reset with new settings" if session.changed else "Reset", on_click=session.reset, outlined=True,
                      color="#a84300" if session.changed else BLUE, disabled=bool(busy))
        with solara.Div(classes=["uc-speed"]):
            v.Slider(v_model=session.speed.value, on_v_model=session.set_speed, min=SPEEDS[0], max=SPEEDS[1],
                     label=f"Speed: {session.speed.value} months a second", dense=True, hide_details=True, color=BLUE,
                     attributes={"aria-label": "Months a second"})
        html(escape(busy or now.date), "div", "uc-date")
    html(f'<div style="width:{100 * now.share_run:.1f}%"></div>', "div", "uc-progress")
    for name in ("link", "reset"):
        if session.messages.value.get(name):
            html(escape(session.messages.value[name]), "p", "uc-problem")


@solara.component
def Maps(session: Session):
    """A map for each world under what it tells this month."""
    now, region = session.snapshot.value, session.region
    frame, path = frame_of(region), str(region.map)
    view = session.view.value if session.view.value in frame.views else WHOLE
    base = solara.use_memo(lambda: flow_map.base(region), [path])
    names = solara.use_memo(lambda: flow_map.names(region, view), [path, view])
    other = next((name for name in frame.views if name != view), None)
    with solara.Div(classes=["uc-maps" if len(now.names) > 1 else "uc-map-alone"]):
        for k, name in enumerate(now.names):
            with solara.Div(classes=["uc-world"]):
                which = ("First", "Second")[k]
                html(f"<b>{which} world: {escape(name)}.</b> {escape(now.stories[k])}", "p", f"uc-story{k}")
                with solara.Div(classes=["uc-drawn"]):
                    FlowMap(base=base, names=names, layer=now.layers[k], tips=now.tips[k],
                            viewbox=frame.views[view][0], event_pick=session.show_country,
                            label=f"Map of the {view}, {which.lower()} world ({name}), {now.date}: {now.said[k]}.",
                            selected=session.country.value if session.page.value == PAGES[3] else "")
                    if k == 0 and other:
                        with solara.Div(classes=["uc-zoom"]):
                            solara.Button(f"Show the {other}", on_click=lambda: session.look(other), outlined=True,
                                          color=BLUE)
    html(flow_map.legend(), "div", "uc-legend")


@solara.component
def Charts(session: Session):
    """Counts and hidden flow; when explanations begin; what was changed, what is dated, and what differs."""
    now = session.snapshot.value
    with solara.Div(classes=["uc-main-charts"]):
        html(now.counts, "div", "uc-counts")
        html(now.flow, "div", "uc-flow")
    if now.changed:
        html(escape(now.changed), "p", "uc-changed")
    Begins(session)
    with solara.Div(classes=["uc-notes"]):
        html(f"<b>Dated events</b><br>{now.news}", "div", "uc-news")
        head = "Same people, same luck" if now.paired or len(now.names) < 2 else "Not the same people"
        html(f"<b>{head}</b><br>{escape(now.difference)}", "div", "uc-difference")


@solara.component
def Begins(session: Session):
    """When what the first world's scenario brings begins; dragging a mark runs the worlds again."""
    marks, region = onsets.marks(session.settings.value), session.settings.value.first_scenario().region
    html("When it begins in the first world: drag a mark, or use the arrow keys and Enter" if marks else
         "In the first world nothing begins that was not dated", "h2", "uc-h2")
    if marks:
        years = [{"name": str(region.start.year + m // 12), "at": m, "months": min(12, region.months - m)}
                 for m in range(0, region.months, 12)]
        Onsets(marks=marks, years=years, months=region.months, year=region.start.year, first=region.start.month,
               label="Months in which explanations begin",
               event_move=lambda moved: session.move_onset(moved.get("name"), moved.get("month")))
    if session.messages.value.get("onset"):
        html(escape(session.messages.value["onset"]), "p", "uc-problem")


def warm() -> None:
    """Loads compiled code and files, and makes every widget once, before the first visitor comes."""
    _, context = solara.render(Page(), handle_error=False)
    context.close()


if SERVED_VARIABLE in os.environ:  # a notebook has no need to wait for this
    warm()
