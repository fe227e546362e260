"""Mesa's agents: light views of rows. `step()` calls the very rule that the fast path calls.

A view reads its row's fields as attributes, codes as words: `migrant.situation == "exploited"`.
"""

from __future__ import annotations

from typing import Any

import mesa
from undercount.model.engine import layout
from undercount.model.engine.compiled import part
from undercount.model.engine.home import PERSON_BITS, is_born
from undercount.model.engine.lent import lent
from undercount.model.lives.migrant import migrant_month
from undercount.model.lives.ngo import ngo_month
from undercount.model.lives.official import official_month
from undercount.model.lives.recruiter import recruiter_month

WORDS = {
    "situation": layout.SITUATIONS, "mode": layout.MODES, "venue": layout.VENUES,
    "treatment": layout.TREATMENTS, "sex": layout.SEXES, "age_band": layout.AGE_BANDS,
    "wage_band": layout.WAGE_BANDS, "channel": layout.CHANNELS,
}
PLACES = {"home", "place", "country", "other"}


@part
def migrant_step(row, t, address):
    """The month of the migrant in a row."""
    w = lent(address)
    migrant_month(w.people[row], t, w)


@part
def recruiter_step(row, t, address):
    """The month of the recruiter in a row."""
    w = lent(address)
    recruiter_month(w.recruiters[row], t, w)


@part
def official_step(row, t, address):
    """The month of the official in a row."""
    w = lent(address)
    official_month(w.officials[row], t, w)


@part
def ngo_step(row, t, address):
    """The month of the NGO in a row."""
    w = lent(address)
    ngo_month(w.ngos[row], t, w)


class View(mesa.Agent):
    """A row of one of the model's tables."""

    table = ""
    rule: Any = None  # takes the row's number, the month and the address of the world's tables

    def __init__(self, model, row: int):
        super().__init__(model)
        self.row = row

    @property
    def record(self):
        """The row itself; writing to it changes the world."""
        return getattr(self.model.world, self.table)[self.row]

    def __getattr__(self, name: str):
        if name.startswith("_") or name in {"model", "row"}:
            raise AttributeError(name)
        try:
            value = self.record[name]
        except (ValueError, IndexError):
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}") from None
        if name in WORDS:
            return WORDS[name][value] if value >= 0 else None  # differs within a pool
        if name in PLACES:
            return self.model.country_names[value] if value >= 0 else None
        return value.item() if hasattr(value, "item") and value.ndim == 0 else value

    def step(self) -> None:
        """One month: the rule of this kind of agent, applied to this row."""
        world = self.model.world
        self.rule(self.row, world.t, world.address)


class Migrant(View):
    """A person at risk, a party or a pool; `row` is None for who will not leave in this run."""

    table = "people"
    rule = staticmethod(migrant_step)

    def __init__(self, model, row: int | None, klass: int = 0, number: int = 0):
        super().__init__(model, row)
        self._klass, self._number = klass, number

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

    def step(self) -> None:
        """One month, if the person can leave home at all within the run (`home.py`)."""
        if self.row is not None:
            world = self.model.world
            self.rule(self.row, world.t, world.address)


class Recruiter(View):
    """A cell of a network, or several cells that act alike."""

    table = "recruiters"
    rule = staticmethod(recruiter_step)

    def __getattr__(self, name: str):
        if not name.startswith("_") and name in layout.MIND.names:  # what it saw and believes
            return self.model.world.minds[self.row][name]
        return super().__getattr__(name)


class Official(View):
    """A border guard, police or consular officer or prosecutor."""

    table = "officials"
    rule = staticmethod(official_step)


class NGO(View):
    """A shelter, hotline, outreach or prevention programme of one country."""

    table = "ngos"
    rule = staticmethod(ngo_step)


def layout_record():
    """One empty person's record, for somebody who has no row."""
    import numpy as np

    return np.zeros(1, layout.PERSON).view(np.recarray)
