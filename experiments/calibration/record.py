"""Writes what a search found into the scenario's file, as its last table."""

from __future__ import annotations

import json
import re
from pathlib import Path

from undercount.experiments.calibration.search import Fit
from undercount.experiments.store.folder import write_whole
from undercount.model.assumed.scenario import Scenario

import undercount

MARK = "# Point values found by `undercount calibrate`: the best-fitting draw inside gates and priors."


def record(path: Path, scenario: Scenario, fit: Fit, seed: int, command: str) -> None:
    """The table [calibrated] anew at the end of the file; everything else in it stays as it is. Raises OSError."""
    kept = _without(path.read_text(encoding="utf-8")).rstrip()
    write_whole(path, f"{kept}\n\n{table(scenario, fit, seed, command)}".encode())


def _without(content: str) -> str:
    """A scenario file's text without its [calibrated] and [calibrated.values], wherever they stand."""
    kept, inside = [], False
    for line in content.splitlines():
        header = line.lstrip().startswith("[")
        if line == MARK or (header and re.match(r"\s*\[\s*calibrated\s*[.\]]", line)):
            inside = True
        elif header:
            inside = False
        kept += [] if inside else [line]
    return "\n".join(kept)


def table(scenario: Scenario, fit: Fit, seed: int, command: str) -> str:
    """The table [calibrated] of a scenario whose unknowns are at the fit's point."""
    drawn = scenario.draw(dict(zip(scenario.free(), fit.point.tolist())))
    lines = [MARK, "# Ranges are untouched: what was unknown is unknown still. The distance is the root mean square of",
             "# differences of log(1 + count) over the cells of the fullest years, mean of eight worlds.",
             "[calibrated]", f"region = {json.dumps(scenario.region.name)}", f"distance = {fit.distance:.3f}",
             f"seed = {seed}",
             f"version = {json.dumps(undercount.__version__)}", f"command = {json.dumps(command)}", "",
             "[calibrated.values]"]
    for path, (low, high) in scenario.free().items():
        if path.endswith(".included"):
            continue
        value = drawn.value(path)
        month = path.startswith("onsets.") and path.endswith(".when")
        text = json.dumps(str(scenario.region.start + int(value))) if month else _rounded(value, low, high)
        lines.append(f"{json.dumps(path)} = {text}")
    return "\n".join(lines) + "\n"


def _rounded(value: float, low: float, high: float) -> str:
    """Six digits, or as many more as keep it inside its range."""
    for digits in range(6, 17):
        text = f"{value:.{digits}g}"
        if low <= float(text) <= high:
            return text
    return repr(value)
