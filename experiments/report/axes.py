"""What the axes of the figures share: numbers, lines to compare with, panels side by side, bands over replicates."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from undercount.experiments.report.theme import WIDTH, colour, dash, new_figure

DASHED = (0, (3, 2))  # what values are compared with: before the data, the truth, a level
DOTTED = (0, (1, 1.2))


def thousands(axis: Axis) -> None:
    """Numbers as in the words: a comma at thousands, a true minus sign."""
    axis.set_major_formatter(lambda value, _: f"{value:,.10g}".replace("-", "\N{MINUS SIGN}"))


def across(ax: Axes, ticks: bool = False) -> None:
    """Values run across, names stand at the left: lines of the grid for values only, ticks at names if asked for."""
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)
    if not ticks:
        ax.tick_params(axis="y", length=0)


def panels(count: int, side_by_side: int, height: float, more: float, width: float = WIDTH,
           **shared: Any) -> tuple[Figure, list[Axes]]:
    """A figure with `count` panels, row by row.

    height  of a row, in inches; `more` is what the figure needs beside its rows
    shared  which axes the panels share, as `Figure.subplots` has it
    """
    down = -(-count // side_by_side)
    figure = new_figure(height * down + more, width)
    axes = figure.subplots(down, side_by_side, squeeze=False, **shared).ravel()
    for spare in axes[count:]:
        spare.remove()
    return figure, list(axes[:count])


def band(ax: Axes, x: Any, own: pd.DataFrame, i: int, marker: str = "", scale: float = 1.0) -> None:
    """Median with the 50 and 90 % bands; no band where there is a single replicate."""
    q = {name: own[name].to_numpy(float) / scale for name in ("q05", "q25", "q50", "q75", "q95")}
    if own["n"].max() > 1:
        ax.fill_between(x, q["q05"], q["q95"], color=colour(i), alpha=0.18, linewidth=0)
        ax.fill_between(x, q["q25"], q["q75"], color=colour(i), alpha=0.35, linewidth=0)
    ax.plot(x, q["q50"], color=colour(i), linestyle=dash(i), marker=marker or ("." if len(x) == 1 else ""))


def band_handles(many: bool) -> list:
    """What a band is, for a legend: the line, and the bands where there are several replicates."""
    bands = [Patch(color="0.5", alpha=0.6, linewidth=0, label="50 % of replicates"),
             Patch(color="0.5", alpha=0.25, linewidth=0, label="90 % of replicates")]
    return [Line2D([], [], color="0.3", label="simulated, median" if many else "simulated, one run"),
            *(bands if many else [])]
