"""What the report of a sweep is made from: outputs by point, and which name moved which output."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, cached_property
from itertools import permutations

import numpy as np
import pandas as pd
from scipy.stats import rankdata, spearmanr
from undercount.experiments.report.summaries import QUANTILES
from undercount.experiments.runs.outputs import Output, outputs_of
from undercount.experiments.runs.results import Results
from undercount.experiments.runs.variance import luck_and_assumption
from undercount.experiments.store.kept import kept_scenario
from undercount.experiments.sweeps.point import unit_of
from undercount.model.assumed.scenario import Scenario, load_scenario
from undercount.model.files.problems import BadInput, Problem

RUN = ["scenario", "point", "replicate", "seed"]
SHOWN = 6  # outputs, unless the experiment names others: what stands for the last years
EXACT = 8  # points
SURE = 0.01  # chance that any of the correlations of an output would be called sure if nothing moved it


class Swept:
    """A folder of a sweep with its summaries. Point 0, the scenario's own values, is in no effect."""

    def __init__(self, results: Results):
        self.results, self.manifest, self.region = results, results.manifest, results.region
        self.table, self.points = results.table("outputs"), results.table("points")
        if self.table.empty:
            raise BadInput(Problem(results.folder, "outputs", "no run", "at least one finished run"))
        self.names: list[str] = [name for name in self.points.columns if name not in RUN]
        self.scenarios: list[str] = list(self.table["scenario"].unique())
        self.kind: str = results.sweep["design"]

    @cached_property
    def outputs(self) -> list[Output]:
        """Every output that the runs have."""
        there = {output.name: output for output in outputs_of(self.region, self.manifest["batch"]["months"])}
        return [there[name] for name in self.table.columns if name in there]

    @cached_property
    def shown(self) -> list[Output]:
        """The outputs of the figures."""
        asked = self.manifest.get("outputs") or []
        if asked:
            return [output for output in self.outputs if output.name in asked]
        last = [output for output in self.outputs if not output.name.rpartition("_")[2].isdigit()]
        yearly = [output for output in self.outputs if output not in last]
        newest = max((output.name.rpartition("_")[2] for output in yearly), default="")
        return [*(output for output in yearly if output.name.endswith(newest)), *last][:SHOWN]

    @cached_property
    def units(self) -> dict[str, str]:
        """The unit of every swept name."""
        scenario = self._scenario
        return {name: "" if scenario is None else unit_of(scenario, name) for name in self.names}

    @cached_property
    def _scenario(self) -> Scenario | None:
        """A scenario of the folder, for the units of events; None if it is gone."""
        try:
            there = self.manifest["scenarios"][0]
            return load_scenario(kept_scenario(self.results.folder, there["name"]) or there["given"])
        except BadInput:
            return None

    @cached_property
    def own(self) -> pd.DataFrame:
        """The scenarios' own values: index scenario."""
        return self.points[self.points["point"] == 0].set_index("scenario")[self.names]

    @cached_property
    def responses(self) -> pd.DataFrame:
        """scenario, point, output, q05 to q95, mean and n over the replicates."""
        names = [output.name for output in self.outputs]
        long = self.table.melt(id_vars=RUN, value_vars=names, var_name="output")
        grouped = long.groupby(["scenario", "point", "output"], sort=False)["value"]
        found = pd.DataFrame({label: grouped.quantile(q) for label, q in QUANTILES.items()})
        found["mean"], found["n"] = grouped.mean(), grouped.count()
        return found.reset_index()

    def at(self, names: Sequence[str]) -> pd.DataFrame:
        """The responses behind one column for each of these names: its value at the point."""
        there = self.points[["scenario", "point", *names]]
        return there.merge(self.responses, on=["scenario", "point"])

    @cached_property
    def effects(self) -> pd.DataFrame:
        """One row a scenario, output and name: what moved what, the strongest first.

        low, high    mean output where the name is in the lowest and highest third of its values (in a grid: at its
                     lowest and highest value)
        change       high - low, in the unit of the output
        correlation  Spearman's, of the means of points; p the probability of one as large if nothing moved: of all
                     permutations for up to EXACT points, asymptotic for more
        sure         is p below SURE over the number of names?
        """
        rows = []
        moved = self.responses[self.responses["point"] > 0]
        points = self.points.set_index(["scenario", "point"])
        for (scenario, output), mine in moved.groupby(["scenario", "output"], sort=False):
            mine = mine[mine["mean"].notna()]
            values = points.loc[scenario].loc[mine["point"]]
            for name in self.names:
                there = values[name].notna().to_numpy()
                at, mean = values[name].to_numpy(float)[there], mine["mean"].to_numpy()[there]
                if len(np.unique(at)) > 1:
                    rows.append((scenario, output, name, *_effect(at, mean)))
        found = pd.DataFrame(rows, columns=["scenario", "output", "name", "low", "high", "change", "correlation", "p"])
        found["sure"] = found["p"] < SURE / max(1, len(self.names))
        order = found["correlation"].abs().fillna(0.0)
        return found.assign(order=order).sort_values(["scenario", "output", "order"], ascending=[True, True, False],
                                                     kind="stable", ignore_index=True).drop(columns="order")

    @cached_property
    def shares(self) -> pd.DataFrame:
        """Of drawn parameters: which share of each output's variance is assumption, and which luck."""
        return luck_and_assumption(self.table)

    @property
    def origin(self) -> str:
        """Which runs the figures come from."""
        points = len(self.points[self.points["scenario"] == self.scenarios[0]])
        return (f"{len(self.table):,} runs: {len(self.scenarios)} "
                f"{'scenario' if len(self.scenarios) == 1 else 'scenarios'}, {points:,} points, seeds "
                f"{self.table['seed'].min()} to {self.table['seed'].max()}, undercount {self.manifest['undercount']}.")


def _effect(values: np.ndarray, outputs: np.ndarray) -> tuple[float, float, float, float, float]:
    """(low, high, change, correlation, p) of one name."""
    levels = np.unique(values)
    ends = (levels[0], levels[-1]) if len(levels) <= 12 else np.quantile(values, [1 / 3, 2 / 3])
    low, high = outputs[values <= ends[0]].mean(), outputs[values >= ends[1]].mean()
    if np.ptp(outputs) == 0 or len(values) < 3:
        return low, high, high - low, np.nan, np.nan
    found = spearmanr(values, outputs)
    p = found.pvalue if len(values) > EXACT else _exact(rankdata(values), rankdata(outputs))
    return low, high, high - low, float(found.statistic), float(p)


def _exact(x: np.ndarray, y: np.ndarray) -> float:
    """The share of all orders of y whose covariance with x is as large. The asymptotic one is 0 for three in a row."""
    x, y = x - x.mean(), y - y.mean()
    return float((np.abs(y[_orders(len(y))] @ x) >= abs(x @ y) - 1e-9).mean())


@cache
def _orders(n: int) -> np.ndarray:
    return np.array(list(permutations(range(n))))
