"""The first person whose life takes another turn in the second of two worlds with the same luck."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from undercount.experiments.view.life import Follower, where_from
from undercount.experiments.view.naming import month_name
from undercount.model.engine.layout import ROWS, WARM_UP
from undercount.model.world import World

# What makes two lives differ in the eyes of a reader, most telling first.
TURNS = ("situation", "place", "mode", "venue", "treatment", "route", "recruiter")


@dataclass(frozen=True)
class Difference:
    """Month (of the arrays) and the row in each world of the first person whose life differs."""

    t: int
    rows: tuple[int, int]


def differ_now(a: World, b: World) -> Difference | None:
    """The difference if it is there after the month that both ran last; asked every month it is the first."""
    found = _first_turn(a, b) if _differ(a, b) else None
    return Difference(a.t - 1, found) if found else None


def first_difference(a: World, b: World) -> Difference | None:
    """Replays both worlds from their first month until a person's life differs."""
    one, two = World(a.template, a.seed), World(b.template, b.seed)
    while one.t < a.t:
        one.run(one.t + 1)
        two.run(two.t + 1)
        if found := differ_now(one, two):
            return found
    return None


def _differ(a: World, b: World) -> bool:
    """Are the people of two worlds no longer byte for byte the same?"""
    rows = int(a.counts[ROWS])
    return rows != int(b.counts[ROWS]) or not np.array_equal(
        a.people[:rows].view(np.uint8), b.people[:rows].view(np.uint8))


def _first_turn(a: World, b: World) -> tuple[int, int] | None:
    """Rows of somebody who is in both worlds and fares differently; the most telling turn first."""
    first, second = a.migrants, b.migrants
    _, rows_a, rows_b = np.intersect1d(first["id"], second["id"], assume_unique=True, return_indices=True)
    for field_name in TURNS:
        other = np.flatnonzero(first[field_name][rows_a] != second[field_name][rows_b])
        if len(other):
            # A party that is already on its way tells more than a group that is still at home.
            away = np.argsort(-first["times"][rows_a[other]] - (first["recruiter"][rows_a[other]] >= 0), kind="stable")
            k = other[away[0]]
            return int(rows_a[k]), int(rows_b[k])
    return None


def tellers(models, difference: Difference) -> list[Follower]:
    """Who tells it in each world; they have worlds of their own, so `in_words` can be called from any thread."""
    return [Follower(model.world.template, model.world.seed, "person", row, model.world)
            for model, row in zip(models, difference.rows)]


def in_words(followers: list[Follower], names: list[str], t: int) -> str:
    """Which person's life differs first, in month `t`, and how."""
    lines = []
    for follower in followers:
        follower.advance(t + 1)
        lines.append([text for month, text in follower.entries if month == t])
    told = ["; ".join(text for text in own if text not in other) or "nothing of the kind happens"
            for own, other in (lines, lines[::-1])]
    region = followers[0].region
    when = month_name(region, t)
    if t < WARM_UP:
        when = when.removesuffix(" (warm-up)") + f", in the {WARM_UP} months of warm-up before the story begins"
    return (f"The first life that differs: {when}, a person from {where_from(region, followers[0].record)}. "
            f"{names[0]}: {told[0]}. {names[1]}: {told[1]}.")
