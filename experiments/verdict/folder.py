"""The verdict's folder: made from a reference table, resumable, read by `attribute`, `policy` and the report.

    verdict.json         every answer and check under stable keys
    verdict.md           the answer in plain words
    labels.md            the single explanations in plain words, if there are any
    draws.parquet        posterior draws: of a mixture as worlds of the table (explanation, world, weight); else as
    label-draws.parquet  points (explanation, draw, luck, one column an unknown, in 0 to 1), beside a mixture's
    tables/         CSV and Parquet, one a question
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from undercount.experiments.draws import Draw
from undercount.experiments.store.folder import MANIFEST, read_manifest
from undercount.experiments.store.kept import again, kept_scenario
from undercount.experiments.verdict.kept import DRAWS, LABEL_DRAWS, REFERENCE
from undercount.model.assumed.scenario import load_scenario
from undercount.model.files.problems import BadInput, Problem

VERDICT, WORDS, TABLES, LABEL_WORDS = "verdict.json", "verdict.md", "tables", "labels.md"


def read_draws(folder: Path) -> tuple[pd.DataFrame, dict[str, str]]:
    """(draws, name or path of each explanation). Raises BadInput if the folder holds no finished verdict."""
    manifest = read_manifest(folder, "compare")
    if manifest is None or manifest["state"] != "finished":
        found = "no verdict" if manifest is None else manifest["state"]
        raise BadInput(Problem(folder, MANIFEST, found, "a folder that `undercount compare` finished"))
    try:
        labels = folder / LABEL_DRAWS
        return pd.read_parquet(labels if labels.exists() else folder / DRAWS), manifest["given"]
    except (OSError, ValueError) as error:
        raise BadInput(Problem(folder / DRAWS, "draws", str(error)[:60],
                               f"a table; to write it again: {again(manifest, folder)}")) from None


def read_verdict(folder: Path) -> dict[str, Any]:
    """The verdict's document. Raises BadInput if there is none."""
    manifest = read_manifest(folder, "compare")
    try:
        return json.loads((folder / VERDICT).read_bytes())
    except (OSError, ValueError) as error:
        how = again(manifest, folder) if manifest else "undercount compare REFERENCE"
        raise BadInput(Problem(folder / VERDICT, "verdict", str(error)[:60],
                               f"a verdict; to make it: {how}")) from None


def posterior_draws(folder: Path, count: int | None = None, explanations: Sequence[str] = ()) -> list[Draw]:
    """Posterior draws of a verdict folder: of those `explanations`, or averaged over all by their probabilities.

    `count` thins them evenly. Raises BadInput if the folder holds no finished verdict.
    """
    table, given = read_draws(folder)
    table = table[table["explanation"].isin(list(explanations)) if explanations else table["averaged"]]
    if count is not None and count < len(table):
        table = table.iloc[np.linspace(0, len(table) - 1, count).round().astype(int)]
    there = (read_manifest(folder, "compare") or {}).get("on_region")  # relative to the folder
    region = str((folder / there).resolve()) if there else None
    kept = {name: kept_scenario(folder / REFERENCE, name) for name in dict.fromkeys(table["explanation"])}
    scenarios = {name: load_scenario(path) if path else load_scenario(given[name], region)
                 for name, path in kept.items()}
    found = []
    for _, row in table.iterrows():
        scenario = scenarios[row["explanation"]]
        point = {path: float(row[path]) for path in scenario.free()}
        found.append(Draw(scenario, scenario.draw(point), int(row["draw"]), int(row["luck"])))
    return found
