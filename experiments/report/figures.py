"""The figures: summary tables in, matplotlib figures out. Nothing is read or saved here."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator
from undercount.experiments.report.axes import DOTTED, band, band_handles, panels, thousands
from undercount.experiments.report.summaries import MONTHS_A_YEAR
from undercount.experiments.report.theme import DASHES, MARKERS, OBSERVED, REFERENCE, colour, new_figure

ACROSS = 4  # panels side by side in a grid
PART = "0.93"  # shade of a period without a figure


@dataclass(frozen=True)
class Quantity:
    """One column of a `rows` figure: bands by scenario and year, perhaps observed figures beside."""

    title: str
    unit: str
    bands: pd.DataFrame
    observed: pd.DataFrame | None = None
    per: str = ""  # such as "a year"; empty for what stands at a time


# --- small pieces ----------------------------------------------------------------------------------


def _bar(ax, x: float, row, i: int) -> None:
    """The same as upright bars, for a period that cannot be joined to the others."""
    if row.n > 1:
        ax.plot([x, x], [row.q05, row.q95], color=colour(i), alpha=0.35, linewidth=2, solid_capstyle="butt")
        ax.plot([x, x], [row.q25, row.q75], color=colour(i), alpha=0.8, linewidth=4.5, solid_capstyle="butt")
    ax.plot([x], [row.q50], color=colour(i), marker="_", markersize=8, markeredgewidth=1.5)


def _period_axis(ax, names: Sequence[str], ticks: int = 4) -> None:
    ax.set_xticks(range(len(names)), [_short(name) for name in names])
    ax.set_xlim(-0.5, len(names) - 0.4)
    ax.yaxis.set_major_locator(MaxNLocator(ticks, min_n_ticks=2))
    thousands(ax.yaxis)


def _finish(figure: Figure, axes, handles: list, columns: int) -> Figure:
    """What needs all panels drawn: scales from zero (shared ones would freeze), x labels, the legend."""
    for ax in axes:
        ax.set_ylim(bottom=0)
    across = axes[0].get_subplotspec().get_gridspec().ncols
    for ax in axes[-across:]:  # below these there is no other panel
        ax.set_xlabel("year")
    figure.legend(handles=handles, loc="outside lower center", ncols=columns, columnspacing=1.2, handlelength=2)
    return figure


def _short(name: str) -> str:
    """2003 -> '03; 2004-Q1 -> '04 Q1 on two lines."""
    year, _, part = str(name).partition("-")
    return f"’{year[2:]}" + (f"\n{part}" if part else "")


def _grid(count: int, height: float, sharey: bool) -> tuple[Figure, list, int]:
    """A figure with `count` panels, at most ACROSS side by side; the panels and the number across."""
    across = min(ACROSS, count)
    return *panels(count, across, height, 0.65, sharey=sharey), across


def _unit(quantity: Quantity) -> tuple[float, str]:
    """Divisor and axis label on two lines: thousands where numbers would be long."""
    if quantity.bands["q95"].max() >= 10_000:
        return 1000.0, f"thousand\n{quantity.per or quantity.unit}"
    return 1.0, f"{quantity.unit}\n{quantity.per}".strip()


# --- referrals -------------------------------------------------------------------------------------


def referrals_total(bands: pd.DataFrame, periods: pd.DataFrame, order: Sequence[str],
                    reference: str | None = None) -> Figure:
    """One panel a scenario: the total of the observed table, observed and simulated.

    Years for which every country has a figure are joined; other periods stand alone with hollow
    observed points, because their totals are over fewer countries or fewer months.
    """
    figure, axes, across = _grid(len(order), 1.55, sharey=True)
    names = list(periods["year"])
    whole = [n for n in names if periods.set_index("year").loc[n, "complete"]]
    for i, (scenario, ax) in enumerate(zip(order, axes)):
        own = bands[bands["scenario"] == scenario].set_index("year")
        joined = [n for n in whole if n in own.index]
        band(ax, [names.index(n) for n in joined], own.loc[joined], i)
        for name in (n for n in names if n in own.index and n not in whole):
            _bar(ax, names.index(name) + 0.18, own.loc[name], i)
        if reference in order and scenario != reference:
            other = bands[bands["scenario"] == reference].set_index("year")
            ax.plot([names.index(n) for n in joined], other.reindex(joined)["q50"], color=REFERENCE,
                    linestyle=DOTTED, linewidth=1)
        for row in periods.itertuples():
            ax.plot(names.index(row.year), row.observed, "o", color=OBSERVED, clip_on=False,
                    markerfacecolor=OBSERVED if row.complete else "white")
        ax.set_title(scenario)
        _period_axis(ax, names)
        if i % across == 0:
            ax.set_ylabel("persons counted")
    handles = band_handles(bands["n"].max() > 1) + [
        Line2D([], [], color=OBSERVED, marker="o", linestyle="", label="observed, whole year, all countries"),
        Line2D([], [], color=OBSERVED, marker="o", markerfacecolor="white", linestyle="",
               label="observed, some countries or months only")]
    if reference in order and len(order) > 1:
        handles.append(Line2D([], [], color=REFERENCE, linestyle=DOTTED, label=f"median of {reference}"))
    return _finish(figure, axes, handles, 3)


def referrals_by_country(bands: pd.DataFrame, observed: pd.DataFrame, scenario: str, i: int,
                         country_names: dict[str, str]) -> Figure:
    """One panel a country of the observed table, for one scenario; periods without figure shaded."""
    countries = list(observed["country"].unique())
    names = sorted(observed["year"].unique())
    figure, axes, across = _grid(len(countries), 1.55, sharey=False)
    before = ""
    for k, (country, ax) in enumerate(zip(countries, axes)):
        own = bands[(bands["scenario"] == scenario) & (bands["country"] == country)].set_index("year")
        rows = observed[observed["country"] == country].set_index("year")
        whole = [n for n in names if n in own.index and rows.loc[n, "months"] == MONTHS_A_YEAR]
        band(ax, [names.index(n) for n in whole], own.loc[whole], i)
        for name in (n for n in names if n in own.index and n not in whole):
            _bar(ax, names.index(name) + 0.18, own.loc[name], i)
        for name in names:
            if name not in rows.index or np.isnan(rows.loc[name, "observed"]):
                ax.axvspan(names.index(name) - 0.45, names.index(name) + 0.45, facecolor=PART, edgecolor="0.75",
                           hatch="////", linewidth=0, zorder=0)
            else:
                ax.plot(names.index(name), rows.loc[name, "observed"], "o", color=OBSERVED, clip_on=False)
        counted = rows["counts"].iloc[0]
        ax.set_title("\n".join(textwrap.wrap(country_names.get(country, country), 20)) + f"\n({rows['role'].iloc[0]})")
        _period_axis(ax, names)
        if k % across == 0 or counted != before:  # a label holds for the panels to its right
            ax.set_ylabel(f"{counted} persons")
        before = counted
    handles = [*band_handles(bands["n"].max() > 1),
               Line2D([], [], color=OBSERVED, marker="o", linestyle="", label="observed"),
               Patch(facecolor=PART, edgecolor="0.75", hatch="////", label="no figure in the source")]
    return _finish(figure, axes, handles, 5)


# --- yearly quantities -------------------------------------------------------------------------------


def rows(quantities: Sequence[Quantity], order: Sequence[str], reference: str | None = None) -> Figure:
    """One row a scenario, one column a quantity; the scale of a column is the same in every row."""
    height = 0.86 if len(order) > 4 else 1.5
    figure = new_figure(height * len(order) + 0.9)
    axes = figure.subplots(len(order), len(quantities), sharex=True, sharey="col", squeeze=False)
    years = sorted(set().union(*(q.bands["year"] for q in quantities)))
    for k, quantity in enumerate(quantities):
        scale, unit = _unit(quantity)
        for i, scenario in enumerate(order):
            ax = axes[i, k]
            own = quantity.bands[quantity.bands["scenario"] == scenario]
            if len(own):
                band(ax, [years.index(y) for y in own["year"]], own, i, scale=scale)
            if reference in order and scenario != reference:
                other = quantity.bands[quantity.bands["scenario"] == reference]
                ax.plot([years.index(y) for y in other["year"]], other["q50"] / scale, color=REFERENCE,
                        linestyle=DOTTED, linewidth=1)
            if quantity.observed is not None:
                kept = quantity.observed[quantity.observed["year"].isin(years)]
                ax.plot([years.index(y) for y in kept["year"]], kept["observed"] / scale, "o", color=OBSERVED,
                        markersize=3, clip_on=False)
            _period_axis(ax, years, ticks=3)
            ax.set_ylabel(unit)
            if k == 0:
                ax.text(0, 1.06, scenario, transform=ax.transAxes, fontweight="bold", va="bottom")
        # Above the name of the first scenario, which stands over its row.
        axes[0, k].set_title("\n".join(textwrap.wrap(quantity.title, 16)), pad=17)
    many = max(q.bands["n"].max() for q in quantities) > 1
    handles = band_handles(many)
    if any(q.observed is not None for q in quantities):
        handles.append(Line2D([], [], color=OBSERVED, marker="o", markersize=3, linestyle="", label="observed"))
    if reference in order and len(order) > 1:
        handles.append(Line2D([], [], color=REFERENCE, linestyle=DOTTED, label=f"median of {reference}"))
    return _finish(figure, axes.ravel(), handles, 5)


def shares(bands: pd.DataFrame, column: str, order: Sequence[str]) -> Figure:
    """One panel a scenario: the share of each kind of `column` by year, median and 90 % band."""
    figure, axes, across = _grid(len(order), 1.5, sharey=True)
    kinds, years = sorted(bands[column].unique()), sorted(bands["year"].unique())
    for i, (scenario, ax) in enumerate(zip(order, axes)):
        for k, kind in enumerate(kinds):
            own = bands[(bands["scenario"] == scenario) & (bands[column] == kind)]
            x = [years.index(y) for y in own["year"]]
            if len(own) and own["n"].max() > 1:
                ax.fill_between(x, own["q05"], own["q95"], color=colour(k), alpha=0.2, linewidth=0)
            ax.plot(x, own["q50"], color=colour(k), linestyle=DASHES[k % len(DASHES)], marker=MARKERS[k % len(MARKERS)])
        ax.set_title(scenario)
        _period_axis(ax, years)
        if i % across == 0:
            ax.set_ylabel("share of newly\nexploited (%)")
    handles = [Line2D([], [], color=colour(k), linestyle=DASHES[k % len(DASHES)], marker=MARKERS[k % len(MARKERS)],
                      label=kind) for k, kind in enumerate(kinds)]
    if bands["n"].max() > 1:
        handles.append(Patch(color="0.5", alpha=0.3, linewidth=0, label="90 % of replicates"))
    _finish(figure, axes, handles, 5)
    for ax in axes:
        ax.set_ylim(0, 100)
    return figure
