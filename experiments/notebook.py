"""What the commands do, from Python: `from undercount.experiments import run, sweep, sensitivity, compare, diff`.

`unknowns` and `world` are for other tools that choose the points themselves, such as the EMA Workbench.

    found = sweep("full-adaptation", {"corruption": [0.6, 1, 1.4]}, replicates=5, seed=1)
    found.points, found.outputs, found.table("hidden")

Every function computes into a result folder, like its command: with `folder` it stays, can be gone on with, and is what
`undercount report` reads; without, it is temporary and gone with the result. Mistakes raise
`undercount.model.files.problems.BadInput`, which lists all of them.
"""

from __future__ import annotations

import html
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from undercount.experiments.compute.engines import EngineOptions

if TYPE_CHECKING:
    import pandas as pd
    from undercount.experiments.compute.jobs import Outcome
    from undercount.experiments.difference.page import FolderDifference

Values = Sequence[float | str | bool]


@dataclass(frozen=True)
class Options:
    """How runs are made: those of `undercount run`.

    replicates         runs of each scenario, at each point of a sweep; replicate r has the seed `seed` + r
    seed               0 to 2**63 - 1; None draws one, which the folder keeps
    people_per_agent   persons that one agent stands for, or "pooled"
    until              the last month, "YYYY-MM"; None: the region's last
    settings           values replaced in every scenario, by name, as --set takes them
    engine, workers    "processes", "threads" or "serial", and how many at a time (None: one a core)
    """

    replicates: int = 20
    seed: int | None = None
    people_per_agent: int | str = 100
    until: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    engine: str = "processes"
    workers: int | None = None


@dataclass(frozen=True)
class Runs:
    """A folder of runs. `table(name)` is one of its tables, docs/tables.md; a column `point` is there in sweeps."""

    folder: Path
    _kept: object = field(default=None, repr=False)  # a temporary folder lives as long as this

    def table(self, name: str) -> pd.DataFrame:
        """A table as a new DataFrame. Raises KeyError for a name that is none, BadInput if it is damaged."""
        from undercount.experiments.runs.results import read_results

        return read_results(self.folder).table(name)

    @property
    def runs(self) -> pd.DataFrame:
        """One row a run: scenario, replicate, seed, persons newly exploited and assisted, hash."""
        return self.table("runs")

    @property
    def outputs(self) -> pd.DataFrame:
        """One row a run, one column an output (docs/tables.md, outputs); point is 0 where nothing is swept."""
        from undercount.experiments.difference.numbers import outputs_table
        from undercount.experiments.runs.results import read_results

        return outputs_table(read_results(self.folder))

    @property
    def points(self) -> pd.DataFrame:
        """Of a sweep: one row a scenario and point, one column a swept name. Raises KeyError if nothing is swept."""
        return self.table("points")

    def report(self) -> Path:
        """Write the report into the folder; the path of its page."""
        from undercount.experiments.report.page import write_report
        from undercount.experiments.report.sweep_page import write_sweep_report
        from undercount.experiments.runs.results import read_results

        results = read_results(self.folder)
        return write_report(results, self.folder) if results.sweep is None else write_sweep_report(results, self.folder)

    def _repr_html_(self) -> str:
        """Means of the outputs, for a notebook."""
        means = self.outputs.drop(columns=["replicate", "seed"]).groupby(["scenario", "point"], sort=False).mean()
        return _shown(f"{len(self.runs)} runs in {self.folder}: means over the replicates", means)


@dataclass(frozen=True)
class Sensitivity:
    """indices  output, name, first and total index with intervals of 90 %, forest
    screening   output, name, mu_star, sigma, floor, kept
    about       how many worlds it took, how exact it is, and the words
    """

    folder: Path
    indices: pd.DataFrame
    screening: pd.DataFrame
    about: dict[str, Any]
    _kept: object = field(default=None, repr=False)

    def _repr_html_(self) -> str:
        return _shown(" ".join(self.about["words"]), self.indices.round(3))


@dataclass(frozen=True)
class Verdict:
    """document  `verdict.json`, whose keys docs/verdict.md explains; `words` the answer in plain words"""

    folder: Path
    document: dict[str, Any]
    words: str
    _kept: object = field(default=None, repr=False)

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self.words)}</pre>"


def run(scenarios: str | Sequence[str], options: Options | None = None, folder: str | Path | None = None,
        **changes: Any) -> Runs:
    """Run scenarios, names or paths, as `undercount run` does. `changes` are fields of Options.

    Raises BadInput, `compute.jobs.Stopped` after an interruption, RuntimeError if runs failed.
    """
    return _ran(scenarios, None, _options(options, changes), folder)


def sweep(scenarios: str | Sequence[str], over: Mapping[str, Values | tuple[float, float] | None],
          design: str = "grid", points: int = 64, folder: str | Path | None = None, **changes: Any) -> Runs:
    """Run scenarios at points, as `undercount run --sweep` and `--design` do.

    over    grid: values by name; sobol or lhs: (low, high) by name, None for the scenario's own range, and an empty
            mapping for all unknowns
    points  of a design; a grid has all combinations. Point 0 has the scenario's own values

    Raises what `run` raises.
    """
    from undercount.experiments.sweeps.typed import read_sweep
    from undercount.model.files.problems import BadInput, Problem
    from undercount.model.files.toml_in import describe

    problems: list = [] if design == "grid" else [
        Problem("sweep", describe(name), f"{len(span)} numbers", "(low, high), or None for the scenario's own range")
        for name, span in over.items() if span is not None and len(span) != 2]
    if problems:
        raise BadInput(problems)
    given: dict[str, Any] = {"sweep": (), "design": None, "points": None, "over": ()}
    if design == "grid":
        given["sweep"] = [f"{name}=" + ",".join(map(_word, values or ())) for name, values in over.items()]
    else:
        ranges = [name if span is None else "{}={!r}:{!r}".format(name, *map(float, span))
                  for name, span in over.items()]
        given |= {"design": design, "points": points, "over": ranges}
    asked = read_sweep(problems, given)
    if problems:
        raise BadInput(problems)
    return _ran(scenarios, asked, _options(None, changes), folder)


def sensitivity(scenario: str, folder: str | Path | None = None, engine: str = "processes", workers: int | None = None,
                **asked: Any) -> Sensitivity:
    """Screening and Sobol indices, as `undercount sensitivity` makes them.

    `asked` are its options: over, output (lists of texts), seed, people_per_agent, until, trajectories, keep, most,
    width, settings, region. Raises what `run` raises, and BadInput without SALib.
    """
    import json

    import pandas as pd
    from undercount.experiments.influence.build import INDICES, MORRIS, build
    from undercount.experiments.influence.read import read_inquiry

    known: dict[str, Any] = {"over": (), "output": (), "seed": 1, "people_per_agent": None, "until": None,
                             "trajectories": 20, "keep": 20, "most": 1024, "width": 0.1, "settings": {}, "region": None}
    _only(asked, known)
    known |= asked
    inquiry = read_inquiry([], scenario, known | {"wanted": known["output"], "settings": _texts(known["settings"])})
    where, kept = _place(folder)
    _done(build(inquiry, where, EngineOptions(engine, workers)))
    return Sensitivity(where, pd.read_csv(where / INDICES), pd.read_csv(where / MORRIS),
                       json.loads((where / "sensitivity.json").read_bytes()), kept)


def compare(reference: str | Path | None = None, observed: str | Path | None = None, folder: str | Path | None = None,
            effort: str = "full", seed: int = 1) -> Verdict:
    """Were fewer people trafficked? The verdict of `undercount compare`: on the region's own table, or on `observed`.

    reference  a folder of `undercount reference`; None: the table that ships
    effort     "full" or "quick"

    Raises what `run` raises, KeyError for another effort.
    """
    import json

    from undercount.experiments.answer.build import make
    from undercount.experiments.ask import LARGEST_SEED, read_whole
    from undercount.experiments.inference.smc import available
    from undercount.experiments.reference.shipped import shipped_reference
    from undercount.experiments.reference.table import read_reference
    from undercount.experiments.verdict.asked import Asked
    from undercount.experiments.verdict.effort import EFFORTS
    from undercount.experiments.verdict.folder import VERDICT, WORDS
    from undercount.experiments.verdict.observed import read_observed
    from undercount.model.files.problems import BadInput

    problems: list = []
    number = read_whole(problems, "seed", seed, 0, LARGEST_SEED)
    if problems:
        raise BadInput(problems)
    there = shipped_reference() if reference is None else read_reference(Path(reference))
    seen = read_observed(there, None if observed is None else Path(observed))
    asked = Asked(there, seen, EFFORTS[effort], number, available(), None if observed is None else str(observed),
                  shipped=reference is None)
    where, kept = _place(folder)
    _done(make(asked, where, EngineOptions(), lambda outcome: None, lambda line: None))
    return Verdict(where, json.loads((where / VERDICT).read_bytes()), (where / WORDS).read_text(encoding="utf-8"), kept)


def unknowns(scenario: str) -> pd.DataFrame:
    """name, low, high, unit of everything that a scenario leaves open; months are counted from the region's first.

    Raises BadInput.
    """
    import pandas as pd
    from undercount.experiments.sweeps.point import unit_of
    from undercount.model.assumed.scenario import load_scenario

    there = load_scenario(str(scenario))
    return pd.DataFrame([(name, low, high, unit_of(there, name)) for name, (low, high) in there.free().items()],
                        columns=["name", "low", "high", "unit"])


def world(scenario: str, settings: Mapping[str, Any] | None = None, seed: int = 1,
          people_per_agent: int | str = "pooled", until: str | None = None) -> dict[str, float]:
    """One run in this process: its outputs by name (docs/tables.md, outputs), the same as a sweep's at this point.

    settings  values replaced in the scenario, as --set takes them

    Raises BadInput.
    """
    from undercount.experiments.influence.world import outputs_at
    from undercount.experiments.runs.batch import resolve

    batch = resolve([str(scenario)], 1, seed, people_per_agent, until, _texts(settings or {}))
    return outputs_at(batch.entries[0].scenario, batch.seed, batch.people_per_agent, batch.months)


def diff(first: str | Path | Runs, second: str | Path | Runs) -> FolderDifference:
    """What differs between two result folders: `code`, `settings`, `scenarios`, `numbers` (a DataFrame), `lines()`.

    Raises BadInput if one of them is none.
    """
    from undercount.experiments.difference.page import difference

    return difference(*(each.folder if isinstance(each, Runs) else each for each in (first, second)))


# --------------------------------------------------------------------------- what they share


def _ran(scenarios: str | Sequence[str], asked: Any, options: Options, folder: str | Path | None) -> Runs:
    from undercount.experiments.runs.batch import resolve
    from undercount.experiments.runs.build import run_batch
    from undercount.experiments.store.folder import read_manifest

    seed = options.seed
    if seed is None and folder is not None and (there := read_manifest(Path(folder))):
        seed = there["batch"]["seed"]
    names = [scenarios] if isinstance(scenarios, str) else list(scenarios)
    batch = resolve(list(map(str, names)), options.replicates, seed, options.people_per_agent, options.until,
                    _texts(options.settings))
    batch = batch if asked is None else batch.with_points(asked)
    where, kept = _place(folder)
    _done(run_batch(batch, where, EngineOptions(options.engine, options.workers)))
    return Runs(where, kept)


def _options(options: Options | None, changes: Mapping[str, Any]) -> Options:
    from dataclasses import replace

    _only(changes, Options.__dataclass_fields__)
    return replace(options or Options(), **changes)


def _only(given: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    from undercount.model.files.problems import nearest

    for name in given:
        if name not in known:
            hint = nearest(name, known)
            raise TypeError(f"no option {name!r}; there are {', '.join(known)}"
                            + (f"; did you mean {hint!r}?" if hint else ""))


def _texts(settings: Mapping[str, Any]) -> dict[str, str]:
    """Settings as typed, so that the folder's command repeats them."""
    return {name: _word(value) for name, value in settings.items()}


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(float(value)) if isinstance(value, int | float) \
        else str(value)


def _place(folder: str | Path | None) -> tuple[Path, object]:
    if folder is not None:
        return Path(folder), None
    kept = tempfile.TemporaryDirectory(prefix="undercount-")
    return Path(kept.name), kept


def _done(outcome: Outcome) -> None:
    if outcome.failed:
        first = outcome.failed[0]
        raise RuntimeError(f"{len(outcome.failed)} of {outcome.total} failed, the first with: {first.error}")


def _shown(title: str, table: pd.DataFrame) -> str:
    return f"<p>{html.escape(title)}</p>{table.to_html(max_rows=20)}"
