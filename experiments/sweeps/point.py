"""A point: the values at which a scenario is run, beside its own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from undercount.model.assumed.mechanisms import MECHANISMS
from undercount.model.assumed.parameters import specs
from undercount.model.assumed.scenario import Scenario


@dataclass(frozen=True)
class Point:
    """Point 0 has the scenario's own values; the others change those of `names`.

    row    one value a name: as `--set` takes them, or with `drawn` the fractions of the ranges, from 0 to 1
    given  instead of both: the scenario as somebody else drew it
    key    of all that the point changes, for the names of parts
    """

    number: int
    names: tuple[str, ...] = ()
    row: tuple[float | str | bool, ...] = ()
    drawn: bool = False
    key: str = "own"
    given: Scenario | None = None

    def of(self, scenario: Scenario) -> Scenario:
        """The scenario at this point. Raises BadInput if the values cannot stand together."""
        if self.given is not None:
            return self.given
        if not self.names:
            return scenario
        values = dict(zip(self.names, self.row))
        return scenario.draw(values) if self.drawn else scenario.with_values(values, "--sweep")


def key_of(*content: object) -> str:
    """The key of a point from all that decides its values."""
    return hashlib.sha256(repr(content).encode()).hexdigest()[:16]


def canonical(name: str) -> str:
    """The name of a column: `group.key` for a parameter's bare key, `mechanisms.NAME` for a bare mechanism."""
    path = next((spec.path for spec in specs().values() if name in (spec.path, spec.key)), None)
    return path or (f"mechanisms.{name}" if name in MECHANISMS else name)


def in_effect(scenario: Scenario, name: str) -> float:
    """The value of a swept name in a scenario, NaN where the scenario has no such name.

    A mechanism or an onset that may happen is 1 or 0; a month is counted from the region's first.
    """
    kind, _, rest = name.partition(".")
    try:
        if kind == "mechanisms":
            return float(scenario.mechanisms[rest])
        if kind == "events" and name.endswith((".when", ".ramp")):
            event = scenario.events_by_name[rest.split(".")[0]]
            return float(event.when - scenario.region.start if name.endswith(".when") else event.ramp)
        return float(scenario.value(name))
    except KeyError:
        return float("nan")


def unit_of(scenario: Scenario, name: str) -> str:
    """What the numbers of a swept name are counted in, for the axes of figures."""
    kind, _, rest = name.partition(".")
    if name in specs():
        return specs()[name].unit
    if name.endswith(".when"):
        return f"months after {scenario.region.start}"
    if name.endswith(".ramp"):
        return "months"
    if kind == "events":
        event = scenario.events_by_name.get(rest.split(".")[0])
        return "factor" if event is None or event.kind == "factor" else specs()[event.parameter].unit
    return "factor" if name.endswith(".size") else "1 on, 0 off"
