"""The page. `undercount view` serves it; in a notebook, `from undercount.experiments.view.app import Page; Page()`.

Every tab has a `Session` of its own. Components only read its snapshot and call its methods.
"""

from __future__ import annotations

import os
from html import escape
from pathlib import Path

import reacton.ipyvuetify as v
import solara
from undercount.experiments.view import keep, story
from undercount.experiments.view import map as flow_map
from undercount.experiments.view.life import CHOICES
from undercount.experiments.view.naming import country
from undercount.experiments.view.panels import Controls
from undercount.experiments.view.session import PAGES, SPEEDS, Life, Session
from undercount.experiments.view.twin import ALONE, Settings

SCENARIO_VARIABLE = "UNDERCOUNT_VIEW_SCENARIO"  # how the command tells the page what to open
STYLE = Path(__file__).with_name("style.css").read_text(encoding="utf-8")
BLUE = "#1f4e79"


@solara.component_vue("map.vue")
def FlowMap(base: str, names: str, layer: str, tips: dict, viewbox: str, label: str, selected: str, event_pick=None):
    """Outlines (sent once) and the month's layer; tells which country was clicked."""


@solara.component_vue("save.vue")
def Save(label: str, filename: str, content: dict, event_ask=None):
    """A button whose content is asked for when it is pressed."""


def _html(text: str, tag: str = "div", *classes: str) -> None:
    solara.HTML(tag=tag, unsafe_innerHTML=text, classes=list(classes))


@solara.component
def Page():
    """The whole page of one tab."""
    start = os.environ.get(SCENARIO_VARIABLE) or Settings().scenario
    session = solara.use_memo(lambda: Session(Settings(scenario=start)), [])
    solara.use_effect(lambda: session.close, [])
    solara.Title("Undercount")
    solara.Style(STYLE)
    with solara.Div(classes=["uc-page"]):
        with solara.Div(classes=["uc-side"]):
            Controls(session)
            Keep(session)
        with solara.Div(classes=["uc-main"]):
            _html("Fewer victims counted. Fewer people trafficked?", "h1", "uc-h1")
            _html(escape(story.INTRODUCTION), "p", "uc-intro")
            Clock(session)
            Maps(session)
            Pages(session)


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
        _html(escape(busy or now.date), "div", "uc-date")
    _html(f'<div style="width:{100 * now.share_run:.1f}%"></div>', "div", "uc-progress")
    if session.messages.value.get("reset"):
        _html(escape(session.messages.value["reset"]), "p", "uc-problem")


@solara.component
def Maps(session: Session):
    """A map for each world under what it tells this month; the main chart; what is dated, and what differs."""
    now, twin = session.snapshot.value, session.twin
    path = twin.region.folder / "map.geojson"
    viewbox, zoom = flow_map.VIEWS[session.view.value]
    base = solara.use_memo(lambda: flow_map.base(twin.region, path), [str(path)])
    names = solara.use_memo(lambda: flow_map.names(twin.region, zoom), [str(path), zoom])
    other = next(view for view in flow_map.VIEWS if view != session.view.value)
    with solara.Div(classes=["uc-maps" if len(now.names) > 1 else "uc-map-alone"]):
        for k, name in enumerate(now.names):
            with solara.Div(classes=["uc-world"]):
                which = ("First", "Second")[k]
                _html(f"<b>{which} world: {escape(name)}.</b> {escape(now.stories[k])}", "p", f"uc-story{k}")
                with solara.Div(classes=["uc-drawn"]):
                    FlowMap(base=base, names=names, layer=now.layers[k], tips=now.tips[k], viewbox=viewbox,
                            label=f"Map of the flows in the world {name}", event_pick=session.show_country,
                            selected=session.country.value if session.page.value == PAGES[3] else "")
                    if k == 0:
                        with solara.Div(classes=["uc-zoom"]):
                            solara.Button(f"Show the {other}", on_click=lambda: session.look(other), outlined=True,
                                          color=BLUE)
    _html(flow_map.legend(), "div", "uc-legend")
    _html(now.main, "div", "uc-main-chart")
    with solara.Div(classes=["uc-notes"]):
        _html(f"<b>Dated events</b><br>{now.news}", "div", "uc-news")
        _html(f"<b>Same people, same luck</b><br>{escape(now.difference)}", "div", "uc-difference")


@solara.component
def Pages(session: Session):
    """What else there is to see, a page at a time."""
    now, page = session.snapshot.value, session.page.value
    with solara.Div(classes=["uc-tabs"]):
        for name in PAGES:
            solara.Button(name, on_click=lambda name=name: session.show(name), text=True,
                          classes=["uc-tab", "uc-tab-on"] if name == page else ["uc-tab"],
                          attributes={"aria-pressed": "true" if name == page else "false"})
    if page == PAGES[0]:
        _html("".join(f"<div>{chart}</div>" for chart in now.funnels) or "Press Play first.", "div", "uc-charts")
    elif page == PAGES[1]:
        _html("".join(f"<div>{chart}</div>" for chart in now.small) or "Press Play first.", "div", "uc-charts")
    elif page == PAGES[2]:
        OneLife(session)
    else:
        Country(session)


@solara.component
def OneLife(session: Session):
    """Pick somebody and read the months so far, in every world."""
    kind, set_kind = solara.use_state("person")
    what, set_what = solara.use_state(next(iter(CHOICES["person"])))
    now = session.snapshot.value

    def other_kind(value):
        if value in CHOICES:
            set_kind(value)
            set_what(next(iter(CHOICES[value])))

    _html("Follow one life, month by month. <b>These people are synthetic: nobody here exists.</b> Each sentence is "
          "made from what the model's rules did to this person.", "p", "uc-note")
    with solara.Div(classes=["uc-pick"]):
        v.Select(label="Who", items=list(CHOICES), v_model=kind, on_v_model=other_kind, dense=True, outlined=True,
                 hide_details=True)
        v.Select(label="who …", items=list(CHOICES[kind]), v_model=what, on_v_model=set_what, dense=True, outlined=True,
                 hide_details=True)
        solara.Button("Pick somebody" if not now.lives else "Pick somebody else", color=BLUE, dark=True,
                      on_click=lambda: session.pick(kind, what))
    if session.picked.serial >= 0 and not now.lives:
        _html("Nobody fits so far. Play some months, or choose something else.", "p", "uc-note")
    with solara.Div(classes=["uc-lives"]):
        for life in now.lives:
            _html(_life_html(life), "div", "uc-life")


def _life_html(life: Life) -> str:
    lines = "".join(f"<li><b>{escape(month)}</b> {escape(text)}</li>" for month, text in life.lines)
    word = "counted" if life.counted else "not counted"
    badge = "" if life.counted is None else f'<p class="uc-badge">In the table of victims: <b>{word}</b>.</p>'
    note = f"<p>{escape(life.note)}</p>" if life.note else ""
    return (f'<h3 style="color:{life.colour}">{escape(life.title)}</h3><p>{escape(life.portrait)}</p>{note}'
            f"<ul>{lines or '<li>Nothing has happened yet.</li>'}</ul>{badge}")


@solara.component
def Country(session: Session):
    """Choose a country here or on a map."""
    region = session.twin.region
    items = [{"text": country(region, c.iso3), "value": c.iso3} for c in region.countries]
    items.sort(key=lambda item: item["text"])
    with solara.Div(classes=["uc-pick"]):
        v.Select(label="Country (or click on a map)", items=items, v_model=session.country.value,
                 on_v_model=session.show_country, dense=True, outlined=True, hide_details=True)
    _html(session.snapshot.value.country or "Press Play first.", "div", "uc-country")


@solara.component
def SaveButton(session: Session, label: str, filename: str, kind: str, make):
    """Hands over what `make` gives, as "text", as "png" drawn by the browser, or as bytes in "base64"."""
    content, set_content = solara.use_state({})

    def ask(_):
        with session.lock:
            set_content({"serial": content.get("serial", 0) + 1, "kind": kind, "text": make()})

    Save(label=label, filename=filename, content=content, event_ask=ask)


@solara.component
def Keep(session: Session):
    """Buttons that hand over files; nothing is written on the server."""
    path = session.twin.region.folder / "map.geojson"
    _html("Keep", "h2", "uc-h2")
    with solara.Div(classes=["uc-keep"]):
        SaveButton(session, "Save settings (scenario file)", "my-scenario.toml", "text", session.scenario_file)
        if session.settings.value.second != ALONE:
            SaveButton(session, "Save second world's settings", "my-second-scenario.toml", "text",
                       lambda: session.scenario_file(True))
        SaveButton(session, "Tables (CSV in a ZIP)", "undercount-tables.zip", "base64",
                   lambda: keep.tables(session.twin))
        SaveButton(session, "Figure (PNG)", "undercount.png", "png", lambda: keep.figure(session.twin, path))
        SaveButton(session, "Figure (SVG)", "undercount.svg", "text", lambda: keep.figure(session.twin, path))


def warm() -> None:
    """Loads compiled code and files, and makes every widget once, before the first visitor comes."""
    _, context = solara.render(Page(), handle_error=False)
    context.close()


if os.environ.get(SCENARIO_VARIABLE):  # set by the command; a notebook has no need to wait for this
    warm()
