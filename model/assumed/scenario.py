"""A scenario: a region, every parameter, every switch, and the events that move parameters.

`load_scenario` reads one; what it returns is checked and complete. Nothing here knows agents.
"""

from __future__ import annotations

import hashlib
import json
import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from undercount.model.assumed.mechanisms import MECHANISMS
from undercount.model.assumed.parameters import Parameters, parameter_record, specs
from undercount.model.assumed.scenario_checks import (
    Event,
    Onset,
    Span,
)
from undercount.model.assumed.scenario_files import scenario_names, scenarios_root
from undercount.model.assumed.scenario_in import load
from undercount.model.assumed.scenario_set import ONSET_FIELDS, Changes, hung, typed, updated
from undercount.model.files.tables_in import Problems
from undercount.model.files.toml_in import Source, describe, finite
from undercount.model.known.region import Region

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Event", "Scenario", "load_scenario", "parameter_table", "scenario_names", "scenarios_root"]



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
    left_out: dict[str, str] = field(default_factory=dict)  # onsets of a mixture that its region refuses, and why
    dropped: tuple[str, ...] = ()  # events of the region that its files drop
    path: Path | None = field(default=None, compare=False)  # its file, and the one at the root of what it extends
    root: Path | None = field(default=None, compare=False)

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
        return self.root != self.path

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
        return dict(self._free)

    @cached_property
    def _free(self) -> dict[str, Span]:
        """Found once: thousands of draws are made from one scenario."""
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
            elif (share := finite(typed(fraction))) is None or not 0.0 <= share <= 1.0:
                Source("draw", problems).bad((path,), path, describe(fraction), "a number from 0 to 1")
            else:
                low, high = free[path]
                values[path] = min(high, low + share * (high - low))
        problems.raise_any()
        events = tuple(replace(event, amount=values[event.path]) if event.path in values else event
                       for event in self.events)
        onsets = tuple(self._drawn(onset, u) for onset in self.onsets)
        return replace(self, parameters=updated(self.parameters, values), events=hung(events, onsets), onsets=onsets)

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
        change = Changes(self, Source(source, Problems()))
        for name, value in values.items():
            change.one(str(name), typed(value))
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

    def to_toml(self, region: str | None = None, core: tuple[str, Scenario] | None = None) -> str:
        """A complete commented scenario file, which loads back to the same scenario.

        `region` is how it names its region (default: by name or absolute path); `core` the path and the scenario that
        it is to extend, none by default.
        """
        from undercount.model.assumed.scenario_out import to_toml

        return to_toml(self, region, core)


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
    dropped = tuple(name for name in pieces.region_drafts if name not in pieces.drafts)
    return Scenario(name_of(own.path), pieces.title, pieces.description, region,
                    updated(Parameters(), pieces.values), pieces.mechanisms, pieces.events, pieces.onsets,
                    pieces.priors, dict(sorted(files.items())), pieces.of_region, pieces.left_out, dropped,
                    own.path.absolute(), pieces.documents[-1].path.absolute())


def name_of(path: Path) -> str:
    """The name of the scenario in a file, in any script; what is no letter, digit, mark or -_. becomes a hyphen."""
    stem = unicodedata.normalize("NFC", path.stem)  # some systems take letters apart
    return "".join(c if unicodedata.category(c)[0] in "LNM" or c in "-_." else "-" for c in stem)


def _shown(path: Path, folder: Path) -> str:
    """A path for the manifest: relative to the scenarios, or to the user's own file (./ or ../)."""
    path, root = path.resolve(), scenarios_root().resolve()
    if path.is_relative_to(root):
        return path.relative_to(root).as_posix()
    folder = folder.resolve()
    shown = Path(os.path.relpath(path, folder)).as_posix()
    return shown if shown.startswith("../") else f"./{shown}"


def parameter_table(scenario: Scenario) -> np.ndarray:
    """Every parameter by month and place (in the region's order), events and switches applied.

    An event acts in full from `when` on, or with a ramp of n months by 1/n in the month `when`
    and wholly in the n-th; after `until` it is gone. Later events act on what earlier ones left.
    """
    import numpy as np

    region, row = scenario.region, np.array([scenario.value(path) for path in specs()])
    at = {spec.key: i for i, spec in enumerate(specs().values())}
    # A parameter after the other, where events act; a place in a month after the other, as rules read them.
    columns = np.empty((len(row), region.months, len(region.countries)))
    columns[:] = row[:, None, None]
    month = np.arange(region.months)
    for event in sorted(scenario.events, key=lambda e: e.when):  # sorted() keeps the order of the file
        if event.size == 0.0:  # of an onset that does not happen
            continue
        spec = specs()[event.parameter]
        start = event.when - region.start
        weight = np.minimum(np.maximum((month - start + 1) / max(event.ramp, 1), 0.0), 1.0)
        amount = event.amount ** event.size if event.kind == "factor" else event.amount
        if event.until:
            weight[max(event.until - region.start + 1, 0):] = 0.0
        places = [region.index[iso3] for iso3 in event.places]
        column, (low, high) = columns[at[spec.key]], spec.allowed
        before, weight = column[:, places], weight[:, None]
        after = before * (1.0 + weight * (amount - 1.0)) if event.kind == "factor" \
            else before + weight * event.size * (amount - before)
        column[:, places] = np.minimum(np.maximum(after, low), high)
    for name, on in scenario.mechanisms.items():
        for key, neutral in MECHANISMS[name].neutral.items() if not on else ():
            columns[at[key]] = neutral
    return np.ascontiguousarray(columns.transpose(1, 2, 0)).view(parameter_record())[..., 0]
