"""The figures of a sweep: response curves, heat maps, ranked effects and scatter."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator
from undercount.experiments.report.axes import band, band_handles, panels, thousands
from undercount.experiments.report.theme import MARKERS, WIDTH, colour, dash, new_figure
from undercount.experiments.runs.outputs import Output

ACROSS = 3
NARROW = 4.2  # inches, of a heat map that stands alone
TOP = 12  # names of a panel of ranked effects
SCATTERED = 3  # names of a row of scatter
DENSE = 500  # points of a scenario that are drawn fainter
TENTHS, LEAST_OF_TENTH = 10, 5


def response_curves(responses: pd.DataFrame, own: pd.DataFrame, name: str, unit: str,
                    outputs: Sequence[Output]) -> Figure:
    """One panel an output: its bands over the replicates against the one name that was swept, by scenario.

    A cross on the axis marks the scenario's own value.
    """
    scenarios = list(responses["scenario"].unique())
    figure, axes = panels(len(outputs), ACROSS, 1.9, 0.6)
    for ax, output in zip(axes, outputs):
        mine = responses[(responses["output"] == output.name) & (responses["point"] > 0)].sort_values(name)
        for i, scenario in enumerate(scenarios):
            there = mine[(mine["scenario"] == scenario)].dropna(subset=[name])
            if len(there):
                band(ax, there[name].to_numpy(float), there, i, MARKERS[i % len(MARKERS)])
                value = own.loc[scenario, name] if scenario in own.index else np.nan
                ax.plot([value], [0.0], transform=ax.get_xaxis_transform(), marker="x", color=colour(i), clip_on=False,
                        linestyle="", markersize=6, markeredgewidth=1.5)
        ax.set_title(textwrap.fill(output.title, 26), loc="left")
        ax.set_ylabel(output.unit)
        ax.set_xlabel(_label(name, unit))
        thousands(ax.yaxis)
    handles = [Line2D([], [], color=colour(i), linestyle=dash(i), marker=MARKERS[i % len(MARKERS)], label=scenario)
               for i, scenario in enumerate(scenarios)]
    handles += band_handles(responses["n"].max() > 1)[1:]
    handles.append(Line2D([], [], color="0.3", marker="x", linestyle="", label="the scenario's own value"))
    figure.legend(handles=handles, loc="outside lower center", ncols=min(4, len(handles)))
    return figure


def heat_map(responses: pd.DataFrame, own: pd.DataFrame, names: tuple[str, str], units: tuple[str, str],
             output: Output) -> Figure:
    """One panel a scenario, one colour scale: the mean of an output over the replicates at each of two values."""
    scenarios = list(responses["scenario"].unique())
    across = min(ACROSS, len(scenarios))
    figure, axes = panels(len(scenarios), across, 2.6, 0.3, WIDTH if across > 1 else NARROW, sharex=True, sharey=True)
    mine = responses[(responses["output"] == output.name) & (responses["point"] > 0)]
    low, high = mine["mean"].min(), mine["mean"].max()
    for n, (ax, scenario) in enumerate(zip(axes, scenarios)):
        table = mine[mine["scenario"] == scenario].pivot(index=names[1], columns=names[0], values="mean")
        x, y = table.columns.to_numpy(float), table.index.to_numpy(float)
        mesh = ax.pcolormesh(_edges(x), _edges(y), np.ma.masked_invalid(table.to_numpy(float)), cmap="viridis",
                             vmin=low, vmax=high, rasterized=True)
        x, y = x[:: -(-len(x) // 6)], y[:: -(-len(y) // 8)]
        ax.set_xticks(x, [f"{value:.4g}" for value in x])
        ax.set_yticks(y, [f"{value:.4g}" for value in y])
        ax.grid(False)
        ax.set_title(scenario, loc="left")
        value = own.loc[scenario] if scenario in own.index else None
        (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
        if value is not None and left <= value[names[0]] <= right and bottom <= value[names[1]] <= top:
            ax.plot([value[names[0]]], [value[names[1]]], marker="x", color="white", markersize=7, markeredgewidth=3)
            ax.plot([value[names[0]]], [value[names[1]]], marker="x", color="black", markersize=6, markeredgewidth=1.5)
        if n + across >= len(scenarios):
            ax.set_xlabel(_label(names[0], units[0]))
        if n % across == 0:
            ax.set_ylabel(_label(names[1], units[1]))
    bar = figure.colorbar(mesh, ax=axes, aspect=30, pad=0.02)
    bar.set_label(textwrap.fill(output.title, 34) + f",\n{output.unit}")
    thousands(bar.ax.yaxis)
    return figure


def ranked(effects: pd.DataFrame, outputs: Sequence[Output], scenario: str) -> Figure:
    """One panel an output: names that go with it most, by Spearman's correlation; hollow where that may be chance."""
    mine = effects[(effects["scenario"] == scenario) & effects["correlation"].notna()]
    longest = min(TOP, int(mine.groupby("output").size().max())) if len(mine) else 1
    figure, axes = panels(len(outputs), 2, 0.17 * longest + 0.75, 0.0, sharex=True)
    for n, (ax, output) in enumerate(zip(axes, outputs)):
        rows = mine[mine["output"] == output.name].head(TOP)
        for k, row in enumerate(rows.itertuples()):
            ax.barh(-k, row.correlation, height=0.7, edgecolor=colour(0), linewidth=0.8,
                    color=colour(0) if row.sure else "white")
        ax.set_yticks(-np.arange(len(rows)), [_short(name) for name in rows["name"]], fontsize=6.5)
        ax.set_ylim(-longest + 0.4, 0.6)
        ax.axvline(0.0, color="0.3", linewidth=0.6)
        ax.grid(False)
        ax.set_xlim(-1, 1)
        ax.set_title(textwrap.fill(output.title, 28), loc="left")
        if n + 2 >= len(outputs):
            ax.set_xlabel("correlation of ranks")
            ax.tick_params(labelbottom=True)
    return figure


def scatter(responses: pd.DataFrame, effects: pd.DataFrame, units: dict[str, str], outputs: Sequence[Output]) -> Figure:
    """One row an output: its mean at every point against the names that go with it most, with medians, by scenario."""
    scenarios = list(responses["scenario"].unique())
    across = min(SCATTERED, max(1, effects["name"].nunique()))
    figure = new_figure(1.75 * len(outputs) + 0.4)
    axes = figure.subplots(len(outputs), across, squeeze=False, sharey="row")
    for row, output in zip(axes, outputs):
        mine = effects[effects["output"] == output.name]
        strength = mine.assign(size=mine["correlation"].abs()).groupby("name", sort=False)["size"].max()
        names = list(strength.sort_values(ascending=False, kind="stable").index[:SCATTERED])
        there = responses[(responses["output"] == output.name) & (responses["point"] > 0)]
        for ax, name in zip(row, names):
            for i, scenario in enumerate(scenarios):
                points = there[there["scenario"] == scenario]
                dense = len(points) > DENSE  # then as a picture inside the drawing, which would be too large
                ax.plot(points[name], points["mean"], linestyle="", marker=MARKERS[i % len(MARKERS)],
                        markersize=1.2 if dense else 2.5, color=colour(i), alpha=0.25 if dense else 0.6,
                        markeredgewidth=0, rasterized=dense)
                ax.plot(*_medians(points[name].to_numpy(float), points["mean"].to_numpy(float)), color=colour(i),
                        linestyle=dash(i), linewidth=1.8, path_effects=[withStroke(linewidth=3.6, foreground="white")])
            ax.xaxis.set_major_locator(MaxNLocator(4))
            label = _label(name, units[name])
            ax.set_xlabel(label if len(label) <= 30 else label.replace(", ", ",\n", 1), fontsize=7)
        for spare in row[len(names):]:
            spare.remove()
        row[0].set_ylabel(textwrap.fill(output.title, 24) + f",\n{output.unit}", fontsize=7)
        thousands(row[0].yaxis)
    handles = [Line2D([], [], color=colour(i), linestyle=dash(i), linewidth=1.8, marker=MARKERS[i % len(MARKERS)],
                      markersize=3.5, label=scenario) for i, scenario in enumerate(scenarios)]
    figure.legend(handles=handles, loc="outside lower center", ncols=min(4, len(handles)))
    return figure


def _medians(x: np.ndarray, y: np.ndarray) -> tuple[list[float], list[float]]:
    """Medians of both in tenths of x, or of y at every x where there are few; none of too few points."""
    there = np.isfinite(x) & np.isfinite(y)
    x, y = x[there], y[there]
    levels = np.unique(x)
    if len(levels) <= TENTHS:
        parts = [x == level for level in levels] if len(x) > len(levels) else []
    elif len(x) < LEAST_OF_TENTH * TENTHS:
        parts = []
    else:
        parts = np.array_split(np.argsort(x, kind="stable"), TENTHS)
    return [float(np.median(x[part])) for part in parts], [float(np.median(y[part])) for part in parts]


def _edges(values: np.ndarray) -> np.ndarray:
    """Edges of cells around sorted values."""
    if len(values) == 1:
        return np.array([values[0] - 0.5, values[0] + 0.5])
    middle = (values[1:] + values[:-1]) / 2
    return np.concatenate([[2 * values[0] - middle[0]], middle, [2 * values[-1] - middle[-1]]])


def _label(name: str, unit: str) -> str:
    return f"{_short(name)}, {unit}" if unit else _short(name)


def _short(name: str) -> str:
    """`corruption.corruption` -> `corruption`; other names as they are, without their group where it is long."""
    group, _, key = name.partition(".")
    short = key if group == key else name
    return short if len(short) <= 34 else "..." + short[-31:]
