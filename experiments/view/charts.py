"""The page's charts. Each is a pure function of the models' tallies, and says in words what it shows (`aria-label`)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from undercount.experiments.view.naming import count
from undercount.experiments.view.series import (
    Period,
    effective_routes,
    mode_shares,
    periods,
    private_share,
    share_assisted,
    tally,
)
from undercount.experiments.view.svg import (
    DASHES,
    INK,
    MODE_COLOURS,
    QUIET,
    WORLDS,
    Frame,
    Line,
    Panel,
    legend,
    svg,
    text,
)
from undercount.model.engine.layout import MODES

COUNTS, FLOW = (556.0, 170.0), (372.0, 170.0)  # sizes of the two main charts, side by side on a small screen


def counts_chart(models, names: Sequence[str]) -> str:
    """Victims counted in a year in every world, and in the published table."""
    columns, month = periods(models), models[0].world.month
    top = max([p.observed for p in columns] + [max(p.simulated) for p in columns]) * 1.05
    width, height = COUNTS
    panel = Panel(Frame(40, 46, width - 44, height - 68), models[0].region, top)
    for p in columns:
        panel.parts += _bars(panel, p, month)
    body = [text(0, 13, "What the world saw: victims counted in a year", 14, more='font-weight="600"')]
    x = 0.0
    for k, name in enumerate(names):
        words = _short(name, 22)
        body += [f'<rect x="{x:g}" y="23" width="11" height="11" fill="{WORLDS[k]}"/>',
                 text(x + 16, 33, words, 11.5, colour=WORLDS[k])]
        x += 30 + 6.3 * len(words)
    body += [_diamond(x + 6, 29), text(x + 17, 33, "published", 11.5)]
    said = "; ".join(f"{p.name}: published {count(p.observed)}" + "".join(
        f", {name} {count(value)}" for name, value in zip(names, p.simulated) if p.first < month) for p in columns)
    return svg(width, height, body + panel.parts, f"Victims counted in a year. {said}.")


def flow_chart(models, names: Sequence[str]) -> str:
    """Persons newly exploited in a month in every world."""
    lines = [Line(name, tally(model, "newly_exploited"), WORLDS[k], DASHES[k])
             for k, (model, name) in enumerate(zip(models, names))]
    peak = max([1000.0, *(np.nanmax(line.values) for line in lines if not np.isnan(line.values).all())])
    width, height = FLOW
    panel = Panel(Frame(46, 46, width - 50, height - 68), models[0].region, peak)
    for line in lines:
        panel.line(line)
    body = [text(0, 13, "Unseen: people newly exploited a month", 14, more='font-weight="600"')]
    short = [Line(_short(line.label, 20), line.values, line.colour, line.dash) for line in lines]
    said = "; ".join(f"{name}: {_said(line.values, models[0].region)}" for name, line in zip(names, lines))
    return svg(width, height, body + legend(0, 33, short, 10) + panel.parts,
               f"People newly exploited each month, which nobody saw. {said}.")


def _short(name: str, most: int) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"


def _said(values: np.ndarray, region) -> str:
    """A series in words: the mean of each year that was run."""
    years = [f"{year} about {count(float(np.nanmean(values[months])))} a month"
             for year, months in region.years.items() if not np.isnan(values[months]).all()]
    return ", ".join(years) or "nothing yet"


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
            if width > 24:
                at = start + (k + 0.5) * width + (2 * k - len(p.simulated) + 1) * 2
                parts.append(text(at, top - 3, f"{value:,}", 10.5, "middle", WORLDS[k]))
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
    last = "; ".join(f"{line.label} {_last(line.values, percent)}" for line in lines)
    return svg(430, 206, body + legend(0, 52, lines, 10) + panel.parts, f"{title}: {note}. Last: {last}.")


def _last(values: np.ndarray, percent: bool) -> str:
    known = values[~np.isnan(values)]
    if not len(known):
        return "nothing yet"
    return f"{100 * known[-1]:.0f} %" if percent else count(known[-1])


def small_charts(models, names: Sequence[str]) -> list[str]:
    """The other charts, in their order on the page."""
    region = models[0].region
    short = [_short(name, 24) for name in names]

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
