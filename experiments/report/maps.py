"""Flows on the map: two panels, before and after, on the same scale."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, Polygon
from undercount.experiments.report.theme import SMALL, colour, new_figure
from undercount.model.known.drawing import drawing_of

LARGEST = 18  # corridors drawn in each panel
THICKEST = 7.0  # points
MARGIN = 2.0  # degrees around the capitals in use
ENDS = ("s", "D", "^", "v", "P")  # one marker for each group of destinations
WIDTH = 5.8  # inches, so that two panels fit on a page
BEND = 0.18  # of an arrow, as a share of its length
BEGINS, ASIDE = 1.0, 9.0  # points from its capital; from one where others end, so that their heads are seen


def drawn(corridors: pd.DataFrame) -> pd.DataFrame:
    """The largest corridors between two countries; flows within a country have no line to draw."""
    between = corridors[(corridors["origin"] != corridors["destination"]) & (corridors["persons"] > 0)]
    return between.head(LARGEST)


def flow_map(panels: dict[str, pd.DataFrame], region) -> Figure:
    """`panels`: title -> corridors (origin, destination, persons a year), largest first."""
    drawing = drawing_of(region)
    at, box = drawing.places, drawing.box
    view = _view([at[iso] for p in panels.values() for iso in {*drawn(p)["origin"], *drawn(p)["destination"]}]
                 or list(at.values()), box)
    # A degree of longitude is shorter than one of latitude; one ratio for the whole map.
    ratio = 1 / math.cos(math.radians((view[1] + view[3]) / 2))
    figure = new_figure(len(panels) * ((WIDTH - 0.6) * ratio * (view[3] - view[1]) / (view[2] - view[0]) + 0.45) + 0.6,
                        WIDTH)
    axes = figure.subplots(len(panels), 1, squeeze=False).ravel()
    largest = max([drawn(p)["persons"].max() for p in panels.values() if len(drawn(p))] or [1.0])
    groups = list(dict.fromkeys(c.group for c in region.countries if c.destination))
    group_of = {c.iso3: groups.index(c.group) for c in region.countries if c.destination}
    known = set(at)
    for ax, (title, corridors) in zip(axes, panels.items()):
        for inside, face in ((False, "0.97"), (True, "0.90")):
            ax.add_collection(PatchCollection(
                [Polygon(np.array(rings[0])) for iso3, rings in drawing.polygons if (iso3 in known) is inside],
                facecolor=face, edgecolor="0.65", linewidth=0.4, zorder=1))
        chosen = drawn(corridors)
        ends = set(chosen["destination"])
        # The thick ones first, so that thin ones stay visible.
        for row in chosen.itertuples():
            _arc(ax, at[row.origin], at[row.destination], row.persons / largest, group_of.get(row.destination, 0),
                 ASIDE if row.origin in ends else BEGINS)
        for iso3 in sorted(ends):
            ax.plot(*at[iso3], marker=ENDS[group_of.get(iso3, 0) % len(ENDS)], color="black", markersize=4, zorder=5)
        for iso3 in sorted(set(chosen["origin"])):
            # Smaller, so that a country that is both shows both.
            ax.plot(*at[iso3], marker="o", color="black", markerfacecolor="white", markersize=3, zorder=5.5)
        _labels(ax, {iso3: at[iso3] for iso3 in sorted({*chosen["origin"], *chosen["destination"]})},
                [(at[row.origin], at[row.destination]) for row in chosen.itertuples()], view, ratio)
        ax.set(xlim=(view[0], view[2]), ylim=(view[1], view[3]), title=title, aspect=ratio,
               xlabel="longitude (degrees east)", ylabel="latitude (degrees north)")
        ax.grid(False)
        ax.spines[["top", "right"]].set_visible(True)
    figure.legend(handles=[*_widths(largest), *_ends(groups)], loc="outside lower center", ncols=3,
                  columnspacing=1.4, handlelength=2.4)
    return figure


def _view(points: list[tuple[float, float]], box: Sequence[float]) -> list[float]:
    """West, south, east, north: around the places in use, inside the box that the outlines cover."""
    lon, lat = np.array(points).T
    return [max(box[0], lon.min() - MARGIN), max(box[1], lat.min() - MARGIN),
            min(box[2], lon.max() + MARGIN), min(box[3], lat.max() + MARGIN)]


def _width(share: float) -> float:
    return max(0.4, THICKEST * share)


def _arc(ax, start, end, share: float, group: int, begins: float) -> None:
    width = _width(share)
    style = f"simple,tail_width={width},head_width={width + 4},head_length={width * 0.6 + 4}"
    ax.add_patch(FancyArrowPatch(
        start, end, connectionstyle=f"arc3,rad={BEND}", arrowstyle=style, mutation_scale=1, linewidth=0,
        facecolor=colour(group), alpha=0.7, shrinkA=begins, shrinkB=2, zorder=3 - share * 0.5))


def _head(start, end, inches: float, inch: float, ratio: float) -> tuple[float, float]:
    """Where an arrow runs so many inches before its end."""
    dx, dy = end[0] - start[0], (end[1] - start[1]) * ratio
    # From the point that bends the curve (matplotlib's arc3) to the end.
    along, up = dx / 2 - BEND * dy, dy / 2 + BEND * dx
    back = inches / inch / math.hypot(along, up)
    return end[0] - back * along, end[1] - back * up / ratio


def _labels(ax, places: dict[str, tuple[float, float]], arrows: list, view: list[float], ratio: float) -> None:
    """Codes beside their dots, each at the free place that is nearest and hides no head of an arrow."""
    inch = (WIDTH - 0.6) / (view[2] - view[0])  # of one degree of longitude
    wide, high = 0.30 / inch, 0.13 / inch / ratio
    heads = [_head(*arrow, inches, inch, ratio) for arrow in arrows for inches in (0.1, 0.2)]
    taken = [(x, y, 0.1 / inch, 0.1 / inch / ratio) for x, y in (*places.values(), *heads)]
    for iso3, (x, y) in places.items():
        options = [(x + r * wide * math.cos(a), y + r * high * 1.2 * math.sin(a))
                   for r in (0.75, 1.1, 1.5, 2.0, 2.6, 3.4) for a in np.linspace(0, 2 * math.pi, 12, endpoint=False)]
        free = [o for o in options if not any(abs(o[0] - tx) < (wide + tw) / 2 and abs(o[1] - ty) < (high + th) / 2
                                              for tx, ty, tw, th in taken)
                and view[0] + wide / 2 < o[0] < view[2] - wide / 2 and view[1] + high / 2 < o[1] < view[3] - high / 2]
        lx, ly = (free or options)[0]
        taken.append((lx, ly, wide, high))
        if math.hypot((lx - x) / wide, (ly - y) / high) > 1.2:
            ax.plot([x, lx], [y, ly], color="0.3", linewidth=0.4, zorder=5)
        ax.text(lx, ly, iso3, ha="center", va="center", fontsize=SMALL, zorder=6,
                bbox={"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 0.6})


def _widths(largest: float) -> list:
    """Two round numbers as examples of the scale."""
    top = 10 ** math.floor(math.log10(largest)) if largest > 0 else 1
    top *= max(n for n in (1, 2, 5) if n * top <= largest) if largest > 0 else 1
    return [Line2D([], [], color="0.5", linewidth=_width(n / largest), label=f"{n:,.3g} persons a year"
                   if n < 1000 else f"{n:,.0f} persons a year") for n in (top, top / 5)]


def _ends(groups: list[str]) -> list:
    lines = [Line2D([], [], color=colour(k), marker=ENDS[k % len(ENDS)], markeredgecolor="black", markersize=4,
                    markerfacecolor="black", linewidth=3, label=f"destination: {name or 'without group'}")
             for k, name in enumerate(groups)]
    return [*lines, Line2D([], [], color="black", marker="o", markersize=3, markerfacecolor="white", linestyle="",
                           label="origin")]
