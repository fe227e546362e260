"""The unknowns of a table's worlds as one matrix of floats, and how each is called.

An onset that may or may not happen has two columns that say so: its size is 0 where it does not happen, and its
month is then later than every month of the region ("or never"). So a range of either means what it says, and
whether it happens is no column of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from undercount.experiments.reference.table import Reference
from undercount.model.assumed.parameters import specs
from undercount.model.files.problems import BadInput, Problem
from undercount.model.files.tables_in import Month
from undercount.model.known.region import Region


@dataclass(frozen=True)
class Unknown:
    """A column: what it is, its unit, and the bounds of its prior (of an onset's: those if it happens)."""

    path: str
    title: str
    unit: str
    low: float
    high: float

    @property
    def part(self) -> str:
        """Which part of an onset it is; "" for any other unknown."""
        return self.path.split(".")[2] if self.path.startswith("onsets.") else ""

    @property
    def whole(self) -> bool:
        """Does it take whole numbers alone?"""
        return self.part in ("when", "ramp")

    def restricted(self, low: float | None, high: float | None, region: Region) -> str:
        """In words: from `low` to `high` of it, each None where it is as open as the prior."""
        if self.part in ("size", "when"):
            return self._onset(low, high, region)
        ends = [None if bound is None else self.shown(bound, region, up) for bound, up in ((low, True), (high, False))]
        return f"{self.title}: {_span(*ends)}{f' ({self.unit})' if self.unit else ''}"

    def _onset(self, low: float | None, high: float | None, region: Region) -> str:
        """Of an onset's size, which is 0 where it does not happen, or its month, which is then past the last."""
        name = f"the onset {self.path.split('.')[1]}"
        size = self.part == "size"
        if (size and high is not None and high < self.low) or (not size and low is not None and low > self.high):
            return f"{name} does not happen"
        happens = low is not None if size else high is not None
        # A bound beyond the prior's own says that it happens, and nothing more.
        low = None if low is None or low <= self.low else low
        high = None if high is None or high >= self.high else high
        if low is None and high is None:
            return f"{name} happens"
        ends = [None if bound is None else self.shown(bound, region, up) for bound, up in ((low, True), (high, False))]
        if size:
            said = f"the size of {name} is {_span(*ends)}"
            tail = ", and it happens" if happens else ", or it does not happen"
            return said if low is not None else said + tail
        said = f"{name} begins {_span(*ends, 'or later', 'or earlier')}"
        tail = ", and it happens" if happens else ", or does not happen"
        return said if high is not None else said + tail

    def shown(self, value: float, region: Region, up: bool = False) -> str:
        """A bound for a reader; of whole numbers the next one inside (`up`: the bound is a lower one)."""
        if not self.whole:
            return f"{value:.3g}"
        whole = int(np.ceil(value)) if up else int(np.floor(value))
        return str(region.start + whole) if self.part == "when" else str(whole)


def _span(low: str | None, high: str | None, more: str = "or more", less: str = "or less") -> str:
    if low is not None and high is not None:
        return f"{low} to {high}"
    return f"{low} {more}" if low is not None else f"{high} {less}"


@dataclass(frozen=True)
class Unknowns:
    """Columns of a matrix of float64, (worlds, unknowns), for the worlds `rows` of the table."""

    columns: tuple[Unknown, ...]
    values: pd.DataFrame

    @property
    def by_path(self) -> dict[str, Unknown]:
        return {each.path: each for each in self.columns}


def read_unknowns(reference: Reference) -> Unknowns:
    """What was unknown in every explanation of the table, one row a world in its order.

    An onset that an explanation does not have does not happen there. Raises BadInput if nothing is unknown in
    all of them.
    """
    rows, onsets = [], {}
    for entry in reference.manifest["scenarios"]:
        names, drawn = reference.parameters(entry["name"])
        frame = pd.DataFrame(drawn, columns=names).astype(float)
        for onset in entry["resolved"]["onsets"]:
            mine = _onset(frame, onset, reference.region)
            onsets |= {path: _reach(entry, path, mine[path]) for path in mine if path not in onsets}
            frame = frame.drop(columns=[c for c in frame if c.startswith(f"onsets.{onset['name']}.")]).assign(**mine)
        rows.append(frame)
    never = {path: 0.0 if path.endswith(".size") else float(reference.region.months)
             for path in onsets if not path.endswith(".ramp")}
    whole = [frame.assign(**{path: value for path, value in never.items() if path not in frame}) for frame in rows]
    shared = [path for path in whole[0] if all(path in frame for frame in whole)]
    # In the order of the table: its worlds are sorted by explanation, as the manifest is.
    values = pd.concat([frame[shared] for frame in whole], ignore_index=True)
    values = values.iloc[np.argsort(np.argsort(reference.labels, kind="stable"), kind="stable")].reset_index(drop=True)
    values = values.loc[:, [path for path in shared if values[path].nunique() > 1]]
    if values.empty or not len(values.columns):
        raise BadInput(Problem(reference.folder, "unknowns", "none in every explanation",
                               "a table whose explanations share an unknown"))
    priors = {path: tuple(span) for entry in reference.manifest["scenarios"]
              for path, span in entry["resolved"]["priors"].items()}
    return Unknowns(tuple(_called(path, onsets.get(path) or _bounds(path, priors, values[path]), reference)
                          for path in values), values)


def _onset(frame: pd.DataFrame, onset: dict[str, Any], region: Region) -> dict[str, np.ndarray]:
    """The columns of one onset in one explanation: size (0: it does not happen), when (past the end), ramp."""
    def drawn(key: str, fixed: float) -> np.ndarray:
        path = f"onsets.{onset['name']}.{key}"
        return frame[path].to_numpy(float) if path in frame else np.full(len(frame), float(fixed))

    happens = drawn("included", float(onset["happens"])) > 0.0
    found = {"size": np.where(happens, drawn("size", onset["size"]), 0.0),
             "when": np.where(happens, drawn("when", Month.parse(onset["when"]) - region.start), float(region.months)),
             "ramp": drawn("ramp", onset["ramp"])}
    return {f"onsets.{onset['name']}.{key}": values for key, values in found.items()}


def _reach(entry: dict[str, Any], path: str, values: np.ndarray) -> tuple[float, float]:
    """Bounds of an onset's part where it happens."""
    if path in entry["resolved"]["priors"]:
        low, high = entry["resolved"]["priors"][path]
        return float(low), float(high)
    return float(values.min()), float(values.max())


def _bounds(path: str, priors: dict[str, tuple[float, float]], values: pd.Series) -> tuple[float, float]:
    if path in priors:
        return priors[path]
    return specs()[path].sweep if path in specs() else (float(values.min()), float(values.max()))


def _called(path: str, span: tuple[float, float], reference: Reference) -> Unknown:
    if path in specs():
        spec = specs()[path]
        return Unknown(path, spec.meaning, spec.unit, *span)
    kind, name, key = path.split(".")
    if kind == "onsets":
        words, unit = {"size": ("size of {}", "factor"), "when": ("month in which {} begins", ""),
                       "ramp": ("ramp of {}", "months")}[key]
        return Unknown(path, words.format(name), unit, *span)
    parameter = next((event["parameter"] for entry in reference.manifest["scenarios"]
                      for event in entry["resolved"]["events"] if event["name"] == name), None)
    spec = specs().get(parameter)
    meaning = f"{name} (on: {spec.meaning})" if spec else name
    return Unknown(path, f"size of the event {meaning}", "factor" if key == "factor" else spec.unit if spec else "",
                   *span)
