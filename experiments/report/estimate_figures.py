"""Figures of an estimate from lists: its document in, matplotlib figures out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter
from undercount.experiments.estimate.methods import CHAO
from undercount.experiments.report.axes import DASHED, across, thousands
from undercount.experiments.report.theme import COLOURS, MARKERS, REFERENCE, colour, dash, new_figure

MOST_HISTORIES = 40  # shown in the figure of overlaps
MOST_TICKS = 5
NARROW_TICKS, LONG = 3, 100_000  # numbers from LONG on take the room of two
BEYOND = 1.6  # how far an interval without an end is drawn beyond the largest number


def by_method(found: Mapping[str, Any]) -> Figure:
    """The population by each method with its interval, on a logarithmic scale; the persons known as a line."""
    rows = [method for method in found["methods"] if method["estimate"] is not None]
    figure = new_figure(0.34 * len(rows) + 0.9)
    ax = figure.subplots()
    edge = BEYOND * max([each[key] or 0 for each in rows for key in ("estimate", "high")] + [found["cases"]])
    for y, method in enumerate(rows):
        bound = method["method"] == CHAO
        high = method["high"] if method["high"] is not None else edge
        ax.plot([method["low"], high], [y, y], color=COLOURS[0], linewidth=1.6, zorder=2)
        if method["high"] is None:
            ax.plot([edge], [y], ">", color=COLOURS[0], clip_on=False)
        ax.plot([method["estimate"]], [y], MARKERS[2 if bound else 0], color=COLOURS[1 if bound else 0], zorder=3)
    ax.axvline(found["cases"], color=REFERENCE, linestyle=DASHED, linewidth=1)
    ax.set_yticks(range(len(rows)), [method["title"] for method in rows])
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_xlabel("persons in all, those on no list included")
    _logarithmic(ax)
    return figure


def upset(found: Mapping[str, Any]) -> Figure:
    """Persons by the exact set of lists that they are on, most first; which lists, below; persons of each list."""
    names = sorted(found["persons_by_list"], key=lambda name: (found["persons_by_list"][name], name))
    histories = sorted(found["histories"], key=lambda each: (-each["persons"], each["lists"]))[:MOST_HISTORIES]
    figure = new_figure(2.2 + 0.2 * len(names))
    grid = figure.add_gridspec(2, 2, height_ratios=[2, 0.2 * len(names) + 0.2], width_ratios=[1, 4])
    bars, matrix = figure.add_subplot(grid[0, 1]), figure.add_subplot(grid[1, 1])
    sizes = figure.add_subplot(grid[1, 0])
    x = np.arange(len(histories))
    bars.bar(x, [each["persons"] for each in histories], width=0.7,
             color=[COLOURS[0] if len(each["lists"]) > 1 else "0.7" for each in histories])
    bars.set_yscale("log")
    bars.set_ylim(0.7, None)
    thousands(bars.yaxis)
    bars.set_ylabel("persons")
    bars.set_xticks([])
    bars.set_xlim(-0.6, len(histories) - 0.4)
    for row in range(len(names)):
        matrix.axhspan(row - 0.5, row + 0.5, color="0.96" if row % 2 else "white", zorder=0)
    for column, each in enumerate(histories):
        held = [names.index(name) for name in each["lists"]]
        matrix.plot([column] * len(names), range(len(names)), "o", color="0.88", markersize=3.5, zorder=1)
        matrix.plot([column] * len(held), held, "o-", color="black", markersize=3.5, linewidth=1, zorder=2)
    matrix.set_yticks(range(len(names)), names)
    matrix.set_ylim(-0.5, len(names) - 0.5)
    matrix.set_xlim(*bars.get_xlim())
    matrix.set_xticks([])
    matrix.tick_params(axis="y", length=0)
    matrix.grid(visible=False)
    for side in ("left", "bottom"):
        matrix.spines[side].set_visible(False)
    sizes.barh(range(len(names)), [found["persons_by_list"][name] for name in names], color="0.45", height=0.6)
    sizes.set_ylim(*matrix.get_ylim())
    sizes.set_yticks([])
    sizes.invert_xaxis()
    sizes.xaxis.set_major_locator(MaxNLocator(2))
    thousands(sizes.xaxis)
    sizes.set_xlabel("persons on the list")
    sizes.grid(visible=False)
    return figure


def stability(found: Mapping[str, Any]) -> Figure:
    """The stepwise estimate without each list and with each pair merged; each list's size by the others, beside it."""
    whole = next(method["estimate"] for method in found["methods"] if method["method"] == "stepwise")
    panels = [("leave_one_out", "one list left out", "persons in all"),
              ("merge_two", "two lists merged", "persons in all"),
              ("consistency", "a list from the others", "estimated size over true size")]
    most = max(len(found[key]) for key, _, _ in panels)
    figure = new_figure(0.16 * most + 1.1)
    for ax, (key, title, label) in zip(figure.subplots(1, 3), panels):
        rows = [each for each in found[key]]
        for y, each in enumerate(rows):
            if each["population"] is None:
                ax.text(0.5, y, "no estimate", transform=ax.get_yaxis_transform(), ha="center", va="center",
                        color="0.4")
                continue
            scale = each["truth"] if key == "consistency" else 1
            high = each["high"] if each["high"] is not None else each["population"] * BEYOND
            ax.plot([each["low"] / scale, high / scale], [y, y], color=COLOURS[0])
            ax.plot([each["population"] / scale], [y], "o", color=COLOURS[0])
        if key == "consistency" or whole is not None:
            ax.axvline(1 if key == "consistency" else whole, color=REFERENCE, linestyle=DASHED, linewidth=1)
        ax.set_yticks(range(len(rows)), [each["what"] for each in rows])
        ax.set_ylim(len(rows) - 0.5, -0.5)
        ax.set_title(title)
        ax.set_xlabel(label)
        _logarithmic(ax, narrow=True)
    return figure


def sensitivity(found: Mapping[str, Any]) -> Figure:
    """The population by the factor of the interaction of all lists, a line a method."""
    figure = new_figure(2.6)
    ax = figure.subplots()
    titles = {method["method"]: method["title"] for method in found["methods"]}
    for i, each in enumerate(found["sensitivity"]):
        ax.plot(each["factors"], each["estimates"], dash(i), marker=MARKERS[i % len(MARKERS)], color=colour(i),
                label=titles[each["method"]])
    factors = found["sensitivity"][0]["factors"]
    ax.set_xscale("log", base=2)
    ax.set_yscale("log")
    ax.set_xticks(factors, [f"{factor:g}" for factor in factors])
    thousands(ax.yaxis)
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    ax.yaxis.set_minor_formatter(NullFormatter())
    ax.set_xlabel("interaction of all lists together (1 is what every method assumes)")
    ax.set_ylabel("persons in all")
    figure.legend(loc="outside right center")
    return figure


def _logarithmic(ax, narrow: bool = False) -> None:
    """A logarithmic scale across, with at most MOST_TICKS numbers; fewer of long ones on a narrow axis."""
    ax.set_xscale("log")
    low, high = ax.get_xlim()
    most = NARROW_TICKS if narrow and high >= LONG else MOST_TICKS
    for leads in ((1, 1.5, 2, 3, 5, 7), (1, 2, 5), (1, 3), (1,)):
        ticks = [lead * 10.0 ** power for power in range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
                 for lead in leads if low <= lead * 10.0 ** power <= high]
        if len(ticks) <= most:
            break
    ax.set_xticks(ticks, [f"{tick:,.0f}" if tick >= 10 else f"{tick:g}" for tick in ticks])
    ax.xaxis.set_minor_formatter(NullFormatter())
    across(ax)
