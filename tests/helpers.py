"""What the tests of the model share: statistics with stated error rates, small worlds, kept runs."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from undercount.model.assumed.scenario import Scenario, load_scenario
from undercount.model.engine.layout import ACTIVE, AT_HOME
from undercount.model.world import Template, World

# Every table of a world that a month can change.
TABLES = ("places", "classes", "posts", "officials", "recruiters", "minds", "networks", "told", "stocks", "ngos",
          "hidden", "actors", "flows", "histories", "exposures", "relisted", "census", "censuses")

# Where one stands in the list of a cell or a month: the order in which agents acted, which nobody's life depends on.
ORDERS = {("recruiters", "held"), ("people", "before"), ("people", "after"), ("people", "line")}


# --- statistics ------------------------------------------------------------------------------------
def mean_and_error(values) -> tuple[float, float]:
    """Mean of independent values, and its standard error."""
    values = np.asarray(values, float)
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))


def assert_within(observed, expected, error, z=4.0) -> None:
    """Fails if any value is more than `z` standard errors off.

    A right model fails by chance with a probability of 6e-5 a value (normal, z = 4).
    """
    observed, expected, error = np.broadcast_arrays(*(np.asarray(x, float) for x in (observed, expected, error)))
    off = np.abs(observed - expected) / np.maximum(error, 1e-12)
    worst = np.unravel_index(np.argmax(off), off.shape)
    assert off[worst] <= z, (
        f"{observed[worst]:.6g} instead of {expected[worst]:.6g} at {worst}: {off[worst]:.1f} standard errors")


def assert_moves(before, after, direction, z=4.0) -> None:
    """Paired by seed: fails unless the mean difference has the sign `direction` by `z` standard errors.

    Where there is no effect this passes by chance with a probability of 0.3 % (t with 7 degrees of
    freedom, 8 pairs, z = 4).
    """
    change, error = mean_and_error(np.asarray(after, float) - np.asarray(before, float))
    assert direction * change > z * error, (
        f"mean change {change:.5g}, standard error {error:.5g}, from {np.mean(before):.5g} to {np.mean(after):.5g}")


# --- regions and scenarios ---------------------------------------------------------------------------
def shrunk(factor):
    """Edit of a region: the same countries with fewer inhabitants."""
    return _shrunk(factor)


@cache  # so that equal edits are one object and kept runs are found again
def _shrunk(factor):
    def edit(region):
        fewer = {"women_15_29", "population", "emigrant_stock"}
        figures = {key: {year: value / factor if key[0] in fewer else value for year, value in years.items()}
                   for key, years in region.figures.items()}
        return replace(region, figures=figures)
    return edit


def made(name="full-adaptation", region=None, events=True, **values) -> Scenario:
    """A scenario with values replaced, its region edited, and, if so wished, no events of its own."""
    scenario = load_scenario(name, calibrated=False)  # what a rule does is no matter of what was fitted
    scenario = scenario.with_values(values) if values else scenario
    if region:
        scenario = replace(scenario, region=region(scenario.region))
    return scenario if events else replace(scenario, events=())


@lru_cache(maxsize=32)
def template(name="full-adaptation", people_per_agent=500, region=None, events=True, **values) -> Template:
    return Template(made(name, region, events, **values), people_per_agent)


@lru_cache(maxsize=32)  # a coarse world takes 10 MB
def world(seed=1, name="full-adaptation", people_per_agent=500, region=None, events=True, **values) -> World:
    """A finished run, shared with other tests: read it, do not step or change it."""
    run = World(template(name, people_per_agent, region, events, **values), seed)
    run.run()
    return run


def worlds(name, seeds, people_per_agent=500, region=None, events=True, **values) -> list[World]:
    """Finished runs of several seeds; the last few are kept."""
    return [world(seed, name, people_per_agent, region, events, **values) for seed in seeds]


def fresh(seed=1, name="full-adaptation", people_per_agent=500, region=None, events=True, **values) -> World:
    """A world of one's own before the region's first month."""
    return warm(template(name, people_per_agent, region, events, **values), seed)


def warm(made_from: Template, seed: int) -> World:
    run = World(made_from, seed)
    run.warm_up()
    return run


# --- comparing -----------------------------------------------------------------------------------------
def tables_of(world) -> dict[str, np.ndarray]:
    """Copies of all that a month can change, rows in use only."""
    found = {name: getattr(world, name).copy() for name in TABLES}
    found["people"] = world.migrants.copy()
    found["active"] = np.sort(world.active[: world.counts[ACTIVE]])  # in which order they are visited is no part of a world
    return found


def assert_same_tables(one, other) -> None:
    """Bit for bit, field by field (padding between fields is not part of a world)."""
    for name in one:
        assert one[name].shape == other[name].shape, name
        differs = [field for field in one[name].dtype.names or ("",)
                   if (name, field) not in ORDERS and _bytes(one[name], field) != _bytes(other[name], field)]
        assert not differs, f"{name}: {differs}"


def _bytes(table, field) -> bytes:
    return np.ascontiguousarray(table[field] if field else table).tobytes()


def fingerprint(world) -> str:
    """sha256 over every table, field by field."""
    digest = hashlib.sha256()
    for _, table in sorted(tables_of(world).items()):
        for field in table.dtype.names or ("",):
            digest.update(_bytes(table, field))
    return digest.hexdigest()


# --- reading a world -------------------------------------------------------------------------------------
def total(world, *fields) -> int:
    """Sum of tallies over months and countries."""
    return int(sum((world.hidden if field in world.hidden.dtype.names else world.actors)[field].sum()
                   for field in fields))


def persons_by(world, situation, key="place") -> np.ndarray:
    """Persons in a situation, by country."""
    people = world.migrants
    here = people["situation"] == situation
    return np.bincount(people[key][here], people["weight"][here], len(world.places)).astype(np.int64)


def who_left(world) -> np.ndarray:
    """Rows of those who have left home."""
    return world.migrants[world.migrants["situation"] != AT_HOME]


def trafficked(world) -> np.ndarray:
    """Rows of those who were exploited at least once."""
    return world.migrants[world.migrants["times"] > 0]


def share_of(rows, mask) -> float:
    """Persons for whom `mask` holds, of all persons of the rows."""
    return float(rows["weight"][mask].sum() / rows["weight"].sum())


# --- pictures --------------------------------------------------------------------------------------------
def assert_nothing_cut_off(figure):
    """Everything drawn of every panel, and the legend, lies inside the figure, to a pixel."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    for each in (*figure.axes, *figure.legends):
        box = each.get_tightbbox(canvas.get_renderer())
        assert box.x0 >= -1 and box.y0 >= -1 and box.x1 <= figure.bbox.x1 + 1 and box.y1 <= figure.bbox.y1 + 1, (each, box)


# --- with and without Numba ------------------------------------------------------------------------------
PRINT_FINGERPRINT = """
import sys
sys.path[:0] = sys.argv[1:2]
from tests.helpers import fingerprint, fresh, shrunk, trafficked
from numba import config
run = fresh(1, people_per_agent=int(sys.argv[2]), region=shrunk(2500), cells_per_100000=250.0, leave_rate=0.05)
run.run(int(sys.argv[3]))
assert len(trafficked(run))
print(config.DISABLE_JIT, fingerprint(run))
"""


def assert_interpreted_equals_compiled(people_per_agent, months, timeout) -> None:
    """A tiny region for some months, compiled and as the same Python without Numba: digit for digit."""
    tests = Path(__file__).resolve().parent
    command = [sys.executable, "-c", PRINT_FINGERPRINT, str(tests.parent), str(people_per_agent), str(months)]
    done = [subprocess.run(command, capture_output=True, text=True, timeout=timeout,
                           env={**os.environ, "NUMBA_DISABLE_JIT": disabled}) for disabled in "01"]
    assert [run.stderr for run in done if run.returncode] == []
    (jit, compiled), (no_jit, interpreted) = (run.stdout.split() for run in done)
    assert (jit, no_jit) == ("0", "1") and compiled == interpreted
