"""The rows of a world as Mesa's agents: made when somebody first asks for them, one for every row, for good."""

from __future__ import annotations

from typing import NoReturn

import mesa
from undercount.model.engine import layout
from undercount.model.engine.home import PERSON_BITS
from undercount.model.mesa_agents import NGO, STAY, Migrant, Official, Recruiter, View
from undercount.model.world import World

KINDS = {kind.table: kind for kind in (Migrant, Recruiter, Official, NGO)}
VIEWS = {"_views", "_known", "_views_of_rows", "makes_views"}  # attributes that no copy takes along


class Rows(mesa.Model):
    """A Mesa model whose agents are the rows of `world`."""

    world: World

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

    @property
    def agent_types(self):
        """The four kinds, and those of agents of one's own."""
        return list(self.agents_by_type)

    def remove_all_agents(self) -> NoReturn:
        """Refused, also where no view was made yet."""
        raise NotImplementedError(STAY)

    def _forget_views(self) -> None:
        """None was made yet. `makes_views`: may an agent be made now?"""
        self._views_of_rows, self.makes_views = 0, False
        self._views: dict[type[View], list[View]] = {kind: [] for kind in KINDS.values()}
        self._known: dict[int, View] = {}  # by number; also those that a copied attribute brought along

    def _make_views(self) -> None:
        world = self.world
        used = int(world.counts[layout.ROWS])
        if self._views_of_rows == used:
            return
        self.makes_views = True
        if self._views_of_rows == 0:
            rows = {int(me): row for row, me in enumerate(world.people["id"][: world.leavers])}
            for k, klass in enumerate(world.classes):
                for number in range(klass.agents):
                    self._make(Migrant, rows.get((k << PERSON_BITS) | number), k, number)
            self._views_of_rows = world.leavers
            for kind, table in ((Recruiter, world.recruiters), (Official, world.officials), (NGO, world.ngos)):
                for row in range(len(table)):
                    self._make(kind, row)
        for row in range(self._views_of_rows, used):
            self._make(Migrant, row)
        self._views_of_rows, self.makes_views = used, False
        # Mesa 3.3 keeps every model in a table of its own for ever; let this one go.
        getattr(mesa.Agent, "_ids", {}).pop(self, None)

    def _make(self, kind: type[View], *row) -> None:
        number = sum(map(len, self._views.values())) + 1
        view = self._known.get(number)
        if view is None:
            view = self._known[number] = kind(self, number, *row)
        else:  # made by a copy before the model was whole
            self.register_agent(view)
            view.unique_id = number  # Mesa 3.5 numbers what is registered
        self._views[kind].append(view)

    def register_agent(self, agent) -> None:
        """Mesa's own. An agent of one's own, which no rule knows, has a negative number, so that all are different."""
        super().register_agent(agent)
        if not isinstance(agent, View):
            agent.unique_id = -1 - sum(not isinstance(each, View) for each in self._all_agents)
            getattr(mesa.Agent, "_ids", {}).pop(self, None)

    def deregister_agent(self, agent) -> None:
        """Mesa's own, for agents of one's own; raises NotImplementedError for rows of the world."""
        if isinstance(agent, View):
            agent.remove()
        super().deregister_agent(agent)

    def _pass_months(self, months: int) -> None:
        """Mesa's count of steps, and the calendar of 3.5, as if so many had been taken one by one."""
        if not hasattr(self, "_advance_time"):
            self.steps += months
            return
        if not months:
            return
        real, self._user_step = self._user_step, lambda: None
        self._advance_time(self.time + months)
        self._user_step = real
