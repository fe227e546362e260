"""Estimates a user's lists into a folder.

    estimate.json           everything, and the words
    tables/methods.csv      a row a method
    tables/models.csv       the best models by BIC
    tables/overlaps.csv     a row a pair of lists
    tables/stability.csv    a list left out, two merged, each estimated from the others
    tables/sensitivity.csv  the population by the interaction that no list can tell
    estimate.html, figures/ the page and its figures
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd
from undercount.experiments.compute.engines import EngineOptions
from undercount.experiments.compute.jobs import Outcome
from undercount.experiments.estimate.answer import answer
from undercount.experiments.estimate.methods import Options
from undercount.experiments.estimate.reading import Given
from undercount.experiments.estimate.words import told
from undercount.experiments.store.kept import Needs
from undercount.experiments.store.tables import write_csv, write_json
from undercount.experiments.study import Study, carry_out, nothing, planned

DOCUMENT, TABLES = "estimate.json", "tables"


def build(given: Given, options: Options, folder: Path, command: str, write_page: Callable[..., list[Path]],
          step: Callable[[str], None] = lambda what: None) -> Outcome:
    """Estimate and write the folder.

    write_page  writes the page and its figures from (document, folder, command); their paths
    step        is told what is being worked on

    Raises what `study.carry_out` raises.
    """
    def assemble() -> list[Path]:
        found = answer(given, options, step)
        head, paragraphs = told(found)
        found = {"headline": head, "words": [f"{lead} {text}" for lead, text in paragraphs]} | found
        (folder / TABLES).mkdir(exist_ok=True)
        tables = [write_csv(folder / TABLES / f"{name}.csv", table) for name, table in tables_of(found).items()]
        step("figures and page")
        return [write_json(folder / DOCUMENT, found), *tables, *write_page(found, folder, command)]

    asked = batch(given, options)
    # Without parts: everything is made when the tables are.
    made = Study({"batch": asked, "file": given.file, "sha256": given.sha256} | planned([]), command, [], nothing,
                 assemble, partial=False, needs=Needs(files=[given.file] if Path(given.file).is_file() else []))
    return carry_out(folder, "estimate", asked, lambda there: made, EngineOptions("serial"))


def batch(given: Given, options: Options) -> dict[str, Any]:
    """What a folder must agree in: the lists, in whatever order they came, and the options."""
    lists = given.lists
    content = repr((lists.names, lists.strata, lists.low.tolist(), lists.high.tolist()))
    return {"data": "lists", "lists": hashlib.sha256(content.encode()).hexdigest()[:16], **asdict(options)}


def tables_of(found: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """The tables by name. Lists are joined by +, terms by spaces."""
    methods = [{**{key: each[key] for key in ("method", "estimate", "low", "high", "interval")},
                "wald_low": each["wald"] and each["wald"][0], "wald_high": each["wald"] and each["wald"][1],
                "terms": terms(each["terms"]), "minus_infinity": terms(each["minus_infinity"]),
                "why_none": each["why"], "note": each["note"], "assumes": each["assumes"]} for each in found["methods"]]
    models = [{"method": key, "rank": rank, "terms": terms(each["terms"]), "bic": each["bic"],
               "bic_above_best": each["bic_above_best"], "estimate": each["estimate"], "low": each["wald"][0],
               "high": each["wald"][1]}
              for key, selected in found["models"].items() for rank, each in enumerate(selected["best"], 1)]
    changes = [{"change": change, **each} for change in ("leave_one_out", "merge_two", "consistency")
               for each in found[change]]
    sensitivity = [{"method": each["method"], "factor": factor, "estimate": population} for each in found["sensitivity"]
                   for factor, population in zip(each["factors"], each["estimates"])]
    return {
        "methods": pd.DataFrame(methods),
        "models": pd.DataFrame(models, columns=["method", "rank", "terms", "bic", "bic_above_best", "estimate", "low",
                                                "high"]),
        "overlaps": pd.DataFrame([{"lists": "+".join(each["lists"]), "persons": each["persons"]}
                                  for each in found["overlaps"]]),
        "stability": pd.DataFrame(changes, columns=["change", "what", "cases", "population", "low", "high", "truth",
                                                    "why"]),
        "sensitivity": pd.DataFrame(sensitivity, columns=["method", "factor", "estimate"]),
    }


def terms(names: list[list[str]]) -> str:
    return " ".join("+".join(each) for each in names)
