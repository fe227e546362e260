"""A region's places and outlines as one drawing: which box it covers, and the antimeridian crossed without a leap."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from undercount.model.known.outlines import Outlines, Ring, outlines_of
from undercount.model.known.region import Region


@dataclass(frozen=True)
class Frame:
    """Longitudes within 180 degrees of the middle of some places, so that these lie in one piece."""

    middle: float

    @classmethod
    def of(cls, longitudes: Iterable[float]) -> Frame:
        """The frame of places at these longitudes: its middle is that of the shortest arc that holds them all."""
        there = sorted({lon % 360.0 for lon in longitudes}) or [0.0]
        width, start = max((after - lon, after) for lon, after in zip(there, [*there[1:], there[0] + 360.0]))
        middle = (start + (360.0 - width) / 2) % 360.0
        return cls(middle - 360.0 * (middle > 180.0))

    def lon(self, longitude: float) -> float:
        return longitude - 360.0 * round((longitude - self.middle) / 360.0)

    def ring(self, ring: Ring) -> Ring:
        """The ring in the frame: turned as a whole, by its own middle."""
        own = (min(lon for lon, _ in ring) + max(lon for lon, _ in ring)) / 2
        turn = self.lon(own) - own
        return tuple((lon + turn, lat) for lon, lat in ring) if turn else ring


@dataclass(frozen=True)
class Drawing:
    """A map of some places, each by its code, in one frame.

    places    code -> (longitude, latitude)
    polygons  (code, rings: the outer one, then holes) of every area
    box       west, south, east, north: as the file states it, else around the places and their outlines
    """

    places: dict[str, tuple[float, float]]
    polygons: tuple[tuple[str, tuple[Ring, ...]], ...]
    box: tuple[float, float, float, float]


MARGIN = 1.0  # degrees around what is drawn, where the file states no box
# How far outlines may widen that box beyond the places: degrees, and a share of their extent.
FURTHEST, SHARE = 4.0, 0.35


def draw(outlines: Outlines, places: dict[str, tuple[float, float]]) -> Drawing:
    """The drawing of places at (longitude, latitude), which are some."""
    frame = Frame.of(lon for lon, _ in places.values())
    turned = {code: (frame.lon(lon), lat) for code, (lon, lat) in places.items()}
    polygons = tuple((code, tuple(frame.ring(ring) for ring in polygon))
                     for code, several in outlines.rings for polygon in several)
    if outlines.box:
        west, south, east, north = outlines.box
        turn = frame.lon((west + east) / 2) - (west + east) / 2
        inside = sum(west <= lon + turn <= east and south <= lat <= north for lon, lat in turned.values())
        if 2 * inside >= len(turned):  # else it is of another map
            return Drawing(turned, polygons, (west + turn, south, east + turn, north))
    return Drawing(turned, polygons, _around(turned, polygons))


def _around(places: dict[str, tuple[float, float]],
            polygons: Iterable[tuple[str, tuple[Ring, ...]]]) -> tuple[float, float, float, float]:
    """A box around places and the outlines that they lie in: not around islands overseas, nor a whole large country."""
    found: list[float] = []
    for axis in (0, 1):
        inside = [place[axis] for place in places.values()]
        most = max(FURTHEST, SHARE * (max(inside) - min(inside)))
        ends = [min(inside), max(inside)]
        for code, rings in polygons:
            if code in places and _near(places[code], rings[0]):
                values = [point[axis] for point in rings[0]]
                ends = [max(min(ends[0], *values), min(inside) - most), min(max(ends[1], *values), max(inside) + most)]
        found += [ends[0] - MARGIN, ends[1] + MARGIN]
    west, east, south, north = found
    return west, max(south, -90.0), east, min(north, 90.0)


def _near(place: tuple[float, float], ring: Ring) -> bool:
    """Does the place lie in the box around a ring, or hardly outside?"""
    return all(min(p[axis] for p in ring) - 0.5 <= place[axis] <= max(p[axis] for p in ring) + 0.5 for axis in (0, 1))


def drawing_of(region: Region) -> Drawing:
    """The drawing of a region's capitals."""
    return draw(outlines_of(region.map), {c.iso3: (c.lon, c.lat) for c in region.countries})
