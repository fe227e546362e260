"""The players: causes that can be taken out of a drawn scenario, one at a time or together.

A player is a switch of `model/assumed/mechanisms.py`, an onset (or some, joined by +: `routes+methods`), which then
does not happen, or one of two bundles of what files say:

own_cause     the events and values by which an explanation differs from the common core that it extends.
              What a switch among the players governs belongs to that switch.
core_changes  the events of the common core that change something between the two periods.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from undercount.experiments.attribution.shapley import MOST_PLAYERS
from undercount.experiments.attribution.window import Window
from undercount.experiments.reference.attributed import JOINED
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

# The onsets that ship, as causes.
ONSETS = {
    "measures": "the measures worked", "routes": "networks act on what they know of paths and destinations",
    "methods": "networks act on what they know of papers, venues and payments", "looking": "fewer look for victims",
    "refusal": "fewer of those found accept help", "visas": "people use visa-free travel",
    "demand": "markets shrink", "protection": "more protection is bought",
}


@dataclass(frozen=True)
class Player:
    """A cause; `meaning` and `off` in words. Of a cause that is made of `onsets` these are what is taken out."""

    name: str
    meaning: str
    off: str
    onsets: tuple[str, ...] = ()


def read_players(names: Sequence[str], problems: list[Problem], onsets: Sequence[str] = (),
                 mixture: bool = False) -> tuple[Player, ...]:
    """The players of these names; what is wrong is added to `problems`.

    onsets   those of the explanations whose worlds are played
    mixture  are all of them mixtures? Then the default (no names) is every onset, otherwise the list DEFAULT; and a
             name that an onset shares with a mechanism (refusal) means the onset, otherwise the mechanism
    """
    known = [*BUNDLES, *MECHANISMS, *onsets]
    chosen = list(names) or list(onsets if mixture else DEFAULT)
    for name in chosen:
        pieces = name.split(JOINED)
        for piece in pieces:
            if piece not in (known if len(pieces) == 1 else onsets):
                there = f", or an onset ({', '.join(onsets)}; some joined by +)" if onsets else ""
                problems.append(Problem("command line", "--player", describe(piece),
                                        f"a mechanism (`undercount show` lists them), {OWN} or {CORE}{there}",
                                        nearest=nearest(piece, known)))
    pieces = [piece for name in chosen for piece in name.split(JOINED)]
    if len(set(pieces)) < len(pieces) or not 1 <= len(chosen) <= MOST_PLAYERS:
        problems.append(Problem("command line", "--player", f"{len(chosen)}: {', '.join(chosen)}"[:200],
                                f"one to {MOST_PLAYERS} different players"
                                + ("; some onsets joined by + are one" if onsets else "")))
    mine = {name: tuple(name.split(JOINED)) for name in chosen if set(name.split(JOINED)) <= set(onsets)
            and (mixture or name not in MECHANISMS)}
    if OWN in chosen and mine:
        problems.append(Problem("command line", "--player", f"{OWN} together with an onset", "one of them: what an "
                                "explanation adds hangs on its onset"))
    words = BUNDLES | {name: (m.meaning, m.off) for name, m in MECHANISMS.items()}
    words |= {name: (" and ".join(ONSETS.get(piece, f"the onset {piece}") for piece in name.split(JOINED)),
                     "it does not happen" if JOINED not in name else "they do not happen") for name in mine}
    return tuple(Player(name, *words[name], mine.get(name, ())) for name in chosen if name in words)


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


def without_onsets(scenario: Scenario, names: Iterable[str]) -> Scenario:
    """The drawn scenario in which these onsets, those of them that it has, do not happen."""
    gone = {onset.path("included"): False for onset in scenario.onsets if onset.name in set(names) and onset.happens}
    return scenario.with_values(gone) if gone else scenario


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
