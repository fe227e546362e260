"""What the controls know: labels, ranges, help and messages, all from the schema.

Nothing here draws; `panels.py` makes widgets of it. A value that the schema refuses is not taken
over: its message stands beside the control and the world stays as it is.

A slider stands at stops only, which are round; the field beside it shows the value itself. Vuetify moves
a slider to a stop by itself, and says so as if a person had, where it is given a value between stops, as
fitted values are. So it is given the stop that is nearest, and the stop nearest to the scenario's own value
means that value.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from undercount.experiments.view.twin import Settings, loaded
from undercount.model.assumed.mechanisms import MECHANISMS
from undercount.model.assumed.parameters import Parameters, specs
from undercount.model.assumed.scenario import Scenario
from undercount.model.files.problems import BadInput

# First on the page, with the words of the page; the rest follows by group.
HEADLINE = {
    "push.push": "Push: pressure to leave home", "pull.pull": "Pull: attraction of richer countries",
    "corruption.corruption": "Corruption of officials", "policing.enforcement": "Enforcement: inspections and raids",
    "assistance.referral_capacity": "Referral capacity: shelter places",
}
FIRST_SWITCHES = {"route_adaptation": "Networks act on what they learn of routes",
                  "method_adaptation": "Networks act on what they learn of methods"}
STEP = 0.05  # between the stops of a slider


@dataclass(frozen=True)
class Control:
    """One number of the schema as a reader meets it. `low` and `high` bound the slider; `own` is the scenario's."""

    path: str
    label: str
    unit: str
    value: float
    own: float
    low: float
    high: float
    help: str

    @property
    def text(self) -> str:
        """The value as it is: what is read back from the text is the same number."""
        return exact(self.value)

    @property
    def shown(self) -> str:
        """The value for a reader: drawn values have more digits than anybody can use."""
        return exact(float(f"{self.value:.7g}"))

    @property
    def stop(self) -> float:
        """Where the slider stands."""
        return self.nearest(self.value)

    def nearest(self, value: float) -> float:
        """The stop that is nearest to a value."""
        stops = round((min(max(value, self.low), self.high) - self.low) / STEP)
        return round(self.low + stops * STEP, 2)


def exact(value: float) -> str:
    """The shortest text of a number that loses nothing of it."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def control(path: str, settings: Settings) -> Control:
    """The control of a parameter, showing the value that the settings give it."""
    spec = specs()[path]
    label = HEADLINE.get(path) or spec.key.replace("_", " ").capitalize()
    low, high = spec.allowed
    own = float(own_scenario(settings).value(path))
    here = "" if own == spec.default else f", in this scenario {exact(own)}"
    text = (f"{spec.meaning[0].upper()}{spec.meaning[1:]}. {spec.unit}, {low:g} to {high:g}, "
            f"default {spec.default:g}{here}. {spec.source}.")
    return Control(path, label, spec.unit, float(settings.changes.get(path, own)), own, *spec.sweep, text)


def groups() -> dict[str, tuple[str, list[str]]]:
    """Group -> (what it is about, paths of its parameters), without those of the headline."""
    found = {name: (info.annotation.__doc__ or name, []) for name, info in Parameters.model_fields.items()}
    for path, spec in specs().items():
        if path not in HEADLINE:
            found[spec.group][1].append(path)
    return {name: entry for name, entry in found.items() if entry[1]}


def paths() -> list[str]:
    """Every name that `with_value` takes."""
    return [*specs(), *(f"mechanisms.{name}" for name in MECHANISMS)]


def switch_on(name: str, settings: Settings) -> bool:
    own = own_scenario(settings).mechanisms[name]
    return bool(settings.changes.get(f"mechanisms.{name}", own))


def switch_help(name: str) -> str:
    m = MECHANISMS[name]
    return f"{m.meaning[0].upper()}{m.meaning[1:]}. Off: {m.off}."


def own_scenario(settings: Settings) -> Scenario:
    """The first world's, as it is before any change."""
    return loaded(settings.scenario, settings.region)


def with_value(settings: Settings, name: str, value: Any) -> tuple[Settings, str | None]:
    """The settings with a parameter or switch changed; or the old ones and the schema's message."""
    changes = {**settings.changes, name: value}
    scenario = own_scenario(settings)
    try:
        changed = scenario.with_values(changes, "settings")
    except BadInput as error:
        return settings, message(error, name)
    if name.startswith("mechanisms."):
        key = name.removeprefix("mechanisms.")
        now, own = changed.mechanisms[key], scenario.mechanisms[key]
    else:
        now, own = changed.value(name), scenario.value(name)
    changes[name] = now
    if now == own:
        del changes[name]
    return replace(settings, changes=changes), None


def with_stop(settings: Settings, path: str, stop: Any) -> tuple[Settings, str | None]:
    """The same for a slider that was moved to a stop; nothing changes where it stands there already."""
    c = control(path, settings)
    if not isinstance(stop, (int, float)) or not c.low <= stop <= c.high or c.nearest(stop) == c.stop:
        return settings, None
    stop = c.nearest(stop)
    meant = c.own if c.low <= c.own <= c.high and c.nearest(c.own) == stop else stop
    return with_value(settings, path, meant)


def message(error: BadInput, name: str) -> str:
    """What is wrong with one control, in the schema's words."""
    own = [p for p in error.problems if p.key == name] or error.problems
    return "; ".join(f"found {p.found}; allowed: {p.allowed}" for p in own)
