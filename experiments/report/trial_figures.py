"""Figures of the trial on simulated lists: its tables in, matplotlib figures out."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from undercount.experiments.estimate.methods import CHAO
from undercount.experiments.estimate.trial_tables import CONDITIONS, WAYS
from undercount.experiments.estimate.trial_words import ENOUGH, TITLES
from undercount.experiments.estimate.worlds import ADAPT, DO_NOT, EVER_HELD, NOT_KNOWN, TARGETS
from undercount.experiments.report.axes import DASHED, across
from undercount.experiments.report.theme import COLOURS, MARKERS, REFERENCE, colour, dash, new_figure

SAID = {"fell": COLOURS[0], "stayed": "0.8", "rose": COLOURS[1], "none": "white"}


def bias(performance: pd.DataFrame) -> Figure:
    """Estimate over truth, middle and nine in ten, by method; a panel a target."""
    figure = new_figure(2.4)
    for ax, target in zip(figure.subplots(1, len(TARGETS), sharey=True, sharex=True), TARGETS):
        rows = performance[performance["target"] == target].set_index("method")
        for y, name in enumerate(TITLES):
            if name in rows.index and rows.loc[name, "ratio_q50"] > 0:
                row = rows.loc[name]
                ax.plot([row["ratio_q05"], row["ratio_q95"]], [y, y], color=COLOURS[0])
                ax.plot([row["ratio_q50"]], [y], MARKERS[2 if name == CHAO else 0], color=COLOURS[0])
        ax.axvline(1, color=REFERENCE, linestyle=DASHED, linewidth=1)
        ax.set_xscale("log")
        ax.set_title(target)
        ax.set_xlabel("estimate over truth")
        across(ax, ticks=True)
        ax.set_yticks(range(len(TITLES)), list(TITLES.values()))
        ax.set_ylim(len(TITLES) - 0.5, -0.5)
    return figure


def dependence(table: pd.DataFrame) -> Figure:
    """Coverage by the true odds ratio between two lists, a line a method; a panel a target."""
    figure = new_figure(2.8)
    order = list(dict.fromkeys(table["odds"].astype(str)))
    axes = figure.subplots(1, len(TARGETS), sharey=True)
    for ax, target in zip(axes, TARGETS):
        for i, name in enumerate(TITLES):
            rows = table[(table["target"] == target) & (table["method"] == name) & (table["cells"] >= ENOUGH)]
            rows = rows.dropna(subset="coverage")
            ax.plot([order.index(str(odds)) for odds in rows["odds"]], rows["coverage"], dash(i),
                    marker=MARKERS[i % len(MARKERS)], color=colour(i), label=TITLES[name])
        ax.axhline(0.95, color=REFERENCE, linestyle=DASHED, linewidth=1)
        ax.set_xticks(range(len(order)), order, rotation=40, ha="right")
        ax.set_ylim(-0.03, 1.03)
        ax.set_title(target)
        ax.set_xlabel("true odds ratio, police and assistance")
    axes[0].set_ylabel("intervals that hold the truth")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


CONDITION_LABELS = {"follows": "share of assistance that\npolice referred", "hotline": "persons on the\nhotline's list",
                    "venue": "times likelier listed in\npublic than private venues",
                    "elsewhere": "share of those listed not\nheld here in the year"}


def conditions(table: pd.DataFrame) -> Figure:
    """Estimate over those ever held, and coverage, by what may make it worse; a column a condition, a line a method."""
    figure = new_figure(4.4)
    axes = figure.subplots(2, len(CONDITIONS), sharey="row", sharex="col")
    for (over, under), name in zip(axes.T, CONDITIONS):
        mine = table[(table["condition"] == name) & (table["target"] == EVER_HELD)]
        order = list(dict.fromkeys(mine["value"]))
        for i, method in enumerate(TITLES):
            rows = mine[(mine["method"] == method) & (mine["cells"] >= ENOUGH)]
            for ax, column in ((over, "ratio_q50"), (under, "coverage")):
                there = rows.dropna(subset=column)
                ax.plot([order.index(value) for value in there["value"]], there[column], dash(i),
                        marker=MARKERS[i % len(MARKERS)], color=colour(i), label=TITLES[method])
        over.axhline(1, color=REFERENCE, linestyle=DASHED, linewidth=1)
        under.axhline(0.95, color=REFERENCE, linestyle=DASHED, linewidth=1)
        over.set_yscale("log")
        over.yaxis.set_major_locator(LogLocator(subs=(1, 3)))
        over.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        over.yaxis.set_minor_formatter(NullFormatter())
        under.set_ylim(-0.03, 1.03)
        under.set_xticks(range(len(order)), order, rotation=30, ha="right")
        under.set_xlabel(CONDITION_LABELS[name])
    axes[0, 0].set_ylabel("estimate over truth")
    axes[1, 0].set_ylabel("intervals that hold it")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


def falls_by_adaptation(table: pd.DataFrame) -> Figure:
    """Where the counts fell: share in which each method says fell, by what happened; a panel by adaptation."""
    panels = [adapts for adapts in (ADAPT, DO_NOT, NOT_KNOWN) if adapts in set(table["adapts"])]
    figure = new_figure(3.2)
    axes = np.atleast_1d(figure.subplots(1, len(panels), sharey=True))
    for ax, adapts in zip(axes, panels):
        rows = table[table["adapts"] == adapts].set_index(["truth", "method"])
        cases = rows["cases"].groupby("truth").max()
        there = [truth for truth in WAYS if truth in cases.index]
        for i, method in enumerate(TITLES):
            mine = rows.loc[[(truth, method) for truth in there if (truth, method) in rows.index]]
            x = [there.index(truth) + 0.11 * (i - 2.5) for truth, _ in mine.index]
            share, far = mine["says_fell"].to_numpy(), 2 * mine["error"].fillna(0).to_numpy()
            ax.errorbar(x, share, [share - np.maximum(share - far, 0), np.minimum(share + far, 1) - share],
                        fmt=MARKERS[i], color=colour(i), elinewidth=0.8, label=TITLES[method])
        ax.set_xticks(range(len(there)), [f"{truth} ({int(cases[truth]):,})" for truth in there])
        ax.set_xlim(-0.5, len(there) - 0.5)
        ax.set_ylim(-0.03, 1.03)
        ax.set_title(f"networks {adapts}" if adapts != NOT_KNOWN else "not known whether networks adapt")
        ax.set_xlabel("what the flow did (cases)")
    axes[0].set_ylabel("estimates that say “fell”")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


def falls(table: pd.DataFrame) -> Figure:
    """Where the counts fell: what each method says, by what truly happened; a panel a truth."""
    there = [truth for truth in WAYS if truth in set(table["truth"])]
    figure = new_figure(2.6)
    axes = np.atleast_1d(figure.subplots(1, len(there), sharey=True))
    for ax, truth in zip(axes, there):
        rows = table[table["truth"] == truth].set_index("method")
        left = np.zeros(len(TITLES))
        for word, shade in SAID.items():
            widths = np.array([rows[f"says_{word}"].get(name, 0.0) for name in TITLES])
            ax.barh(range(len(TITLES)), widths, left=left, color=shade, edgecolor="0.4", linewidth=0.4,
                    hatch="///" if word == "rose" else None, label=f"says {word}" if word != "none" else "no estimate")
            left += widths
        ax.set_title(f"the flow {truth} ({int(rows['cases'].max()):,})")
        ax.set_xlim(0, 1)
        ax.set_xlabel("share of cases")
        ax.grid(visible=False)
        ax.set_yticks(range(len(TITLES)), list(TITLES.values()))
        ax.set_ylim(len(TITLES) - 0.5, -0.5)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return figure


def falls_by_scenario(table: pd.DataFrame) -> Figure:
    """Where the counts fell and the flow did not: share in which each method says fell, by scenario."""
    rows = table[table["truth"].isin(("stayed", "rose"))]
    sums = rows.assign(fell=rows["cases"] * rows["says_fell"]).groupby(["scenario", "method"], sort=False)[
        ["cases", "fell"]].sum().reset_index()
    names = list(dict.fromkeys(table["scenario"]))
    cases = sums.groupby("scenario")["cases"].max()
    figure = new_figure(0.3 * len(names) + 1.1)
    ax = figure.subplots()
    for i, method in enumerate(TITLES):
        mine = sums[(sums["method"] == method) & (sums["cases"] > 0)]
        ax.plot(mine["fell"] / mine["cases"], [names.index(name) + 0.08 * (i - 2.5) for name in mine["scenario"]],
                MARKERS[i], color=colour(i), linestyle="", label=TITLES[method], clip_on=False)
    ax.set_yticks(range(len(names)), [f"{name} ({int(cases.get(name, 0)):,})" for name in names])
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.set_xlim(0, 1)
    ax.set_xlabel("share in which the estimate fell though the flow did not")
    across(ax, ticks=True)
    figure.legend(loc="outside lower center", ncols=3)
    return figure
