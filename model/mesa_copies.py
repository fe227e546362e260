"""What of a model is fixed, and how it is copied, pickled and sent to another process."""

from __future__ import annotations

from copy import copy, deepcopy
from typing import Any, NoReturn

import mesa
from mesa.datacollection import DataCollector
from undercount.model.mesa_agents import View
from undercount.model.mesa_arguments import FIXED, check_activation, parameter_keys
from undercount.model.mesa_rows import VIEWS, Rows


class Copies(Rows):
    """A model that can be copied and pickled; what it was made of cannot be changed afterwards."""

    datacollector: DataCollector

    def __setattr__(self, name: str, value: Any) -> None:
        if self.__dict__.get("_made") and (name in FIXED or name in parameter_keys()):
            raise AttributeError(f"{name} is set when a world is made: TraffickingModel(..., {name}={value!r})")
        if name == "activation":  # both give the same world, so it may change
            check_activation(value)
        super().__setattr__(name, value)

    def reset_randomizer(self, seed=None) -> NoReturn:
        """Refused: the luck of a world is its seed."""
        raise NotImplementedError("the luck of a world is fixed when it is made: TraffickingModel(..., seed=...)")

    reset_rng = reset_randomizer

    def __getstate__(self) -> dict[str, Any]:
        """What is not Mesa's own machinery, which is made anew, and not views, which are made when asked for."""
        own = {name: value for name, value in vars(self).items()
               if name not in vars(mesa.Model(rng=0)) and name not in VIEWS}
        luck = self.random.getstate(), self.rng.bit_generator.state
        others = [agent for agent in self._all_agents if not isinstance(agent, View)]
        return own | {"datacollector": _portable(self.datacollector), "_mesa": (self.steps, self.running, luck, others)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        steps, running, (python, numpy), others = state.pop("_mesa")
        known = vars(self).pop("_known", {})
        mesa.Model.__init__(self, rng=state["seed"])
        self._forget_views()
        vars(self).update(state)
        self._known |= known
        self._pass_months(steps)
        self.running = running
        self.random.setstate(python)
        self.rng.bit_generator.state = numpy
        for agent in others:
            self.register_agent(agent)

    def __deepcopy__(self, memo: dict) -> Copies:
        template = self.world.template
        for shared in (template, template.scenario):
            memo[id(shared)] = shared  # by all worlds of a scenario; nobody writes to it
        twin = memo[id(self)] = type(self).__new__(type(self))
        twin.__setstate__(deepcopy(self.__getstate__(), memo))
        return twin

    def __copy__(self) -> Copies:
        """A world of its own: two models on one world would each run it."""
        return deepcopy(self)


class Named:
    """A reporter of an attribute, of which Mesa makes a local function: pickled by the name, made anew by Mesa."""

    def __init__(self, attribute: str):
        self.attribute = attribute

    def __reduce__(self):
        return _reporter_of, (self.attribute,)


def _reporter_of(attribute: str):
    """What Mesa collects an attribute of agents with."""
    return DataCollector(agent_reporters={attribute: attribute}).agent_reporters[attribute]


def _portable(collector: DataCollector) -> DataCollector:
    """The same collector, which can be pickled."""
    def named(reporter):
        if getattr(reporter, "__name__", "") == "attr_reporter":
            # The attribute comes before the reporter's own name, which Mesa 3.5 holds for its message.
            return Named(reporter.__closure__[0].cell_contents)
        return reporter

    twin = copy(collector)
    twin.agent_reporters = {name: named(each) for name, each in collector.agent_reporters.items()}
    twin.agenttype_reporters = {kind: {name: named(each) for name, each in reporters.items()}
                                for kind, reporters in collector.agenttype_reporters.items()}
    return twin
