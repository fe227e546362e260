"""The map as SVG text: outlines once, the month's layer anew each month."""

from __future__ import annotations

import math
from html import escape

import numpy as np
from undercount.experiments.view.frame import frame_of
from undercount.experiments.view.labels import SIZE, Wish
from undercount.experiments.view.labels import place as placed
from undercount.experiments.view.naming import count, country, labels
from undercount.experiments.view.svg import FONT, INK, MODE_COLOURS, QUIET, text
from undercount.model.engine.layout import MODES, VISA_FREE

# Bend of an arc, as a share of its length, so that entry modes of one corridor stay apart.
BENDS = {1: 0.10, 2: 0.20, 3: 0.30}


def positions(region) -> list[tuple[float, float]]:
    """Where each country's capital stands on the map."""
    places = frame_of(region).places
    return [places[c.iso3] for c in region.countries]


def base(region) -> str:
    """Outlines; countries of the region carry their code for hover and click."""
    known, frame = region.index, frame_of(region)
    parts = [f'<rect width="{frame.width:.0f}" height="{frame.height:.0f}" fill="#e9eff5"/>']
    for iso3, path in frame.outlines:
        ours = iso3 in known
        fill = "#fbfaf7" if ours else "#f1f3f5"
        extra = f'data-iso="{escape(iso3, True)}" class="country"' if ours else ""
        parts.append(f'<path d="{path}" fill="{fill}" fill-rule="evenodd" stroke="#a9b2bd" '
                     f'stroke-width="0.7" {extra}/>')
    for x, y in positions(region):
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.8" fill="#8a939e" pointer-events="none"/>')
    return "".join(parts)


def names(region, view: str = "region") -> str:
    """Names of countries, above everything else, as large on the screen in every view."""
    frame, zoom = frame_of(region).view(view)
    left, top, wide, tall = map(float, frame.split())
    wished = labels(region)
    shown = {c.iso3: wished.get(c.iso3, None if wished else {}) for c in region.countries}  # without any wish all are
    wishes = [Wish(label.get("name", c.name), x, y, tuple(label["beside"]) if "beside" in label else None)
              for c, (x, y) in zip(region.countries, positions(region)) if (label := shown[c.iso3]) is not None]
    more = f'pointer-events="none" paint-order="stroke" stroke="#fbfaf7" stroke-width="{3 / zoom:.2f}"'
    return "".join(text(p.x, p.y, p.name, round(SIZE / zoom, 2), colour="#30363d", more=more)
                   for p in placed(wishes, (left, top, left + wide, top + tall), zoom))


def arcs(region, flows: np.ndarray, zoom: float = 1.0) -> list[tuple[float, str]]:
    """(persons, SVG) of each corridor and entry mode; `flows` is (origin, destination, mode)."""
    where, found = positions(region), []
    for origin, destination, mode in np.argwhere(flows > 0):
        persons = int(flows[origin, destination, mode])
        name, width = MODES[mode], (0.5 + 0.55 * math.sqrt(persons)) / zoom ** 0.7
        colour = MODE_COLOURS[name]
        title = f"{country(region, origin)} to {country(region, destination)}, {name}: {count(persons)}"
        if origin == destination:
            x, y = where[origin]
            shape = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{4 / zoom + width:.1f}" fill="none"'
        else:
            shape = f'<path d="{_arc(where[origin], where[destination], BENDS[int(mode)])}" fill="none"'
        dash = ' stroke-dasharray="5 2"' if mode == VISA_FREE else ""
        dash += f' marker-end="url(#to-{name})"' if origin != destination and persons >= 4 else ""
        faint = min(0.85, 0.22 + 0.12 * math.sqrt(persons))  # the many small flows stay in the background
        found.append((persons, f'{shape} stroke="{colour}" stroke-width="{width:.2f}" stroke-linecap="round" '
                               f'opacity="{faint:.2f}"{dash}><title>{escape(title)}</title></{shape[1:].split()[0]}>'))
    return sorted(found, key=lambda pair: pair[0])


def _arc(start, end, bend: float) -> str:
    (x0, y0), (x1, y1) = start, end
    x, y = (x0 + x1) / 2 - (y1 - y0) * bend, (y0 + y1) / 2 + (x1 - x0) * bend
    return f"M{x0:.1f} {y0:.1f}Q{x:.1f} {y:.1f} {x1:.1f} {y1:.1f}"


def _arrows(zoom: float) -> str:
    """Heads of the arcs, one for each colour."""
    size = round(7 / zoom ** 0.7, 2)
    return "<defs>" + "".join(
        f'<marker id="to-{mode}" viewBox="0 0 8 8" refX="12" refY="4" markerWidth="{size}" markerHeight="{size}" '
        f'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z" fill="{colour}"/></marker>'
        for mode, colour in MODE_COLOURS.items()) + "</defs>"


def layer(model, zoom: float = 1.0) -> str:
    """What the last month adds: arcs, identified victims, officials in pay, shelters."""
    world, region = model.world, model.region
    if world.month == 0:
        return ""
    t = world.t - 1
    parts = [_arrows(zoom), *(arc for _, arc in arcs(region, world.flows[t].sum(axis=3), zoom))]
    hidden, actors = world.hidden[t], world.actors[t]
    for place, (x, y) in enumerate(positions(region)):
        parts += _marks(x, y, int(hidden["identified"][place]), int(actors["officials_in_pay"][place]),
                        int(actors["shelter_places"][place]), country(region, place), zoom)
    return "".join(parts)


def _marks(x: float, y: float, identified: int, in_pay: int, shelter: int, name: str, zoom: float) -> list[str]:
    """A dot for victims found; a quiet square for officials in pay and a quiet house for shelters."""
    parts = []
    if in_pay:
        side = 2.0 + 1.6 * math.sqrt(in_pay)
        parts.append(f'<rect x="{-side - 3:.1f}" y="3" width="{side:.1f}" height="{side:.1f}" fill="#6b7280" '
                     f'opacity="0.8"><title>{name}: {in_pay} officials in a network\'s pay</title></rect>')
    if shelter:
        s = min(12.0, 2.0 + 0.25 * math.sqrt(shelter))
        parts.append(f'<path d="M3 {3 + s:.1f}l{s:.1f} -{s:.1f}l{s:.1f} {s:.1f}v{s:.1f}h-{2 * s:.1f}z" fill="white" '
                     f'stroke="#374151" stroke-width="0.8"><title>{name}: {shelter} shelter places</title></path>')
    if identified:
        r = 1.5 + 0.9 * math.sqrt(identified)
        parts.append(f'<circle r="{r:.1f}" fill="{INK}" stroke="white" stroke-width="1.2">'
                     f'<title>{name}: {identified} victims found this month</title></circle>')
    return [f'<g transform="translate({x:.1f} {y:.1f}) scale({zoom ** -0.7:.2f})">', *parts, "</g>"] if parts else []


def tips(model) -> dict[str, str]:
    """What hovering over a country says."""
    world, region = model.world, model.region
    if world.month == 0:
        return {c.iso3: country(region, c.iso3) for c in region.countries}
    t = world.t - 1
    hidden = world.hidden[t]
    left = world.flows[t].sum(axis=(1, 2, 3))
    found = {}
    for place, c in enumerate(region.countries):
        h = hidden[place]
        found[c.iso3] = (f"{country(region, place)} this month: {h['newly_exploited']:,} newly exploited here, "
                         f"{left[place]:,} of its people newly exploited anywhere; {h['in_exploitation']:,} held, "
                         f"{h['identified']:,} found, {h['assisted']:,} assisted")
    return found


def said(model) -> str:
    """The month's map in words: how many, and along which corridors most."""
    world, region = model.world, model.region
    if world.month == 0:
        return "nothing has happened yet"
    flows = world.flows[world.t - 1].sum(axis=(2, 3))
    largest = np.argsort(flows, axis=None)[::-1][:3]
    pairs = [divmod(int(k), flows.shape[1]) for k in largest]
    told = ", ".join(f"{country(region, a)} to {country(region, b)} {count(flows[a, b])}"
                     for a, b in pairs if flows[a, b])
    return f"{count(flows.sum())} people newly exploited this month; most from {told or 'nowhere'}"


def legend() -> str:
    """What the marks mean, in one line."""
    x, parts = 0.0, []
    for mode in ("clandestine", "papers", "visa-free", "internal"):
        words = {"clandestine": "smuggled past the border", "papers": "on papers", "visa-free": "no visa needed",
                 "internal": "inside the country"}[mode]
        dash = ' stroke-dasharray="5 2"' if mode == "visa-free" else ""
        mark = f'<circle cx="{x + 12}" cy="9" r="5" fill="none"' if mode == "internal" else f'<path d="M{x} 9h24"'
        parts.append(f'{mark} stroke="{MODE_COLOURS[mode]}" stroke-width="3"{dash}/>')
        parts.append(text(x + 29, 13, words, 12))
        x += 42 + 6.6 * len(words)
    for shape, words in ((f'<circle cx="{{x}}" cy="9" r="6" fill="{INK}"/>', "victims found"),
                         ('<rect x="{x}" y="5" width="8" height="8" fill="#6b7280"/>', "officials in pay"),
                         ('<path d="M{x} 10l5 -5l5 5v4h-10z" fill="white" stroke="#374151"/>', "shelters")):
        parts.append(shape.replace("{x}", f"{x + 4}"))
        parts.append(text(x + 19, 13, words, 12))
        x += 34 + 6.4 * len(words)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {x:.0f} 18" width="100%" '
            f'style="max-width:{x:.0f}px" role="img" aria-label="Legend of the map" {FONT}>{"".join(parts)}</svg>')


def whole(model, name: str, date: str) -> str:
    """The map by itself, as a picture to keep."""
    frame = frame_of(model.region)
    words = f"{name}, {date}. Width of an arc: people newly exploited in the month."
    drawn = base(model.region) + layer(model) + names(model.region)
    wide, high = f"{frame.width:.0f}", f"{frame.height + 28:.0f}"
    size = f'viewBox="0 0 {wide} {high}" width="{wide}" height="{high}"'
    return (f'<svg xmlns="http://www.w3.org/2000/svg" {size} {FONT}>'
            + drawn + text(8, frame.height + 20, words, 12, colour=QUIET) + '</svg>')


