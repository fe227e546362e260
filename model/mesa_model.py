"""`TraffickingModel`: the world as a Mesa model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mesa
import numpy as np
import pandas as pd
from mesa.datacollection import DataCollector
from undercount.model.assumed.scenario import Scenario, load_scenario
from undercount.model.engine import layout
from undercount.model.engine.home import PERSON_BITS
from undercount.model.engine.layout import POOLED, WARM_UP
from undercount.model.mesa_agents import NGO, Migrant, Official, Recruiter
from undercount.model.month import RULES, files_all
from undercount.model.outcome import Outcome
from undercount.model.schedule import PHASES
from undercount.model.world import Template, World

KINDS = {kind.table: kind for kind in (Migrant, Recruiter, Official, NGO)}
ACTIVATIONS = ("compiled", "mesa")
# What the data collector records every month, summed over countries.
REPORTED = {
    "newly_exploited": "hidden", "in_exploitation": "hidden", "identified": "hidden", "assisted": "hidden",
    "refused": "hidden", "returned": "hidden", "recruiters_active": "actors",
    "recruiters_in_custody": "actors", "officials_in_pay": "actors", "bribes_taken": "actors",
}


def _scale(people_per_agent: int | str) -> int:
    """The number itself, `POOLED` for the word; ValueError otherwise."""
    if people_per_agent == "pooled":
        return POOLED
    if isinstance(people_per_agent, str) or int(people_per_agent) != people_per_agent or not (
            1 <= people_per_agent <= 10_000):
        raise ValueError(f"people_per_agent: found {people_per_agent}; allowed: a whole number, 1 to 10,000, or "
                         '"pooled"')
    return int(people_per_agent)


class TraffickingModel(mesa.Model):
    """Recruitment and enforcement in one region, month by month.

    Parameters
    ----------
    scenario : name or path of a scenario file, or a loaded `Scenario`
    seed : non-negative integer below 2**63; drawn and kept in `.seed` if None
    people_per_agent : persons whom one agent at home stands for, or "pooled": those at home who are
        alike are one agent, whoever is recruited or trapped is an agent of one person
    activation : "compiled" runs all agents in one compiled call; "mesa" calls `step()` of every
        `mesa.Agent`. Both give the same world, bit for bit.
    push, pull, corruption, enforcement, referral_capacity : headline factors; None leaves the
        scenario's value
    route_adaptation, method_adaptation : switches; None leaves the scenario's
    **overrides : any other parameter or switch by its unique key, e.g. `papers_cost=500`, or a
        dict `settings={"events.handover.factor": 0.5}` for dotted names

    Raises
    ------
    BadInput
        if the scenario or a value is not usable; names every mistake.
    """

    # A plain attribute: Mesa 3.5 has a property of this name that would write into the frozen scenario.
    scenario: Scenario | None = None

    def __init__(
        self,
        scenario: str | Path | Scenario = "full-adaptation",
        seed: int | None = None,
        people_per_agent: int | str = 100,
        activation: str = "compiled",
        *,
        push: float | None = None,
        pull: float | None = None,
        corruption: float | None = None,
        enforcement: float | None = None,
        referral_capacity: float | None = None,
        route_adaptation: bool | None = None,
        method_adaptation: bool | None = None,
        settings: dict[str, Any] | None = None,
        **overrides: Any,
    ):
        seed = int(np.random.SeedSequence().generate_state(1)[0]) if seed is None else int(seed)
        if not 0 <= seed < 2**63:
            raise ValueError(f"seed: found {seed}; allowed: 0 to 2**63 - 1")
        scale = _scale(people_per_agent)
        if activation not in ACTIVATIONS:
            raise ValueError(f"activation: found {activation!r}; allowed: {' or '.join(ACTIVATIONS)}")
        super().__init__(seed=seed)
        headline = {"push": push, "pull": pull, "corruption": corruption, "enforcement": enforcement,
                    "referral_capacity": referral_capacity, "route_adaptation": route_adaptation,
                    "method_adaptation": method_adaptation}
        values = {name: value for name, value in headline.items() if value is not None}
        values |= overrides | (settings or {})
        loaded = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
        self.scenario = loaded.with_values(values) if values else loaded
        self.seed, self.activation = seed, activation
        self.world = World(Template(self.scenario, scale), seed)
        self.world.warm_up()
        self.country_names = [country.iso3 for country in self.region.countries]
        self._views_of_rows = 0
        self._reported = 0
        self.datacollector = DataCollector(model_reporters={
            name: (lambda model, table=table, name=name:
                   int(getattr(model.world, table)[name][model._reported].sum()))
            for name, table in REPORTED.items()})

    @property
    def region(self):
        """The region that the scenario names."""
        return self.scenario.region

    @property
    def month(self) -> str | None:
        """The last month that was run, such as "2001-03"; None before the first."""
        return self.region.month_name(self.world.month - 1) if self.world.month else None

    def step(self) -> None:
        """One month. Does nothing once the last month was run."""
        world = self.world
        if world.t >= world.template.months:
            self.running = False
            return
        if self.activation == "compiled":
            world.run(world.t + 1)
        else:
            self._step_agents()
        self._collect(world.t - 1)
        self.running = world.t < world.template.months

    def run(self, until: str | None = None) -> TraffickingModel:
        """Runs to the end of month `until` (such as "2003-12"; default: the region's last month)."""
        world = self.world
        last = world.template.months if until is None else self.region.month_index(until) + 1 + WARM_UP
        if self.activation == "mesa":
            while world.t < last:
                self.step()
            return self
        first = world.t
        world.run(last)
        for month in range(first, world.t):
            self._collect(month)
        self.steps += world.t - first
        self.running = world.t < world.template.months
        return self

    def _collect(self, month: int) -> None:
        self._reported = month
        self.datacollector.collect(self)

    # --- Mesa's agents ---------------------------------------------------------------------------
    def _step_agents(self) -> None:
        """The phases of the month, agents by `step()`."""
        world, t = self.world, self.world.t
        for phase in PHASES:
            if phase.agents is None:
                RULES[phase.rule](t, world.address)
            else:
                self.agents_by_type[KINDS[phase.agents]].do("step")
            if phase.rule == "begin_month":
                world.make_room_if_needed()
            elif phase.agents == Migrant.table:
                files_all(t, world.address)
        world.t += 1

    @property
    def agents(self):
        """All agents as Mesa's AgentSet; views are made when first asked for."""
        self._make_views()
        return self._all_agents

    @property
    def agents_by_type(self):
        """One AgentSet for each kind: Migrant, Recruiter, Official, NGO."""
        self._make_views()
        return self._agents_by_type

    def _make_views(self) -> None:
        world = self.world
        if self._views_of_rows == 0:
            rows = {int(me): row for row, me in enumerate(world.people["id"][: world.leavers])}
            for k, klass in enumerate(world.classes):
                for number in range(klass.agents):
                    Migrant(self, rows.get((k << PERSON_BITS) | number), k, number)
            self._views_of_rows = world.leavers
            for kind, table in ((Recruiter, world.recruiters), (Official, world.officials), (NGO, world.ngos)):
                for row in range(len(table)):
                    kind(self, row)
        for row in range(self._views_of_rows, int(world.counts[layout.ROWS])):
            Migrant(self, row)
        self._views_of_rows = int(world.counts[layout.ROWS])
        # Mesa 3.3 keeps every model in a table of its own for ever; let this one go.
        getattr(mesa.Agent, "_ids", {}).pop(self, None)

    # --- tables --------------------------------------------------------------------------------------
    @property
    def outcome(self) -> Outcome:
        """The tallies so far; its methods are the tables below."""
        return self.world.outcome

    def referrals(self) -> pd.DataFrame:
        """Simulated counts in the rows of the observed table: country, year, assisted."""
        return self.outcome.referrals()

    def hidden(self) -> pd.DataFrame:
        """What really happened, by month and country, in persons."""
        return self.outcome.hidden_flow()

    def flows(self) -> pd.DataFrame:
        """Newly exploited persons by month, origin, destination, entry mode and venue."""
        return self.outcome.flow_counts()

    def actors(self) -> pd.DataFrame:
        """Recruiters, officials and shelters by month and country."""
        return self.outcome.actor_counts()

    def lists(self) -> pd.DataFrame:
        """How many persons are on which lists, by year and country."""
        return self.outcome.list_counts()
