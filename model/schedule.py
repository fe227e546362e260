"""The month is a list: its phases in their order, each with what happens in it and whose rule it is.

Nothing is imported here, so that whoever prints the schedule (`undercount show`, the ODD) stays instant.
"""

from __future__ import annotations

from typing import NamedTuple


class Phase(NamedTuple):
    """A phase: the function `rule` of `month.RULES` for every row of the table `agents`, or once for the world."""

    name: str
    what: str
    rule: str
    agents: str | None = None


PHASES = (
    Phase("what the month finds",
          "events act (every parameter is a table over months and countries); awareness, prices, offers and the number "
          "of cells that enter follow; deprivation and reports move the hazard to leave, and some begin to look",
          "begin_month"),
    Phase("lives",
          "each migrant in its situation: stays, goes, meets an offer; is moved over every leg of its route; is held, "
          "found, escapes; is recognised or misread, offered help; is sheltered, goes home, is helped there, settles "
          "or leaves again",
          "migrant_month", "people"),
    Phase("what concerns several",
          "parties split off; cells choose destination, path, papers, venue and treatment of recruits; shelters admit "
          "by lot; networks share what they saw",
          "settle"),
    Phase("recruiters",
          "sentences end, evidence becomes arrests, cells leave and enter, beliefs move",
          "recruiter_month", "recruiters"),
    Phase("officials", "some in pay are investigated and dismissed; bribes put others in pay",
          "official_month", "officials"),
    Phase("NGOs", "programmes start, grow, and go where they found people before", "ngo_month", "ngos"),
    Phase("what the month leaves",
          "everything is written down, money is counted; corridors, patrols, raids and reports move",
          "end_month"),
)
