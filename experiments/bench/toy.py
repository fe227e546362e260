"""A small life cycle, the same in plain Mesa, in NumPy and in mesa-frames: what an agent-month costs elsewhere.

It has the content of a migrant's month, cut down: one number is drawn, one of the ways out of a situation is taken or
none, a debt grows, a tally is kept. Nobody's figures depend on it.
"""

from __future__ import annotations

import mesa
import numpy as np

HOME, LOOKING, MOVING, HELD, FOUND, SHELTERED, GONE = range(7)
# Monthly chances: situation -> (next situation, chance), in the order in which they are tried.
WAYS = {HOME: ((LOOKING, 0.004),), LOOKING: ((GONE, 0.15), (MOVING, 0.05), (HOME, 0.1)),
        MOVING: ((HELD, 0.9), (HOME, 0.1)), HELD: ((FOUND, 0.03), (HOME, 0.05)),
        FOUND: ((SHELTERED, 0.5), (HOME, 0.5)), SHELTERED: ((HOME, 0.3),), GONE: ()}
MOST_WAYS = max(map(len, WAYS.values()))
WAGE, COST = 60.0, 100.0  # paid off each month, and added when a journey begins


def table() -> tuple[np.ndarray, np.ndarray]:
    """(cumulative chances, next situations), each (situations, ways + 1); the last way is to stay."""
    reach, following = np.ones((len(WAYS), MOST_WAYS + 1)), np.zeros((len(WAYS), MOST_WAYS + 1), np.int8)
    for situation, ways in WAYS.items():
        following[situation] = situation
        total = 0.0
        for way, (to, chance) in enumerate(ways):
            total += chance
            reach[situation, way], following[situation, way] = total, to
        reach[situation, len(ways):MOST_WAYS] = total
    return reach, following


def shares_after(months: int) -> np.ndarray:
    """Exact shares of the situations after so many months, everybody at home before."""
    moves = np.zeros((len(WAYS), len(WAYS)))
    for situation, ways in WAYS.items():
        for to, chance in ways:
            moves[situation, to] += chance
        moves[situation, situation] += 1.0 - sum(chance for _, chance in ways)
    return np.linalg.matrix_power(moves, months)[HOME]


class Person(mesa.Agent):
    """A person of the toy."""

    def __init__(self, model):
        super().__init__(model)
        self.situation, self.months, self.debt = HOME, 0, 0.0

    def step(self) -> None:
        """One month."""
        self.months += 1
        if self.situation == HELD:
            self.debt = max(0.0, self.debt - WAGE)
            self.model.held += 1
        u = self.random.random()
        for to, chance in WAYS[self.situation]:
            if u < chance:
                self.situation, self.months = to, 0
                if to == MOVING:
                    self.debt += COST
                return
            u -= chance


class InMesa(mesa.Model):
    """The toy as Mesa's tutorial would write it."""

    def __init__(self, persons: int, seed: int):
        super().__init__(seed=seed)
        self.held = 0
        for _ in range(persons):
            Person(self)

    def step(self) -> None:
        """One month of everybody."""
        self.agents.do("step")

    def shares(self) -> np.ndarray:
        """Shares of the situations."""
        return np.bincount(self.agents.get("situation"), minlength=len(WAYS)) / len(self.agents)


class InArrays:
    """The toy in columns: one draw and one look into a table for everybody."""

    def __init__(self, persons: int, seed: int):
        self.random, self.held = np.random.default_rng(seed), 0
        self.situation, self.months = np.zeros(persons, np.int8), np.zeros(persons, np.int16)
        self.debt = np.zeros(persons)
        self.reach, self.following = table()

    def step(self) -> None:
        """One month of everybody."""
        before, held = self.situation, self.situation == HELD
        self.debt[held] = np.maximum(0.0, self.debt[held] - WAGE)
        self.held += int(held.sum())
        u = self.random.random(len(before))
        way = (u[:, None] >= self.reach[before, :MOST_WAYS]).sum(axis=1)
        self.situation = self.following[before, way]
        changed = self.situation != before
        self.months = np.where(changed, 0, self.months + 1).astype(np.int16)
        self.debt[changed & (self.situation == MOVING)] += COST

    def shares(self) -> np.ndarray:
        """Shares of the situations."""
        return np.bincount(self.situation, minlength=len(WAYS)) / len(self.situation)


def in_frames(persons: int, seed: int):
    """The toy under mesa-frames, with `step()` and `shares()`. Raises ImportError where it is not installed."""
    import polars as pl
    from mesa_frames import AgentSetPolars, ModelDF

    reach, following = table()

    class People(AgentSetPolars):
        def __init__(self, model):
            super().__init__(model)
            self.held = 0
            self.add(pl.DataFrame({"unique_id": np.arange(persons), "situation": np.zeros(persons, np.int8),
                                   "months": np.zeros(persons, np.int16), "debt": np.zeros(persons)}))

        def step(self):
            now = self.agents
            before = now["situation"].to_numpy()
            u = self.model.random.random(len(before))
            way = (u[:, None] >= reach[before, :MOST_WAYS]).sum(axis=1)
            after = pl.Series("after", following[before, way])
            held, here, to = pl.col("situation") == HELD, pl.col("situation"), pl.col("after")
            self.held += int((before == HELD).sum())
            paid = pl.when(held).then((pl.col("debt") - WAGE).clip(0.0)).otherwise(pl.col("debt"))
            self.agents = now.with_columns(after).with_columns(
                debt=paid + pl.when((to != here) & (to == MOVING)).then(COST).otherwise(0.0),
                months=pl.when(to != here).then(0).otherwise(pl.col("months") + 1).cast(pl.Int16),
                situation=to).drop("after")

    class InFrames(ModelDF):
        def __init__(self):
            super().__init__(seed)
            self.people = People(self)
            self.agents += self.people
            self.people = self.get_agents_of_type(People)

        def shares(self):
            return np.bincount(self.people.agents["situation"].to_numpy(), minlength=len(WAYS)) / persons

    return InFrames()
