"""Which worlds a page shows: region, explanations, draws of the verdict, scale and seed; and what is saved of them.

A choice that the page does not offer is not taken over.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from undercount.experiments.view import posterior
from undercount.experiments.view.controls import message, own_scenario
from undercount.experiments.view.twin import ALONE, FROZEN, SEED, Settings, loaded
from undercount.model.assumed.scenario import scenario_names, scenarios_root
from undercount.model.engine.layout import POOLED
from undercount.model.files.problems import BadInput

# One agent a person is 15.7 million agents: right for `undercount run`, too much for every open tab.
SCALES = (10, 10_000)
SEEDS = (0, 2**63 - 1)
# Words instead of a number: the scale of every verdict, and the luck that a draw was weighed with.
POOLED_WORD, DRAWN_WORD = "pooled", "as drawn"


def regions() -> dict[str, str]:
    """Folder of each region -> its title, of those among the scenarios."""
    return dict(_titled(tuple(sorted(path.parent.name for path in scenarios_root().glob("*/region.toml")))))


@lru_cache(maxsize=4)
def _titled(names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    found = []
    for name in names:
        with contextlib.suppress(BadInput):  # said by `undercount check`
            found.append((name, loaded("baseline", name).region.title))
    return tuple(found)


def region_of(settings: Settings) -> str:
    return own_scenario(settings).region.name


def draws(settings: Settings) -> dict[str, str]:
    """Draws of the verdict, if it is of the region that the settings have -> the words for them."""
    found = posterior.posterior()
    if found is None or found.weighted.reference.region.name != region_of(settings):
        return {}
    named = [name for name in (settings.scenario, settings.second) if posterior.is_draw(name)]
    return {name: found.title(name) for name in dict.fromkeys([*found.offered(), *named])}


def choices(given: str) -> list[str]:
    """Scenarios that the page offers: those that are shipped, and the one that the command named."""
    names = [name for name in scenario_names() if name != "baseline"]
    more = [given] if given not in (*names, "baseline") and not posterior.is_draw(given) else []
    return [*more, "baseline", *names]


def second_choices(given: str) -> dict[str, str]:
    """What the other world may be -> the words for it."""
    frozen = {FROZEN: "The same, but networks do not act on what they learn", ALONE: "No second world"}
    return frozen | {name: scenario_title(name) for name in choices(given)}


def scenario_title(name: str) -> str:
    return Path(name).stem.replace("-", " ").capitalize()


def with_whole(settings: Settings, name: str, value: Any) -> tuple[Settings, str | None]:
    """The same for the seed and the people per agent, which are no parameters of a scenario."""
    low, high = SEEDS if name == "seed" else SCALES
    word, meant = (DRAWN_WORD, None) if name == "seed" else (POOLED_WORD, POOLED)
    words = f"0 to 2**63 - 1, or {word} where a world is a draw" if name == "seed" else \
        f"{low} to {high:,} on this page (1 with `undercount run`), or {word}"
    text = str(value).strip().replace(",", "")
    if text == word and (meant is not None or any(map(posterior.is_draw, (settings.scenario, settings.second)))):
        return replace(settings, **{name: meant}), None
    if not text.isascii() or not text.isdigit() or not low <= int(text[:20]) <= high:
        return settings, f"found {str(value)[:40]!r}; allowed: a whole number, {words}"
    return replace(settings, **{name: int(text)}), None


def whole(settings: Settings, name: str) -> str:
    """How a field shows them."""
    value = getattr(settings, name)
    if name == "seed":
        return DRAWN_WORD if value is None else str(value)
    return POOLED_WORD if value == POOLED else str(value)


def with_scenario(settings: Settings, which: str, name: str, given: str) -> Settings:
    """Another scenario or draw for one world; a name that the page does not offer is ignored.

    Changed values of the first scenario are dropped, since they were changes to another one. A draw comes as the
    verdict weighed it: pooled, with its own luck.
    """
    offered = choices(given) if which == "scenario" else second_choices(given)
    if name not in offered and not (posterior.is_draw(name) and name in draws(replace(settings, **{which: name}))):
        return settings
    settings = replace(settings, **{which: name}, **({"changes": {}} if which == "scenario" else {}))
    if posterior.is_draw(name):
        return replace(settings, people_per_agent=POOLED, seed=None)
    drawn = any(map(posterior.is_draw, (settings.scenario, settings.second)))
    return settings if drawn or settings.seed is not None else replace(settings, seed=SEED)


def with_region(settings: Settings, name: str) -> tuple[Settings, str | None]:
    """The settings on another region; draws, which are of one region, give way to the default scenario."""
    if name not in regions() or name == region_of(settings):
        return settings, None
    plain = Settings(people_per_agent=settings.people_per_agent, region=name)
    kept = {key: value for key, value in (("scenario", settings.scenario), ("second", settings.second))
            if not posterior.is_draw(value)}
    changed = replace(plain, **kept)
    try:
        changed.first_scenario(), changed.second_scenario()
    except BadInput as error:
        return settings, message(error, "region")
    return changed, None


def saved(settings: Settings, second: bool = False) -> str:
    """A scenario file that `undercount run` accepts; how to get the same world stands in its head."""
    scenario = settings.second_scenario() if second else settings.first_scenario()
    if scenario is None:
        raise ValueError("there is no second world")
    seed, scale = settings.lucks()[second], whole(settings, "people_per_agent")
    stem = "my-scenario"
    if settings.changes or second and settings.second == FROZEN:
        scenario = replace(scenario, title=f"{scenario.title} (changed on the page)")
    head = (f"# Saved from the page of `undercount view`. The world that it showed:\n"
            f"#   undercount run {stem}.toml --replicates 1 --seed {seed} "
            f"--people-per-agent {scale}\n\n")
    return head + scenario.to_toml()
