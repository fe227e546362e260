"""Where a region lies on the page: the box of its map, its capitals, its outlines, and the views of it.

The box is that of the view "region" in the region's `labels.toml`, if it has one, else the map's own; other views there
are parts of it that can be looked at more closely. A degree of longitude is drawn as long as it is in the middle.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from undercount.experiments.view.naming import views
from undercount.model.known.drawing import draw
from undercount.model.known.outlines import outlines_of
from undercount.model.known.region import Region

WIDTH, MOST_HIGH = 589.0, 640.0  # of the map; a tall one is narrower
EDGE = 7.0  # of the box, where what lies beyond is drawn
WHOLE = "region"


@dataclass(frozen=True)
class Frame:
    """places    code -> where its capital stands
    outlines  (code, SVG path) of each country of the map, thinned to what a screen can show
    views     name -> (box as SVG has it, how many times larger than the whole)
    """

    width: float
    height: float
    places: Mapping[str, tuple[float, float]]
    outlines: tuple[tuple[str, str], ...]
    views: Mapping[str, tuple[str, float]]

    def view(self, name: str) -> tuple[str, float]:
        """A view by name; the whole where this region has none of that name."""
        return self.views.get(name, self.views[WHOLE])


def frame_of(region: Region) -> Frame:
    places = tuple((c.iso3, c.lon, c.lat) for c in region.countries)
    boxes = tuple((name, tuple(map(float, box))) for name, box in views(region).items())
    return _made(region.map, places, boxes)


@lru_cache(maxsize=16)
def _made(path: Path, places: tuple, boxes: tuple) -> Frame:
    drawing = draw(outlines_of(path), {code: (lon, lat) for code, lon, lat in places})
    stated = dict(boxes)
    west, south, east, north = stated.pop(WHOLE, drawing.box)
    shrink = math.cos(math.radians((south + north) / 2))
    scale = min(WIDTH / ((east - west) * shrink), MOST_HIGH / (north - south))
    width, height = (east - west) * shrink * scale, (north - south) * scale

    def at(lon: float, lat: float) -> tuple[float, float]:
        return (lon - west) * shrink * scale, (north - lat) * scale

    found: dict[str, list[str]] = {}
    for code, rings in drawing.polygons:
        lines = (_line([at(*point) for point in ring], width, height) for ring in rings)
        found.setdefault(code, []).extend(filter(None, lines))
    views = {WHOLE: (f"0 0 {width:.0f} {height:.0f}", 1.0)}
    for name, (left, low, right, high) in stated.items():
        (x, y), (x1, y1) = at(left, high), at(right, low)
        views[name] = f"{x:.0f} {y:.0f} {x1 - x:.0f} {y1 - y:.0f}", width / (x1 - x)
    def inside(x: float, y: float) -> tuple[float, float]:
        """A place beyond the box stands at its edge: there its arcs end."""
        return min(max(x, EDGE), width - EDGE), min(max(y, EDGE), height - EDGE)

    return Frame(width, height, {code: inside(*at(*place)) for code, place in drawing.places.items()},
                 tuple((code, "".join(pieces)) for code, pieces in found.items() if pieces), views)


def _line(points: list[tuple[float, float]], width: float, height: float) -> str:
    """One closed line; points nearer than most of a pixel to the one before are left out, and lines far outside."""
    kept: list[tuple[float, float]] = []
    for x, y in points:
        if not kept or abs(x - kept[-1][0]) + abs(y - kept[-1][1]) >= 0.9:
            kept.append((x, y))
    lowest, highest = (tuple(map(f, zip(*kept))) for f in (min, max))
    inside = highest[0] >= -20 and lowest[0] <= width + 20 and highest[1] >= -20 and lowest[1] <= height + 20
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in kept) + "Z" if len(kept) > 3 and inside else ""
