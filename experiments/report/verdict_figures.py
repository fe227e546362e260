"""Figures of a verdict: its document and tables in, matplotlib figures out."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator, NullFormatter
from undercount.experiments.report.axes import DASHED, across, panels, thousands
from undercount.experiments.report.theme import COLOURS, OBSERVED, REFERENCE, new_figure
from undercount.experiments.verdict.answer import EVERYTHING, TABLE
from undercount.experiments.verdict.answer_words import MINUS, titles
from undercount.experiments.verdict.criteria import STAYED_WORDS

ACROSS = 4  # panels side by side
QUESTIONS = {TABLE: "the table alone", EVERYTHING: "with the statistics beyond it"}
FLOWS = {"hidden_flow": "the table alone", "hidden_flow_with_statistics": "with the statistics beyond it"}
METHODS = {"forest": (COLOURS[0], "o", "random forest", 0.2), "rejection": (COLOURS[1], "s", "rejection", 0.0),
           "abc-smc": (COLOURS[2], "^", "ABC-SMC (the two leading ones)", -0.2)}
WAYS = {"fell": (COLOURS[0], None), "stayed": ("0.8", None), "rose": (COLOURS[1], "///")}
ALL = "ALL"  # stands for all countries in the table of predictive bands


def asked(found: Mapping[str, Any]) -> list[str]:
    """The questions that were asked: TABLE, and EVERYTHING if there are statistics."""
    return [question for question in QUESTIONS if found[question] is not None]


def by_probability(found: Mapping[str, Any]) -> list[str]:
    """Explanations, the one most probable from the table by the forest first."""
    forest = found[TABLE]["probabilities"]["forest"]
    return sorted(forest, key=lambda name: -forest[name])


def letters(found: Mapping[str, Any], question: str) -> dict[str, str]:
    """Joined names of each family, as in its confusion matrix -> a letter, the most probable family first."""
    return {" / ".join(family["members"]): chr(ord("A") + i) for i, family in enumerate(found[question]["families"])}


# --- which explanation -------------------------------------------------------------------------------


def probabilities(found: Mapping[str, Any]) -> Figure:
    """Probability of each explanation by every method; a panel a question."""
    order, names, questions = by_probability(found), titles(found), asked(found)
    figure = new_figure(0.3 * len(order) + 1.1)
    axes = figure.subplots(1, len(questions), sharey=True, squeeze=False)[0]
    for question, ax in zip(questions, axes):
        shown = dict(found[question]["probabilities"])
        if question == TABLE and found["third_opinion"]:
            shown["abc-smc"] = third_scaled(found)
        for method, values in shown.items():
            colour, marker, _, shift = METHODS[method]
            mine = [(values[name], y - shift) for y, name in enumerate(order) if name in values]
            ax.plot(*zip(*mine), marker, color=colour, linestyle="", clip_on=False, zorder=3)
        for y in range(len(order)):
            ax.axhline(y + 0.5, color="0.9", linewidth=0.5)
        ax.axvline(1 / len(order), color=REFERENCE, linestyle=DASHED, linewidth=1)
        ax.set_title(QUESTIONS[question])
        ax.set_xlabel("probability")
        ax.set_xlim(0, 1)
        across(ax)
    axes[0].set_yticks(range(len(order)), [names[name] for name in order])
    axes[0].set_ylim(len(order) - 0.5, -0.5)
    handles = [Line2D([], [], color=colour, marker=marker, linestyle="", label=label) for method, (
        colour, marker, label, _) in METHODS.items() if method != "abc-smc" or found["third_opinion"]]
    handles.append(Line2D([], [], color=REFERENCE, linestyle=DASHED, linewidth=1, label="before the data"))
    figure.legend(handles=handles, loc="outside lower center", ncols=4, columnspacing=1.4)
    return figure


def third_scaled(found: Mapping[str, Any]) -> dict[str, float]:
    """ABC-SMC divides one probability between two explanations: what the forest gives both together."""
    third, forest = found["third_opinion"], found[TABLE]["probabilities"]["forest"]
    both = sum(forest[name] for name in third["explanations"])
    return {name: both * third["probabilities"][name] for name in third["explanations"]}


def confusion(found: Mapping[str, Any]) -> Figure:
    """Which explanation made a test world, and which was chosen, in per cent of its worlds; a panel a question."""
    order, names = by_probability(found), titles(found)
    matrices = {question: (found[question]["confusion"], order, names) for question in asked(found)}
    return _heat_maps(matrices, 0.26 * len(order) + 1.9, len(order) > 3)


def confusion_of_families(found: Mapping[str, Any]) -> Figure:
    """The same of families, by their letters."""
    matrices = {}
    for question in asked(found):
        names = letters(found, question)
        matrices[question] = (found[question]["confusion_of_families"], list(names), names)
    most = max(len(order) for _, order, _ in matrices.values())
    return _heat_maps(matrices, 0.34 * most + 1.3, False)


def _heat_maps(matrices: Mapping[str, tuple[Mapping[str, Any], list[str], Mapping[str, str]]], height: float,
               turned: bool) -> Figure:
    figure = new_figure(height)
    axes = figure.subplots(1, 2, squeeze=False)[0]
    for spare in axes[len(matrices):]:
        spare.set_visible(False)  # a single matrix keeps the size that it has beside another
    for k, ((question, (matrix, order, names)), ax) in enumerate(zip(matrices.items(), axes)):
        places = [matrix["names"].index(name) for name in order]
        shares = np.array(matrix["shares"])[np.ix_(places, places)]
        _shaded(ax, shares)
        labels = [names[name] for name in order]
        ax.set_xticks(range(len(order)), labels, rotation=55 if turned else 0, ha="right" if turned else "center",
                      rotation_mode="anchor" if turned else None)
        ax.set_yticks(range(len(order)), labels if k == 0 or not turned else [])
        ax.tick_params(length=0)
        ax.set_title(QUESTIONS[question])
        ax.set_xlabel("chosen")
        if k == 0 or not turned:
            ax.set_ylabel("true (% of its worlds)")
        ax.grid(visible=False)
        ax.spines[:].set_visible(False)
    return figure


def _shaded(ax, shares: np.ndarray, bold: bool = False) -> None:
    """A matrix of shares as shades with numbers in per cent, row 0 on top; `bold`: the largest of each row.

    Drawn as shapes: a picture would stand in the page as a link to its own data.
    """
    rows, columns = shares.shape
    ax.pcolormesh(np.arange(columns + 1) - 0.5, np.arange(rows + 1) - 0.5, shares, cmap="Blues", vmin=0, vmax=1)
    for (i, j), share in np.ndenumerate(shares):
        ax.text(j, i, f"{100 * share:.0f}", ha="center", va="center", color="white" if share > 0.55 else "black",
                fontweight="bold" if bold and share == shares[i].max() else "normal")
    ax.set_ylim(rows - 0.5, -0.5)


def calibration(found: Mapping[str, Any]) -> Figure:
    """Stated probability of the explanation chosen, and how often it was right; a panel a question."""
    questions = asked(found)
    figure = new_figure(2.7)
    axes = figure.subplots(1, 2, sharey=True, squeeze=False)[0]
    for spare in axes[len(questions):]:
        spare.set_visible(False)
    for question, ax in zip(questions, axes):
        bins = found[question]["calibration"]
        stated = [entry["stated"] for entry in bins]
        ax.plot([0, 1], [0, 1], color=REFERENCE, linestyle=DASHED, linewidth=1)
        for x, entry in zip(stated, bins):
            ax.plot([x, x], [entry["happened"]["low"], entry["happened"]["high"]], color=COLOURS[0], linewidth=1.2)
        ax.plot(stated, [entry["happened"]["value"] for entry in bins], "o", color=COLOURS[0], clip_on=False)
        ax.set_title(QUESTIONS[question])
        ax.set_xlabel("stated probability of the explanation chosen")
        ax.set_xlim(0, 1)
        ax.set_ylim(0, 1)
    axes[0].set_ylabel("share of worlds in which\nit was the true one")
    return figure


def stability(found: Mapping[str, Any]) -> Figure:
    """Probabilities by the forest in every variant of the question, in per cent."""
    order, names = by_probability(found), titles(found)
    rows = [("as stated", found[TABLE]["probabilities"]["forest"])]
    rows += [(variant["name"], variant["probabilities"]) for variant in found["stability"]["variants"]]
    shares = np.array([[values[name] for name in order] for _, values in rows])
    figure = new_figure(0.23 * len(rows) + 1.5)
    ax = figure.subplots()
    _shaded(ax, shares, bold=True)
    ax.axhline(0.5, color="black", linewidth=0.8)
    ax.set_xticks(range(len(order)),
                  ["\n".join(textwrap.wrap(names[name], 10, break_long_words=False)) for name in order])
    ax.xaxis.tick_top()
    ax.set_yticks(range(len(rows)), [name for name, _ in rows])
    ax.set_xlabel("probability (%)")
    ax.tick_params(length=0)
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    return figure


def further(found: Mapping[str, Any]) -> Figure:
    """How much each further observation would add to the share of explanations recognised."""
    candidates = found["further_observation"]["candidates"]
    figure = new_figure(0.21 * len(candidates) + 0.9)
    ax = figure.subplots()
    for y, candidate in enumerate(candidates):
        gain = candidate["gain"]
        clear = gain["low"] > 0
        ax.barh(y, gain["value"], height=0.62, color=COLOURS[0] if clear else "0.75")
        ax.plot([gain["low"], gain["high"]], [y, y], color="black", linewidth=1)
    ax.axvline(0, color="0.3", linewidth=0.6)
    ax.set_yticks(range(len(candidates)), ["\n".join(textwrap.wrap(c["words"], 70)) for c in candidates])
    ax.set_ylim(len(candidates) - 0.4, -0.6)
    ax.set_xlabel(f"added to the share recognised ({found['further_observation']['diagonal']:.2f} without)")
    across(ax)
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:.2f}".replace("-", MINUS))
    figure.legend(handles=[Patch(color=COLOURS[0], label="interval above 0"), Patch(color="0.75", label="not clear"),
                           Line2D([], [], color="black", linewidth=1, label="90 % interval")],
                  loc="outside lower center", ncols=3)
    return figure


# --- does it fit, does it predict --------------------------------------------------------------------


def fit_by_country(predictive: pd.DataFrame, explanation: str, names: Mapping[str, str]) -> Figure:
    """Observed counts over prior and posterior bands of one explanation: the total, and a panel a country."""
    own = predictive[predictive["explanation"] == explanation]
    countries = [ALL, *(code for code in own["country"].unique() if code != ALL)]
    periods = sorted(own["period"].unique())
    columns = min(ACROSS, len(countries))
    figure, axes = panels(len(countries), columns, 1.55, 0.6)
    for k, (country, ax) in enumerate(zip(countries, axes)):
        mine = own[own["country"] == country]
        for which, colour, shift, width in (("prior", "0.75", 0.14, 5), ("posterior", COLOURS[0], -0.14, 5)):
            for row in mine[mine["which"] == which].itertuples():
                x = periods.index(row.period) + shift
                ax.plot([x, x], [row.q05, row.q95], color=colour, linewidth=width, solid_capstyle="butt")
                ax.plot(x, row.q50, "_", color="black", markersize=5, markeredgewidth=0.8)
        seen = mine[mine["which"] == "posterior"]
        ax.plot([periods.index(p) - 0.14 for p in seen["period"]], seen["observed"], "o", color=OBSERVED,
                markersize=3.5, markeredgecolor="white", markeredgewidth=0.5, zorder=4)
        ax.set_title("all countries" if country == ALL else "\n".join(textwrap.wrap(names.get(country, country), 20)))
        ax.set_xticks(range(len(periods)), periods)
        ax.set_xlim(-0.5, len(periods) - 0.5)
        # The prior may be far wider than what was seen: it may leave the panel.
        top = max(mine.loc[mine["which"] == "posterior", "q95"].max(), mine["observed"].max())
        ax.set_ylim(0, 1.6 * max(top, 1.0))
        ax.yaxis.set_major_locator(MaxNLocator(4, min_n_ticks=2, integer=True))
        thousands(ax.yaxis)
        if k % columns == 0:
            ax.set_ylabel("persons counted")
    figure.legend(handles=[
        Line2D([], [], color=OBSERVED, marker="o", linestyle="", markersize=3.5, label="observed"),
        Patch(color=COLOURS[0], label="after the data, 90 %"), Patch(color="0.75", label="before the data, 90 %"),
        Line2D([], [], color="black", marker="_", linestyle="", label="median")],
        loc="outside lower center", ncols=4, columnspacing=1.4)
    return figure


def prediction(found: Mapping[str, Any], names: Mapping[str, str]) -> Figure:
    """Forecast of the year that was held out, by country, without and with its total given; logarithmic."""
    held = found["prediction"]
    countries = held["countries"]
    figure = new_figure(0.3 * len(countries) + 1.1)
    axes = figure.subplots(1, 2, sharex=True, sharey=True)
    kinds = {"forecast": "from the years before", "forecast_with_total": "and the year's total"}
    for ax, (key, title) in zip(axes, kinds.items()):
        for y, values in enumerate(countries.values()):
            low, middle, high = (max(value, 1.0) for value in values[key])
            ax.plot([low, high], [y, y], color=COLOURS[0], linewidth=5, alpha=0.45, solid_capstyle="butt")
            ax.plot(middle, y, "|", color=COLOURS[0], markersize=9, markeredgewidth=1.6)
            ax.plot(max(values["year_before"], 1.0), y, "D", color="black", markerfacecolor="white", markersize=4,
                    zorder=3)
            ax.plot(max(values["observed"], 1.0), y, "o", color=OBSERVED, zorder=4)
        ax.set_xscale("log")
        thousands(ax.xaxis)
        ax.xaxis.set_minor_formatter(NullFormatter())
        ax.set_title(title)
        ax.set_xlabel(f"persons counted in {held['period']}")
        across(ax)
    axes[0].set_yticks(range(len(countries)), [names.get(code, code) for code in countries])
    axes[0].set_ylim(len(countries) - 0.5, -0.5)
    figure.legend(handles=[
        Line2D([], [], color=OBSERVED, marker="o", linestyle="", label="observed"),
        Line2D([], [], color="black", marker="D", markerfacecolor="white", markersize=4, linestyle="",
               label="year before"),
        Line2D([], [], color=COLOURS[0], marker="|", markersize=9, markeredgewidth=1.6, linestyle="",
               label="forecast, median"),
        Patch(color=COLOURS[0], alpha=0.45, linewidth=0, label="forecast, 90 %")],
        loc="outside lower center", ncols=4, columnspacing=1.4)
    return figure


# --- the hidden flow ---------------------------------------------------------------------------------


def hidden(found: Mapping[str, Any]) -> Figure:
    """Fans of the hidden flow beside the observed counts; a row a question."""
    rows = [flow for flow in FLOWS if found[flow] is not None]
    figure = new_figure(1.75 * len(rows) + 0.75)
    figure.get_layout_engine().set(hspace=0.16)  # for the names of the rows, which may not widen the first column
    axes = figure.subplots(len(rows), 4, squeeze=False, sharex=True, sharey="col")
    columns = (("newly_exploited", "persons newly\nexploited", "thousand a year", 1000.0),
               ("in_exploitation", "persons in\nexploitation", "thousand", 1000.0),
               ("assisted_ratio", "assisted for each\nnewly exploited", "persons", 1.0))
    for flow, line in zip(rows, axes):
        years = list(found[flow]["averaged"]["newly_exploited"])
        x = range(len(years))
        totals = found["observed"]["totals"]
        line[0].plot(x, [totals[year] for year in years], "o-", color=OBSERVED, linewidth=0.8, clip_on=False)
        line[0].set_ylabel("persons a year")
        line[0].text(0, 1.04, FLOWS[flow], transform=line[0].transAxes, fontweight="bold", va="bottom",
                     in_layout=False)
        for (quantity, _, unit, scale), ax in zip(columns, line[1:]):
            fan = np.array([found[flow]["averaged"][quantity][year] for year in years]) / scale
            before = np.array([found[flow]["prior"][quantity][year] for year in years]) / scale
            ax.fill_between(x, fan[:, 0], fan[:, -1], color=COLOURS[0], alpha=0.18, linewidth=0)
            ax.fill_between(x, fan[:, 1], fan[:, -2], color=COLOURS[0], alpha=0.35, linewidth=0)
            ax.plot(x, fan[:, len(fan[0]) // 2], color=COLOURS[0], marker="o", markersize=3)
            for end in (0, -1):
                ax.plot(x, before[:, end], color=REFERENCE, linestyle=DASHED, linewidth=1)
            ax.set_ylabel(unit)
        for ax in line:
            ax.set_xticks(x, [f"’{year[-2:]}" for year in years])
            ax.set_xlim(-0.3, len(years) - 0.7)
            ax.yaxis.set_major_locator(MaxNLocator(4, min_n_ticks=2))
            thousands(ax.yaxis)
    for ax, title in zip(axes[0], ("persons counted\n(observed)", *(title for _, title, _, _ in columns))):
        ax.set_title(title, pad=16)
    for ax in axes[-1]:
        ax.set_xlabel("year")
    for ax in axes.ravel():
        ax.set_ylim(bottom=0)
    figure.legend(handles=[
        Line2D([], [], color=OBSERVED, marker="o", linewidth=0.8, label="observed"),
        Line2D([], [], color=COLOURS[0], marker="o", markersize=3, label="median"),
        Patch(color=COLOURS[0], alpha=0.5, linewidth=0, label="50 %"),
        Patch(color=COLOURS[0], alpha=0.18, linewidth=0, label="90 %"),
        Line2D([], [], color=REFERENCE, linestyle=DASHED, linewidth=1, label="ends of 90 % before the data")],
        loc="outside lower center", ncols=5, columnspacing=1.2)
    return figure


def change(found: Mapping[str, Any]) -> Figure:
    """Did newly exploited persons fall, stay or rise from the peak to the last year: averaged and by explanation."""
    flow, names, order = found["hidden_flow"], titles(found), by_probability(found)
    rows = [("all, table alone", flow["change"]["newly_exploited"])]
    if found["hidden_flow_with_statistics"]:
        rows.append(("all, with statistics", found["hidden_flow_with_statistics"]["change"]["newly_exploited"]))
    whole = len(rows)
    rows += [(names[name], flow["change_by_explanation"][name]) for name in order]
    figure = new_figure(0.23 * len(rows) + 1.0)
    ax = figure.subplots()
    for y, (_, ways) in enumerate(rows):
        at = 0.0
        for way, (colour, hatch) in WAYS.items():
            ax.barh(y, ways[way], left=at, height=0.7, color=colour, hatch=hatch, edgecolor="white", linewidth=0)
            if ways[way] >= 0.06:
                ax.text(at + ways[way] / 2, y, f"{100 * ways[way]:.0f}", ha="center", va="center",
                        color="white" if way == "fell" else "black",
                        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8} if hatch else None)
            at += ways[way]
    ax.axhline(whole - 0.5, color="black", linewidth=0.8)
    ax.set_yticks(range(len(rows)), [name for name, _ in rows])
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_xlim(0, 1)
    ax.set_xticks(np.linspace(0, 1, 6), [f"{x:.0f}" for x in np.linspace(0, 100, 6)])
    ax.set_xlabel(f"probability (%) of the change in newly exploited persons, {flow['peak']} to {flow['last']}")
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=False)
    labels = (f"fell by {STAYED_WORDS} or more", "stayed", f"rose by {STAYED_WORDS} or more")
    figure.legend(handles=[Patch(facecolor=colour, hatch=hatch, edgecolor="white", linewidth=0, label=label)
                           for (colour, hatch), label in zip(WAYS.values(), labels)],
                  loc="outside lower center", ncols=3)
    return figure
