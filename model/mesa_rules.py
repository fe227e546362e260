"""The rule of each kind of agent on one row, as `step()` of Mesa's agents calls it.

A file of its own, so that nobody who edits an agent's surface waits for the rules to be compiled again.
"""

from __future__ import annotations

from undercount.model.engine.compiled import part
from undercount.model.engine.lent import lent
from undercount.model.lives.migrant import migrant_month
from undercount.model.lives.ngo import ngo_month
from undercount.model.lives.official import official_month
from undercount.model.lives.recruiter import recruiter_month


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
