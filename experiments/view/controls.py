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
from pathlib import Path
from typing import Any

from undercount.experiments.view.twin import ALONE, FROZEN, Settings, loaded
from undercount.model.assumed.mechanisms import MECHANISMS
from undercount.model.assumed.parameters import Parameters, specs
from undercount.model.assumed.scenario import scenario_names
from undercount.model.files.problems import BadInput

# First on the page, with the words of the page; the rest follows by group.
HEADLINE = {
    "push.push": "Push: pressure to leave home", "pull.pull": "Pull: attraction of richer countries",
    "corruption.corruption": "Corruption of officials", "policing.enforcement": "Enforcement: inspections and raids",
    "assistance.referral_capacity": "Referral capacity: shelter places",
}
FIRST_SWITCHES = {"route_adaptation": "Networks act on what they learn of routes",
                  "method_adaptation": "Networks act on what they learn of methods"}
# One agent a person is 15.7 million agents: right for `undercount run`, too much for every open tab.
SCALES = (10, 10_000)
SEEDS = (0, 2**63 - 1)
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
    own = float(loaded(settings.scenario).value(path))
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


def switch_on(name: str, settings: Settings) -> bool:
    own = loaded(settings.scenario).mechanisms[name]
    return bool(settings.changes.get(f"mechanisms.{name}", own))


def switch_help(name: str) -> str:
    m = MECHANISMS[name]
    return f"{m.meaning[0].upper()}{m.meaning[1:]}. Off: {m.off}."


def choices(given: str) -> list[str]:
    """Scenarios that the page offers: those that are shipped, and the one that the command named."""
    names = [name for name in scenario_names() if name != "baseline"]
    return ([given] if given not in names and given != "baseline" else []) + ["baseline", *names]


def second_choices(given: str) -> dict[str, str]:
    """What the other world may be -> the words for it."""
    frozen = {FROZEN: "The same, but networks do not act on what they learn", ALONE: "No second world"}
    return frozen | {name: scenario_title(name) for name in choices(given)}


def scenario_title(name: str) -> str:
    return Path(name).stem.replace("-", " ").capitalize()


def with_value(settings: Settings, name: str, value: Any) -> tuple[Settings, str | None]:
    """The settings with a parameter or switch changed; or the old ones and the schema's message."""
    changes = {**settings.changes, name: value}
    scenario = loaded(settings.scenario)
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


def with_whole(settings: Settings, name: str, value: Any) -> tuple[Settings, str | None]:
    """The same for the seed and the people per agent, which are no parameters of a scenario."""
    low, high = SEEDS if name == "seed" else SCALES
    words = "0 to 2**63 - 1" if name == "seed" else \
        f"{low} to {high:,} on this page (1 with `undercount run`)"
    text = str(value).strip().replace(",", "")
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        return settings, f"found {str(value)[:40]!r}; allowed: a whole number, {words}"
    return replace(settings, **{name: int(text)}), None


def with_scenario(settings: Settings, which: str, name: str, given: str) -> Settings:
    """Another scenario for one world; a name that the page does not offer is ignored.

    Changed values of the first scenario are dropped, since they were changes to another one.
    """
    offered = choices(given) if which == "scenario" else second_choices(given)
    if name not in offered:
        return settings
    return replace(settings, scenario=name, changes={}) if which == "scenario" else replace(settings, second=name)


def message(error: BadInput, name: str) -> str:
    """What is wrong with one control, in the schema's words."""
    own = [p for p in error.problems if p.key == name] or error.problems
    return "; ".join(f"found {p.found}; allowed: {p.allowed}" for p in own)


def saved(settings: Settings, second: bool = False) -> str:
    """A scenario file that `undercount run` accepts; how to get the same world stands in its head."""
    scenario = settings.second_scenario() if second else settings.first_scenario()
    if scenario is None:
        raise ValueError("there is no second world")
    stem = "my-scenario"
    if settings.changes or second and settings.second == FROZEN:
        scenario = replace(scenario, title=f"{scenario.title} (changed on the page)")
    head = (f"# Saved from the page of `undercount view`. The world that it showed:\n"
            f"#   undercount run {stem}.toml --replicates 1 --seed {settings.seed} "
            f"--people-per-agent {settings.people_per_agent}\n\n")
    return head + scenario.to_toml()


