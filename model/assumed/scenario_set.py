"""Values set over a scenario: by `--set`, a slider or a design; every mistake is reported before anything changes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from undercount.model.assumed.mechanisms import MECHANISMS
from undercount.model.assumed.parameters import Parameters, specs
from undercount.model.assumed.scenario_checks import (
    SIZE_ABOVE,
    SIZES,
    Event,
    Onset,
    Span,
    check_span,
    check_wholes,
    event_span,
    read_month,
    read_quantity,
    read_ramp,
)
from undercount.model.files.toml_in import Source, describe

if TYPE_CHECKING:
    from undercount.model.assumed.scenario import Scenario

EVENT_FIELDS = ("factor", "value", "when", "ramp")  # what with_values can change of an event
ONSET_FIELDS = ("when", "ramp", "size", "included")  # and of an onset
# Python's own float() also takes "nan", "inf" and "1_000". Possessive: a long text would else take its square.
_NUMBER = re.compile(r"[+-]?([0-9]++(\.[0-9]*+)?|\.[0-9]++)([eE][+-]?[0-9]++)?")
_ON_OFF = {"true": True, "on": True, "false": False, "off": False}


def hung(events: tuple[Event, ...], onsets: tuple[Onset, ...]) -> tuple[Event, ...]:
    """The events with what their onsets lend them."""
    by_name = {onset.name: onset for onset in onsets}
    return tuple(by_name[event.onset].lends(event) if event.onset else event for event in events)


def updated(parameters: Parameters, values: Mapping[str, float]) -> Parameters:
    """Parameters with checked values put in, by path; other paths are ignored."""
    groups: dict[str, dict[str, float]] = {}
    for path, value in values.items():
        if path in specs():
            group, key = path.split(".")
            groups.setdefault(group, {})[key] = value
    return parameters.model_copy(update={
        group: getattr(parameters, group).model_copy(update=changed) for group, changed in groups.items()})


def typed(value: Any) -> Any:
    """A value as typed on a command line, or of a numpy type, as a plain Python one."""
    if isinstance(value, str):
        text = value.strip()
        if text.lower() in _ON_OFF:
            return _ON_OFF[text.lower()]
        return float(text) if _NUMBER.fullmatch(text) else value
    if type(value).__module__ == "numpy" and getattr(value, "size", 0) == 1:
        return value.item()
    return value


class Changes:
    """The replaced values of `with_values`, while they are being checked."""

    def __init__(self, scenario: Scenario, source: Source):
        self.scenario, self.source = scenario, source
        self.values: dict[str, float] = {}
        self.priors = dict(scenario.priors)
        self.mechanisms = dict(scenario.mechanisms)
        self.events = scenario.events_by_name
        self.onsets = scenario.onsets_by_name
        self.said: dict[str, str] = {}  # what is set -> the name by which it was

    def one(self, name: str, value: Any) -> None:
        bare = name.removeprefix("mechanisms.")
        path = next((spec.path for spec in specs().values() if name in (spec.path, spec.key)), None)
        # A few mechanisms bear the name of their parameter: true and false mean the mechanism.
        switch = bare in MECHANISMS and (bare != name or path is None or isinstance(value, bool))
        whole = f"mechanisms.{bare}" if switch else path or name
        if (before := self.said.setdefault(whole, name)) != name:
            self.source.bad((name,), name, f"{whole} twice, also as {before}", "each value once")
        elif switch:
            if isinstance(value, bool):
                self.mechanisms[bare] = value
            else:
                self.source.bad((name,), name, describe(value), "true or false, on or off")
        elif path:
            spec = specs()[path]
            quantity = read_quantity(self.source, (name,), name, value, spec.allowed, spec.unit)
            if quantity:
                self._set(path, quantity)
        elif name.startswith("events.") and name.count(".") == 2:
            self._event(name, *name.split(".")[1:], value)
        elif name.startswith("onsets.") and name.count(".") == 2:
            self._onset(name, *name.split(".")[1:], value)
        else:
            self._unknown(name)

    def _set(self, path: str, quantity: tuple[float, Span | None]) -> None:
        self.values[path], prior = quantity
        self.priors.pop(path, None)
        if prior:
            self.priors[path] = prior

    def _event(self, name: str, event_name: str, key: str, value: Any) -> None:
        event = self.events.get(event_name)
        if event is None or key not in EVENT_FIELDS:
            return self._unknown(name)
        if key in ("factor", "value") and key != event.kind:
            return self._unknown(name, hint=event.path)
        if key in ("when", "ramp") and event.onset:
            return self._unknown(name, hint=f"onsets.{event.onset}.{key}")
        where = (name,)
        if key == "when":
            when = read_month(self.source, where, name, value)
            event = replace(event, when=when) if when else event
        elif key == "ramp":
            ramp = read_ramp(self.source, where, name, value)
            event = replace(event, ramp=ramp) if ramp is not None else event
        elif quantity := read_quantity(self.source, where, name, value, *event_span(key, specs()[event.parameter])):
            event = replace(event, amount=quantity[0])
            self._set(event.path, quantity)
        self.events[event_name] = event

    def _onset(self, name: str, onset_name: str, key: str, value: Any) -> None:
        onset, where = self.onsets.get(onset_name), (name,)
        if onset is None or key not in ONSET_FIELDS:
            return self._unknown(name)
        if key == "included":
            if not isinstance(value, bool):
                return self.source.bad(where, name, describe(value), "true or false: does it happen?")
            onset = replace(onset, happens=value)
        elif key == "when":
            month = read_month(self.source, where, name, value)
            check_span(self.source, (), name.removesuffix(".when"), month, None, self.scenario.region)
            onset = replace(onset, when=month) if month else onset
        elif key == "ramp":
            ramp = read_ramp(self.source, where, name, value)
            onset = replace(onset, ramp=ramp) if ramp is not None else onset
        elif quantity := read_quantity(self.source, where, name, value, SIZES, "factor"):
            if quantity[0] <= 0.0:
                return self.source.bad(where, name, describe(value), SIZE_ABOVE)
            onset = replace(onset, size=quantity[0])
        self.priors.pop(name, None)
        self.onsets[onset_name] = onset

    def _unknown(self, name: str, hint: str | None = None) -> None:
        names = [*specs(), *(spec.key for spec in specs().values()), *MECHANISMS,
                 *(f"mechanisms.{m}" for m in MECHANISMS)]
        for event in self.events.values():
            names += [event.path, f"events.{event.name}.when", f"events.{event.name}.ramp"]
        names += [onset.path(key) for onset in self.onsets.values() for key in ONSET_FIELDS]
        self.source.bad(
            (name,), name, "no such name",
            "group.key, a mechanism, events.NAME.factor, .value, .when, .ramp, or onsets.NAME.when, .ramp, .size, "
            ".included (`undercount show` lists them)",
            names, hint)

    def made(self) -> Scenario:
        scenario, source = self.scenario, self.source
        for event in self.events.values():
            if event != scenario.events_by_name[event.name]:
                check_span(source, (), f"events.{event.name}", event.when, event.until, scenario.region)
        parameters = updated(scenario.parameters, self.values)
        known = {path: getattr(getattr(parameters, spec.group), spec.key) for path, spec in specs().items()}
        check_wholes(known, {path: (source, (path,)) for path in self.values})
        source.problems.raise_any()
        onsets = tuple(self.onsets.values())
        return replace(scenario, parameters=parameters, mechanisms=self.mechanisms, priors=self.priors,
                       events=hung(tuple(self.events.values()), onsets), onsets=onsets)
