"""Figures of a comparison of levers: the tables of `undercount policy` in, matplotlib figures out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from undercount.experiments.paired.basis import ALL
from undercount.experiments.report.axes import across, thousands
from undercount.experiments.report.theme import COLOURS, new_figure

LOOKS = {"frozen": (COLOURS[4], "s", -0.17), "adapting": (COLOURS[1], "o", 0.17)}
PRONGS = ("prevention", "supply side", "demand side", "assistance")
PANELS = (("person_months_percent", "person-months of\nexploitation avoided"),
          ("persons_kept_percent", "persons kept from\nexploitation"),
          ("counts_percent", "change of\ncounted persons"))


def pairs(summary: pd.DataFrame, levers: Mapping[str, tuple[str, str]], effort: float) -> Figure:
    """Every lever at one effort, networks frozen against adapting: median and 90 % of the draws, in per cent.

    `summary` is summary.csv; `levers` maps each name to (title, prong). Levers stand by prong, in each the
    one that avoids most when networks adapt first. A mark at the right says what the counts would hide.
    """
    own = summary[(summary["scope"] == ALL) & (summary["effort"] == effort) & summary["lever"].isin(list(levers))]
    best = own[own["networks"] == "adapting"].set_index("lever")["person_months_percent"]
    rows: list[str] = []  # a prong begins with #
    for prong in PRONGS:
        mine = sorted((name for name in levers if levers[name][1] == prong and name in best.index),
                      key=lambda name: -best[name])
        rows += ["#" + prong, *mine] if mine else []
    figure = new_figure(0.235 * len(rows) + 1.2)
    axes = figure.subplots(1, len(PANELS), sharey=True)
    for (column, title), ax in zip(PANELS, axes):
        for y, name in enumerate(rows):
            for networks, (colour, marker, shift) in LOOKS.items():
                row = own[(own["lever"] == name) & (own["networks"] == networks)]
                if len(row):
                    _whisker(ax, row.iloc[0], column, y + shift, colour, marker)
        ax.axvline(0, color="0.3", linewidth=0.6)
        ax.set_title(title)
        ax.set_xlabel("% of the same draw\nwithout the lever")
        across(ax)
        _limit(ax, own, column, rows)
        ax.xaxis.set_major_locator(MaxNLocator(4, min_n_ticks=3))
        thousands(ax.xaxis)
    axes[0].set_yticks(range(len(rows)), [row[1:] if row.startswith("#") else levers[row][0] for row in rows])
    for row, text in zip(rows, axes[0].get_yticklabels()):
        if row.startswith("#"):
            text.set_fontweight("bold")
    axes[0].set_ylim(len(rows) - 0.4, -0.6)
    _flags(axes[-1], own, rows)
    handles = [Line2D([], [], color=colour, marker=marker, linewidth=1.2, label=f"networks {networks}")
               for networks, (colour, marker, _) in LOOKS.items()]
    handles += [Line2D([], [], color="black", marker=marker, linestyle="", markerfacecolor=face, label=label)
                for marker, face, label in (("v", "black", "counts fall, harm does not"),
                                            ("^", "white", "counts rise, harm falls"),
                                            ("X", "black", "harm rises"))]
    figure.legend(handles=handles, loc="outside lower center", ncols=3, columnspacing=1.2, handlelength=1.8)
    return figure


def _whisker(ax, row, column: str, y: float, colour: str, marker: str) -> None:
    ax.plot([row[f"{column}_05"], row[f"{column}_95"]], [y, y], color=colour, linewidth=1.2, solid_capstyle="butt")
    ax.plot(row[column], y, marker, color=colour, markersize=3.8)


def _limit(ax, own: pd.DataFrame, column: str, rows: list[str]) -> None:
    """Room for all medians and most intervals: a single wide one may not squeeze the others, and ends in an arrow."""
    low, high = own[f"{column}_05"].to_numpy(), own[f"{column}_95"].to_numpy()
    most = max(2.5 * max(np.quantile(np.maximum(-low, high), 0.8), 1.0), own[column].abs().max())
    left, right = (max(0.0, min(np.max(ends), most)) for ends in (-low, high))
    pad = 0.06 * (left + right) + 0.2
    ax.set_xlim(-left - pad, right + pad)
    for row in own.itertuples():
        colour, _, shift = LOOKS[row.networks]
        y = rows.index(row.lever) + shift
        if getattr(row, f"{column}_95") > right + pad:
            ax.plot(right + pad, y, ">", color=colour, markersize=3.5, clip_on=False)
        if getattr(row, f"{column}_05") < -left - pad:
            ax.plot(-left - pad, y, "<", color=colour, markersize=3.5, clip_on=False)


def _flags(ax, own: pd.DataFrame, rows: list) -> None:
    """What the counts would hide, beside the panel of counts, at the height of the networks that it holds for."""
    marks = {"counts fall, harm does not": ("v", "black"), "counts rise, harm falls": ("^", "white"),
             "harm rises": ("X", "black")}
    flags = own[own["flag"].isin(marks)]
    for row in flags.itertuples():
        marker, face = marks[row.flag]
        ax.plot(1.05, rows.index(row.lever) + LOOKS[row.networks][2], marker, color="black", markerfacecolor=face,
                markersize=3.6, markeredgewidth=0.7, transform=ax.get_yaxis_transform(), clip_on=False)

