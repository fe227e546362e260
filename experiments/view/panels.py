"""The widgets of the controls, made from `controls.py`; each takes the tab's `Session`."""

from __future__ import annotations

import re

import reacton.ipyvuetify as v
import solara
from undercount.experiments.view import chosen, controls
from undercount.experiments.view.session import Session
from undercount.experiments.view.twin import ALONE, FROZEN


@solara.component
def Field(session: Session, name: str, label: str, value: str, helped: str, on_text):
    """A number as text, so that a wrong one can be seen; its message stands below it."""
    problem = session.messages.value.get(name)
    typed, set_typed = solara.use_state(value)
    shown = typed if problem else value  # after a wrong value keep what was typed

    def take(text):
        set_typed(text)
        on_text(text)

    field = v.TextField(label=label, v_model=shown, dense=True, outlined=True, hint=helped, class_="uc-field",
                        hide_details="auto", error_messages=[problem] if problem else [], attributes={"title": helped})

    # Vuetify's own model follows every key; a number counts when it is finished.
    v.use_event(field, "blur", lambda widget, *_: take(str(widget.v_model)))
    v.use_event(field, "keyup.enter", lambda widget, *_: take(str(widget.v_model)))


@solara.component
def Number(session: Session, path: str, slider: bool = False):
    """A parameter: a field, and for those of the headline a slider over its open range."""
    settings = session.settings.value
    c = controls.control(path, settings)

    def take(text):
        if text not in (c.text, c.shown):
            session.change(path, controls.with_value(session.settings.value, path, text))
        elif path in session.messages.value:
            session.change(path, (session.settings.value, None))

    def slide(stop):
        session.change(path, controls.with_stop(session.settings.value, path, stop))

    with solara.Column(gap="0px", classes=["uc-number"]):
        Field(session, path, f"{c.label} ({c.unit})", c.shown, c.help, take).key(f"{settings.scenario} {path}")
        if slider:
            v.Slider(v_model=c.stop, min=c.low, max=c.high, step=controls.STEP, on_v_model=slide, dense=True,
                     hide_details=True, color="#1f4e79", class_="uc-slider", attributes={"aria-label": c.label})


@solara.component
def OnOff(session: Session, name: str, label: str):
    settings = session.settings.value
    path = f"mechanisms.{name}"
    v.Switch(
        label=label, v_model=controls.switch_on(name, settings), dense=True, hide_details="auto", class_="uc-switch",
        color="#1f4e79", attributes={"title": controls.switch_help(name)},
        on_v_model=lambda on: session.change(path, controls.with_value(session.settings.value, path, bool(on))))


def _select(label: str, groups: dict[str, dict[str, str]], value: str, on_value, problem: str | None = None):
    """A box of choices (value -> words), under a head each where there are several groups."""
    shown = {head: items for head, items in groups.items() if items}
    items: list[dict[str, str]] = []
    for head, own in shown.items():
        items += [{"header": head}] if len(shown) > 1 else []
        items += [{"text": words, "value": key} for key, words in own.items()]
    v.Select(label=label, items=items, v_model=value, on_v_model=on_value, dense=True, outlined=True,
             hide_details="auto", class_="uc-field", menu_props={"auto": True},  # else only the first 20 are there
             error_messages=[problem] if problem else [])


@solara.component
def Controls(session: Session):
    """All settings; they are read when Reset is pressed."""
    settings, given = session.settings.value, session.given
    explanations = {name: chosen.scenario_title(name) for name in chosen.choices(given)}
    drawn = {"Draws of the verdict": chosen.draws(settings)}

    def scenario(which, name):
        session.settings.value = chosen.with_scenario(session.settings.value, which, name, given)
        session.messages.value = {}

    solara.HTML(tag="h2", unsafe_innerHTML="Settings", classes=["uc-h2"])
    solara.HTML(tag="p", unsafe_innerHTML="They apply to both worlds, from the next Reset on.", classes=["uc-note"])
    _select("Region", {"": chosen.regions()}, chosen.region_of(settings),
            lambda name: session.change("region", chosen.with_region(session.settings.value, name)),
            session.messages.value.get("region"))
    _select("First world", drawn | {"Explanations": explanations}, settings.scenario,
            lambda name: scenario("scenario", name))
    second = chosen.second_choices(given)
    beside = {name: second.pop(name) for name in (FROZEN, ALONE)}
    _select("Second world", {"Beside the first": beside} | drawn | {"Explanations": second}, settings.second,
            lambda name: scenario("second", name))
    for path in controls.HEADLINE:
        Number(session, path, slider=True)
    for name, label in controls.FIRST_SWITCHES.items():
        OnOff(session, name, label)
    _whole(session, "people_per_agent", "People per agent",
           "How many persons one agent at home stands for: fewer is finer and slower. With the word pooled everybody "
           "recruited is an agent of one person, as in every verdict.")
    _whole(session, "seed", "Seed of chance", "The same seed gives the same people with the same luck. With the words "
           "as drawn a draw of the verdict has the luck that it was weighed with.")
    More(session)


def _whole(session: Session, name: str, label: str, helped: str) -> None:
    Field(session, name, label, chosen.whole(session.settings.value, name), helped,
          lambda text: session.change(name, chosen.with_whole(session.settings.value, name, text)))


def _plain(about: str) -> str:
    """What a group is about, without the numbers of its mechanisms."""
    text = re.sub(r"\s*\([A-F]\d[^)]*\)", "", about).rstrip(".")
    return text[0].lower() + text[1:]


@solara.component
def More(session: Session):
    """Every other switch and parameter, by group."""
    opened, set_opened = solara.use_state("")
    entries = {"mechanisms": "All mechanisms (on or off)"}
    entries |= {name: f"{name.capitalize()}: {_plain(about)}"
                for name, (about, _) in controls.groups().items()}
    for name, title in entries.items():
        here = opened == name
        solara.Button(f"{'▾' if here else '▸'} {title}", text=True, classes=["uc-group"],
                      on_click=lambda name=name, here=here: set_opened("" if here else name),
                      attributes={"aria-expanded": "true" if here else "false"})
        if here and name == "mechanisms":
            for switch in controls.MECHANISMS:
                if switch not in controls.FIRST_SWITCHES:
                    OnOff(session, switch, switch.replace("_", " ").capitalize())
        elif here:
            for path in controls.groups()[name][1]:
                Number(session, path).key(path)
