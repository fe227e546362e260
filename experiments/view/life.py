"""One life told in words: the record of a person, recruiter or official before and after a month.

A seed fixes everybody's luck, so a life is told by replaying the same world from its first month
and reading one row. The people are synthetic: nobody here exists.
"""

from __future__ import annotations

import numpy as np
from undercount.experiments.view import journey
from undercount.experiments.view.naming import country, month_name
from undercount.model.engine import decisions as d
from undercount.model.engine.layout import (
    AGE_BANDS,
    ASSISTED,
    AT_HOME,
    EXPLOITED,
    IDENTIFIED,
    INDEPENDENT,
    INTERNAL,
    INVESTIGATED,
    MISIDENTIFIED,
    NOBODY,
    ON_ASSISTANCE,
    ON_HOTLINE,
    ON_POLICE,
    PAID,
    PAPERS,
    PRIVATE,
    RECRUITED,
    REFUSED,
    REINTEGRATED,
    RETURNED,
    SEEKING,
    SMUGGLED,
    VISA_FREE,
)
from undercount.model.engine.random import draw_child
from undercount.model.lives.exploitation import BOUGHT_OFF, how_found, in_debt, what_happens
from undercount.model.world import World

KINDS = ("person", "recruiter", "official")
TABLES = {"person": "people", "recruiter": "recruiters", "official": "officials"}
OFFERS = ("from an acquaintance", "from an agency", "in an advertisement", "over the internet")
POSTS = ("border officer", "police officer", "consular officer", "prosecutor")
STILL = 6  # somebody held is mentioned again every so many months


class Follower:
    """Follows one row through a world of its own that has the same seed."""

    def __init__(self, template, seed: int, kind: str, row: int, world):
        self.kind, self.row = kind, int(row)
        self.world = World(template, seed)
        self.chain = ancestors(world, self.row) if kind == "person" else [self.row]
        self.entries: list[tuple[int, str]] = []
        self.counted = False

    @property
    def region(self):
        return self.world.template.region

    @property
    def record(self) -> np.void:
        """The row as it is now: of the party, or of the group that it came from."""
        used = len(self.world.migrants) if self.kind == "person" else self.row + 1
        row = next(r for r in reversed(self.chain) if r < used)
        return getattr(self.world, TABLES[self.kind])[row]

    def advance(self, until: int) -> None:
        """Tells the months up to, not including, `until`."""
        world = self.world
        while world.t < until:
            t, before = world.t, self.record.copy()
            found = journey.as_found(world) if self.kind == "person" else None
            world.run(t + 1)
            after = self.record
            if self.kind == "person":
                texts = person_month(before, after, t, world, found)
                self.counted |= bool((after.lists | after.lists_home) & ON_ASSISTANCE and after.situation == ASSISTED)
            elif self.kind == "recruiter":
                texts = recruiter_month(before, after, t, world)
            else:
                texts = official_month(before, after, t, self.region)
            self.entries += [(t, text) for text in texts]

    def lines(self) -> list[tuple[str, str]]:
        """(month, sentence) so far."""
        return [(month_name(self.region, t), text[0].upper() + text[1:] + ".") for t, text in self.entries]

    def portrait(self) -> str:
        """Who this is."""
        return {"person": person_portrait, "recruiter": recruiter_portrait,
                "official": official_portrait}[self.kind](self.record, self.world)


def ancestors(world, row: int) -> list[int]:
    """Rows from the group at home down to this party, each split off the one before.

    A party keeps its group's threshold, and its identity is drawn from its parent's.
    """
    people = world.people
    me = people[row]
    family = np.flatnonzero((people["threshold"][:row] == me.threshold) & (people["klass"][:row] == me.klass))
    for parent in reversed(family):
        who = people[parent]
        if any(draw_child(world.seed, who.id, n, d.PARTY) == me.id for n in range(who.parties)):
            return [*ancestors(world, int(parent)), int(row)]
    return [int(row)]


APART = "fares differently in the two worlds"


def choose(world, kind: str, what: str, serial: int, other=None) -> int | None:
    """Row of the `serial`-th match of a choice on the page, spread over the table; None if none."""
    if what == APART:
        rows = fares_differently(world, other) if other is not None else []
    else:
        rows = np.flatnonzero(CHOICES[kind][what](world.migrants if kind == "person" else getattr(world, TABLES[kind])))
    # A stride that shares no factor with most lengths, so that neighbours are not from one country.
    return int(rows[serial * 7919 % len(rows)]) if len(rows) else None


def fares_differently(world, other) -> np.ndarray:
    """Rows of persons who were exploited in one world and are elsewhere, or were helped, in the other."""
    a, b = world.migrants, other.migrants
    _, rows, others = np.intersect1d(a["id"], b["id"], assume_unique=True, return_indices=True)
    apart = (a["place"][rows] != b["place"][others]) | (a["helped"][rows] != b["helped"][others])
    return rows[apart & (a["times"][rows] > 0)]


CHOICES = {
    "person": {
        APART: None,  # needs both worlds: `fares_differently`
        "was exploited and never counted":
            lambda p: (p["times"] > 0) & (p["helped"] == 0) & (p["situation"] >= RETURNED),
        "is exploited now": lambda p: p["situation"] == EXPLOITED,
        "was assisted": lambda p: p["helped"] > 0,
        "was taken for an offender": lambda p: p["situation"] == MISIDENTIFIED,
        "was exploited more than once": lambda p: p["times"] > 1,
        "left without a recruiter": lambda p: p["situation"] == INDEPENDENT,
    },
    "recruiter": {"is active": lambda r: r["active"] > 0, "has cells in custody": lambda r: r["custody"] > 0},
    "official": {
        "took a bribe": lambda o: o["bribes"] > 0, "is in a network's pay": lambda o: o["in_pay"] != NOBODY,
        "came under investigation": lambda o: (o["status"] == INVESTIGATED) | (o["dismissed"] > 0),
        "is any official": lambda o: o["id"] >= 0,
    },
}


# --- a person ------------------------------------------------------------------------------------
def where_from(region, me) -> str:
    return ("a deprived zone of " if me["zone"] else "") + country(region, me["home"])


def person_portrait(me, world) -> str:
    sex = "woman" if me.sex == 0 else "man"
    work = ("no work", "work under USD 50 a month", "work at USD 50-100 a month",
            "work over USD 100 a month")[me.wage_band]
    traits = [f"a {sex} aged {AGE_BANDS[me.age_band]} from {where_from(world.template.region, me)}", work]
    traits += ["a violent or broken home"] if me.family_risk else []
    traits += ["member of an excluded minority"] if me.minority else []
    text = ", ".join(traits)
    many = int(me.weight)
    party = f" In this world {many} such persons travel together and share this story." if many > 1 else ""
    return f"A synthetic person: {text}.{party}"


def mode_words(me) -> str:
    return {INTERNAL: "without crossing a border", PAPERS: "on real or false papers",
            VISA_FREE: "as a traveller who needs no visa"}.get(int(me.mode), "without papers, past the border posts")


def venue_words(me) -> str:
    venue = "a private flat" if me.venue == PRIVATE else "a public bar or club"
    return f"{venue}, {'kept quiet with small payments' if me.treatment == PAID else 'under harsh treatment'}"


def person_month(b, a, t: int, world, found) -> list[str]:
    """What the month did to a person: `b` and `a` are the record before and after, `found` the tables before."""
    if b.situation == a.situation and a.since == b.since:
        return _goes_on(b, a, t, world.template.region, found) if a.situation == EXPLOITED else []
    told = []
    if b.situation == AT_HOME:
        told.append("began to look for a way to leave")
    was = SEEKING if b.situation == AT_HOME else b.situation
    if was in (SMUGGLED, RECRUITED) and b.situation != a.situation or was == SMUGGLED and a.leg > b.leg:
        told += journey.crossings(b, t, world.template.region, found)
    return told + _turn(was, b, a, t, world, found)


def _goes_on(b, a, t, region, found) -> list[str]:
    """A month in which somebody stayed where they were held."""
    place, months = country(region, a.place), int(t - a.since)
    if _was_found(b, a, t, found) and how_found(a, t, found) == BOUGHT_OFF:
        return [f"a raid came in {place}, but the officer took a bribe and left"]
    told = ["has worked off the debt"] if in_debt(b, t - 1, found) and not in_debt(a, t, found) else []
    return told + ([f"still held in {place} after {months} months"] if months % STILL == 0 else [])


def _was_found(b, a, t, found) -> bool:
    """Was anything attempted on those held: on all of a party, or on those who split off it?"""
    return bool(a.id != b.id or (b.wakes == t and what_happens(b, t, found)[0] == b.weight))


def _turn(was: int, b, a, t, world, found) -> list[str]:
    """The change of situation in words."""
    region = world.template.region
    place, home = country(region, a.place), country(region, a.home)
    now = int(a.situation)
    if now == RECRUITED:
        return _recruited(was, a, world)
    if now == INDEPENDENT:
        return ["left by the legal way, without a go-between"]
    if now == SMUGGLED:
        return [f"hired a smuggler to get to {place}"] if was != SMUGGLED else \
            [f"arrived in {place}; the smuggler's business ended there"]
    if now == EXPLOITED:
        debt = "in debt to the smuggler and handed on to a recruiter; " if was == SMUGGLED else ""
        return [f"{debt}arrived in {place}, where exploitation began in {venue_words(a)}"]
    if now == IDENTIFIED:
        return [] if was == RECRUITED else [_found(a, place)]
    if now == MISIDENTIFIED:
        return ["the officer did not see a victim but an offender: held, and on no list of victims"]
    if now == REFUSED or (now == RETURNED and was == IDENTIFIED):
        return [journey.why_not_helped(b, t, found, home)]
    if now == ASSISTED:
        lists = a.lists_home if was == RETURNED else a.lists
        listed = "and was put on the list: counted" if lists & ON_ASSISTANCE \
            else "but was left off the list: not counted"
        how = f"asked for help at home in {home}" if was == RETURNED else "was recognised as a victim and accepted help"
        return [f"{how}, got a shelter place in {country(region, b.place)} {listed}"]
    if now in (RETURNED, SEEKING):
        return _returned(was, b, home)
    return ["settled again at home"] if now == REINTEGRATED else []


def _recruited(was: int, a, world) -> list[str]:
    region, route = world.template.region, world.routes[a.route]
    again = "took up another offer of work" if was == RETURNED else "accepted an offer of work"
    channel = OFFERS[world.recruiters[a.recruiter].channel]
    if route.legs == 0:
        return [f"{again} in another part of the country {channel}"]
    via = [country(region, p) for p in route.places[: route.legs - 1]]
    path = f" by way of {journey.listed(via)}" if via else ""
    debt = f"; USD {a.debt:,.0f} of costs became a debt" if a.debt > 0 else ""
    return [f"{again} abroad {channel}; the recruiter sent {'her' if a.sex == 0 else 'him'} to "
            f"{country(region, route.destination)}{path}, {mode_words(a)}{debt}"]


def _found(a, place: str) -> str:
    if a.lists == ON_POLICE:
        return f"found in a police raid in {place}"
    if a.lists & ON_HOTLINE:
        return f"called a hotline in {place}" + (", which told the police" if a.lists & ON_POLICE else "")
    return f"met by outreach workers in {place}"


def _returned(was: int, b, home: str) -> list[str]:
    return {
        EXPLOITED: [f"got away or was let go, and came back to {home}; nobody counted it"],
        MISIDENTIFIED: [f"was sent back to {home}"],
        REFUSED: [f"came back to {home} without help"],
        ASSISTED: [f"left the shelter and was back in {home}"],
        SMUGGLED: [f"was sent back to {home}"],
    }.get(was, [])


# --- a recruiter -----------------------------------------------------------------------------------
def recruiter_portrait(me, world) -> str:
    region = world.template.region
    cells = f"{int(me.cells)} cells of one network that act alike" if me.cells > 1 else "a cell of a network"
    return f"A synthetic recruiter in {country(region, me['country'])}: {cells}; offers work {OFFERS[me.channel]}."


def favourite(me, world) -> int:
    """Destination that gets the largest share of this recruiter's choices; -1 before the first."""
    home = int(me["country"])
    base = world.places[home]
    options = world.minds[int(me.mind)].route_odds if base.responds else world.corridors[home]
    odds = np.diff(options[: base.n_routes], prepend=0.0)
    if odds.sum() <= 0.0:
        return NOBODY
    to = world.routes["destination"][base.first_route: base.first_route + base.n_routes]
    shares = np.bincount(to, odds)
    shares[home] = 0.0
    return int(shares.argmax())


def recruiter_month(b, a, t: int, world) -> list[str]:
    region, told = world.template.region, []
    if a.arrests > 0:
        told.append(f"police arrested {int(a.arrests)} of its cells; {int(a.active)} go on")
    elif b.custody > a.custody:
        free = int(b.custody - a.custody)
        told.append(f"{'a cell' if free == 1 else f'{free} cells'} came out of custody; {int(a.active)} are active")
    if a.active > b.active and b.custody <= a.custody:
        told.append(f"grew from {int(b.active)} to {int(a.active)} active cells, because the trade pays")
    elif a.active < b.active - max(0, a.arrests):
        told.append(f"shrank from {int(b.active)} to {int(a.active)} active cells")
    lost, stopped = _lost(a, t, world)
    told += _losses(lost[~stopped], region, "found in {}")
    told += _losses(lost[stopped], region, "stopped on the way into {}")
    old, new = favourite(b, world), favourite(a, world)
    if new != old and new != NOBODY:
        told.append(f"now sends most of its recruits to {country(region, new)}"
                    + (f" instead of {country(region, old)}" if old != NOBODY else ""))
    return told


def _lost(a, t: int, world) -> tuple[np.ndarray, np.ndarray]:
    """Rows of those whom a recruiter lost in the month, and who of them did not get to the end of the route.

    Networks note their losses only in worlds where anybody learns from them; a life is told in every world.
    """
    people = world.migrants
    lost = people[(people["situation"] == IDENTIFIED) & (people["since"] == t)]
    lost = lost[world.recruiters["id"][lost["recruiter"]] == a.id]
    return lost, lost["leg"] < world.routes["legs"][lost["route"]]


def _losses(lost, region, words: str) -> list[str]:
    """One sentence for the persons lost in a month, whatever the number of countries."""
    if not len(lost):
        return []
    places, persons = np.unique(lost["place"]), int(lost["weight"].sum())
    who = "1 person" if persons == 1 else f"{persons} persons"
    return [f"lost {who} {words.format(journey.listed([country(region, p) for p in places]))}"]


# --- an official -------------------------------------------------------------------------------------
def official_portrait(me, world) -> str:
    trained = "trained" if me.trained else "not trained"
    return (f"A synthetic {POSTS[me.kind]} serving in {country(world.template.region, me.place)}, "
            f"{trained} to recognise a victim, integrity {me.integrity:.2f} on a scale from 0 to 1.")


def official_month(b, a, t: int, region) -> list[str]:
    told = []
    if a.dismissed > b.dismissed:
        return ["was dismissed; somebody else took the post"]
    bribes = int(a.bribes - b.bribes)
    if bribes > 0:
        told.append("took a bribe" if bribes == 1 else f"took {bribes} bribes")
    if a.in_pay != NOBODY and b.in_pay == NOBODY:
        told.append("entered a network's pay: looks away and warns it of raids")
    elif a.status == INVESTIGATED and b.status != INVESTIGATED:
        told.append("came under investigation")
    elif a.in_pay == NOBODY and b.in_pay != NOBODY:
        told.append("left the network's pay")
    elif b.status == INVESTIGATED and a.status != INVESTIGATED:
        told.append("was cleared after a year and serves again")
    if a.trained and not b.trained and t > 0:
        told.append("was trained to recognise victims")
    return told
