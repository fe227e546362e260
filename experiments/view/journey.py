"""What happened at each border of one journey, and why somebody was not helped.

The records say only where a journey ended. Since draws are pure functions of (seed, person, month,
decision), the rules themselves are asked again what happens; nothing of them is retold here.
"""

from __future__ import annotations

from undercount.experiments.view.naming import country
from undercount.model.engine.layout import CLANDESTINE, IDENTIFIED, SMUGGLED
from undercount.model.lives.assistance import ACCEPTS, DECLINES, NO_PROGRAMME, NOT_REFERRED, met_as_identified
from undercount.model.lives.crossing import BRIBED, STOPPED, UNSEEN, WAVED_ON, at_border

AT_BORDER = {
    WAVED_ON: "a border officer in a network's pay waved the journey into {} through",
    BRIBED: "inspected on the way into {}: the officer took a bribe",
    STOPPED: "stopped by a border officer on the way into {}",
}
NOT_HELPED = {
    NO_PROGRAMME: "was recognised as a victim, but there was no programme to help; came back to {}: not counted",
    NOT_REFERRED: "was recognised as a victim, but the police did not pass the case on to a helper; came back to {}: "
                  "not counted",
    DECLINES: "was recognised as a victim and offered help, but declined it: not counted",
    ACCEPTS: "accepted help, but every shelter place was taken; came back to {}: not counted",
}


def as_found(world):
    """The tables as the month finds them, to ask its rules once the month is over.

    Parameters do not change, the chances of those held (`risks`) are weighed once a month, before anybody moves, and
    of what else a life meets only posts, officials and programmes do.
    """
    return world.tables._replace(posts=world.posts.copy(), officials=world.officials.copy(), ngos=world.ngos.copy())


def crossings(b, t: int, region, found) -> list[str]:
    """Each border of the journey in words; ends where the traveller was stopped.

    `b` is the record before the month `t` and `found` the tables `as_found` then.
    """
    route = found.routes[b.route]
    me = b.copy()
    if b.situation == SMUGGLED:
        me.mode = CLANDESTINE
    told, unseen, start = [], [], country(region, b.home)
    for leg in range(route.legs):
        entered = country(region, route.places[leg])
        outcome, _ = at_border(me, t, found, leg)
        if outcome == UNSEEN:
            unseen.append(entered)
            continue
        if unseen:
            told.append(f"entered {listed(unseen)} without being looked at")
            unseen = []
        told.append(AT_BORDER[outcome].format(entered))
        if outcome == STOPPED:
            break
    if unseen:
        told.append(f"travelled from {start} into {listed(unseen)} without being looked at" if not told
                    else f"then entered {listed(unseen)} without being looked at")
    return told


def listed(names: list[str]) -> str:
    """"A", "A and B", "A, B and C"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def why_not_helped(b, t: int, found, home: str) -> str:
    """Recognised as a victim, and yet without help: no offer, an offer declined, or no place left."""
    if b.situation != IDENTIFIED:
        return "went without help"
    return NOT_HELPED[met_as_identified(b, t, found)].format(home)
