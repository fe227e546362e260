"""The figures of drawn parameters: bands of assumption and luck together, and which share of them is which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from scipy.stats import norm
from undercount.experiments.report.axes import band, band_handles, thousands
from undercount.experiments.report.summaries import QUANTILES
from undercount.experiments.report.theme import MARKERS, colour, new_figure
from undercount.experiments.runs.outputs import Output

YEARLY = {"counted": "Counted", "exploited": "Newly exploited"}
COVERED = 0.9


def yearly_bands(table: pd.DataFrame, shares: pd.DataFrame, observed: Mapping[str, int]) -> Figure:
    """A row a scenario: persons counted and newly exploited by year, bands over all runs; bars: luck alone.

    table     `outputs`, one row a run; `shares` as `variance.luck_and_assumption` gives them
    observed  persons counted in the observed table, by year
    """
    scenarios = list(table["scenario"].unique())
    figure = new_figure(2.0 * len(scenarios) + 0.6)
    axes = figure.subplots(len(scenarios), len(YEARLY), squeeze=False, sharex=True, sharey="col")
    luck = (shares["luck"] * shares["variance"]).groupby([shares["scenario"], shares["output"]]).first()
    for row, scenario in zip(axes, scenarios):
        mine = table[table["scenario"] == scenario]
        for i, (ax, (kind, title)) in enumerate(zip(row, YEARLY.items())):
            names = [name for name in table.columns if name.startswith(f"{kind}_") and name[-4:].isdigit()]
            years = np.array([int(name[-4:]) for name in names])
            bands = pd.DataFrame({label: mine[names].quantile(q) for label, q in QUANTILES.items()}).assign(n=len(mine))
            band(ax, years, bands, i, MARKERS[i])
            half = norm.ppf(0.5 + COVERED / 2) * np.sqrt([luck.get((scenario, name), np.nan) for name in names])
            low = np.maximum(bands["q50"] - half, 0.0)
            ax.vlines(years, low, bands["q50"] + half, color="black", linewidth=1.2, zorder=4)
            if kind == "counted":
                there = [year for year in years if str(year) in observed]
                ax.plot(there, [observed[str(year)] for year in there], linestyle="", marker="D", color="black",
                        markerfacecolor="white", markersize=4.5, zorder=5)
            ax.set_title(f"{title}, {scenario}", loc="left")
            ax.set_ylabel("persons a year")
            ax.set_ylim(bottom=0)
            ax.set_xticks(years)
            thousands(ax.yaxis)
    handles = [*band_handles(True), Line2D([], [], color="black", linewidth=1.2, label="90 % of luck alone"),
               Line2D([], [], color="black", marker="D", markerfacecolor="white", linestyle="", label="observed")]
    figure.legend(handles=handles, loc="outside lower center", ncols=5, columnspacing=1.2)
    return figure


def variance_shares(shares: pd.DataFrame, outputs: Sequence[Output]) -> Figure:
    """Stacked bars: which share of each output's variance is assumption, with its interval, and which is luck."""
    scenarios = list(shares["scenario"].unique())
    figure = new_figure(len(scenarios) * (0.22 * len(outputs) + 0.45) + 0.5)
    axes = figure.subplots(len(scenarios), 1, squeeze=False, sharex=True).ravel()
    for ax, scenario in zip(axes, scenarios):
        mine = shares[shares["scenario"] == scenario].set_index("output").reindex([each.name for each in outputs])
        at = -np.arange(len(outputs))
        ax.barh(at, mine["assumption"], color=colour(0), height=0.7)
        ax.barh(at, mine["luck"], left=mine["assumption"], color=colour(5), height=0.7)
        ax.hlines(at, mine["low"], mine["high"], color="black", linewidth=1.0)
        ax.set_yticks(at, [each.title for each in outputs])
        ax.grid(False)
        ax.set_xlim(0, 1)
        ax.set_title(scenario, loc="left")
    axes[-1].set_xlabel("share of the variance")
    handles = [Line2D([], [], color=colour(0), linewidth=6, label="assumption"),
               Line2D([], [], color=colour(5), linewidth=6, label="luck"),
               Line2D([], [], color="black", label="90 % interval of their border")]
    figure.legend(handles=handles, loc="outside lower center", ncols=3)
    return figure
