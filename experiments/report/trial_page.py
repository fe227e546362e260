"""The page of the trial on simulated lists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from undercount.experiments.estimate.criticism import CRITICISM
from undercount.experiments.estimate.trial_words import TITLES
from undercount.experiments.estimate.worlds import EVER_HELD
from undercount.experiments.report import trial_figures as figures
from undercount.experiments.report.sections import Grid, Picture, Section
from undercount.experiments.report.sentences import NONE, cell
from undercount.experiments.report.theme import styled
from undercount.experiments.report.told_page import ToldPage

PAGE = "simulated.html"
QUESTION = "Would multiple systems estimation have found the truth?"


def write_trial_page(found: dict[str, Any], tables: dict[str, pd.DataFrame], folder: Path, command: str) -> list[Path]:
    """Write FOLDER/simulated.html and its figures; the paths of all."""
    with styled():
        page = ToldPage(
            QUESTION, found["headline"], [tuple(each) for each in found["words"]],
            [{"says": says, "source": source} for says, source in CRITICISM], sections(tables),
            f"{found['worlds']:,} worlds of {', '.join(found['scenarios'])}.", command)
        return page.write(folder / PAGE)


def sections(tables: dict[str, pd.DataFrame]) -> list[Section]:
    made = [Section("bias", "How many", pictures=[Picture(
        "bias", figures.bias(tables["performance"]),
        "Estimate over truth by method: the middle case and nine in ten, of lists of one country and year. Triangle: a "
        "lower bound. Data: tables/performance.csv, and by year, country and scenario.")],
        grids=[_grid(tables["performance"]), _grid_by_lists(tables["performance_by_lists"])])]
    if len(tables["conditions"]):
        made.append(Section("conditions", "What makes it worse", pictures=[Picture(
            "conditions", figures.conditions(tables["conditions"]),
            "Estimate over those ever held in the year, the middle case (above), and intervals of 95 % that hold them, "
            "where there is one (below; dashed: 95 %), of lists of one country and year, by what may make it worse; "
            "values with 20 sets of lists or more. Data: tables/conditions.csv.")]))
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
            Picture("falls-by-adaptation", figures.falls_by_adaptation(tables["falls_by_adaptation"]),
                    "The same cases, by whether networks act on the losses that they see in that year: share in which "
                    "the estimate fell by a tenth or more, with two standard errors (a world counts once). A method "
                    "that told what happened would stand at 1 on the left and at 0 elsewhere. Data: "
                    "tables/falls_by_adaptation.csv."),
            Picture("falls-by-scenario", figures.falls_by_scenario(tables["falls_by_scenario"]),
                    "Where the counts fell and the flow did not: share in which the estimate fell, by scenario. Number "
                    "of such cases in brackets. Data: tables/falls_by_scenario.csv.")]))
    return made


HEAD = ["sets of lists", "no estimate", "estimate over truth", "intervals that hold it", "that end below it"]


def _grid(performance: pd.DataFrame) -> Grid:
    rows = [[cell(TITLES[row.method]), cell(row.target), *_numbers(row)] for row in performance.itertuples()]
    return Grid("Data: tables/performance.csv.", ["method", "truth", *HEAD], rows)


def _grid_by_lists(performance: pd.DataFrame) -> Grid:
    rows = [[cell(row.lists), cell(TITLES[row.method]), *_numbers(row)] for row in performance.itertuples()
            if row.target == EVER_HELD]
    return Grid("Of those ever held in the year, by how lists are kept. Data: tables/performance_by_lists.csv.",
                ["lists", "method", *HEAD], rows)


def _numbers(row) -> list:
    def share(value: float) -> str:
        return NONE if pd.isna(value) else f"{100 * value:.0f} %"

    return [cell(f"{row.cells:,}"), cell(share(row.without_estimate)),
            cell(NONE if pd.isna(row.ratio_q50) else f"{row.ratio_q50:.2f}",
                 f"{row.ratio_q05:.2f} to {row.ratio_q95:.2f}"), cell(share(row.coverage)), cell(share(row.below))]
