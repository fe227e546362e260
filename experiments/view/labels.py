"""Where the names of countries stand on the map: none over another, none over a capital, none outside the view.

A name stands where the region's `labels.toml` wants it if there is room, else at the nearest free place around its
capital, the most crowded countries first. One that finds no room is left out of this view; hovering still tells it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SIZE = 12.0  # of the letters, on the screen at the map's own size
WIDE, ABOVE, BELOW = 0.62, 0.80, 0.24  # of a letter, in units of its size: mean width, height and depth
AROUND = ((1, 0.3), (-1, 0.3), (1, -0.7), (-1, -0.7), (1, 1.3), (-1, 1.3), (0, -0.7), (0, 1.5))
DOT = 5.0  # half a capital's mark, which grows with the view, but less
APART = (2.0, 7.0, 14.0, 22.0)  # from that mark
BUTTON = (150.0, 38.0)  # size of what stands in the upper left corner of a view
EDGE = 60.0  # how far beyond the view a capital may lie


@dataclass(frozen=True)
class Wish:
    """A name, its capital, and where the text should begin, seen from there (None: no wish)."""

    name: str
    x: float
    y: float
    beside: tuple[float, float] | None


@dataclass(frozen=True)
class Placed:
    """A name whose letters stand on the line `y`, from `x` on."""

    name: str
    x: float
    y: float


Box = tuple[float, float, float, float]


def box(placed: Placed, size: float) -> Box:
    """(left, top, right, bottom) of a name."""
    return (placed.x, placed.y - ABOVE * size, placed.x + WIDE * size * len(placed.name), placed.y + BELOW * size)


def overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def place(wishes: Sequence[Wish], view: Box, zoom: float) -> list[Placed]:
    """The names that have room in the view, in the order of `wishes`."""
    size, dot, edge = SIZE / zoom, DOT / zoom ** 0.5, EDGE / zoom
    fixed = [(w.x - dot, w.y - dot, w.x + dot, w.y + dot) for w in wishes]
    fixed.append((view[0], view[1], view[0] + BUTTON[0] / zoom, view[1] + BUTTON[1] / zoom))
    inside = [w for w in wishes if view[0] - edge <= w.x <= view[2] + edge and view[1] - edge <= w.y <= view[3] + edge]
    order = sorted(inside, key=lambda w: -sum(abs(o.x - w.x) < 9 * size and abs(o.y - w.y) < 4 * size for o in wishes))
    found: dict[str, Placed] = {}
    for wish in order:
        taken = [box(other, size) for other in found.values()] + fixed
        for placed in _candidates(wish, zoom):
            own = box(placed, size)
            if view[0] <= own[0] and own[2] <= view[2] and view[1] <= own[1] and own[3] <= view[3] \
                    and not any(overlap(own, other) for other in taken):
                found[wish.name] = placed
                break
    return [found[w.name] for w in wishes if w.name in found]


def _candidates(wish: Wish, zoom: float):
    """Places for a name, the wished one first, then outwards."""
    size, dot = SIZE / zoom, DOT / zoom ** 0.5
    width = WIDE * size * len(wish.name)
    if wish.beside:
        yield Placed(wish.name, wish.x + wish.beside[0] / zoom, wish.y + wish.beside[1] / zoom)
    for apart in APART:
        for side, down in AROUND:
            away = dot + apart / zoom
            x = wish.x + (away if side > 0 else -away - width if side < 0 else -width / 2)
            drop = away - dot
            yield Placed(wish.name, x, wish.y + down * size + (drop if down > 0.3 else -drop if down < 0 else 0.0))
