"""A link that brings the settings back: a query string, each part of which is checked as if a person had typed it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from undercount.experiments.view import chosen, posterior
from undercount.experiments.view.controls import paths, with_value
from undercount.experiments.view.onsets import with_onset
from undercount.experiments.view.twin import ALONE, FROZEN, Settings, loaded
from undercount.model.files.problems import nearest
from undercount.model.files.tables_in import Month
from undercount.model.known.region import Region

LONGEST, MOST = 4000, 100  # characters, parts
SECOND = {"same-but-frozen": FROZEN, "none": ALONE}
KEYS = ("first", "second", "region", "agents", "seed")


def query(settings: Settings) -> str:
    """The settings as a query string without its question mark."""
    words = {value: key for key, value in SECOND.items()}
    parts = {"first": _named(settings.scenario), "second": words.get(settings.second) or _named(settings.second)}
    if settings.region:
        parts["region"] = settings.region
    parts |= {"agents": chosen.whole(settings, "people_per_agent"), "seed": chosen.whole(settings, "seed")}
    return urlencode(parts | {name: str(value) for name, value in settings.changes.items()})


def _named(name: str) -> str:
    """A file of the person's own is meant by its stem, and found only by a page that was started with it."""
    return f"file:{Path(name).stem}" if name.endswith(".toml") else name.replace(" ", "-") \
        if posterior.is_draw(name) else name


def restored(text: str | None, start: Settings, given: str) -> tuple[Settings, list[str]]:
    """The settings that a query string asks for over `start`, and a line for each part that cannot be had."""
    if not text:
        return start, []
    if len(text) > LONGEST:
        return start, [f"link: found {len(text):,} characters; allowed: at most {LONGEST:,}"]
    try:
        parts = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST))
    except ValueError:
        return start, [f"link: found more than {MOST} parts; allowed: at most {MOST}"]
    if not parts.keys() & set(KEYS) and not any("." in key for key in parts):
        return start, []  # somebody else's query
    settings, problems = start, []
    for key, take in _takers(given):
        if key in parts:
            settings, problem = take(settings, parts[key])
            problems += [f"link: {key}: {problem}"] if problem else []
    for key in parts:
        if "." in key:
            settings, problem = _changed(settings, key, parts[key])
        else:
            problem = None if key in KEYS else f"found {key[:40]!r}; allowed: {', '.join(KEYS)}, or a parameter's path"
        problems += [f"link: {key[:60]}: {problem}"] if problem else []
    return settings, problems


Take = Callable[[Settings, str], tuple[Settings, str | None]]


def _takers(given: str) -> list[tuple[str, Take]]:
    """What each key means, in the order in which they must be read."""
    def world(which: str, settings: Settings, value: str) -> tuple[Settings, str | None]:
        offered = {_named(name): name for name in chosen.choices(given)}
        drawn = value.replace("draw-", posterior.WORD, 1)
        name = SECOND.get(value) if which == "second" and value in SECOND else offered.get(value)
        name = drawn if name is None and posterior.is_draw(drawn) else name
        if name is None:
            allowed = [*offered, *(SECOND if which == "second" else ())]
            close = nearest(value[:60], allowed)
            return settings, f"found {value[:40]!r}; allowed: {', '.join(allowed)}, or draw-N of the verdict" + (
                f"; nearest: {close}" if close else "")
        return chosen.with_scenario(settings, which, name, given), None

    def region(settings: Settings, value: str) -> tuple[Settings, str | None]:
        there = chosen.regions()
        if value not in there:
            return settings, f"found {value[:40]!r}; allowed: {', '.join(there)}"
        return chosen.with_region(settings, value)

    return [("region", region), ("first", lambda s, v: world("scenario", s, v)),
            ("second", lambda s, v: world("second", s, v)),
            ("agents", lambda s, v: chosen.with_whole(s, "people_per_agent", v)),
            ("seed", lambda s, v: chosen.with_whole(s, "seed", v))]


def _changed(settings: Settings, key: str, value: str) -> tuple[Settings, str | None]:
    if key.startswith("onsets.") and key.endswith(".when") and key.count(".") == 2:
        scenario = loaded(settings.scenario, settings.region)
        name = key.split(".")[1]
        month = _month(value, scenario.region)
        if name not in scenario.onsets_by_name or month is None or not 0 <= month < scenario.region.months:
            return settings, (f"found {value[:40]!r}; allowed: a month of the region, \"YYYY-MM\", of an onset: "
                              + (", ".join(scenario.onsets_by_name) or "this scenario has none"))
        return with_onset(settings, name, month)
    if key not in paths():
        close = nearest(key[:60], paths())
        return settings, f"found {value[:40]!r}; allowed: a parameter's or mechanism's path" + (
            f"; nearest: {close}" if close else "")
    return with_value(settings, key, value)


def _month(text: str, region: Region) -> int | None:
    """A month counted from the region's first; None of what is none."""
    try:
        return Month.parse(text) - region.start
    except ValueError:
        return None
