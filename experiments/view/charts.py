"""Charts as SVG text: small, sharp at every size, drawn in a few milliseconds.

Matplotlib needs a quarter of a second for these panels, which would be the whole month's budget.
Each chart is a pure function of the models' tallies, so it can be drawn again at any time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from undercount.model.country.observation import COUNTED, observe
from undercount.model.engine.layout import MODES, PRIVATE
from undercount.model.known.region import Region

# World one and two: apart in hue, lightness and dash; each at least 4.5:1 on white.
WORLDS = ("#1f4e79", "#a84300")
DASHES = ("", "6 3")
MODE_COLOURS = {"clandestine": "#b8480b", "papers": "#0067a3", "visa-free": "#007a5a", "internal": "#9c4f7f"}
INK, QUIET, GRID = "#1b1f24", "#57606a", "#e3e6ea"
FONT = "font-family=\"system-ui, 'DejaVu Sans', sans-serif\""
WINDOW = 12  # months over which a share or an effective number is taken


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


# --- series of a model ------------------------------------------------------------------------------
def tally(model, name: str, table: str = "hidden") -> np.ndarray:
    """A tally by month of the region, summed over countries; NaN for months to come."""
    found = getattr(model.outcome, table)[name].sum(axis=1).astype(float)
    found[model.world.month:] = np.nan
    return found


def counted(model) -> np.ndarray:
    """Victims whom the table's countries put on its lists, by month."""
    region = model.region
    found = np.zeros(region.months)
    for iso3, counts in dict.fromkeys((row.iso3, row.counts) for row in region.referrals):
        found += model.outcome.hidden[COUNTED[counts]][:, region.index[iso3]]
    return found


def trailing(values: np.ndarray) -> np.ndarray:
    """Sums over the last `WINDOW` months, fewer at the start; along the first axis."""
    sums = np.cumsum(values, axis=0)
    before = np.zeros_like(sums)
    before[WINDOW:] = sums[:-WINDOW]
    return sums - before


def share_assisted(model) -> np.ndarray:
    """Assisted per newly exploited person, over the last twelve months."""
    exploited = trailing(tally(model, "newly_exploited"))
    return trailing(tally(model, "assisted")) / np.where(exploited > 0, exploited, np.nan)


def _flows(model) -> np.ndarray:
    """(months run, origin, destination, mode, venue) over the last twelve months."""
    return trailing(model.outcome.flows[: model.outcome.months])


def _padded(model, values: np.ndarray) -> np.ndarray:
    return np.concatenate([values, np.full(model.region.months - len(values), np.nan)])


def effective_routes(model) -> np.ndarray:
    """exp of the Shannon entropy of the corridors' shares: as many equal corridors would be as diverse."""
    flows = _flows(model).sum(axis=(3, 4)).reshape(model.world.month, -1)
    shares = flows / np.maximum(1, flows.sum(axis=1, keepdims=True))
    logs = np.log(np.where(shares > 0, shares, 1.0))
    return _padded(model, np.where(flows.sum(axis=1) > 0, np.exp(-(shares * logs).sum(axis=1)), np.nan))


def mode_shares(model) -> np.ndarray:
    """(months, modes) of the newly exploited."""
    flows = _flows(model).sum(axis=(1, 2, 4)).astype(float)
    shares = flows / np.maximum(1.0, flows.sum(axis=1, keepdims=True))
    return np.stack([_padded(model, shares[:, k]) for k in range(len(MODES))], axis=1)


def private_share(model) -> np.ndarray:
    flows = _flows(model).sum(axis=(1, 2, 3)).astype(float)
    return _padded(model, flows[:, PRIVATE] / np.maximum(1.0, flows.sum(axis=1)))


@dataclass(frozen=True)
class Period:
    """A column of the observed table: months from `first` to before `end`, counts where known."""

    name: str
    first: int
    end: int
    observed: int
    simulated: tuple[int, ...]  # one per world, same rows as the observed ones


def periods(models) -> list[Period]:
    """Sums over the rows for which the source has a figure, for what was run of each period."""
    region = models[0].region
    counts = [observe(region, model.outcome.hidden) for model in models]
    found = {}
    for n, row in enumerate(region.referrals):
        if row.assisted is not None:
            found.setdefault(row.period, []).append(n)
    made = []
    for name, rows in sorted(found.items()):
        one = region.referrals[rows[0]]
        made.append(Period(name, one.first - region.start, one.last - region.start + 1,
                           sum(region.referrals[n].assisted for n in rows), tuple(int(c[rows].sum()) for c in counts)))
    return made


# --- charts -------------------------------------------------------------------------------------------
def main_chart(models, names: Sequence[str]) -> str:
    """Counts above, hidden flow below, on one axis of months."""
    region = models[0].region
    columns = periods(models)
    top = max(p.observed for p in columns) * 1.02
    width, left, inner = 900.0, 52.0, 838.0
    top = max([top, *(max(p.simulated) for p in columns)])
    upper = Panel(Frame(left, 44, inner, 130), region, top)
    body = [text(0, 14, "What the world saw: victims counted in a year", 14, more='font-weight="600"')]
    for p in columns:
        body_now = _bars(upper, p, models[0].world.month)
        upper.parts += body_now
    key = [Line(f"{name} (bars)", np.zeros(1), WORLDS[k]) for k, name in enumerate(names)]
    body += legend(left, 33, key) + upper.parts
    x = left + sum(33 + 6.3 * len(line.label) + 14 for line in key) + 20
    body += [_diamond(x, 29), text(x + 11, 33, "published table (IOM and others; Vreja 2005)", 11.5)]
    lines = [Line(name, tally(model, "newly_exploited"), WORLDS[k], DASHES[k])
             for k, (model, name) in enumerate(zip(models, names))]
    peak = max([1000.0, *(np.nanmax(line.values) for line in lines if not np.isnan(line.values).all())])
    lower = Panel(Frame(left, 236, inner, 110), region, peak)
    for line in lines:
        lower.line(line)
    title = "What happened, which nobody saw: people newly exploited each month"
    body += [text(0, 210, title, 14, more='font-weight="600"')]
    body += legend(left, 228, lines) + lower.parts
    label = "Victims counted each year above, people newly exploited each month below"
    return svg(width, 368, body, label)


def _diamond(x: float, y: float) -> str:
    return f'<path d="M{x:.1f} {y - 6:.1f}l6 6l-6 6l-6 -6z" fill="{INK}" stroke="white" stroke-width="1.5"/>'


def _bars(panel: Panel, p: Period, month: int) -> list[str]:
    """A bar a world, pale while the period is not over, and the published figure."""
    parts = []
    width = (panel.h(p.end) - panel.h(p.first)) * 0.7 / len(p.simulated)
    start = panel.h(p.first) + (panel.h(p.end) - panel.h(p.first)) * 0.15
    for k, value in enumerate(p.simulated):
        if p.first < month and value:
            top = panel.v(value)
            opacity = 1.0 if p.end <= month else 0.45
            parts.append(f'<rect x="{start + k * width:.1f}" y="{top:.1f}" width="{width - 1:.1f}" '
                         f'height="{panel.frame.foot - top:.1f}" fill="{WORLDS[k]}" opacity="{opacity}">'
                         f'<title>{p.name}: {value:,} counted</title></rect>')
            if width > 30:
                parts.append(text(start + (k + 0.5) * width, top - 3, f"{value:,}", 10.5, "middle", WORLDS[k]))
    middle = panel.h((p.first + p.end) / 2)
    title = f"<title>{p.name}: {p.observed:,} in the published table</title>"
    parts.append(f"<g>{_diamond(middle, panel.v(p.observed))}{title}</g>")
    return parts


def small_chart(title: str, note: str, lines: Sequence[Line], region, percent: bool = False, least: float = 0.0) -> str:
    """One panel with a title, a line of explanation and a legend."""
    peaks = [np.nanmax(line.values) for line in lines if not np.isnan(line.values).all()]
    panel = Panel(Frame(44, 66, 372, 118), region, max([least, *peaks]), percent)
    for line in lines:
        panel.line(line)
    body = [text(0, 14, title, 14, more='font-weight="600"'), text(0, 31, note, 11, colour=QUIET)]
    return svg(430, 206, body + legend(0, 52, lines, 10) + panel.parts, f"{title}. {note}")


def small_charts(models, names: Sequence[str]) -> list[str]:
    """The other charts, in their order on the page."""
    region = models[0].region
    short = [name if len(name) <= 24 else name[:23] + "…" for name in names]

    def both(series) -> list[Line]:
        return [Line(short[k], series(model), WORLDS[k], DASHES[k]) for k, model in enumerate(models)]

    modes = [Line(mode, mode_shares(models[0])[:, k], MODE_COLOURS[mode]) for k, mode in enumerate(MODES)]
    actors = {name: both(lambda m, name=name: tally(m, name, "actors")) for name in
              ("recruiters_active", "recruiters_in_custody", "bribes_taken", "officials_in_pay")}
    return [
        small_chart("Share who got help", "assisted per person newly exploited, last 12 months", both(share_assisted),
                    region, True, 0.05),
        small_chart("How spread out the routes are", "as many equal routes would be as varied; last 12 months",
                    both(effective_routes), region, least=10),
        small_chart(f"How people enter ({short[0]})", "share of the newly exploited, last 12 months", modes,
                    region, True, 0.6),
        small_chart("Hidden in private flats", "share of the newly exploited, last 12 months", both(private_share),
                    region, True, 0.3),
        small_chart("Recruiters at work", "active cells of networks", actors["recruiters_active"], region, least=500),
        small_chart("Recruiters in custody", "cells arrested and not yet free", actors["recruiters_in_custody"],
                    region, least=20),
        small_chart("Bribes at borders and in raids", "taken in the month", actors["bribes_taken"], region, least=40),
        small_chart("Officials in a network's pay", "they look away and warn of raids", actors["officials_in_pay"],
                    region, least=40),
    ]


FUNNEL = (("newly_exploited", "newly exploited"), ("identified", "found by somebody"),
          ("recognised", "seen as victims"), ("assisted", "given help"),
          ("listed_assisted", "counted in the table"))


def funnel(model, name: str, k: int) -> str:
    """From the truth to the table, over the last twelve months: each step loses people."""
    now = model.world.month
    body = [text(0, 14, name, 13, colour=WORLDS[k], more='font-weight="600"'),
            text(0, 30, "from the truth to the table, last 12 months", 11, colour=QUIET)]
    values = [float(np.nansum(tally(model, field)[max(0, now - WINDOW): now])) for field, _ in FUNNEL]
    for row, ((_, words), value) in enumerate(zip(FUNNEL, values)):
        y = 40 + row * 24
        width = 190.0 * value / max(values[0], 1.0)
        body.append(f'<rect x="156" y="{y}" width="{max(width, 1.0):.1f}" height="17" fill="{WORLDS[k]}" '
                    f'opacity="{1 - row * 0.08:.2f}"/>')
        body.append(text(150, y + 13, words, 11.5, "end"))
        body.append(text(162 + width, y + 13, f"{value:,.0f}" + (
            f" ({100 * value / values[0]:.1f} %)" if row and values[0] else ""), 11.5))
    return svg(430, 165, body, f"{name}: from newly exploited persons to those counted")
