"""What is no mistake, but hardly meant: a region's rows that act on nothing, dates outside its months, odd places.

Each is one line for `undercount check`; nothing here refuses anything. Of figures: `doubtful_figures.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from undercount.model.engine.layout import MAX_LEGS
from undercount.model.known.doubtful_figures import doubtful_figures, listed
from undercount.model.known.outlines import Outlines, outlines_of
from undercount.model.known.region import Country, Region, Window
from undercount.model.known.region_checks import ACTING_KINDS, OF_AN_ORIGIN
from undercount.model.known.routes import distance_km, route_table
from undercount.model.known.series import PARTS, breaks, in_both, why_not

OF_SHELTERS = ("assisted", "repatriated")  # kinds of count that begin with a place in a shelter
BESIDE = 1.0  # degrees by which a capital may lie beside the box of a coarse outline
NEARER = 3.0  # times nearer to its neighbours that a country must come by other coordinates


def doubts(region: Region) -> Iterator[str]:
    """Every doubt about a region that could be read, a line each. Raises BadInput if an origin has too many ways."""
    yield from doubtful_figures(region)
    yield from _ways(region)
    yield from _dates(region)
    yield from _events(region)
    yield from _rows(region)
    for window in region.windows:
        yield from _window(region, window)
    yield from _map(region, outlines_of(region.map))


# --------------------------------------------------------------------------- ways


def _ways(region: Region) -> Iterator[str]:
    if not region.crossings and not region.routes:
        yield "no border crossing and no route: who has no papers cannot travel"
        return
    ways = route_table(region)
    ways = ways[ways["legs"] > 0]
    at = region.index
    if shut := [code for code in region.origins if not (ways["origin"] == at[code]).any()]:
        yield f"no way leads from {listed(shut)} to a destination: who is recruited there is exploited at home"
    if unseen := [code for code in region.destinations if not (ways["destination"] == at[code]).any()]:
        yield f"no way leads to {listed(unseen)}: nobody is brought there"
    led = {tie.origin for tie in region.ties if tie.weight > 0.0}
    if apart := [code for code in region.origins if region.ties and code not in led]:
        yield f"ties lead nowhere from {listed(apart)}: who is recruited there is exploited at home"
    through = {country.iso3 for country in region.countries if country.transit}
    for route in region.routes:
        if len(route.path) > MAX_LEGS + 1:
            yield f"route {route.id} is not used: it has more than {MAX_LEGS} crossings"
        elif closed := [code for code in route.path[1:-1] if code not in through]:
            yield (f"route {route.id} passes {listed(closed)}, which is no transit country in countries: used all the "
                   "same")


# --------------------------------------------------------------------------- dates and events


def _dates(region: Region) -> Iterator[str]:
    late = [f"{ngo.kind} of {ngo.iso3} ({ngo.start})" for ngo in region.ngos if ngo.start > region.end]
    late += [f"{event.kind} of {event.iso3} ({event.when})" for event in region.events
             if event.kind in ACTING_KINDS and event.when > region.end]
    late += [f"route {route.id} ({route.opens})" for route in region.routes
             if route.opens and route.opens > region.end]
    if late:
        yield f"dated after the last month, {region.end}, and so without effect: {listed(late)}"
    if closed := [f"{route.id} ({route.closes})" for route in region.routes
                  if route.closes and route.closes < region.start]:
        yield f"routes that close before the first month, {region.start}, and are never used: {listed(closed)}"
    if unseen := [f"{route.id} ({route.since})" for route in region.routes
                  if route.since and route.since > region.end]:
        yield (f"routes reported only since after the last month, {region.end}: {listed(unseen)}; they can be used "
               "all the same, but for the months that opens and closes state")


def _events(region: Region) -> Iterator[str]:
    area = [code for code in region.destinations if code in region.visa_area]
    for event in region.events:
        if event.when > region.end:
            continue
        if event.kind in OF_AN_ORIGIN and event.iso3 not in region.origins:
            yield f"{event.kind} of {event.iso3}, {event.when}, has no effect: it is no origin"
        elif event.towards and event.kind in ACTING_KINDS and event.towards not in area:
            yield (f"{event.kind} of {event.iso3}, {event.when}, has no effect: {event.towards} is no destination in "
                   "the visa_area")


# --------------------------------------------------------------------------- the observed table


def _rows(region: Region) -> Iterator[str]:
    rows = region.referrals
    if not any(row.assisted is not None for row in rows):
        yield "no count is known in the observed table: nothing can be compared with it"
    if others := [row.iso3 for row in rows if row.role == "origin" and row.iso3 not in region.origins]:
        yield f"rows of {listed(others)} are counted as an origin's, and no one sets out from there: counts are 0"
    if others := [row.iso3 for row in rows if row.role == "destination" and row.iso3 not in region.destinations]:
        yield (f"rows of {listed(others)} are counted as a destination's, which they are not in countries: nobody is "
               "brought there, and hardly anybody is counted")
    yield from _before_shelters(region)
    for row, what in breaks(rows):
        if not what.startswith(PARTS[-1]):  # what is stated in the column `definition` needs no note
            yield f"{row.iso3}: {what}: counts before and after are not compared"


def _before_shelters(region: Region) -> Iterator[str]:
    first = {}
    for ngo in region.ngos:
        if ngo.kind == "shelter":
            first[ngo.iso3] = min(ngo.start, first.get(ngo.iso3, ngo.start))
    rows = [row for row in region.referrals if row.assisted is not None and row.counts in OF_SHELTERS]
    if nowhere := [row.iso3 for row in rows if row.iso3 not in first]:
        yield (f"no shelter of {listed(nowhere)} in ngos: where there is none nobody is assisted or repatriated, so "
               "the simulated counts of these rows are 0")
    for row in rows:
        if row.iso3 in first and first[row.iso3] > row.last:
            yield (f"{row.iso3} {row.period} counts persons {row.counts}, and its shelter begins in {first[row.iso3]}: "
                   "the simulated count is 0")


def _window(region: Region, window: Window) -> Iterator[str]:
    before, after, rows = str(window.before), str(window.after), region.referrals
    span = f"window {before} to {after}"
    able = [code for code in in_both(rows, before, after) if not window.where or code in window.where]
    for code in window.where:
        if why := why_not(rows, code, before, after):
            yield f"{span}: {code} is not compared: {why}"
    for period in (before, after):
        if not sum(row.assisted for row in rows if row.iso3 in able and row.period == period):
            yield f"{span}: nobody is counted in {period}: `compare` needs counts above 0 in both years"


# --------------------------------------------------------------------------- places


def _map(region: Region, outlines: Outlines) -> Iterator[str]:
    yield from (f"{code}: other countries that it touches would be nearer by far with lat and lon exchanged"
                for code in _exchanged(region))
    boxes = {code: _box(polygons) for code, polygons in outlines.rings}
    if not boxes.keys() & set(region.index):
        yield "the map has no outline of any country of the region: drawn without"
    elif missing := [code for code in (*region.origins, *region.destinations)
                     if code not in boxes and any(code == known for _, known in region.figures)]:
        yield f"the map has no outline of {listed(missing)}: drawn without"
    beside = [c for c in region.countries if c.iso3 in boxes and not _inside(boxes[c.iso3], c.lon, c.lat)]
    if beside:
        yield ("capitals that lie outside the outlines of their countries on the map: "
               + ", ".join(f"{c.iso3} (lat {c.lat:g}, lon {c.lon:g})" for c in beside))
    if turned := [c.iso3 for c in beside if _inside(boxes[c.iso3], c.lat, c.lon)]:
        yield f"with lat and lon exchanged, in the table or on the map, it would not be so of {listed(turned)}"
    if outlines.left_out:
        yield f"{outlines.left_out} features of the map are no areas (Polygon, MultiPolygon): not drawn"
    if outlines.unclosed:
        yield f"{outlines.unclosed} rings of the map do not end where they begin: drawn as if they did"


def _box(polygons) -> tuple[float, float, float, float]:
    """West, south, east, north of a country's outline."""
    lon, lat = np.concatenate([np.array(ring) for rings in polygons for ring in rings]).T
    return lon.min(), lat.min(), lon.max(), lat.max()


def _inside(box: tuple[float, float, float, float], lon: float, lat: float) -> bool:
    west, south, east, north = box
    turns = (lon, lon + 360.0, lon - 360.0)  # an outline across the antimeridian goes beyond 180 degrees
    return any(west - BESIDE <= x <= east + BESIDE for x in turns) and south - BESIDE <= lat <= north + BESIDE


def _exchanged(region: Region) -> list[str]:
    """Countries that their neighbours would be nearer to, by far, if latitude and longitude changed places."""
    at = {country.iso3: country for country in region.countries}
    beside: dict[str, list[Country]] = {}
    for crossing in region.crossings:
        beside.setdefault(crossing.a, []).append(at[crossing.b])
        beside.setdefault(crossing.b, []).append(at[crossing.a])
    return [code for code, others in beside.items() if abs(at[code].lon) <= 90
            and NEARER * _mean_km(replace(at[code], lat=at[code].lon, lon=at[code].lat), others)
            < _mean_km(at[code], others)]


def _mean_km(country: Country, others: list[Country]) -> float:
    return float(np.mean([distance_km(country, other) for other in others]))
