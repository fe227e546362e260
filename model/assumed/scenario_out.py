"""A scenario as a complete, commented TOML file."""

from __future__ import annotations

import json
import textwrap

from undercount.model.assumed.mechanisms import MECHANISMS
from undercount.model.assumed.parameters import Parameters, specs
from undercount.model.assumed.scenario import Scenario
from undercount.model.assumed.scenario_files import scenarios_root

HEADER = """\
# A scenario of Undercount: which mechanisms are on, every parameter, and what changed when.
# To try something, do not copy this file: write a new one that says `extends = "..."` and only
# what differs (see README.md in the folder of scenarios). `undercount check FILE` lists mistakes.
#
# A value is a number, or { value = .., low = .., high = .. } where it is unknown: then low and
# high are the range that a sweep, sensitivity analysis or calibration covers. A plain number that
# equals the schema's default is swept over the range named "open" in its comment. "assumption,
# swept" marks a figure that no source gives. Where low and high are the value itself it is not
# swept: in the baseline because it moves outcomes no more than luck does (docs/screening.md).
"""


SETUP = "Sets up the world: may differ by place from the first month on, cannot change over time."


def to_toml(scenario: Scenario, region: str | None = None, core: tuple[str, Scenario] | None = None) -> str:
    """The text; `load_scenario` reads it back to the same scenario. See `Scenario.to_toml`."""
    parts = [HEADER, f"title = {_text(scenario.title)}"]
    if scenario.description:
        parts.append(f"description = {_text(scenario.description)}")
    if core:
        parts.append(f"extends = {_text(core[0])}")
    parts.append(f"region = {_text(region or _region_of(scenario))}")
    known = core[1].events_by_name if core else [*scenario.of_region, *scenario.dropped]
    dropped = [name for name in known if name not in scenario.events_by_name]
    parts += [f"drop_events = [{', '.join(map(_text, dropped))}]", ""] if dropped else [""]
    parts += _mechanisms(scenario)
    for group, info in Parameters.model_fields.items():
        parts += ["", _comment(info.annotation.__doc__ or group), f"[{group}]"]
        for spec in specs().values():
            if spec.group == group:
                setup = f" {SETUP}" if spec.setup else ""
                value = _quantity(scenario, spec.path, scenario.value(spec.path))
                parts += [_about(spec, setup), f"{spec.key} = {value}"]
    for onset in scenario.onsets:
        parts += ["", f"[onsets.{onset.name}]", f"when = {_month(scenario, onset)}",
                  f"ramp = {_quantity(scenario, onset.path('ramp'), onset.ramp)}",
                  f"size = {_quantity(scenario, onset.path('size'), onset.size)}",
                  f"included = {_number(onset.included)}", *([] if onset.happens else ["happens = false"]),
                  f"source = {_text(onset.source)}"]
    for event in scenario.events:
        if scenario.of_region.get(event.name) == (event, scenario.priors.get(event.path)) \
                and (core is None or event.name in core[1].of_region):
            continue  # the region says it already
        where = _text(event.where) if isinstance(event.where, str) else f"[{', '.join(map(_text, event.where))}]"
        when = f"onset = {_text(event.onset)}" if event.onset else f'when = "{event.when}"'
        parts += ["", "[[events]]", f"name = {_text(event.name)}", when, f"where = {where}",
                  _about(specs()[event.parameter]), f"parameter = {_text(event.parameter)}",
                  f"{event.kind} = {_quantity(scenario, event.path, event.amount)}"]
        if event.ramp and not event.onset:
            parts += ["# months over which it is reached", f"ramp = {event.ramp}"]
        if event.until:
            parts += ["# its last month", f'until = "{event.until}"']
        parts.append(f"source = {_text(event.source)}")
    return "\n".join(parts) + "\n"


def _region_of(scenario: Scenario) -> str:
    folder = scenario.region.folder.resolve()
    return scenario.region.name if folder.parent == scenarios_root().resolve() else folder.as_posix()


def _month(scenario: Scenario, onset) -> str:
    path = onset.path("when")
    if path not in scenario.priors:
        return f'"{onset.when}"'
    low, high = (scenario.region.start + int(month) for month in scenario.priors[path])
    return f'{{ value = "{onset.when}", low = "{low}", high = "{high}" }}'


def _mechanisms(scenario: Scenario) -> list[str]:
    lines = ["# Switches. Off means that the mechanism has no effect, not that its actors are gone.", "[mechanisms]"]
    for name, mechanism in MECHANISMS.items():
        lines += [_comment(f"{mechanism.code}: {mechanism.meaning}. Off: {mechanism.off}."),
                  f"{name} = {'true' if scenario.mechanisms[name] else 'false'}"]
    return lines


def _about(spec, more: str = "") -> str:
    (bottom, top), (low, high) = spec.allowed, spec.sweep
    return _comment(f"{spec.meaning}. Unit: {spec.unit}. Allowed {bottom:g} to {top:g}, "
                    f"open {low:g} to {high:g}. Source: {spec.source}.{more}")


def _comment(text: str) -> str:
    return "\n".join("# " + line for line in textwrap.wrap(" ".join(text.split()), 98))


def _text(text: str) -> str:
    # A JSON string is a TOML basic string; control characters are refused on reading.
    return json.dumps(text, ensure_ascii=False)


def _quantity(scenario: Scenario, path: str, value: float) -> str:
    if path not in scenario.priors:
        return _number(value)
    low, high = scenario.priors[path]
    return f"{{ value = {_number(value)}, low = {_number(low)}, high = {_number(high)} }}"


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
