"""Mesa's agents: light views of rows. A month of a view is the very rule that the fast path calls.

A view reads its row's fields as attributes, codes as words: `migrant.situation == "exploited"`. What a rule asks of an
agent and keeps can be written, and reaches the world; everything else says why not.
"""

from __future__ import annotations

import math
from typing import Any, NoReturn

import mesa
import numpy as np
from undercount.model.engine import layout
from undercount.model.engine.home import PERSON_BITS, is_born
from undercount.model.files.problems import nearest
from undercount.model.mesa_rules import migrant_step, ngo_step, official_step, recruiter_step

WORDS = {
    "situation": layout.SITUATIONS, "mode": layout.MODES, "venue": layout.VENUES,
    "treatment": layout.TREATMENTS, "sex": layout.SEXES, "age_band": layout.AGE_BANDS,
    "wage_band": layout.WAGE_BANDS, "channel": layout.CHANNELS,
}
PLACES = {"home", "place", "country", "other"}
STAY = ("agents are rows of the world and none can be removed; what ends them is in the rules (arrest, dismissal, "
        "return)")
OWN = {"model", "row", "unique_id", "pos", "cell"}  # of the view itself, and of Mesa's spaces
FOR_GOOD = {"model", "row", "unique_id"}


class View(mesa.Agent):
    """A row of one of the model's tables. Views are made by the model: there is one for every row."""

    table = ""
    rule: Any = None  # takes the row's number, the month and the address of the world's tables
    # Field -> the largest number that it may be, from 0 on. One with words may be any of them.
    writable: dict[str, float] = {}

    def __init__(self, model, unique_id: int, row: int | None):
        if not model.makes_views:
            self.create_agents(model, 1)
        super().__init__(model)
        self.unique_id, self.row = unique_id, row

    @classmethod
    def create_agents(cls, model, n: int, *args, **kwargs) -> NoReturn:
        """Refused: all rows have their agents already."""
        raise NotImplementedError(f"{cls.__name__}: agents are rows of the world and none can be added; "
                                  "parameters such as cells_per_100000 say how many there are")

    def __reduce__(self):
        """A copy is the agent of the copied model."""
        return _again, (type(self), self.model, self.unique_id, self._where())

    def _where(self) -> dict[str, Any]:
        return {"row": self.row}

    @property
    def record(self):
        """The row itself; writing to it changes the world, unchecked."""
        return getattr(self.model.world, self.table)[self.row]

    def _record_of(self, name: str):
        """The record that holds a field."""
        return self.record

    def __getattr__(self, name: str):
        if name.startswith("_") or name in OWN:
            raise AttributeError(name)
        try:
            value = self._record_of(name)[name]
        except (ValueError, IndexError):
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}") from None
        if name in WORDS:
            return WORDS[name][value] if value >= 0 else None  # differs within a pool
        if name in PLACES:
            return self.model.country_names[value] if value >= 0 else None
        if getattr(value, "ndim", 0):  # several numbers: a copy, as what a collector keeps must not change afterwards,
            value = value.copy()
            value.flags.writeable = False  # and who writes into it must not believe that the world has changed
            return value
        return value.item() if hasattr(value, "item") else value

    def __setattr__(self, name: str, value: Any) -> None:
        if name in FOR_GOOD and name in vars(self) and not self.model.makes_views:
            raise AttributeError(f"{type(self).__name__}.{name} says which row this is, and stays")
        if name.startswith("_") or name in OWN:
            object.__setattr__(self, name, value)
        elif name in self.writable:
            self._check_writable(name)
            self._record_of(name)[name] = self._checked(name, value)
        else:
            kind, hint = type(self).__name__, nearest(name, self.writable)
            why = "follows from the rules" if hasattr(self, name) else "is no attribute"
            raise AttributeError(f"{kind}.{name} {why}; what can be written: {', '.join(self.writable)}"
                                 + (f"; did you mean {hint!r}?" if hint else ""))

    def __delattr__(self, name: str) -> None:
        if name.startswith("_") or name == "cell":
            object.__delattr__(self, name)
        else:
            raise AttributeError(f"{type(self).__name__}.{name} is a field of a row and cannot be deleted")

    def _check_writable(self, name: str) -> None:
        """Raises AttributeError where this row is nobody that could be changed."""

    def _checked(self, name: str, value: Any):
        """The value as the row holds it. Raises ValueError."""
        def wrong(allowed: str) -> NoReturn:
            raise ValueError(f"{type(self).__name__}.{name}: found {value!r}; allowed: {allowed}")

        if name in WORDS:
            if not isinstance(value, str) or value not in WORDS[name]:
                wrong(" or ".join(map(repr, WORDS[name])))
            return WORDS[name].index(value)
        most = self.writable[name]
        limits = f"a number from 0 to {most:g}" if most < math.inf else "a number of at least 0"
        try:
            if isinstance(value, (bool, np.bool_, str)) or not 0.0 <= float(value) <= most or float(value) == math.inf:
                raise ValueError
        except (TypeError, ValueError):
            wrong(limits)
        return float(value)

    def step(self) -> None:
        """One month: the rule of this kind of agent, applied to this row. Only within a month that has begun."""
        world = self.model.world
        if not world.counts[layout.BEGUN]:
            raise RuntimeError("agents act within a month, each kind in its phase: call the model's step()")
        self.act(world.t, world.address)

    def act(self, t: int, address) -> None:
        """The rule, in month `t`."""
        self.rule(self.row, t, address)

    def remove(self) -> NoReturn:
        """Refused: who is gone would be missing in every count."""
        raise NotImplementedError(f"{type(self).__name__}: {STAY}")


def _again(kind: type[View], model, unique_id: int, where: dict[str, Any]) -> View:
    """The view of this number; of a model that is itself just being copied, one that it will know."""
    known = model.__dict__.setdefault("_known", {})
    if unique_id not in known:
        view = known[unique_id] = kind.__new__(kind)
        vars(view).update(where, model=model, unique_id=unique_id, pos=None)
    return known[unique_id]


class Migrant(View):
    """A person at risk, a party or a pool; `row` is None for who will not leave in this run."""

    table = "people"
    rule = staticmethod(migrant_step)
    writable = {"accepts": math.inf, "age_band": 0}

    def __init__(self, model, unique_id: int, row: int | None, klass: int = 0, number: int = 0):
        super().__init__(model, unique_id, row)
        self._klass, self._number = klass, number

    def _where(self) -> dict[str, Any]:
        return {"row": self.row, "_klass": self._klass, "_number": self._number}

    @property
    def record(self):
        if self.row is not None:
            return self.model.world.people[self.row]
        world = self.model.world
        me, klass = layout_record()[0], world.classes[self._klass]
        me.id, me.klass, me.threshold = self.id, self._klass, float("inf")
        me.weight = world.template.people_per_agent
        is_born(me, world.seed, world.par[0, klass.home], klass)
        return me

    @property
    def id(self) -> int:
        """Identity that the draws are keyed by."""
        if self.row is None:
            return (self._klass << PERSON_BITS) | self._number
        return int(self.model.world.people[self.row].id)

    def _check_writable(self, name: str) -> None:
        world = self.model.world
        if self.row is None:
            raise AttributeError(f"Migrant.{name}: this person does not leave home within the run, and is no row")
        if world.template.pooled and self.row < world.leavers:
            raise AttributeError(f"Migrant.{name}: this agent is a pool of people who differ in it")

    def act(self, t: int, address) -> None:
        """One month, if the person can leave home at all within the run (`home.py`)."""
        if self.row is not None:
            self.rule(self.row, t, address)


class Recruiter(View):
    """A cell of a network, or several cells that act alike."""

    table = "recruiters"
    rule = staticmethod(recruiter_step)
    writable = {"channel": 0, "minors": 1}

    def _record_of(self, name: str):
        """Of what it saw and believes, its mind."""
        mind = self.model.world.minds[self.row]
        if name in layout.SEEN.names:  # of every country
            return mind["at"]
        return mind if name in layout.MIND.names else self.record


class Official(View):
    """A border guard, police or consular officer or prosecutor."""

    table = "officials"
    rule = staticmethod(official_step)
    writable = {"integrity": 1, "training_draw": 1}


class NGO(View):
    """A shelter, hotline, outreach or prevention programme of one country."""

    table = "ngos"
    rule = staticmethod(ngo_step)
    writable = {"attention": 1}


def layout_record():
    """One empty person's record, for somebody who has no row."""
    return np.zeros(1, layout.PERSON).view(np.recarray)
