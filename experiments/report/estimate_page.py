"""The page of an estimate from lists: its words, figures, tables, and what has been published against it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from undercount.experiments.estimate.methods import CHAO
from undercount.experiments.estimate.words import number, told
from undercount.experiments.report import estimate_figures as figures
from undercount.experiments.report.sections import Grid, Picture, Section
from undercount.experiments.report.sentences import NONE, cell
from undercount.experiments.report.theme import styled
from undercount.experiments.report.told_page import ToldPage

PAGE = "estimate.html"
QUESTION = "How many were never on any list?"


def write_estimate_page(found: dict[str, Any], folder: Path, command: str) -> list[Path]:
    """Write FOLDER/estimate.html and its figures; the paths of all. The same document gives the same bytes."""
    head, paragraphs = told(found)
    with styled():
        page = ToldPage(QUESTION, head, paragraphs, found["criticism"], sections(found),
                        f"{found['file']}, SHA-256 {found['sha256']}.", command)
        return page.write(folder / PAGE)


def sections(found: dict[str, Any]) -> list[Section]:
    made = [_estimates(found), _overlaps(found)]
    if found["models"]:
        made.append(_models(found))
    if found["leave_one_out"] and _stepwise(found):
        made.append(_stability(found))
    if found["sensitivity"]:
        made.append(_sensitivity(found))
    return made


def _estimates(found: dict[str, Any]) -> Section:
    rows = []
    for method in found["methods"]:
        there = method["estimate"] is not None
        rows.append([
            cell(method["title"]),
            cell("at least " * (method["method"] == CHAO) + number(method["estimate"]) if there else NONE),
            cell(f"{number(method['low'])} to {number(method['high'])}" if there else method["why"],
                 *[method["interval"]] * there),
            cell(_terms(method["terms"], method["minus_infinity"])),
            cell(method["assumes"], *[method["note"]] * bool(method["note"]))])
    pictures = []
    if any(method["estimate"] is not None for method in found["methods"]):
        pictures = [Picture("estimates", figures.by_method(found),
                            "Persons in all by each method, with 95 % intervals. Dashed: persons on the lists. "
                            "Triangle: a lower bound. Where a rule chooses the model, its interval repeats the choice "
                            "in every resample (BCa). Data: tables/methods.csv.")]
    return Section("estimates", "Estimates", pictures=pictures, grids=[Grid(
        "Terms: lists that depend on each other in the model; * at minus infinity, nobody on all of them.",
        ["method", "persons", "95 % interval", "terms", "holds if"], rows)])


def _overlaps(found: dict[str, Any]) -> Section:
    rows = [[cell(" and ".join(each["lists"])), cell(number(each["persons"]))] for each in found["overlaps"]]
    return Section("overlaps", "Who is on which lists", pictures=[Picture(
        "overlaps", figures.upset(found),
        "Persons by the exact set of lists that they are on (columns, filled dots), on a logarithmic scale; blue: more "
        f"than one list. At most {figures.MOST_HISTORIES} sets are shown. Left: persons on each list. "
        "Data: estimate.json, histories.")], grids=[Grid("Persons on both lists of each pair, other lists aside. Data: "
                                                         "tables/overlaps.csv.", ["lists", "persons"], rows)])


def _models(found: dict[str, Any]) -> Section:
    titles = {method["method"]: method["title"] for method in found["methods"]}
    grids = []
    for key, selected in found["models"].items():
        rows = [[cell(_terms(each["terms"], each["minus_infinity"])), cell(f"{each['bic_above_best']:.1f}"),
                 cell(number(each["estimate"])), cell(f"{number(each['wald'][0])} to {number(each['wald'][1])}")]
                for each in selected["best"]]
        all_ = "all there are" if selected["all_there_are"] else "found by a search, not all there are"
        grids.append(Grid(f"{titles[key]}: the best of {number(selected['tried'])} models ({all_}). Intervals are "
                          "those of the model, as if it had not been chosen. Data: tables/models.csv.",
                          ["terms", "BIC above the best", "persons", "95 % interval"], rows))
    text = ["Models whose BIC differs by less than about 2 are about equally good; where their numbers differ, the "
            "lists do not say which is right."]
    return Section("models", "The best models by BIC", text, grids=grids)


def _stability(found: dict[str, Any]) -> Section:
    return Section("stability", "How far it hangs on single lists", pictures=[Picture(
        "stability", figures.stability(found),
        "The stepwise rule applied anew. Left: each list as if it had not been kept; dashed: with all lists. Middle: "
        "two lists as one. Right: the size of each list as the other lists estimate it, over its true size. Intervals "
        "are those of the model chosen. Data: tables/stability.csv.")])


def _sensitivity(found: dict[str, Any]) -> Section:
    return Section("assumption", "What no list can tell", pictures=[Picture(
        "sensitivity", figures.sensitivity(found),
        "Persons in all by the interaction of all lists together, which no data on the listed can tell. "
        "Data: tables/sensitivity.csv.")])


def _stepwise(found: dict[str, Any]) -> bool:
    return any(method["method"] == "stepwise" and method["estimate"] is not None for method in found["methods"])


def _terms(terms: list[list[str]], infinite: list[list[str]] = ()) -> str:
    return ", ".join("+".join(term) + "*" * (term in infinite) for term in terms) or NONE


