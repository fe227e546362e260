"""What the sections of a report are made from: a result folder's tables, summarised once."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Protocol

import pandas as pd
from undercount.experiments.report import summaries
from undercount.model.files.problems import BadInput, Problem, nearest

PREFERRED_FOCUS = "full-adaptation"  # shown in detail if it was run
PREFERRED_REFERENCE = "baseline"  # drawn beside the others if it was run
FEW = 20  # below this number of replicates a 90 % interval is hardly more than the range


class Results(Protocol):
    """What is needed of `experiments.runs.results.Results`."""

    manifest: dict[str, Any]
    complete: bool
    region: Any

    def table(self, name: str) -> pd.DataFrame: ...


class Batch:
    """A result folder with its summaries. `focus` is the scenario that is shown in detail."""

    def __init__(self, results: Results, focus: str | None = None):
        self.results, self.manifest, self.region = results, results.manifest, results.region
        self.runs = results.table("runs")
        self.scenarios: list[str] = list(self.runs["scenario"].unique())
        if not self.scenarios:
            raise BadInput(Problem("result folder", "runs", "no run", "at least one finished run"))
        if focus is not None and focus not in self.scenarios:
            raise BadInput(Problem("--focus", "scenario", focus, ", ".join(self.scenarios),
                                   nearest=nearest(focus, self.scenarios)))
        self.focus = focus or (PREFERRED_FOCUS if PREFERRED_FOCUS in self.scenarios else self.scenarios[0])
        self.reference = PREFERRED_REFERENCE if PREFERRED_REFERENCE in self.scenarios else None
        self.observed = summaries.observed_table(self.region)
        self.periods = summaries.periods(self.observed)
        self.years = summaries.compared_years(self.observed, self.region.windows)
        self.country_names = {country.iso3: country.name for country in self.region.countries}

    # --- the runs --------------------------------------------------------------------------------
    @cached_property
    def replicates(self) -> dict[str, int]:
        return self.runs.groupby("scenario", sort=False)["replicate"].nunique().to_dict()

    @cached_property
    def months_run(self) -> dict[str, int]:
        """Months that were run, by year."""
        return summaries.years_run(self.hidden["month"])

    @property
    def whole_years(self) -> list[str]:
        return [year for year, months in self.months_run.items() if months == summaries.MONTHS_A_YEAR]

    @property
    def whole_referrals(self) -> list[str]:
        """Complete periods of the observed table that were also run."""
        run = set(self.referrals["year"])
        return [p for p in self.periods.loc[self.periods["complete"], "year"] if p in run]

    @property
    def missing_years(self) -> list[str]:
        """Which of the two compared years were not run to their end."""
        return [y for y in (self.years.before, self.years.after) if y not in self.whole_years] if self.years else []

    @property
    def version(self) -> str:
        return str(self.manifest.get("undercount", "unknown version"))

    @cached_property
    def origin(self) -> str:
        """Which runs a figure comes from, for its caption."""
        counts = sorted(set(self.replicates.values()))
        replicates = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
        seeds, scale = sorted(self.runs["seed"].unique()), sorted(self.runs["people_per_agent"].unique())
        seed = f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {seeds[0]} to {seeds[-1]}"
        return (f"{len(self.runs):,} {'run' if len(self.runs) == 1 else 'runs'}: "
                f"{len(self.scenarios)} {'scenario' if len(self.scenarios) == 1 else 'scenarios'}, "
                f"{replicates} {'replicate' if replicates == '1' else 'replicates'} each, {seed}, one agent for "
                f"{' or '.join(f'{n:,}' for n in scale)} persons at home, undercount {self.version}.")

    @property
    def reading(self) -> str:
        """How to read lines and bands."""
        if max(self.replicates.values()) == 1:
            return "Line: the single run. "
        return "Line: median of the replicates; dark band: the middle 50 %, light band: the middle 90 % of them. "

    # --- tables and summaries --------------------------------------------------------------------
    @cached_property
    def referrals(self) -> pd.DataFrame:
        return self.results.table("referrals")

    @cached_property
    def hidden(self) -> pd.DataFrame:
        return self.results.table("hidden")

    @cached_property
    def flows(self) -> pd.DataFrame:
        return self.results.table("flows")

    @cached_property
    def lists(self) -> pd.DataFrame:
        return self.results.table("lists")

    @cached_property
    def totals(self) -> pd.DataFrame:
        return summaries.bands(summaries.totals(self.referrals, self.observed), ["year"], "assisted")

    @cached_property
    def by_country(self) -> pd.DataFrame:
        return summaries.bands(self.referrals, ["country", "year"], "assisted")

    @cached_property
    def hidden_yearly(self) -> pd.DataFrame:
        return summaries.hidden_by_year(self.hidden)

    @cached_property
    def actors_yearly(self) -> pd.DataFrame:
        return summaries.actors_by_year(self.results.table("actors"))

    @cached_property
    def changes(self) -> pd.DataFrame:
        """Bands of the change in referrals by scenario and group; empty if a year was not run."""
        return summaries.bands(
            summaries.simulated_changes(self.referrals, self.observed, self.years), ["group"], "change")

    @cached_property
    def hidden_changes(self) -> pd.DataFrame:
        return summaries.bands(
            summaries.yearly_changes(self.hidden_yearly, "newly_exploited", self.years), [], "change")
