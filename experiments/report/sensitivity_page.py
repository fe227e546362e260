"""The report of an inquiry into sensitivity: one figure of indices, one of the screening, and their tables."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from undercount.experiments.report.axes import panels
from undercount.experiments.report.page import PAGE
from undercount.experiments.report.sections import Grid, Picture, Section
from undercount.experiments.report.sentences import cell
from undercount.experiments.report.theme import colour, styled
from undercount.experiments.report.told_page import ToldPage
from undercount.experiments.store.kept import again
from undercount.model.files.problems import BadInput, Problem

QUESTION = "Which unknowns do the outcomes hang on?"
TOP = 10  # names of a panel


def write_sensitivity_report(folder: Path, manifest: dict[str, Any], out: Path) -> Path:
    """Write OUT/report.html and OUT/figures; the path of the page. Raises BadInput if the inquiry is not finished."""
    try:
        found = json.loads((folder / "sensitivity.json").read_bytes())
        table, morris = pd.read_csv(folder / "indices.csv"), pd.read_csv(folder / "morris.csv")
    except (OSError, ValueError) as error:
        raise BadInput(Problem(folder, "sensitivity.json", str(error)[:60],
                               f"finished indices; to go on: {again(manifest, folder)}")) from None
    origin = f"Scenario {found['scenario']}, {found['worlds']:,} worlds, undercount {manifest['undercount']}."
    with styled():
        made = [
            Section("indices", "Sobol indices", [
                "First index: the share of the variance of an output that goes with a name alone. Total index: the "
                "share that would be left if all but this name were known. (luck) is the seed of the world."],
                pictures=[Picture("indices", bars(table), "Point: index; line: 90 % interval of the bootstrap. Data: "
                                  "indices.csv. " + origin)], grids=[_grid(table)]),
            Section("screening", "Screening", [
                f"{found['unknowns']} unknowns, {len(found['kept'])} of them kept: those whose mean absolute effect "
                "(Morris) is above what another luck alone would be given, for any output."],
                pictures=[Picture("screening", screened(morris), "Mean absolute effect of a whole range in standard "
                                  "deviations of the output; dashed: the floor of luck; hollow: not kept. Data: "
                                  "morris.csv. " + origin)])]
        page = ToldPage(QUESTION, found["words"][1], [("", line) for line in found["words"]], [], made, origin,
                        manifest["command"])
        return page.write(out / PAGE)[0]


def bars(table: pd.DataFrame) -> Figure:
    """One panel an output: first and total index of the strongest names, with their intervals."""
    outputs = list(table["output"].unique())
    shown = min(TOP, int(table.groupby("output").size().max()))
    figure, axes = panels(len(outputs), 2, 0.2 * shown + 0.7, 0.3, sharex=True)
    for n, (ax, output) in enumerate(zip(axes, outputs)):
        mine = table[table["output"] == output].sort_values("total", ascending=False, kind="stable").head(TOP)
        for kind, i, shift in (("total", 0, 0.13), ("first", 1, -0.13)):
            at = -np.arange(len(mine)) + shift
            ax.hlines(at, mine[f"{kind}_low"], mine[f"{kind}_high"], color=colour(i), linewidth=1.2)
            ax.plot(mine[kind], at, linestyle="", marker="o", markersize=3.5, color=colour(i))
        _names(ax, mine["name"], shown)
        ax.axvline(0.0, color="0.3", linewidth=0.6)
        ax.set_title(textwrap.fill(output, 34), loc="left")
        if n + 2 >= len(outputs):
            ax.set_xlabel("share of the variance")
            ax.tick_params(labelbottom=True)
    handles = [Line2D([], [], color=colour(i), marker="o", markersize=3.5, label=label)
               for i, label in enumerate(("total index", "first index"))]
    figure.legend(handles=handles, loc="outside lower center", ncols=2)
    return figure


def screened(morris: pd.DataFrame) -> Figure:
    """One panel an output: the largest elementary effects beside the floor of luck."""
    outputs = list(morris["output"].unique())
    shown = min(TOP, int(morris.groupby("output").size().max()))
    figure, axes = panels(len(outputs), 2, 0.2 * shown + 0.7, 0.1)
    for n, (ax, output) in enumerate(zip(axes, outputs)):
        mine = morris[morris["output"] == output].sort_values("mu_star", ascending=False, kind="stable").head(TOP)
        ax.barh(-np.arange(len(mine)), mine["mu_star"], height=0.65, edgecolor=colour(0), linewidth=0.8,
                color=[colour(0) if kept else "white" for kept in mine["kept"]])
        ax.axvline(mine["floor"].iloc[0], color="0.3", linestyle="--", linewidth=0.8)
        _names(ax, mine["name"], shown)
        ax.set_title(textwrap.fill(output, 34), loc="left")
        if n + 2 >= len(outputs):
            ax.set_xlabel("effect, standard deviations")
    return figure


def _names(ax, names: pd.Series, shown: int) -> None:
    ax.set_yticks(-np.arange(len(names)), [name if len(name) <= 32 else "..." + name[-29:] for name in names],
                  fontsize=6.5)
    ax.set_ylim(-shown + 0.4, 0.6)
    ax.grid(False)


def _grid(table: pd.DataFrame) -> Grid:
    rows = [[cell(row.output), cell(row.name), cell(f"{row.first:.2f}", f"{row.first_low:.2f} to {row.first_high:.2f}"),
             cell(f"{row.total:.2f}", f"{row.total_low:.2f} to {row.total_high:.2f}"), cell(f"{row.forest:.2f}")]
            for row in table.itertuples(index=False)]
    return Grid("Forest: a second opinion, the share that a random forest explains out of bag. Data: indices.csv.",
                ["output", "name", "first index", "total index", "forest"], rows)
