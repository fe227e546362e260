"""The page of the trial on simulated lists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from undercount.experiments.estimate.criticism import CRITICISM
from undercount.experiments.estimate.trial_words import TITLES
from undercount.experiments.report import trial_figures as figures
from undercount.experiments.report.estimate_page import Page
from undercount.experiments.report.page import write_page
from undercount.experiments.report.sections import Grid, Picture, Section
from undercount.experiments.report.sentences import NONE, cell
from undercount.experiments.report.theme import styled

PAGE = "simulated.html"
QUESTION = "Would multiple systems estimation have found the truth?"


def write_trial_page(found: dict[str, Any], tables: dict[str, pd.DataFrame], folder: Path, command: str) -> list[Path]:
    """Write FOLDER/simulated.html and its figures; the paths of all."""
    with styled():
        page = Page(
            QUESTION, found["headline"], [tuple(each) for each in found["words"]],
            [{"says": says, "source": source} for says, source in CRITICISM], sections(tables),
            f"{found['worlds']:,} worlds of {', '.join(found['scenarios'])}.", command)
        return write_page(folder / PAGE, page.sections, page.render)


def sections(tables: dict[str, pd.DataFrame]) -> list[Section]:
    made = [Section("bias", "How many", pictures=[Picture(
        "bias", figures.bias(tables["performance"]),
        "Estimate over truth by method: the middle case and nine in ten, of lists of one country and year. Triangle: a "
        "lower bound. Data: tables/performance.csv, and by year, country and scenario.")],
        grids=[_grid(tables["performance"])])]
    if len(tables["dependence"]):
        made.append(Section("dependence", "When intervals stop to hold", pictures=[Picture(
            "dependence", figures.dependence(tables["dependence"]),
            "Intervals of 95 % (dashed) that hold the truth, where there is one, by the true odds ratio between the "
            "lists of police and assistance among those ever held. Data: tables/dependence.csv.")]))
    if len(tables["falls"]):
        made.append(Section("falls", "Does it see that the flow did not fall?", pictures=[
            Picture("falls", figures.falls(tables["falls"]),
                    "All countries together, from one year to the next, where the persons listed fell by a tenth or "
                    "more: what each method says (a tenth or more either way), by what truly happened to those newly "
                    "exploited. Number of cases in brackets. Data: tables/falls.csv."),
            Picture("falls-by-scenario", figures.falls_by_scenario(tables["falls_by_scenario"]),
                    "Where the counts fell and the flow did not: share in which the estimate fell, by scenario. Number "
                    "of such cases in brackets. Data: tables/falls_by_scenario.csv.")]))
    return made


def _grid(performance: pd.DataFrame) -> Grid:
    def share(value: float) -> str:
        return NONE if pd.isna(value) else f"{100 * value:.0f} %"

    rows = [[cell(TITLES[row.method]), cell(row.target), cell(f"{row.cells:,}"), cell(share(row.without_estimate)),
             cell(NONE if pd.isna(row.ratio_q50) else f"{row.ratio_q50:.2f}",
                  f"{row.ratio_q05:.2f} to {row.ratio_q95:.2f}"), cell(share(row.coverage))]
            for row in performance.itertuples()]
    return Grid("Data: tables/performance.csv.", ["method", "truth", "lists", "no estimate", "estimate over truth",
                                                  "intervals that hold it"], rows)
