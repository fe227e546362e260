"""The players: causes that can be taken out of a drawn scenario, one at a time or together.

A player is a switch of `model/mechanisms.py`, or one of two bundles of what files say:

own_cause     the events and values by which an explanation differs from the common core that it extends.
              What a switch among the players governs belongs to that switch.
core_changes  the events of the common core that change something between the two periods.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from undercount.experiments.attribution.shapley import MOST_PLAYERS
from undercount.experiments.attribution.window import Window
from undercount.model.assumed.mechanisms import MECHANISMS
from undercount.model.assumed.parameters import specs
from undercount.model.assumed.scenario import Event, Scenario, parameter_table
from undercount.model.files.problems import Problem, nearest
from undercount.model.files.toml_in import describe

OWN, CORE = "own_cause", "core_changes"
# Whatever changes with time in the model, of itself or from outside: see docs/decisions.md.
DEFAULT = ("route_adaptation", "method_adaptation", OWN, CORE, "visa_free_travel", "trafficking_law",
           "contact_technology", "patrol_shift")
BUNDLES = {
    OWN: ("the events and values that an explanation adds to the common core", "as in the common core"),
    CORE: ("the events of the common core that change something between the two periods", "they do not happen"),
}


@dataclass(frozen=True)
class Player:
    """A cause; `meaning` and `off` in words."""

    name: str
    meaning: str
    off: str


def read_players(names: Sequence[str], problems: list[Problem]) -> tuple[Player, ...]:
    """The players of these names (none: the default list); what is wrong is added to `problems`."""
    known = [*BUNDLES, *MECHANISMS]
    chosen = list(names) or list(DEFAULT)
    for name in chosen:
        if name not in known:
            problems.append(Problem("command line", "--player", describe(name),
                                    f"a mechanism (`undercount show` lists them), {OWN} or {CORE}",
                                    nearest=nearest(name, known)))
    if len(set(chosen)) < len(chosen) or not 1 <= len(chosen) <= MOST_PLAYERS:
        problems.append(Problem("command line", "--player", f"{len(chosen)}: {', '.join(chosen)}"[:200],
                                f"one to {MOST_PLAYERS} different players"))
    words = BUNDLES | {name: (m.meaning, m.off) for name, m in MECHANISMS.items()}
    return tuple(Player(name, *words[name]) for name in chosen if name in words)


def without(scenario: Scenario, absent: Sequence[str], players: Sequence[str], explanation: Scenario,
            core: Scenario, window: Window) -> Scenario:
    """The drawn scenario with the players `absent` taken out; `players` are all that there are.

    `explanation` is the scenario before the draw, `core` what it extends.
    """
    for name in sorted(absent, key=lambda name: name == CORE):  # last: what the own cause replaced is the core's again
        if name == OWN:
            scenario = _without_own_cause(scenario, explanation, core, players)
        elif name == CORE:
            scenario = replace(scenario, events=tuple(e for e in scenario.events if not _moves(e, core, window)))
        else:
            scenario = replace(scenario, mechanisms=scenario.mechanisms | {name: False})
    return scenario


def _without_own_cause(scenario: Scenario, explanation: Scenario, core: Scenario, players: Sequence[str]) -> Scenario:
    switches = [name for name in players if name in MECHANISMS]
    governed = {key for name in switches for key in MECHANISMS[name].neutral}
    shared = {e.name: e for e in core.events}
    mine, drawn = explanation.events_by_name, scenario.events_by_name
    # An event of the core that the explanation leaves as it is keeps its drawn size; one of its own that moves what
    # a switch among the players governs belongs to that switch.
    def left_as_it_is(event: Event) -> bool:
        own = mine.get(event.name)
        alike = own is not None and replace(own, amount=event.amount) == event
        swept_alike = explanation.priors.get(event.path) == core.priors.get(event.path)
        return alike and swept_alike and (event.path in core.priors or own == event)

    events = tuple(drawn[name] if left_as_it_is(event) else event for name, event in shared.items())
    events += tuple(event for event in scenario.events
                    if event.name not in shared and specs()[event.parameter].key in governed)
    onsets = tuple(onset for onset in scenario.onsets if any(event.onset == onset.name for event in events))
    values, mine_free, core_free = {}, explanation.free(), core.free()
    for path, spec in specs().items():
        # Where both sweep the same range, another point value of it is no cause.
        differs = mine_free.get(path) != core_free.get(path) or (
            path not in mine_free and explanation.value(path) != core.value(path))
        if differs and spec.key not in governed:
            values[path] = core.value(path)
    parameters = scenario.parameters
    for path, value in values.items():
        group, key = path.split(".")
        changed = getattr(parameters, group).model_copy(update={key: value})
        parameters = parameters.model_copy(update={group: changed})
    mechanisms = {name: on if name in switches or explanation.mechanisms[name] == core.mechanisms[name]
                  else core.mechanisms[name] for name, on in scenario.mechanisms.items()}
    return replace(scenario, events=events, onsets=onsets, parameters=parameters, mechanisms=mechanisms)


def _moves(event: Event, core: Scenario, window: Window) -> bool:
    """Is this event of the core still to come, under way or yet to end when the first period begins?"""
    if event.name not in core.events_by_name:
        return False
    (first, _), (_, last) = window.months
    full = (event.when - first) + max(event.ramp, 1) - 1
    return event.when <= last and (full > 0 or (event.until is not None and event.until >= first))


def same(one: Scenario, other: Scenario) -> bool:
    """Do two scenarios of one region run alike: the same inputs of the region, the same table of parameters?"""
    inputs = [name for name, mechanism in MECHANISMS.items() if mechanism.region]
    return all(one.mechanisms[name] == other.mechanisms[name] for name in inputs) and \
        parameter_table(one).tobytes() == parameter_table(other).tobytes()
