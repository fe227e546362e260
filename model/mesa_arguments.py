"""What a `TraffickingModel` is made of: its arguments checked, and what cannot be changed afterwards."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
from undercount.model.assumed.parameters import specs
from undercount.model.assumed.scenario import Scenario, load_scenario
from undercount.model.engine.layout import POOLED
from undercount.model.known.region import Region

HEADLINES = ("push", "pull", "corruption", "enforcement", "referral_capacity", "route_adaptation", "method_adaptation")
FIXED = {"seed", "scenario", "people_per_agent", *HEADLINES}
ACTIVATIONS = ("compiled", "mesa")
LARGEST_SEED = 2**63 - 1


@cache
def parameter_keys() -> frozenset[str]:
    """The unique keys of all parameters."""
    return frozenset(spec.key for spec in specs().values())


def whole(name: str, value: Any, low: int, high: int, also: str = "") -> int:
    """A whole number, of any of NumPy's types too. Raises ValueError."""
    try:
        if isinstance(value, (bool, np.bool_, str)) or value != int(value) or not low <= value <= high:
            raise ValueError
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{name}: found {value!r}; allowed: a whole number, {low:,} to {high:,}{also}") from None
    return int(value)


def check_activation(activation: Any) -> None:
    """Raises ValueError."""
    if activation not in ACTIVATIONS:
        raise ValueError(f"activation: found {activation!r}; allowed: {' or '.join(ACTIVATIONS)}")


def scale_of(people_per_agent: int | str) -> int:
    """The number itself, `POOLED` for the word; ValueError otherwise."""
    if isinstance(people_per_agent, str) and people_per_agent == "pooled":
        return POOLED
    return whole("people_per_agent", people_per_agent, 1, 10_000, ', or "pooled"')


def values_of(headlines: dict[str, Any], more: dict[str, Any], settings: Any) -> dict[str, Any]:
    """All values that were given, by name. ValueError where one is given twice, or settings are none."""
    if settings is None:
        settings = {}
    if not isinstance(settings, Mapping) or not all(isinstance(name, str) for name in settings):
        raise ValueError(f"settings: found {settings!r}; allowed: a dict of names and values")
    for name in settings:
        if name in headlines or name in more:
            raise ValueError(f"settings: found {name!r}, which is an argument, too; allowed: each value once")
    return headlines | more | dict(settings)


def scenario_of(scenario: Any) -> Scenario:
    """A scenario by name or path, or as it is. ValueError otherwise; BadInput where a file has mistakes."""
    if isinstance(scenario, Scenario):
        return scenario
    if not isinstance(scenario, (str, os.PathLike)):
        raise ValueError(f"scenario: found {scenario!r}; allowed: a name, a path or a loaded Scenario")
    return load_scenario(scenario)


def last_month(until: Any, region: Region) -> int:
    """Position of a month of the region. ValueError otherwise."""
    try:
        month = region.month_index(until)
    except (TypeError, ValueError):
        month = -1
    if not 0 <= month < region.months:
        raise ValueError(f"until: found {until!r}; allowed: a month from {region.month_name(0)} to "
                         f"{region.month_name(region.months - 1)}, such as \"{region.month_name(0)}\"")
    return month


def luck_of(seed: Any, rng: Any) -> int:
    """The seed of every draw: `seed`, or `rng` as Mesa calls it, or drawn. ValueError otherwise."""
    if seed is not None and rng is not None:
        raise ValueError(f"seed, rng: found {seed!r} and {rng!r}; allowed: one of them, as both name the same luck")
    name, given = ("seed", seed) if rng is None else ("rng", rng)
    if given is None:
        return int(np.random.SeedSequence().generate_state(1)[0])
    if isinstance(given, (np.random.Generator, np.random.BitGenerator, np.random.SeedSequence)):
        return int(np.random.default_rng(given).integers(LARGEST_SEED))
    return whole(name, given, 0, LARGEST_SEED)
