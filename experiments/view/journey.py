"""What happened at each border of one journey, and why somebody was not helped.

The records say only where a journey ended. Since draws are pure functions of (seed, person, month,
decision), the questions that the rules asked are put again here, to the very same rules.
"""

from __future__ import annotations

from undercount.experiments.view.naming import country
from undercount.model.engine import decisions as d
from undercount.model.engine.layout import CLANDESTINE, IDENTIFIED, NOBODY, ON_POLICE, REFUSED, SMUGGLED
from undercount.model.engine.random import draw
from undercount.model.lives.assistance import offered_help
from undercount.model.lives.crossing import inspected, official_at, takes_bribe


class Officers:
    """Posts and officials as a month found them; whoever crosses meets them like this."""

    def __init__(self, world):
        self.posts, self.officials = world.posts.copy(), world.officials.copy()


def ask(rule, *arguments):
    """Puts a question of the rules to Python's own interpreter."""
    return getattr(rule, "py_func", rule)(*arguments)


def crossings(b, a, t: int, world, officers: Officers) -> list[str]:
    """Each border of the journey in words; ends where the traveller was stopped."""
    region, route = world.template.region, world.routes[b.route]
    me = b.copy()
    if b.situation == SMUGGLED:
        me.mode = CLANDESTINE
    told, unseen, start = [], [], country(region, b.home)
    for leg in range(route.legs):
        entered = country(region, route.places[leg])
        how = _crossing(me, t, leg, route, world, officers)
        if how == "unseen":
            unseen.append(entered)
            continue
        if unseen:
            told.append(f"entered {listed(unseen)} without being looked at")
            unseen = []
        told.append({"paid": f"a border officer in a network's pay waved the journey into {entered} through",
                     "bribed": f"inspected on the way into {entered}: the officer took a bribe",
                     "stopped": f"stopped by a border officer on the way into {entered}"}[how])
        if how == "stopped":
            break
    if unseen:
        told.append(f"travelled from {start} into {listed(unseen)} without being looked at" if not told
                    else f"then entered {listed(unseen)} without being looked at")
    return told


def listed(names: list[str]) -> str:
    """"A", "A and B", "A, B and C"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _crossing(me, t: int, leg: int, route, world, officers: Officers) -> str:
    """"paid", "unseen", "bribed" or "stopped", asked in the order of `model.crossing.crosses`."""
    seed, here = world.seed, world.par[t, route.places[leg]]
    post = officers.posts[route.posts[leg]]
    officer = officers.officials[ask(official_at, post, draw(seed, me.id, t, d.CROSSING_MEETS + leg))]
    network = NOBODY if me.recruiter == NOBODY else world.recruiters[me.recruiter].network
    if network != NOBODY and officer.in_pay == network:
        return "paid"
    if draw(seed, me.id, t, d.CROSSING_INSPECTED + leg) >= ask(inspected, me, here, post):
        return "unseen"
    bribed = ask(takes_bribe, officer, here, draw(seed, me.id, t, d.CROSSING_BRIBE + leg))
    return "bribed" if bribed else "stopped"


def why_not_helped(b, a, t: int, world, officers: Officers, home: str) -> str:
    """Recognised as a victim, and yet without help: no offer, an offer declined, or no place left."""
    if b.situation != IDENTIFIED:
        return "went without help"
    here, by_police = world.par[t, b.place], int(b.lists) == ON_POLICE
    shelter = world.places[b.place].shelter
    # A programme works from the month after its first on.
    works = shelter != NOBODY and t > world.ngos[shelter].start
    offered = works and ask(offered_help, b, t, world.tables, here, by_police)
    if a.situation == REFUSED:
        return "was recognised as a victim and offered help, but declined it: not counted" if offered else \
            "was recognised as a victim, but the police did not pass the case on to a helper: not counted"
    if offered:
        return f"accepted help, but every shelter place was taken; came back to {home}: not counted"
    why = "the police did not pass the case on to a helper" if works else "there was no programme to help"
    return f"was recognised as a victim, but {why}; came back to {home}: not counted"
