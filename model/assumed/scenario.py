"""A scenario: a region, every parameter, every switch, and the events that move parameters.

`load_scenario` reads one; what it returns is checked and complete. Nothing here knows agents.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
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
from undercount.model.assumed.scenario_in import load, scenario_names, scenarios_root
from undercount.model.files.tables_in import Problems
from undercount.model.files.toml_in import Source, describe, finite
from undercount.model.known.region import Region

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Event", "Scenario", "load_scenario", "parameter_table", "scenario_names", "scenarios_root"]

EVENT_FIELDS = ("factor", "value", "when", "ramp")  # what with_values can change of an event
ONSET_FIELDS = ("when", "ramp", "size", "included")  # and of an onset
# Python's own float() also takes "nan", "inf" and "1_000". Possessive: a long text would else take its square.
_NUMBER = re.compile(r"[+-]?([0-9]++(\.[0-9]*+)?|\.[0-9]++)([eE][+-]?[0-9]++)?")
_ON_OFF = {"true": True, "on": True, "false": False, "off": False}


@dataclass(frozen=True)
class Scenario:
    """What the engine runs; made by `load_scenario`, changed by `with_values` and `draw`."""

    name: str
    title: str
    description: str
    region: Region
    parameters: Parameters
    mechanisms: dict[str, bool]
    events: tuple[Event, ...]  # as they act: those of an onset carry its month, ramp and size
    onsets: tuple[Onset, ...] = ()
    priors: dict[str, Span] = field(default_factory=dict)  # only those that files state
    files: dict[str, str] = field(default_factory=dict)  # every file read, and its sha256
    of_region: dict[str, tuple[Event, Span | None]] = field(default_factory=dict)  # events as the region has them

    @property
    def events_by_name(self) -> dict[str, Event]:
        return {event.name: event for event in self.events}

    @property
    def onsets_by_name(self) -> dict[str, Onset]:
        return {onset.name: onset for onset in self.onsets}

    def value(self, path: str) -> float:
        """A parameter by `group.key`, before events and switches; an event's size or a part of an onset by its path.

        The month of an onset is counted from the region's first, whether it happens is 1 or 0.
        """
        if path.startswith("events."):
            return self.events_by_name[path.split(".")[1]].amount
        if path.startswith("onsets."):
            _, name, key = path.split(".")
            onset = self.onsets_by_name[name]
            return float({"when": onset.when - self.region.start, "included": onset.happens}.get(key, 0)
                         if key in ("when", "included") else getattr(onset, key))
        group, key = path.split(".")
        return getattr(getattr(self.parameters, group), key)

    @property
    def extends(self) -> bool:
        """Does its file build on another scenario?"""
        return len([file for file in self.files if "/" not in file.removeprefix("./") and file.endswith(".toml")]) > 1

    @property
    def mixture(self) -> bool:
        """May or may not some of its onsets happen?"""
        return any(0.0 < onset.included < 1.0 for onset in self.onsets)

    @property
    def silent(self) -> set[str]:
        """Keys of the parameters that a switched-off mechanism overwrites."""
        return {key for name, on in self.mechanisms.items() if not on for key in MECHANISMS[name].neutral}

    def free(self) -> dict[str, Span]:
        """Everything unknown, with its range, in the order of the schema, events last.

        That is every prior of the files, and the schema's sweep of each other parameter that is
        left at its default; but nothing that a switched-off mechanism overwrites. To fix a parameter
        at its default, write { value = x, low = x, high = x }.
        """
        found: dict[str, Span] = {}
        silent = self.silent
        for path, spec in specs().items():
            if spec.key in silent:
                continue
            if path in self.priors:
                found[path] = self.priors[path]
            elif self.value(path) == spec.default:
                found[path] = spec.sweep
        for event in self.events:
            if event.path in self.priors and specs()[event.parameter].key not in silent:
                found[event.path] = self.priors[event.path]
        for onset in self.onsets:
            found |= {onset.path(key): self.priors[onset.path(key)] for key in ONSET_FIELDS
                      if onset.path(key) in self.priors}
        return {path: (low, high) for path, (low, high) in found.items() if low < high}

    def draw(self, u: Mapping[str, float]) -> Scenario:
        """The scenario with each unknown of `u` set at that fraction of its range.

        Paths that `u` leaves out keep their values. The priors stay, so that a drawn scenario
        still says what was unknown. Raises BadInput for a path that is not free.
        """
        free, problems, values = self.free(), Problems(), {}
        for path, fraction in u.items():
            if path not in free:
                Source("draw", problems).bad((str(path),), str(path), "no unknown of this scenario",
                                             "a path of free()", free)
            elif (share := finite(_typed(fraction))) is None or not 0.0 <= share <= 1.0:
                Source("draw", problems).bad((path,), path, describe(fraction), "a number from 0 to 1")
            else:
                low, high = free[path]
                values[path] = min(high, low + share * (high - low))
        problems.raise_any()
        events = tuple(replace(event, amount=values.get(event.path, event.amount)) for event in self.events)
        onsets = tuple(self._drawn(onset, u) for onset in self.onsets)
        return replace(self, parameters=_updated(self.parameters, values), events=_hung(events, onsets), onsets=onsets)

    def _drawn(self, onset: Onset, u: Mapping[str, float]) -> Onset:
        """The onset with its unknowns at their fractions; every month of a range is as likely as any other."""
        new: dict[str, Any] = {}
        for key in ONSET_FIELDS:
            path = onset.path(key)
            if path not in u:
                continue
            (low, high), share = self.priors[path], float(u[path])
            if key == "included":
                new["happens"] = share >= 1.0 - onset.included
            elif key == "size":
                new["size"] = min(high, low + share * (high - low))
            else:
                whole = int(min(high, low + share * (high - low + 1.0)))
                new[key] = self.region.start + whole if key == "when" else whole
        return replace(onset, **new)

    def with_values(self, values: Mapping[str, Any], source: str = "--set") -> Scenario:
        """The scenario with some values replaced; each replaced value is known and loses its prior.

        Names: `group.key` or its unique key; `mechanisms.name` or the bare name with true or
        false; `events.NAME.factor`, `.value`, `.when`, `.ramp`. Values may be strings as typed.
        Raises BadInput with every problem.
        """
        change = _Changes(self, Source(source, Problems()))
        for name, value in values.items():
            change.one(str(name), _typed(value))
        return change.made()

    def to_dict(self) -> dict[str, Any]:
        """Everything, resolved, as plain JSON values in a fixed order."""
        region = self.region
        return {
            "name": self.name, "title": self.title, "description": self.description,
            "region": {"name": region.name, "title": region.title, "start": str(region.start),
                       "end": str(region.end), "files": dict(sorted(region.files.items()))},
            "parameters": self.parameters.model_dump(),
            "mechanisms": {name: self.mechanisms[name] for name in MECHANISMS},
            "events": [
                {"name": e.name, "when": str(e.when), "where": list(e.where) if isinstance(e.where, tuple) else e.where,
                 "places": list(e.places), "parameter": e.parameter, e.kind: e.amount, "ramp": e.ramp,
                 "until": str(e.until) if e.until else None, "onset": e.onset or None, "size": e.size,
                 "source": e.source} for e in self.events],
            "onsets": [
                {"name": o.name, "when": str(o.when), "ramp": o.ramp, "size": o.size, "included": o.included,
                 "happens": o.happens, "source": o.source} for o in self.onsets],
            "priors": {path: list(self.priors[path]) for path in sorted(self.priors)},
            "files": dict(sorted(self.files.items())),
        }

    def content_hash(self) -> str:
        """A hash of what can move a result: not of names, words, comments or priors."""
        content = self.to_dict()
        content = {key: content[key] for key in ("region", "parameters", "mechanisms", "events")}
        content["events"] = [{k: v for k, v in e.items() if k not in ("name", "where", "onset", "source")}
                             for e in content["events"] if e["size"] > 0.0]
        content["region"] = {key: content["region"][key] for key in ("start", "end", "files")}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def to_toml(self) -> str:
        """A complete commented scenario file, which loads back to the same scenario."""
        from undercount.model.assumed.scenario_out import to_toml

        return to_toml(self)


def load_scenario(name: str | Path, region: str | None = None, calibrated: bool = True) -> Scenario:
    """Read a scenario by name or path, with all that it extends; on another region than its own by `region`.

    Without `calibrated` the point values are those of the schema and the files, whatever was fitted to a table.

    Raises BadInput with every problem of all the files.
    """
    pieces = load(name, region, calibrated)
    own = pieces.documents[0]
    files = {_shown(document.path, own.path.parent): document.sha256 for document in pieces.documents}
    region = pieces.region
    files |= {_shown(region.folder / table, own.path.parent): digest for table, digest in region.files.items()}
    stem = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "-" for c in own.path.stem)
    return Scenario(stem, pieces.title, pieces.description, region, _updated(Parameters(), pieces.values),
                    pieces.mechanisms, pieces.events, pieces.onsets, pieces.priors, dict(sorted(files.items())),
                    pieces.of_region)


def _hung(events: tuple[Event, ...], onsets: tuple[Onset, ...]) -> tuple[Event, ...]:
    """The events with what their onsets lend them."""
    by_name = {onset.name: onset for onset in onsets}
    return tuple(by_name[event.onset].lends(event) if event.onset else event for event in events)


def _shown(path: Path, folder: Path) -> str:
    """A path for the manifest: relative to the scenarios, or ./relative to the user's own file."""
    path, root = path.resolve(), scenarios_root().resolve()
    if path.is_relative_to(root):
        return path.relative_to(root).as_posix()
    folder = folder.resolve()
    return "./" + path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.as_posix()


def _updated(parameters: Parameters, values: Mapping[str, float]) -> Parameters:
    """Parameters with checked values put in, by path; other paths are ignored."""
    groups: dict[str, dict[str, float]] = {}
    for path, value in values.items():
        if path in specs():
            group, key = path.split(".")
            groups.setdefault(group, {})[key] = value
    return parameters.model_copy(update={
        group: getattr(parameters, group).model_copy(update=changed) for group, changed in groups.items()})


def _typed(value: Any) -> Any:
    """A value as typed on a command line, or of a numpy type, as a plain Python one."""
    if isinstance(value, str):
        text = value.strip()
        if text.lower() in _ON_OFF:
            return _ON_OFF[text.lower()]
        return float(text) if _NUMBER.fullmatch(text) else value
    if type(value).__module__ == "numpy" and getattr(value, "size", 0) == 1:
        return value.item()
    return value


class _Changes:
    """The replaced values of `with_values`, while they are being checked."""

    def __init__(self, scenario: Scenario, source: Source):
        self.scenario, self.source = scenario, source
        self.values: dict[str, float] = {}
        self.priors = dict(scenario.priors)
        self.mechanisms = dict(scenario.mechanisms)
        self.events = scenario.events_by_name
        self.onsets = scenario.onsets_by_name

    def one(self, name: str, value: Any) -> None:
        bare = name.removeprefix("mechanisms.")
        path = next((spec.path for spec in specs().values() if name in (spec.path, spec.key)), None)
        # A few mechanisms bear the name of their parameter: true and false mean the mechanism.
        if bare in MECHANISMS and (bare != name or path is None or isinstance(value, bool)):
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
        parameters = _updated(scenario.parameters, self.values)
        known = {path: getattr(getattr(parameters, spec.group), spec.key) for path, spec in specs().items()}
        check_wholes(known, {path: (source, (path,)) for path in self.values})
        source.problems.raise_any()
        onsets = tuple(self.onsets.values())
        return replace(scenario, parameters=parameters, mechanisms=self.mechanisms, priors=self.priors,
                       events=_hung(tuple(self.events.values()), onsets), onsets=onsets)


@cache
def _record():
    """The layout of a place in a month: one number per parameter."""
    import numpy as np

    return np.dtype([(spec.key, np.float64) for spec in specs().values()])


def parameter_table(scenario: Scenario) -> np.ndarray:
    """Every parameter by month and place (in the region's order), events and switches applied.

    An event acts in full from `when` on, or with a ramp of n months by 1/n in the month `when`
    and wholly in the n-th; after `until` it is gone. Later events act on what earlier ones left.
    """
    import numpy as np

    region = scenario.region
    row = np.array([tuple(scenario.value(path) for path in specs())], dtype=_record())
    table = np.repeat(row, region.months * len(region.countries)).reshape(region.months, -1)
    month = np.arange(region.months)
    for event in sorted(scenario.events, key=lambda e: e.when):  # sorted() keeps the order of the file
        spec = specs()[event.parameter]
        start = event.when - region.start
        weight = np.clip((month - start + 1) / max(event.ramp, 1), 0.0, 1.0)
        amount = event.amount ** event.size if event.kind == "factor" else event.amount
        if event.until:
            weight[max(event.until - region.start + 1, 0):] = 0.0
        places = [region.index[iso3] for iso3 in event.places]
        column = table[spec.key]
        before, weight = column[:, places], weight[:, None]
        after = before * (1.0 + weight * (amount - 1.0)) if event.kind == "factor" \
            else before + weight * event.size * (amount - before)
        column[:, places] = np.clip(after, *spec.allowed)
    for name, on in scenario.mechanisms.items():
        for key, neutral in MECHANISMS[name].neutral.items() if not on else ():
            table[key] = neutral
    return table
