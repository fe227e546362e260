"""One month: the phases of `schedule.py` in their order.

Each part is compiled for itself (`phases/`), so that who edits a rule waits for what depends on it alone, and holds no
interpreter lock; `TraffickingModel.step` walks through the same phases with `mesa` activation, and a test holds the two
together. `t` is the month, counted from 0; a rule's `w` the tables of a world (`world.Tables`), `address` where
compiled code finds them.
"""

from __future__ import annotations

from undercount.model.engine.bookkeeping import files_all
from undercount.model.engine.layout import BEGUN, NEEDED, ROWS
from undercount.model.engine.parties import settle
from undercount.model.lives.migrant import migrant_month
from undercount.model.lives.ngo import ngo_month
from undercount.model.lives.official import official_month
from undercount.model.lives.recruiter import recruiter_month
from undercount.model.phases.begins import begin_month
from undercount.model.phases.ends import end_month
from undercount.model.phases.migrants import migrants_live
from undercount.model.phases.ngos import ngos_help
from undercount.model.phases.officials import officials_serve
from undercount.model.phases.recruiters import recruiters_work


def run_months(first, last, w, address):
    """Runs the months first <= t < last; returns the month reached, earlier if rows run out."""
    for t in range(first, last):
        if w.counts[BEGUN] == 0:
            begin_month(t, address)
        if w.counts[ROWS] + w.counts[NEEDED] > len(w.people):
            return t
        migrants_live(t, address)
        settle(t, address)
        recruiters_work(t, address)
        officials_serve(t, address)
        ngos_help(t, address)
        end_month(t, address)
    return last


# The rule of each phase of `schedule.PHASES`, by its name.
RULES = {function.__name__: function for function in (
    begin_month, migrant_month, settle, recruiter_month, official_month, ngo_month, end_month)}
__all__ = ["RULES", "begin_month", "end_month", "files_all", "run_months", "settle"]
