"""`TraffickingModel`: the world as a Mesa model."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from mesa.datacollection import DataCollector
from undercount.model.assumed.scenario import Scenario
from undercount.model.engine.layout import WARM_UP
from undercount.model.mesa_agents import Migrant
from undercount.model.mesa_arguments import (
    HEADLINES,
    last_month,
    luck_of,
    scale_of,
    scenario_of,
    values_of,
)
from undercount.model.mesa_copies import Copies
from undercount.model.mesa_rows import KINDS
from undercount.model.month import RULES, files_all
from undercount.model.outcome import Outcome
from undercount.model.schedule import PHASES
from undercount.model.sound import check_sound
from undercount.model.world import Template, World

# What the data collector records every month, summed over countries.
REPORTED = {
    "newly_exploited": "hidden", "in_exploitation": "hidden", "identified": "hidden", "assisted": "hidden",
    "refused": "hidden", "returned": "hidden", "recruiters_active": "actors",
    "recruiters_in_custody": "actors", "officials_in_pay": "actors", "bribes_taken": "actors",
}


def _total(model: TraffickingModel, table: str, name: str) -> int:
    """A tally of the month that is being reported, summed over countries."""
    return int(getattr(model.world, table)[name][model._reported].sum())


class TraffickingModel(Copies):
    """Recruitment and enforcement in one region, month by month.

    Parameters
    ----------
    scenario : name or path of a scenario file, or a loaded `Scenario`
    seed, rng : non-negative integer below 2**63, either name; a NumPy generator gives one; drawn and kept in
        `.seed` if None
    people_per_agent : persons whom one agent at home stands for, or "pooled": those at home who are
        alike are one agent, whoever is recruited or trapped is an agent of one person
    activation : "compiled" runs all agents in one compiled call; "mesa" calls `step()` of every
        `mesa.Agent`. Both give the same world, bit for bit.
    push, pull, corruption, enforcement, referral_capacity : headline factors; None leaves the
        scenario's value
    route_adaptation, method_adaptation : switches; None leaves the scenario's
    **kwargs : any other parameter or switch by its unique key, e.g. `papers_cost=500`, or a
        dict `settings={"events.handover.factor": 0.5}` for dotted names

    A model can be pickled, copied and sent to another process; it goes on as the original would.

    Raises
    ------
    BadInput
        if the scenario or a value is not usable; names every mistake.
    ValueError
        if the seed, the scale or the activation is none.
    """

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
        rng: Any = None,
        **kwargs: Any,  # the name by which Mesa's page knows that any may follow
    ):
        seed, scale = luck_of(seed, rng), scale_of(people_per_agent)
        super().__init__(rng=seed)
        headline = (push, pull, corruption, enforcement, referral_capacity, route_adaptation, method_adaptation)
        values = {name: value for name, value in zip(HEADLINES, headline) if value is not None}
        values, loaded = values_of(values, kwargs, settings), scenario_of(scenario)
        self.seed, self.activation = seed, activation
        self.world = World(Template(loaded.with_values(values, "argument") if values else loaded, scale), seed)
        self.world.warm_up()
        self.country_names = [country.iso3 for country in self.region.countries]
        self._reported = 0
        self.datacollector = DataCollector(model_reporters={
            name: partial(_total, table=table, name=name) for name, table in REPORTED.items()})
        self._forget_views()
        self._made = True

    @property
    def scenario(self) -> Scenario:
        """What the world was made of."""
        return self.world.template.scenario

    @scenario.setter
    def scenario(self, mesas: Any) -> None:
        """Mesa 3.5 writes a scenario of its own kind when a model is made; the world has one."""

    @property
    def region(self):
        """The region that the scenario names."""
        return self.world.template.scenario.region

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

    def _wrapped_step(self, *args: Any, **kwargs: Any) -> None:
        """What Mesa makes of `step`. Mesa 3.5 forgets the step after one that was broken off, and would do nothing."""
        self.world.check_whole()
        super()._wrapped_step(*args, **kwargs)

    def run(self, until: str | None = None) -> TraffickingModel:
        """Runs to the end of month `until` (such as "2003-12"; default: the region's last month).

        Month by month where anybody could look in between: a `step` or a data collector of one's own.
        """
        world = self.world
        last = world.template.months if until is None else last_month(until, self.region) + 1 + WARM_UP
        if self.activation == "mesa" or not self._unwatched:
            while world.t < last:
                self.step()
            return self
        first = world.t
        world.run(last)
        for month in range(first, world.t):
            self._pass_months(1)
            self._collect(month)
        self.running = world.t < world.template.months
        return self

    @property
    def _unwatched(self) -> bool:
        """Is everything that happens every month this class's own?"""
        own, collector = TraffickingModel, self.datacollector
        reporters = collector.model_reporters.values()
        return (type(self).step is own.step and type(self)._collect is own._collect
                and all(isinstance(each, partial) and each.func is _total for each in reporters)
                and not (collector.agent_reporters or collector.agenttype_reporters)
                and len(getattr(self, "_event_list", ())) <= 1)  # Mesa 3.5: nothing but the step itself is planned

    def _collect(self, month: int) -> None:
        self._reported = month
        self.datacollector.collect(self)
        if month == self.world.template.months - 1:
            check_sound(self.world)

    # --- Mesa's agents ---------------------------------------------------------------------------
    def _step_agents(self) -> None:
        """The phases of the month, agents by `step()`."""
        world, t = self.world, self.world.t
        with world.whole_months():
            for phase in PHASES:
                if phase.agents is None:
                    RULES[phase.rule](t, world.address)
                else:  # not Mesa's sets: whoever filters or sorts those in place changes no world
                    self._make_views()
                    address = world.address
                    for view in self._views[KINDS[phase.agents]]:
                        view.act(t, address)
                if phase.rule == "begin_month":
                    world.make_room_if_needed()
                elif phase.agents == Migrant.table:
                    files_all(t, world.address)
            world.t += 1

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
