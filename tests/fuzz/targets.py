"""Entry points: each takes bytes, calls the product's readers and returns whether they took them.

Only BadInput may come out of a reader, and each of its problems must say which file, which key, what
was found and what is allowed, in one line that is safe to print. What a reader accepts must be usable.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import shutil
import unicodedata
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from undercount.experiments import cli
from undercount.experiments.commands.options import _settings
from undercount.experiments.commands.swept import as_asked
from undercount.experiments.compute.engines import EngineOptions
from undercount.experiments.patterns.measures import Seen
from undercount.experiments.patterns.table import read_patterns
from undercount.experiments.reference.statistics import counterpart, read_statistics
from undercount.experiments.runs.batch import Batch, resolve
from undercount.experiments.runs.build import run_batch
from undercount.experiments.runs.extend import joined
from undercount.experiments.runs.outputs import outputs_of
from undercount.experiments.runs.results import read_results
from undercount.experiments.store import seal as parts
from undercount.experiments.store.folder import LOCK, MANIFEST, PARTS, read_manifest
from undercount.experiments.store.planned import RUN_TABLES
from undercount.experiments.study import check_agrees
from undercount.model.assumed.parameters import specs
from undercount.model.assumed.scenario import Scenario, load_scenario, parameter_table, scenarios_root
from undercount.model.engine.layout import ACTORS, HIDDEN, MODES, VENUES
from undercount.model.files.problems import BadInput
from undercount.model.files.tables_in import SHOWN
from undercount.model.known.region import Region
from undercount.model.known.region_in import load_region, read_referrals
from undercount.model.world import Template

LONGEST_LINE = 10_000  # characters; names of a region's countries, and commands, are told in full
COARSE = 5000  # people per agent of the worlds that accepted inputs are tried in
SMALL_BATCH = ("full-adaptation", "real-decline")


EXPERIMENTS = (
    'title = "raids"\nscenarios = ["full-adaptation", "no-change"]\nreplicates = 2\nseed = 1\nuntil = "2000-12"\n'
    'people-per-agent = 5000\noutputs = ["counted_2000", "exploited_change"]\n[set]\nrefusal = true\npush = 0.9\n'
    '[sweep]\ncorruption = [0.6, 1, 1.4]\n"policing.raid_rate" = { low = 0.004, high = 0.02, points = 5 }\n'
    'route_adaptation = [true, false]\n',
    'scenarios = ["no-change"]\npeople-per-agent = "pooled"\nregion = "south-east-europe"\n[design]\nmethod = "sobol"\n'
    'points = 8\nover = ["corruption=0.5:1.5", "policing.raid_rate"]\n',
    'scenarios = ["no-change"]\n[design]\nmethod = "lhs"\npoints = 4\nover = "all"\n',
    'scenarios = ["no-change"]\nreplicates = 3\n')


class Unclear(AssertionError):
    """A message that does not tell a user what to do."""


class Workspace:
    """A folder of valid inputs in which one file at a time is replaced by the input."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.baseline = load_scenario("baseline")
        self.codes = [country.iso3 for country in self.baseline.region.countries]
        self.region = folder / "region"
        if not self.region.exists():
            shutil.copytree(self.baseline.region.folder, self.region)

    @cached_property
    def results(self) -> Path:
        """A finished batch: two scenarios, two replicates, three months."""
        out = self.folder / "results"
        if not out.exists():
            run_batch(_batch(), out, EngineOptions("serial"))
        return out

    def files(self, kind: str) -> list[Path]:
        """The files that inputs of a kind stand for, in a fixed order."""
        if kind == "region":
            return sorted(p for p in self.region.rglob("*") if p.is_file() and p.suffix in (".csv", ".toml", ".geojson"))
        if kind == "results":
            return sorted(p for p in self.results.rglob("*") if p.is_file() and p.name != LOCK)
        return {"parameters": sorted(scenarios_root().glob("*.toml")),
                "observed": sorted((self.region / "observed").glob("*.csv"))}.get(kind, [])

    def seeds(self, kind: str) -> list[bytes]:
        """Valid inputs of a kind."""
        if kind == "settings":
            return [b"corruption=1.3", b"push.push=0.8\nmechanisms.refusal=off", b"route_adaptation=true",
                    *(f"{event.path}=0.5\nevents.{event.name}.when=2001-06".encode()
                      for event in self.baseline.events if not specs()[event.parameter].setup and not event.until)]
        if kind == "parameters":
            return [path.read_bytes() for path in self.files(kind)] + [self.baseline.to_toml().encode()]
        if kind == "experiment":
            return [text.encode() for text in EXPERIMENTS]
        found = [bytes([n]) + path.read_bytes() for n, path in enumerate(self.files(kind))]
        if kind == "results":  # what everything else is read by
            found += 5 * [each for each, path in zip(found, self.files(kind)) if path.name == MANIFEST]
        return found


# --------------------------------------------------------------------------- what must hold


def check_problems(error: BadInput) -> None:
    """Raises Unclear unless every line names file, key, what was found and what is allowed."""
    if not error.problems:
        raise Unclear("BadInput without a problem")
    # Each of two files of a chain, or a region and its scenario, may list as many as one file.
    if len(error.problems) > 4 * (SHOWN + 1):
        raise Unclear(f"{len(error.problems)} problems listed")
    for problem in error.problems:
        line = str(problem)
        if not type(problem).__name__.startswith("_More"):
            for name in ("file", "key", "found", "allowed"):
                if not str(getattr(problem, name)).strip():
                    raise Unclear(f"no {name} in: {line!r}")
        check_line(line)


def check_line(line: str) -> None:
    """Raises Unclear unless a line can be shown on a terminal as it is."""
    if len(line) > LONGEST_LINE:
        raise Unclear(f"a line of {len(line)} characters: {line[:200]!r}")
    if not all(c.isprintable() or unicodedata.category(c) == "Zs" for c in line):  # a space that does not break is one
        raise Unclear(f"a line with control characters: {line[:500]!r}")


def check_world(scenario: Scenario) -> None:
    """What was accepted must be a world that the engine can set up."""
    table = parameter_table(scenario)
    for name in table.dtype.names:
        assert np.isfinite(table[name]).all(), f"{name} is not finite"
    for path, (low, high) in scenario.free().items():
        assert low < high, path
    Template(scenario, COARSE)


# --------------------------------------------------------------------------- kinds


def parameters(space: Workspace, data: bytes) -> None:
    """A scenario file; one that is accepted survives writing and reading again."""
    path = space.folder / "mine.toml"
    path.write_bytes(data)
    scenario = load_scenario(path)
    check_world(scenario)
    path.write_text(scenario.to_toml(), encoding="utf-8")
    assert load_scenario(path).content_hash() == scenario.content_hash(), "to_toml() says something else"


def region(space: Workspace, data: bytes) -> None:
    """One file of a region folder: the first byte says which, the others are its content."""
    with _in_place(space.files("region"), data):
        found: Region = load_region(space.region)
        for variable, iso3 in found.figures:
            assert np.isfinite(found.series(variable, iso3)).all(), (variable, iso3)
        check_world(replace(space.baseline, region=found, events=(), priors={}))


def observed(space: Workspace, data: bytes) -> None:
    """An observed table as a user brings it: the first byte says which, the others are its content."""
    files = space.files("observed")
    place = files[(data[0] if data else 0) % len(files)]
    path = space.folder / place.name
    path.write_bytes(data[1:])
    if place.name == "referrals.csv":
        for row in read_referrals(path, space.codes):
            assert row.first <= row.last, row
        _command("check", str(path))
    elif place.name == "patterns.csv":
        region = space.baseline.region
        shape = (region.months, len(region.countries))
        seen = Seen(region, np.ones(shape, HIDDEN), np.ones(shape, ACTORS), np.ones((*shape, shape[1])),
                    np.ones(len(region.referrals)))
        for row in read_patterns(path, region):
            assert not row.holds(float("nan")) and row.figure(seen) >= 0.0, row
    else:
        region = space.baseline.region
        shape = (region.months, len(region.countries))
        tallies = defaultdict(lambda: np.ones(shape))
        for row in read_statistics(path, region):
            flows = np.ones((*shape, shape[1], len(MODES), len(VENUES)), np.int8)
            assert np.isfinite(counterpart(row, region, tallies, tallies, flows)), row


def settings(space: Workspace, data: bytes) -> None:
    """`--set` texts, one a line, as a shell would pass them."""
    texts = data.decode("utf-8", "surrogateescape").replace("\0", "").split("\n")[:40]
    batch = resolve(["baseline"], 1, 1, COARSE, None, _settings(None, None, texts))
    check_world(batch.entries[0].scenario)


def results(space: Workspace, data: bytes) -> None:
    """One file of a result folder: the first byte says which, the others are its content.

    The same command again must make whole what is damaged: the same bytes in every table and part.
    """
    files, forged = space.files("results"), False
    place = files[(data[0] if data else 0) % len(files)]
    if place.parent.name == PARTS and place.suffix == ".npz":
        # Half of the parts are sealed again, so that what lies behind the digest is reached.
        body = data[: -parts.DIGEST]
        if len(body) > 2 and body[-1] % 2:
            data, forged = body + hashlib.sha256(body[1:]).hexdigest().encode(), True
    before = {path: path.read_bytes() for path in files}
    place.write_bytes(data[1:])
    try:
        _use(space.results)
    finally:
        # A forged manifest may ask for a hundred thousand runs: that is no mistake.
        if place.name != MANIFEST and place.suffix in (".npz", ".parquet"):
            run_batch(_batch(), space.results, EngineOptions("serial"))
            if not forged:
                for path in files:
                    assert path.name == MANIFEST or path.read_bytes() == before[path], f"{path.name} is not as it was"
        _restore(space.results, before)


def experiment(space: Workspace, data: bytes) -> None:
    """A file that states an experiment; one that is accepted has points, each of which is a world."""
    path = space.folder / "experiment.toml"
    path.write_bytes(data)
    _command("check", str(path))
    batch = as_asked(path)
    for entry in batch.entries:
        for point in (entry.points[:1] + entry.points[-1:] if batch.sweep else ()):
            check_world(point.of(entry.scenario))
    assert not batch.outputs or set(batch.outputs) <= {each.name for each in outputs_of(batch.region, batch.months)}


def _use(folder: Path) -> None:
    """Every way in which a result folder is read. Raises BadInput where one finds it damaged."""
    damaged = None
    for name in ("status", "verify"):
        if name in cli.COMMANDS:
            try:
                _command(name, str(folder))
            except BadInput as error:
                damaged = error
    found = read_results(folder)
    for name in RUN_TABLES:
        found.table(name)
    assert len(found.region.countries) > 0
    manifest = read_manifest(folder, "run")
    check_agrees(folder, manifest, _batch().shared())
    joined(_batch(), folder, manifest)
    if damaged:
        raise damaged


@cache
def _batch() -> Batch:
    return resolve(SMALL_BATCH, 2, 1, COARSE, "1999-03", {})


def _restore(folder: Path, files: dict[Path, bytes]) -> None:
    for path in folder.rglob("*"):
        if path.is_file() and path not in files and path.name != LOCK:
            path.unlink()
    for path, content in files.items():
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)


KINDS: dict[str, Callable[[Workspace, bytes], None]] = {
    "parameters": parameters, "region": region, "observed": observed, "settings": settings, "results": results,
    "experiment": experiment}


def enter(space: Workspace, kind: str, data: bytes) -> bool:
    """One input; whether it was accepted. Raises whatever is wrong with the product."""
    try:
        KINDS[kind](space, data)
    except BadInput as error:
        check_problems(error)
        return False
    return True


# --------------------------------------------------------------------------- helpers


@contextlib.contextmanager
def _in_place(files: list[Path], data: bytes):
    """The file that the first byte chooses holds the other bytes, for a while."""
    place = files[(data[0] if data else 0) % len(files)]
    before = place.read_bytes()
    place.write_bytes(data[1:])
    try:
        yield
    finally:
        place.write_bytes(before)


def _command(*words: str) -> None:
    """A command of `undercount` in this process. Raises BadInput as it does, and checks what it prints."""
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            cli.cli.main(args=list(words), prog_name="undercount", standalone_mode=False)
    except cli.click.ClickException as error:
        check_line(error.format_message())
    except SystemExit:
        pass
    for line in said.getvalue().splitlines():
        check_line(line)
