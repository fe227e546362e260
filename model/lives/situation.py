"""The one place where a person's situation changes, so that the census is always right."""

from __future__ import annotations

from undercount.model.engine.compiled import rule


@rule
def set_situation(me, t, w, situation):
    """Moves the person (all of the party) to another situation and keeps the census."""
    w.census[me.situation] -= me.weight
    w.census[situation] += me.weight
    me.situation = situation
    me.since = t
