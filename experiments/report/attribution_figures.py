"""Figures of an attribution: the tables of `undercount attribute` in, matplotlib figures out."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator
from undercount.experiments.paired.basis import ALL
from undercount.experiments.report.axes import across, thousands
from undercount.experiments.report.theme import COLOURS, OBSERVED, SMALL, new_figure

FELL, ROSE, WHOLE = COLOURS[0], COLOURS[1], "0.55"
COUNTED = "counted"
TITLES = {COUNTED: "persons counted", "newly_exploited": "persons newly\nexploited",
          "in_exploitation": "persons in exploitation\n(mean of the year)"}
NAMES = {"own_cause": "the explanation's own events", "core_changes": "events that all share",
         "visa_free_travel": "visa-free travel"}
SHORT = {"own_cause": "own events", "core_changes": "shared events"}


def waterfall(totals: pd.DataFrame, summary: pd.DataFrame, before: str, after: str,
              observed: float | None = None) -> Figure:
    """From the change with no cause to the change with all, a step a cause; one panel an outcome.

    `totals` and `summary` are totals.csv and summary.csv, `observed` the observed change in counts. Steps
    are in the order of their size in the first panel; lines are the 90 % intervals.
    """
    totals, summary = totals[totals["scope"] == ALL], summary[summary["scope"] == ALL]
    outcomes = [outcome for outcome in TITLES if outcome in set(totals["outcome"])]
    first = summary[summary["outcome"] == outcomes[0]].sort_values("rank", kind="stable")
    order = [row.player for row in first.itertuples()]
    labels = ["change without any of these", *(_name(player) for player in order), "change with all of these"]
    figure = new_figure(0.27 * len(labels) + 1.25)
    axes = figure.subplots(1, len(outcomes), sharey=True, squeeze=False)[0]
    for outcome, ax in zip(outcomes, axes):
        _steps(ax, totals[totals["outcome"] == outcome].iloc[0],
               summary[summary["outcome"] == outcome].set_index("player").loc[order])
        if outcome == COUNTED and observed is not None:
            ax.plot([observed], [len(labels) - 1], "o", color=OBSERVED, zorder=4, clip_on=False)
        ax.set_title(TITLES[outcome])
        ax.set_xlabel(f"change in persons,\n{before} to {after}")
        ax.axvline(0, color="0.3", linewidth=0.6)
        across(ax)
        ax.xaxis.set_major_locator(MaxNLocator(3, min_n_ticks=2))
        thousands(ax.xaxis)
    axes[0].set_yticks(range(len(labels)), ["\n".join(textwrap.wrap(label, 28)) for label in labels])
    axes[0].set_ylim(len(labels) - 0.4, -0.6)
    handles = [Patch(color=WHOLE, label="change"), Patch(color=FELL, label="made it lower"),
               Patch(facecolor=ROSE, hatch="///", edgecolor="white", linewidth=0, label="made it higher"),
               Line2D([], [], color="black", linewidth=1, label="90 % of resamples")]
    if observed is not None:
        handles.append(Line2D([], [], color=OBSERVED, marker="o", linestyle="", label="observed"))
    figure.legend(handles=handles, loc="outside lower center", ncols=5, columnspacing=1.2, handlelength=1.6)
    return figure


def _steps(ax, total, players: pd.DataFrame) -> None:
    """The bars of one panel, top down."""
    n = len(players)
    ends = (("with_none", 0), ("with_all", n + 1))
    for name, y in ends:
        ax.barh(y, total[name], height=0.62, color=WHOLE)
        ax.plot([total[f"{name}_low"], total[f"{name}_high"]], [y, y], color="black", linewidth=1)
    at = total["with_none"]
    for y, row in enumerate(players.itertuples(), start=1):
        ax.plot([at, at], [y - 1.31, y + 0.31], color="0.6", linewidth=0.6, zorder=1)
        rose = row.mean > 0
        ax.barh(y, row.mean, left=at, height=0.62, color=ROSE if rose else FELL, hatch="///" if rose else None,
                edgecolor="white" if rose else FELL, linewidth=0)
        ax.plot([at + row.low, at + row.high], [y, y], color="black", linewidth=1)
        at += row.mean
    ax.plot([at, at], [n - 0.31, n + 1.31], color="0.6", linewidth=0.6, zorder=1)


def by_explanation(summary: pd.DataFrame, order: Sequence[str], before: str, after: str) -> Figure:
    """What each cause made of the counts under each explanation: a matrix of mean values, in persons."""
    own = summary[(summary["outcome"] == COUNTED) & summary["scope"].isin(order)]
    players = list(dict.fromkeys(own["player"]))
    means = own.pivot(index="scope", columns="player", values="mean").loc[list(order), players].to_numpy(float)
    figure = new_figure(0.27 * len(order) + 1.9)
    ax = figure.subplots()
    # The square root keeps small values apart; the numbers say how large they are.
    shade = np.sign(means) * np.sqrt(np.abs(means))
    most = max(np.abs(shade).max(), 1e-9)
    image = ax.imshow(shade, cmap="PuOr_r", vmin=-most, vmax=most, aspect="auto")
    for (i, j), value in np.ndenumerate(means):
        dark = abs(shade[i, j]) > 0.55 * most
        ax.text(j, i, "0" if value == 0 else f"{value:+,.0f}", ha="center", va="center", fontsize=SMALL - 0.5,
                color="white" if dark else "black")
    names = ["\n".join(textwrap.wrap(SHORT.get(player) or _name(player), 11, break_long_words=False))
             for player in players]
    ax.set_xticks(range(len(players)), names)
    ax.xaxis.tick_top()
    ax.set_yticks(range(len(order)), order)
    ax.tick_params(length=0)
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    bar = figure.colorbar(image, ax=ax, orientation="horizontal", fraction=0.05, aspect=40, pad=0.03)
    bar.set_ticks([-most, 0, most], labels=[f"{-most**2:+,.0f}", "0", f"{most**2:+,.0f}"])
    bar.set_label(f"part of the change in {TITLES[COUNTED]}, {before} to {after} (mean over draws)")
    bar.outline.set_visible(False)
    return figure


def _name(player: str) -> str:
    return NAMES.get(player, player.replace("_", " "))

