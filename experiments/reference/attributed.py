"""What causes made in worlds of a reference table: an attribution of the table's own worlds, read beside it.

`undercount attribute --prior N` with the table's seed takes causes away in its first N worlds.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from undercount.experiments.reference.table import Reference
from undercount.experiments.store.folder import open_folder
from undercount.experiments.store.kept import again
from undercount.model.files.problems import BadInput, Problem

VALUES = "values.parquet"
JOINED = "+"  # between onsets that are taken away as one
ROUTES, METHODS = {"routes", "route_adaptation"}, {"methods", "method_adaptation"}
ADAPT = ROUTES | METHODS
COUNTED, FLOW = "ln_counted", "ln_newly_exploited"
FEWEST_WORLDS = 200  # on which a 90 % interval is known to 2 % of the worlds
# Correlation over worlds of what an attribution and the table say of the same worlds' flow: they are the same numbers
# at the same scale, and other worlds altogether if gates or seed differ.
SAME_WORLDS = 0.5


def window_of(folder: Path) -> tuple[str, str]:
    """The periods that it is about. Raises BadInput if it is no attribution."""
    window = open_folder(folder, "attribute")["batch"]["window"]
    return window["from"], window["to"]


def adaptation(reference: Reference, folder: Path, flow: np.ndarray | None,
               outcomes: Sequence[str] = (COUNTED,)) -> np.ndarray:
    """What adaptation of routes and methods made of these outcomes, (worlds of the table, outcomes); NaN of worlds that
    were not played.

    flow  (worlds,) the table's own change of ln(newly exploited) between the same periods; None if it knows none
    Worlds are found by explanation and number. Raises BadInput if they are too few or not those of the table, or if
    the attribution is not finished or damaged.
    """
    table = _values(folder)
    rows = {(reference.explanations[label], world): row for row, (label, world) in
            enumerate(zip(reference.labels.tolist(), reference.worlds.tolist()))}
    once = table.drop_duplicates(["explanation", "world", "outcome", "player"])
    players = [name for name in once["player"].unique() if set(name.split(JOINED)) <= ADAPT]
    values = np.full((len(rows), len(outcomes)), np.nan)
    for i, outcome in enumerate(outcomes):
        mine = once[(once["outcome"] == outcome) & once["player"].isin(players)]
        for key, value in mine.groupby(["explanation", "world"], sort=True)["value"].sum().items():
            if key in rows:
                values[rows[key], i] = value
    known = np.flatnonzero(np.isfinite(values).all(axis=1))
    if len(known) < FEWEST_WORLDS:
        raise BadInput(Problem(folder, "worlds", f"{len(known)} of the table with a part of adaptation",
                               f"at least {FEWEST_WORLDS}: undercount attribute --prior N, with routes and methods "
                               "among the players"))
    whole = once[once["outcome"] == FLOW].drop_duplicates(["explanation", "world"])
    there = {rows.get((row.explanation, row.world)): row.change_with_all for row in whole.itertuples()}
    theirs = np.array([there[row] for row in known])
    if flow is None or np.corrcoef(theirs, flow[known])[0, 1] < SAME_WORLDS:
        raise BadInput(Problem(folder, "worlds", "worlds in which the flow does otherwise than in the table",
                               "the table's own: the same --seed, and gates or none in both"))
    return values


def _values(folder: Path) -> pd.DataFrame:
    """The columns of an attribution's values that are asked for."""
    manifest = open_folder(folder, "attribute")
    if manifest["state"] != "finished":
        raise BadInput(Problem(folder, "state", manifest["state"],
                               f"a finished attribution; to go on: {again(manifest, folder)}"))
    path = folder / VALUES
    try:
        return pd.read_parquet(path, columns=["explanation", "world", "outcome", "player", "value", "change_with_all"])
    except (OSError, ValueError) as error:  # Arrow's errors are ValueErrors
        kind = "no file" if isinstance(error, FileNotFoundError) else "a damaged file"
        raise BadInput(Problem(path, "values", kind,
                               f"a table; to write it again: {again(manifest, folder)}")) from None
