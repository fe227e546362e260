"""What a person has changed, and what followed from it in the first world, in one sentence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from undercount.experiments.view.chosen import whole
from undercount.experiments.view.controls import control, exact
from undercount.experiments.view.naming import change, count, region_month
from undercount.experiments.view.onsets import label
from undercount.experiments.view.series import counted, year_now
from undercount.experiments.view.twin import Settings, title
from undercount.model.assumed.parameters import specs

MOST = 3  # changes that are named; of more their number is told


@dataclass(frozen=True)
class Before:
    """The first world as it was: its settings and monthly sums over the region's months that were run."""

    settings: Settings
    listed: np.ndarray
    exploited: np.ndarray
    months: int


def remembered(twin) -> Before:
    model = twin.models[0]
    return Before(twin.settings, counted(model), model.outcome.hidden["newly_exploited"].sum(axis=1), twin.month)


def sentence(before: Before | None, twin) -> str:
    """What is other than before, and what that did to counts and hidden flow; empty if nothing is."""
    if before is None or before.settings == twin.settings:
        return ""
    text = f"You changed: {'; '.join(differences(before.settings, twin.settings))}."
    if not twin.month:
        return f"{text} Press Play to see what follows."
    first, end, done = year_now(twin.models[0])
    if end > before.months or before.settings.region != twin.settings.region:
        return text
    now, then = remembered(twin), before
    months = slice(first, end)
    year = twin.region.start.year + first // 12
    listed = _against("counted", now.listed[months].sum(), then.listed[months].sum())
    flow = _against("newly exploited", now.exploited[months].sum(), then.exploited[months].sum())
    return f"{text} In the first world {year}{'' if done else ' so far'} now has {listed} and {flow}."


def _against(what: str, now: float, then: float) -> str:
    """"601 counted (8 % fewer than before)"."""
    compared = "none before" if then <= 0 else change(now, then).removesuffix(" in") + " before"
    return f"{count(now)} {what} ({compared})"


def differences(old: Settings, new: Settings) -> list[str]:
    """Each thing that two settings say differently, in words."""
    found = []
    if old.region != new.region:
        found.append(f"region {old.region or 'as before'} to {new.region}")
    for name, words in (("scenario", "first world"), ("second", "second world")):
        if getattr(old, name) != getattr(new, name):
            found.append(f"{words} {title(getattr(old, name))} to {title(getattr(new, name))}")
    if old.scenario == new.scenario:
        paths = [path for path in dict.fromkeys([*old.changes, *new.changes])
                 if old.changes.get(path) != new.changes.get(path)]
        found += [_moved(path, old, new) for path in paths[:MOST]]
        found += [f"{len(paths) - MOST} more values"] if len(paths) > MOST else []
    for name, words in (("people_per_agent", "people per agent"), ("seed", "seed")):
        if getattr(old, name) != getattr(new, name):
            found.append(f"{words} {whole(old, name)} to {whole(new, name)}")
    return found or ["nothing that this page can name"]


def _moved(path: str, old: Settings, new: Settings) -> str:
    if path.startswith("mechanisms."):
        on = new.first_scenario().mechanisms[path.removeprefix("mechanisms.")]
        return f"{path.removeprefix('mechanisms.').replace('_', ' ')} {'on' if on else 'off'}"
    if path.startswith("onsets."):
        name, key = path.split(".")[1:]
        values = [settings.first_scenario().value(path) for settings in (old, new)]
        said = [region_month(new.first_scenario().region, int(v)) if key == "when" else exact(v) for v in values]
        return f"{label(name)} from {said[0]} to {said[1]}"
    if path in specs():
        return f"{control(path, new).label} {control(path, old).text} to {control(path, new).text}"
    return f"{path} {old.changes.get(path, 'as it was')} to {new.changes.get(path, 'as it was')}"
