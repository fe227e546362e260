"""Figures of the answer: the chain of the fall as steps, the hidden flow before and after the data, the checks."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from undercount.experiments.answer.checks import COVERED, LEVEL, correlation_goal
from undercount.experiments.answer.estimands import FELL, ROSE
from undercount.experiments.report.theme import COLOURS, OBSERVED, REFERENCE, new_figure

MINUS = "\N{MINUS SIGN}"
DOTTED = (0, (3, 2))


def chain(found: Mapping[str, Any]) -> Figure:
    """From the total of one year to that of the other, a step a group of links, each with its 90 % interval.

    A step multiplies: its height is that of the mean, in the order of the chain.
    """
    first, last = found["counted"]
    names = ["\n".join(textwrap.wrap(words, 8)) for words in (link["words"] for link in found["groups"].values())]
    figure = new_figure(3.4)
    ax = figure.subplots()
    ax.bar(0, first, color=OBSERVED, width=0.62)
    at = first
    for x, link in enumerate(found["groups"].values(), 1):
        after = at * np.exp(link["mean"])
        says = link["check"]["says"]
        colour = COLOURS[0] if after <= at else COLOURS[1]
        ax.bar(x, after - at, bottom=at, width=0.62, color=colour if says else "white", edgecolor=colour,
               hatch=None if says else "////", linewidth=0.8)
        ax.plot([x, x], [at * np.exp(link["low"]), at * np.exp(link["high"])], color="black", linewidth=1, zorder=4)
        ax.plot([x - 1 + 0.31, x - 0.31], [at, at], color="0.4", linewidth=0.6)
        at = after
    x = len(found["groups"]) + 1
    ax.plot([x - 1 + 0.31, x - 0.31], [at, at], color="0.4", linewidth=0.6)
    ax.bar(x, last - at, bottom=at, width=0.62, color="0.75")
    ax.plot([x + 0.31, x + 1 - 0.31], [last, last], color="0.4", linewidth=0.6)
    ax.bar(x + 1, last, color=OBSERVED, width=0.62)
    for where, count in ((0, first), (x + 1, last)):
        ax.text(where, count, f"{count:,.0f}", ha="center", va="bottom")
    ax.set_xticks(range(x + 2), [f"counted\n{found['from']}", *names, "not\nmatched", f"counted\n{found['to']}"])
    ax.set_ylabel("persons counted a year")
    ax.set_ylim(0, None)
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    ax.tick_params(axis="x", length=0)
    figure.legend(handles=[
        Patch(color=COLOURS[0], label="lowers the count"), Patch(color=COLOURS[1], label="raises it"),
        Patch(facecolor="white", edgecolor="0.4", hatch="////", label="the table says nothing of it"),
        Line2D([], [], color="black", linewidth=1, label="90 % interval of the step")],
        loc="outside lower center", ncols=4, columnspacing=1.4)
    return figure


def flow(found: Mapping[str, Any]) -> Figure:
    """Change of the hidden flow before and after the data, and with an error in every cell; a panel a window."""
    figure = new_figure(2.8)
    axes = figure.subplots(1, len(found), squeeze=False, sharey=True)[0]
    lines = {"prior": (REFERENCE, DOTTED, "before the data (balanced)"),
             "posterior": (COLOURS[0], "-", "after the data"),
             "robust": (COLOURS[1], "-", "with an error in every cell")}
    for ax, (key, own) in zip(axes, found.items()):
        edges = np.array(own["histogram"]["edges"])
        for which, (colour, dash, _) in lines.items():
            share = np.array(own["histogram"][which]) / np.diff(edges)
            ax.stairs(share, edges, color=colour, linestyle=dash, linewidth=1.3, fill=False)
            if which == "posterior":
                ax.stairs(share, edges, color=colour, alpha=0.18, fill=True)
        ax.axvspan(FELL, ROSE, color="0.9", zorder=0)
        low, middle, high = own["posterior"]["quantiles"]
        ax.plot([low, high], [0, 0], color=COLOURS[0], linewidth=5, solid_capstyle="butt", clip_on=False)
        ax.plot(middle, 0, "|", color="black", markersize=9, markeredgewidth=1.6, clip_on=False)
        ax.set_title(f"{key.replace(':', ' to ')}")
        first, last = _shown(own["histogram"], edges, lines)
        ticks = _apart(np.log([1.0, 0.4, 2.5, 0.2, 0.1, 0.7, 1.5, 4.0]), first, last)
        ax.set_xticks(ticks, [f"{100 * np.expm1(t):+.0f} %".replace("-", MINUS).replace("+0 ", "0 ") for t in ticks])
        ax.set_xlim(first, last)
        ax.set_xlabel("change of persons newly exploited")
    axes[0].set_ylim(bottom=0)  # once all panels have drawn: they share it
    axes[0].set_ylabel("density (of the logarithm)")
    figure.legend(handles=[*(Line2D([], [], color=colour, linestyle=dash, label=label)
                             for colour, dash, label in lines.values()),
                           Patch(color="0.9", label="stayed: under a tenth"),
                           Line2D([], [], color=COLOURS[0], linewidth=5, label="90 % after the data")],
                  loc="outside lower center", ncols=3, columnspacing=1.4)
    return figure


SHOWN, LABEL = 0.99, 0.14  # of each histogram, in the picture; of its width, what a tick's label takes


def _shown(histogram: Mapping[str, Any], edges: np.ndarray, lines: Iterable[str]) -> tuple[float, float]:
    """The ends between which lies SHOWN of every histogram."""
    ends = []
    for name in lines:
        below = np.concatenate([[0.0], np.cumsum(histogram[name])]) / max(np.sum(histogram[name]), 1e-12)
        inner = np.flatnonzero((below > (1 - SHOWN) / 2) & (below < (1 + SHOWN) / 2))
        ends.append((edges[inner[0] - 1], edges[inner[-1] + 1]))
    return min(low for low, _ in ends), max(high for _, high in ends)


def _apart(ticks: Iterable[float], first: float, last: float) -> list[float]:
    """Those with room for their labels, the first of them first; none at the edges, where the next panel's may be."""
    found: list[float] = []
    for tick in ticks:
        room = LABEL * (last - first)
        if first + room / 3 <= tick <= last - room / 3 and all(abs(tick - other) >= room for other in found):
            found.append(tick)
    return sorted(found)


def checks(found: Mapping[str, Any]) -> Figure:
    """On worlds of known truth: how many of the intervals hold it, how well estimate and truth correlate, and where
    that misses its goal."""
    rows = [(f"hidden flow, {key.replace(':', '–')}", own["check"]) for key, own in found["flow"].items()]
    rows += [(f"with the statistics, {key.replace(':', '–')}", own["informed"]["check"])
             for key, own in found["flow"].items() if own["informed"]]
    rows += [(f"{link['words']}, {key.replace(':', '–')}", link["check"])
             for key, own in found["chain"].items() for link in own["groups"].values()]
    rows += [(f"level, {year}", own["check"]) for year, own in found["level"].items()]
    figure = new_figure(0.19 * len(rows) + 1.0)
    inside, related = figure.subplots(1, 2, sharey=True)
    for y, (_, check) in enumerate(rows):
        share = check["inside"] / check["worlds"]
        inside.plot(share, y, "o", color=COLOURS[0] if check["covers"] else COLOURS[1])
        related.barh(y, check["correlation"], height=0.6, color=COLOURS[0] if check["says"] else "0.75")
    for y, key in enumerate(found["flow"]):
        goal = correlation_goal(key)
        missed = rows[y][1]["correlation"] < goal
        related.plot([goal, goal], [y - 0.45, y + 0.45], color=COLOURS[1] if missed else "black", linewidth=2)
    inside.axvspan(LEVEL - COVERED, LEVEL + COVERED, color="0.9", zorder=0)
    inside.set_xlabel("share of 90 % intervals\nthat hold the truth")
    inside.set_xlim(min(0.7, *(check["inside"] / check["worlds"] for _, check in rows)) - 0.01, 1.0)
    related.set_xlabel("correlation of\nestimate and truth")
    related.set_xlim(min(0.0, *(check["correlation"] for _, check in rows)), 1)
    for ax in (inside, related):
        ax.grid(axis="y", visible=False)
        ax.grid(axis="x", visible=True)
        ax.tick_params(axis="y", length=0)
    inside.set_yticks(range(len(rows)), [name for name, _ in rows])
    inside.set_ylim(len(rows) - 0.5, -0.5)
    figure.legend(handles=[
        Patch(color="0.9", label="as many as should"),
        Line2D([], [], color=COLOURS[1], marker="o", linestyle="", label="too few or too many"),
        Patch(color=COLOURS[0], label="the table tells of it"), Patch(color="0.75", label="it says too little"),
        Line2D([], [], color=COLOURS[1], linewidth=2, label="goal that is missed"),
        Line2D([], [], color="black", linewidth=2, label="goal that is met")],
        loc="outside lower center", ncols=3, columnspacing=1.4)
    return figure
