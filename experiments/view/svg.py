"""Pictures as SVG text: small, sharp at every size, drawn in a few milliseconds.

Matplotlib needs a quarter of a second for a page's panels, which would be the whole month's budget. Lengths are in
units of the picture, which are pixels where it is shown at its own size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from undercount.model.known.region import Region

# World one and two: apart in hue, lightness and dash; each at least 4.5:1 on white.
WORLDS = ("#1f4e79", "#a84300")
DASHES = ("", "6 3")
# Told apart by the colour-blind too (tests/unit/view/test_pictures.py).
MODE_COLOURS = {"clandestine": "#b8480b", "papers": "#1d6fd1", "visa-free": "#14532d", "internal": "#8a1e6a"}
INK, QUIET, GRID = "#1b1f24", "#57606a", "#e3e6ea"
FONT = "font-family=\"system-ui, 'DejaVu Sans', sans-serif\""


@dataclass(frozen=True)
class Line:
    """A series over the months of the region; NaN where nothing can be said yet."""

    label: str
    values: np.ndarray
    colour: str
    dash: str = ""


def svg(width: float, height: float, body: Sequence[str], label: str) -> str:
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="100%" role="img" '
            f'aria-label="{escape(label, True)}" {FONT}>{"".join(body)}</svg>')


def text(x: float, y: float, words: str, size: float = 12, anchor: str = "start", colour: str = INK,
         more: str = "") -> str:
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{colour}" {more}>'
            f'{escape(words)}</text>')


def nice(top: float) -> tuple[float, float]:
    """(end of the axis, step between its marks) with three to five marks."""
    if not top > 0:
        return 1.0, 0.5
    step = 10.0 ** np.floor(np.log10(top / 3.0))
    step *= next(k for k in (1, 2, 2.5, 5, 10) if top / (step * k) <= 4.0)
    return float(step * np.ceil(top / step - 1e-9)), float(step)


def number(value: float, percent: bool) -> str:
    if percent:
        return f"{100 * value:.3g} %"
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"


@dataclass(frozen=True)
class Frame:
    """Where a panel stands in its picture: upper left corner and size, in the picture's units."""

    x: float
    y: float
    width: float
    height: float

    @property
    def foot(self) -> float:
        return self.y + self.height


class Panel:
    """The region's months across a frame and amounts up; `draw` what is inside, then take `parts`."""

    def __init__(self, frame: Frame, region: Region, top: float, percent: bool = False):
        self.frame, self.months = frame, region.months
        self.top, step = nice(top)
        self.parts: list[str] = []
        for value in np.arange(0.0, self.top + step / 2, step):
            v = self.v(value)
            self.parts.append(f'<path d="M{frame.x:g} {v:.1f}h{frame.width:g}" stroke="{GRID if value else QUIET}"/>')
            self.parts.append(text(frame.x - 5, v + 4, number(value, percent), 11, "end", QUIET))
        for year, month in enumerate(range(0, self.months, 12), region.start.year):
            h, left = self.h(month), self.months - month
            self.parts.append(f'<path d="M{h:.1f} {frame.foot:g}v5" stroke="{QUIET}"/>')
            if left >= 6 or frame.width > 500:
                words = str(year) if frame.width > 380 else f"\u2019{year % 100:02d}"
                self.parts.append(text(self.h(month + min(12, left) / 2), frame.foot + 15, words, 11, "middle", QUIET))

    def h(self, month: float) -> float:
        return self.frame.x + self.frame.width * month / self.months

    def v(self, value: float) -> float:
        return self.frame.y + self.frame.height * (1.0 - min(value, self.top) / self.top)

    def line(self, line: Line) -> None:
        """A polyline through the middles of the months; a dot at the last."""
        known = np.flatnonzero(~np.isnan(line.values))
        if not len(known):
            return
        points = " ".join(f"{self.h(m + 0.5):.1f},{self.v(line.values[m]):.1f}" for m in known)
        x, y = points.rsplit(" ", 1)[-1].split(",")
        self.parts.append(f'<polyline points="{points}" fill="none" stroke="{line.colour}" stroke-width="2" '
                          f'stroke-dasharray="{line.dash}"/><circle cx="{x}" cy="{y}" r="3" fill="{line.colour}"/>')


def legend(x: float, y: float, lines: Sequence[Line], gap: float = 14) -> list[str]:
    """Line samples with their names, one after the other."""
    parts = []
    for line in lines:
        parts.append(f'<path d="M{x:g} {y - 4:g}h22" stroke="{line.colour}" stroke-width="2.5" '
                     f'stroke-dasharray="{line.dash}"/>')
        parts.append(text(x + 27, y, line.label, 11.5, colour=line.colour))
        x += 27 + 6.3 * len(line.label) + gap
    return parts
