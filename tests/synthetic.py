"""Small regions and sharp explanations, whose truth is known by construction."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from pathlib import Path

from undercount.model.assumed.scenario import Scenario, load_scenario

POPULATIONS = {"women_15_29", "population", "emigrant_stock"}


def small_region(folder: Path, factor: float) -> Path:
    """A copy of the shipped region with `factor` times fewer inhabitants."""
    source = load_scenario("baseline").region.folder
    target = folder / "small-region"
    shutil.copytree(source, target)
    path = target / "country_year.csv"
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["variable"] in POPULATIONS:
            row["value"] = repr(float(row["value"]) / factor)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return target


def sharp(name: str, folder: Path, region: Path, known: dict[str, float], unknown: dict[str, tuple[float, float]],
          new_name: str | None = None) -> Path:
    """A scenario file like `name` in which everything is known but the paths in `unknown`."""
    scenario: Scenario = load_scenario(name).with_values(known)
    priors = {path: (scenario.value(path),) * 2 for path in (*scenario.priors, *scenario.free())} | unknown
    values = {path: (low + high) / 2 for path, (low, high) in unknown.items()}
    scenario = replace(scenario.with_values(values), priors=priors)
    path = folder / f"{new_name or name}.toml"
    lines = scenario.to_toml().splitlines()
    lines = [f'region = "{region}"' if line.startswith("region =") else line for line in lines]
    path.write_text("\n".join(lines) + "\n")
    return path


def observed_table(path: Path, region, counts) -> Path:
    """An observed table with the given counts, masked as the region's own."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["iso3", "period", "assisted", "role", "counts", "source", "note"])
        for row, count in zip(region.referrals, counts):
            shown = "" if row.assisted is None else int(count)
            writer.writerow([row.iso3, row.period, shown, row.role, row.counts, "synthetic", ""])
    return path
