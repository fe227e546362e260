"""Countries, months and numbers as a reader would say them."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from undercount.model.engine.layout import WARM_UP
from undercount.model.known.region import Region, RegionEvent

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
          "October", "November", "December")
VIEWS = "views"  # the table of labels.toml that is of no country
KINDS = {"law_partial": "law", "law_full": "law", "protocol": "treaty", "visa_free": "visa-free travel",
         "accession": "EU accession", "presence": "international presence", "operation": "operation",
         "programme": "programme", "handover": "handover", "passport": "passports", "context": "context"}


def labels(region: Region) -> dict[str, dict]:
    """How the region's `labels.toml` wants its countries named on maps and in sentences; may be absent."""
    return _labels(region.folder / "labels.toml")[0]


def views(region: Region) -> dict[str, list[float]]:
    """Parts of the region's map that its `labels.toml` names: west, south, east, north."""
    return _labels(region.folder / "labels.toml")[1]


@cache
def _labels(path: Path) -> tuple[dict[str, dict], dict[str, list[float]]]:
    found = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {name: table for name, table in found.items() if name != VIEWS}, found.get(VIEWS, {})


def country(region: Region, place: int | str) -> str:
    """Name of a country by row or code, short enough for a sentence."""
    c = region.countries[region.index[place] if isinstance(place, str) else int(place)]
    label = labels(region).get(c.iso3, {})
    return label.get("called") or label.get("name") or c.name


def month_name(region: Region, t: int) -> str:
    """Month `t` of a world's arrays as words; those of the warm-up, before the region's first, are named as such."""
    month = region.start + (int(t) - WARM_UP)
    return f"{MONTHS[month.month - 1]} {month.year}" + (" (warm-up)" if t < WARM_UP else "")


def region_month(region: Region, month: int) -> str:
    """Month `month` of the region's period as words."""
    return month_name(region, month + WARM_UP)


def count(value: float) -> str:
    return f"{value:,.0f}"


def change(now: float, before: float) -> str:
    """How a sentence compares: "21 % fewer than in", "as many as in", "12 times as many as in"."""
    if before <= 0:
        return "after none in"
    if now >= 3 * before:
        return f"{now / before:.0f} times as many as in"
    percent = 100.0 * (now / before - 1.0)
    if abs(percent) < 0.5:
        return "as many as in"
    return f"{abs(percent):.0f}\N{NO-BREAK SPACE}% {'more' if percent > 0 else 'fewer'} than in"


def event_text(region: Region, event: RegionEvent) -> str:
    """An event of the region without the notes of whoever entered it."""
    text = re.sub(r"\s*\[[^\]]*\]|\s*\((year only|value: persons)\)", "", event.text).strip()
    where = f"{country(region, event.iso3)}: " if event.iso3 else ""
    doubt = "" if event.reliability == "source seen" else " (unverified)"
    return f"{where}{text}{doubt}"


def events_of(region: Region, scenario, month: int) -> list[str]:
    """What is dated in month `month` of the region: its history, then what the scenario changes."""
    when = region.start + month
    # Background such as ratifications fills January of each year and moves nothing; it is left out.
    told = [e for e in region.events if e.when == when and e.kind not in ("context", "protocol")]
    texts = dict.fromkeys(event_text(region, e) for e in told)
    for event in scenario.events:
        if event.when == when:
            places = event.places if len(event.places) <= 3 else ()
            where = ", ".join(country(region, p) for p in places) or f"{len(event.places)} countries"
            texts[f"Scenario: {event.name.replace('-', ' ')} ({where})"] = None
    return list(texts)
