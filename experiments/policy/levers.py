"""The levers, and what the same effort means for each.

A lever moves one parameter, from a stated month on, by the fraction `effort` of the way from its drawn
value to that end of its swept range (`model/assumed/parameters.py`) which protects. So an effort of 1 is as much
as the evidence leaves open, and no costs are made up: none are known. Events that already move the
parameter go on to do so, in proportion.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from undercount.experiments.ask import wrong_names
from undercount.model.assumed.parameters import specs
from undercount.model.assumed.scenario import Event, Scenario, scenarios_root
from undercount.model.assumed.scenario_checks import place_names
from undercount.model.files.problems import BadInput
from undercount.model.files.tables_in import Column, Month, Problems, check_unique, matching, one_of, read_table, text
from undercount.model.known.region import Region

FILE = "levers.csv"
PRONGS = ("prevention", "supply side", "demand side", "assistance")
_COLUMNS = [
    Column("name", matching(r"[a-z][a-z0-9-]{0,59}", "small letters, digits and hyphens")), Column("title", text()),
    Column("prong", one_of(PRONGS)), Column("parameter", text()), Column("toward", one_of(("high", "low"))),
    Column("where", text()), Column("source", text()),
]


@dataclass(frozen=True)
class Lever:
    """One row of the table; `toward` is the end of the swept range that protects, "high" or "low"."""

    name: str
    title: str
    prong: str
    parameter: str
    toward: str
    where: str
    places: tuple[str, ...]
    source: str


def read_levers(file: str | None, region: Region) -> tuple[Lever, ...]:
    """The levers in a file, or those that ship. Raises BadInput with every problem of the file."""
    path = Path(file) if file else scenarios_root() / FILE
    problems = Problems()
    table = read_table(path, _COLUMNS, problems)
    check_unique(table, ["name"], problems)
    groups, found = place_names(region), []
    for row in table.good():
        v = row.values
        spec = specs().get(v["parameter"])
        if spec is None or spec.setup:
            problems.add(table.file, row.line, "parameter", v["parameter"],
                         "a parameter as group.key that can change over time", specs())
        places = groups.get(v["where"]) or tuple(dict.fromkeys(v["where"].split()))
        for code in places:
            if code not in region.index:
                problems.add(table.file, row.line, "where", code,
                             "country codes separated by blanks, or one of " + ", ".join(groups),
                             [*groups, *region.index])
        found.append(Lever(v["name"], v["title"], v["prong"], v["parameter"], v["toward"], v["where"], places,
                           v["source"]))
    if not found and not problems.count:
        problems.add(table.file, None, "levers", "no row", "at least one lever")
    problems.raise_any()
    return tuple(found)


def target(scenario: Scenario, lever: Lever, effort: float) -> float:
    """The parameter with the lever at this effort, before events; unchanged if it is beyond the protective end."""
    value = scenario.value(lever.parameter)
    low, high = specs()[lever.parameter].sweep
    end = max(value, high) if lever.toward == "high" else min(value, low)
    return value + effort * (end - value)


def with_lever(scenario: Scenario, lever: Lever, effort: float, start: Month) -> Scenario:
    """The scenario with the lever from the month `start` on; the same scenario if it moves nothing."""
    value, moved = scenario.value(lever.parameter), target(scenario, lever, effort)
    if moved == value:
        return scenario
    # A factor leaves what other events do to the parameter; of zero there is no factor.
    kind, amount = ("factor", moved / value) if value else ("value", moved)
    event = Event(f"lever-{lever.name}", start, lever.where, lever.places, lever.parameter, kind, amount, lever.source)
    return replace(scenario, events=(*scenario.events, event))


def check_known(names: tuple[str, ...], levers: tuple[Lever, ...]) -> tuple[Lever, ...]:
    """The levers of these names (none: all). Raises BadInput."""
    known = {lever.name: lever for lever in levers}
    if wrong := wrong_names(names, known, "--lever", "one of "):
        raise BadInput(wrong)
    return tuple(known[name] for name in dict.fromkeys(names)) or levers
