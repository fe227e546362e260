"""When the explanations of the first world begin: marks on the months that a person can drag."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from undercount.experiments.view.naming import region_month
from undercount.experiments.view.twin import Settings, loaded
from undercount.model.files.problems import BadInput

# What the onsets that ship bring, in the words of the page; another bears its own name.
WORDS = {
    "measures": "Stricter measures", "routes": "New routes", "methods": "New methods", "looking": "Less looking",
    "refusal": "More refusals", "visas": "Visa-free travel", "demand": "Less demand", "protection": "Bought protection",
}


def label(name: str) -> str:
    return WORDS.get(name) or name.replace("-", " ").capitalize()


def marks(settings: Settings) -> list[dict[str, Any]]:
    """Name, label, month (from the region's first), months until it is whole, and words of each that happens."""
    scenario, found = settings.first_scenario(), []
    for onset in scenario.onsets:
        if onset.happens:
            month = onset.when - scenario.region.start
            begins = region_month(scenario.region, month)
            whole = f"whole after {onset.ramp} months" if onset.ramp else "at once"
            found.append({"name": onset.name, "label": label(onset.name), "month": month, "ramp": onset.ramp,
                          "text": f"{begins}, {whole}"})
    return found


def with_onset(settings: Settings, name: Any, month: Any) -> tuple[Settings, str | None]:
    """The settings with an onset in another month of the region; as they are for what is no onset or no month."""
    scenario = loaded(settings.scenario, settings.region)
    own = scenario.onsets_by_name.get(name) if isinstance(name, str) else None
    if own is None or not isinstance(month, int) or not 0 <= month < scenario.region.months:
        return settings, None
    path = f"onsets.{name}.when"
    changes = {key: value for key, value in settings.changes.items() if key != path}
    if scenario.region.start + month != own.when:
        changes[path] = str(scenario.region.start + month)
    changed = replace(settings, changes=changes)
    try:
        changed.first_scenario()
    except BadInput as error:
        return settings, "; ".join(f"found {p.found}; allowed: {p.allowed}" for p in error.problems)
    return changed, None
