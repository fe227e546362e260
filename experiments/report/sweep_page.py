"""The report of a sweep: figures as PNG and SVG, tables as CSV, and one page."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from undercount.experiments.report import sweep_figures as figures
from undercount.experiments.report.drawn_figures import variance_shares, yearly_bands
from undercount.experiments.report.page import FIGURES, PAGE
from undercount.experiments.report.sections import Grid, Picture, Section
from undercount.experiments.report.sentences import NONE, cell
from undercount.experiments.report.sweep import SURE, Swept
from undercount.experiments.report.theme import styled
from undercount.experiments.report.told_page import ToldPage
from undercount.experiments.runs.results import Results
from undercount.experiments.store.tables import write_csv
from undercount.experiments.sweeps.sweep import DRAWN

QUESTION = "What moves what?"
ROWS = 8  # names of each output in the table of the page
BESIDE = 3  # names whose values stand in responses.csv; of more only points.csv has them, as they would be most of it


def write_sweep_report(results: Results, out: Path) -> Path:
    """Write OUT/report.html, OUT/figures/*.png, *.svg and *.csv; the path of the page.

    The same results give the same bytes. Raises BadInput if a table is missing.
    """
    swept = Swept(results)
    (out / FIGURES).mkdir(parents=True, exist_ok=True)
    write_csv(out / FIGURES / "points.csv", swept.points)
    write_csv(out / FIGURES / "responses.csv", swept.at(swept.names if len(swept.names) <= BESIDE else ()))
    write_csv(out / FIGURES / "effects.csv", swept.effects)
    paragraphs = [("What was done", f"{swept.origin} Design: {swept.kind} over {len(swept.names)} "
                   f"{'name' if len(swept.names) == 1 else 'names'}.")]
    if swept.kind in DRAWN:
        write_csv(out / FIGURES / "variance.csv", swept.shares)
        paragraphs.append(("Luck and assumption", _told(swept.shares)))
    else:
        paragraphs.append(("Common random numbers", "Replicate r has the same seed at every point and in every "
                           "scenario. Point 0, the scenario's own values, is part of no effect."))
    with styled():
        page = ToldPage(QUESTION, _headline(swept), paragraphs, [], _sections(swept), swept.origin,
                        swept.manifest["command"])
        return page.write(out / PAGE)[0]


def _sections(swept: Swept) -> list[Section]:
    made = []
    if swept.kind in DRAWN:
        made += _drawn(swept)
    if len(swept.names) == 1 and swept.kind not in DRAWN:
        made.append(_curves(swept))
    elif len(swept.names) == 2 and swept.kind == "grid":
        made.append(_heat_maps(swept))
    if len(swept.names) > 1:
        made.append(_many(swept))
    made.append(Section("effects", "What moved what", [
        "Mean output in the lowest and highest third of a name's values (of a grid: at its lowest and highest value), "
        "and Spearman's correlation over the points. A correlation is sure if chance alone would give one as large in "
        f"one of {round(1 / SURE)} sweeps of as many names."], grids=[_grid(swept)]))
    return made


def _drawn(swept: Swept) -> list[Section]:
    observed = {year: sum(known) for year in dict.fromkeys(row.period for row in swept.region.referrals)
                if None not in (known := [row.assisted for row in swept.region.referrals if row.period == year])}
    bands = Section("bands", "Assumption and luck together", pictures=[Picture(
        "bands", yearly_bands(swept.table, swept.shares, observed),
        "Line: median of all runs; dark band: the middle 50 %, light band: the middle 90 % of them, over draws of the "
        "unknowns and over luck. Black: what luck alone would spread about the median (90 % of a normal law with the "
        "mean variance within draws). Data: outputs.parquet. " + swept.origin)])
    if swept.shares.empty:
        return [bands, Section("variance", "Luck and assumption", ["Too few draws are finished to tell them apart."])]
    return [bands, Section("variance", "Luck and assumption", pictures=[Picture(
        "variance", variance_shares(swept.shares, swept.outputs),
        "Share of the variance over the runs that is between draws of the unknowns (assumption) and within them "
        "(luck), by a one-way analysis of variance of two lucks a draw. Data: figures/variance.csv. " + swept.origin)])]


def _curves(swept: Swept) -> Section:
    name = swept.names[0]
    figure = figures.response_curves(swept.at(swept.names), swept.own, name, swept.units[name], swept.shown)
    return Section("responses", "Response", pictures=[Picture(
        "responses", figure, f"Outputs against {name}. Line: median of the replicates; dark band: the middle 50 %, "
        "light band: the middle 90 % of them. Data: figures/responses.csv. " + swept.origin)])


def _heat_maps(swept: Swept) -> Section:
    names = swept.names[0], swept.names[1]
    units = swept.units[names[0]], swept.units[names[1]]
    return Section("heat-maps", "Response to both", pictures=[Picture(
        f"heat-{output.name}", figures.heat_map(swept.at(names), swept.own, names, units, output),
        f"{output.title} ({output.unit}), mean over the replicates. Cross: the scenario's own values, where they lie "
        "in the grid. Data: figures/responses.csv. " + swept.origin) for output in swept.shown])


def _many(swept: Swept) -> Section:
    pictures = [Picture(
        f"ranked-{scenario}", figures.ranked(swept.effects, swept.shown, scenario),
        f"Scenario {scenario}: the names that go with each output most. Hollow: may be chance. Data: "
        "figures/effects.csv. " + swept.origin) for scenario in swept.scenarios]
    pictures.append(Picture("scatter", figures.scatter(swept.at(swept.names), swept.effects, swept.units, swept.shown),
                            "Mean over the replicates at every point against the names that go with each output most"
                            "; line: its median in tenths of the points (of few values: at each). Data: "
                            "figures/responses.csv, points.csv. " + swept.origin))
    return Section("ranks", "Ranked effects", pictures=pictures)


def _grid(swept: Swept) -> Grid:
    titles = {output.name: output.title for output in swept.shown}
    found = swept.effects[swept.effects["output"].isin(list(titles))]
    found = found.groupby(["scenario", "output"], sort=False).head(ROWS)
    rows = [[cell(row.scenario), cell(titles[row.output]), cell(row.name), cell(_number(row.low)),
             cell(_number(row.high)), cell(_number(row.change)), cell(_share(row.correlation)),
             cell("yes" if row.sure else "no")] for row in found.itertuples(index=False)]
    head = ["scenario", "output", "name", "low", "high", "change", "correlation", "sure"]
    return Grid("Data: figures/effects.csv.", head, rows)


def _number(value: float) -> str:
    if pd.isna(value):
        return NONE
    return (f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}").replace("-", "\N{MINUS SIGN}")


def _share(value: float) -> str:
    return NONE if pd.isna(value) else f"{value:.2f}".replace("-", "\N{MINUS SIGN}")


def _headline(swept: Swept) -> str:
    """Which name goes with which output most, of those that are sure."""
    sure = swept.effects[swept.effects["sure"]]
    told = []
    for output in swept.shown[:3]:
        mine = sure[sure["output"] == output.name]
        if len(mine):
            best = mine.loc[mine["correlation"].abs().idxmax()]
            told.append(f"{output.title} goes most with {best['name']} (correlation of ranks "
                        f"{_share(best['correlation'])}, {best['scenario']}).")
    return " ".join(told) or "No name is sure to move an output: more points, or a wider range, would tell."


def _told(shares: pd.DataFrame) -> str:
    if shares.empty:
        return "Too few draws are finished to tell them apart."
    parts = [f"{row.output} in {row.scenario} {100 * row.assumption:.0f} % "
             f"({100 * row.low:.0f} to {100 * row.high:.0f})"
             for row in shares.itertuples() if row.output in ("counted_change", "exploited_change", "person_months")
             and pd.notna(row.assumption)]
    return ("Share of the variance that is assumption, not luck, with its 90 % interval: " + "; ".join(parts) + "."
            if parts else "Of every output in figures/variance.csv.")
