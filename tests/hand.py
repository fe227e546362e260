"""A world of a few rows, written by hand, and draws that a test decides: rules run interpreted, in milliseconds.

Three countries (`HOME`, `TRANSIT`, `ABROAD`) and one month (`NOW`). Every parameter has the value at which it does
nothing: 1 for a factor, 0 otherwise; a test states the others, for `NOW` only, so that a rule that looks at another
month or country finds other values. Identities, months and the seed are different numbers, so that none can stand
for another unnoticed.
"""

from __future__ import annotations

import sys
from functools import cache

import numpy as np
from numba.core.dispatcher import Dispatcher
from undercount.model.assumed.parameters import parameter_record, specs
from undercount.model.engine import bits, decisions, layout, random
from undercount.model.engine.ahead import bounds_of
from undercount.model.engine.layout import NOBODY
from undercount.model.engine.tables import Tables, records
from undercount.model.lives import held
from undercount.model.world import _risks

SEED, NOW, MONTHS = 77, 40, 48
HOME, TRANSIT, ABROAD = range(3)
INTERNAL_ROUTE, DIRECT, ROUND_ABOUT = range(3)  # options of HOME
BORDER_DIRECT, BORDER_TRANSIT, BORDER_ABROAD, POLICE, CONSULATE, COURT, POLICE_HOME = range(7)  # posts
OFFICERS = 4  # of each post
SHELTER, HOTLINE, OUTREACH, PREVENTION, SHELTER_HOME = range(5)  # NGOs
PEOPLE, CELLS, OFFICIALS = 1000, 3000, 2000  # identity of the first of each
NEUTRAL = {"presence_market": 0.0, "zone_income": 1.0, "awareness_legal": 1.0}
# What has no value that does nothing: limits, and where something is counted from.
NEUTRAL |= {"usual_gap": 3.0, "reports_noticed": 1e-4, "gain_least": 0.1, "earnings_least": 0.1, "entry_least": 5.0,
            "entry_most": 3.0, "crowding_most": 3.0}
PLAIN = {  # what has no Python of its own
    "fetch_ahead": lambda rows, index, at: None, "borrowed": lambda tables: tables, "lent": lambda address: address,
    "least": bits._least_of}


def tables(party_size: int = 1) -> Tables:
    """The world: `w` of every rule."""
    n = 3
    w = Tables(
        seed=SEED, party_size=party_size, counts=np.zeros(layout.COUNTS, np.int64), people=records(8, layout.PERSON),
        active=np.zeros(8, np.int32), par=_parameters(), facts=_facts(), places=records(n, layout.PLACE),
        classes=records(2, layout.KLASS), routes=records(3, layout.ROUTE), posts=records(7, layout.POST),
        officials=records(7 * OFFICERS, layout.OFFICIAL), recruiters=records(3, layout.RECRUITER),
        minds=records(3, layout.MIND),
        networks=records(2, layout.NETWORK), ngos=records(5, layout.NGO), hidden=records((MONTHS, n), layout.HIDDEN),
        actors=records((MONTHS, n), layout.ACTORS),
        flows=np.zeros((MONTHS, n, n, len(layout.MODES), len(layout.VENUES)), np.int64),
        histories=np.zeros((MONTHS, n, layout.HISTORIES), np.int64),
        exposures=np.zeros((MONTHS, n, layout.HISTORIES, len(layout.VENUES), 2), np.int64),
        relisted=np.zeros((MONTHS, n, layout.HISTORIES), np.int64),
        census=np.full(len(layout.SITUATIONS), 100, np.int64),
        censuses=np.zeros((MONTHS, len(layout.SITUATIONS)), np.int64),
        gravity=np.zeros((MONTHS, n, layout.MAX_ROUTES)), corridors=np.zeros((n, layout.MAX_ROUTES)), risks=_risks(n),
        coming=np.zeros((n, MONTHS), layout.COMING).view(np.recarray), stocks=np.zeros((n, n, 2, 2), np.int64),
        told=records((2, layout.BELIEFS, n), layout.TOLD), settling=np.zeros((n, 2, MONTHS)),
        calendar=np.zeros((8, layout.PAGE), np.int32), agenda=records(MONTHS, layout.AGENDA), pending=np.zeros(8, np.int32),
        picks=np.zeros(3), guides=np.zeros(3, np.int32))
    _fill(w)
    return w


def _parameters() -> np.recarray:
    par = records((MONTHS, 3), parameter_record())
    for spec in specs().values():
        par[spec.key] = NEUTRAL.get(spec.key, 1.0 if spec.unit == "factor" else 0.0)
    return par


def _facts() -> np.recarray:
    facts = records((MONTHS, 3), layout.FACT)
    for name in ("income", "diaspora"):
        facts[name] = 1.0
    return facts


def _fill(w: Tables) -> None:
    w.people["id"] = PEOPLE + np.arange(len(w.people))
    w.people["pool"] = w.people["recruiter"] = w.people["official"] = w.people["route"] = NOBODY
    w.people["weight"] = w.people["accepts"] = 1
    w.people["since"] = NOW - 1
    w.people["row"] = np.arange(len(w.people))
    w.told["keep"] = w.told["keep_before"] = 1.0
    w.officials["id"] = OFFICIALS + np.arange(len(w.officials))
    w.officials["in_pay"] = w.officials["suitor"] = NOBODY
    w.recruiters["id"] = CELLS + np.arange(len(w.recruiters))
    w.recruiters["network"], w.recruiters["weighed"] = [0, 0, 1], NOBODY
    w.recruiters["mind"] = np.arange(len(w.recruiters))
    w.classes["zone"], w.classes["working"] = layout.DEPRIVED, [1, 0]
    for n, (kind, place) in enumerate((
            (layout.BORDER, HOME), (layout.BORDER, HOME), (layout.BORDER, TRANSIT), (layout.POLICE, ABROAD),
            (layout.CONSULATE, ABROAD), (layout.COURT, ABROAD), (layout.POLICE, HOME))):
        here = slice(n * OFFICERS, (n + 1) * OFFICERS)
        w.posts[n] = (kind, place, NOBODY, n * OFFICERS, OFFICERS, 1.0, 0, 0, 0.0, 0.0)
        w.officials["kind"][here], w.officials["place"][here] = kind, place
    for n, (kind, place) in enumerate((
            (layout.SHELTER, ABROAD), (layout.HOTLINE, ABROAD), (layout.OUTREACH, ABROAD), (layout.PREVENTION, ABROAD),
            (layout.SHELTER, HOME))):
        w.ngos[n] = (n, place, kind, 0, 1, 1.0, 0, 0, 0.5)
    for name in ("shelter", "hotline", "outreach", "prevention", "police", "consulate", "court"):
        w.places[name] = NOBODY
    abroad, home = w.places[ABROAD], w.places[HOME]
    has(abroad, shelter=SHELTER, hotline=HOTLINE, outreach=OUTREACH, prevention=PREVENTION, police=POLICE,
        consulate=CONSULATE, court=COURT, attention=0.5, testimony=1.0)
    has(home, shelter=SHELTER_HOME, police=POLICE_HOME, n_routes=3, recruiters=3, origin=1)
    for n, (destination, posts, places) in enumerate((
            (HOME, (), ()), (ABROAD, (BORDER_DIRECT,), (ABROAD,)),
            (ABROAD, (BORDER_TRANSIT, BORDER_ABROAD), (TRANSIT, ABROAD)))):
        route = w.routes[n]
        has(route, destination=destination, legs=len(posts), opens=0, closes=99)
        route.posts[: len(posts)], route.places[: len(places)] = posts, places


def has(record, **values):
    """Writes fields of a record; returns it."""
    for name, value in values.items():
        assert name in record.dtype.names, name
        record[name] = value
    return record


def given(w: Tables, place: int, **values: float) -> np.record:
    """States parameters of a country in the month `NOW`; returns its row."""
    return has(w.par[NOW, place], **values)


def known(w: Tables, place: int, **values: float) -> np.record:
    """States facts of a country in the month `NOW`; returns its row."""
    return has(w.facts[NOW, place], **values)


def learns(w: Tables) -> None:
    """What is seen is kept, as somebody learns from it."""
    w.counts[layout.LEARNS] = 1


def is_held(me, t: int, w: Tables) -> None:
    """The person is held from the month `t` on."""
    held.is_held(me, t, w)


def holds(w: Tables, me) -> None:
    """The person is held, and counted."""
    held.counts_held(me, w, me.weight)


def foreseen(w: Tables) -> None:
    """The bounds of the months to come, for parameters as they were stated."""
    w.coming[:] = bounds_of(w.par, w.facts, w.places, w.ngos)


def listed(w: Tables, cell: int) -> list[int]:
    """Rows in the list of those whom a cell holds; fails where neighbours do not know one another."""
    rows, before, entry = [], 0, int(w.recruiters[cell].held)
    while entry:
        assert w.people[entry - 1].before == before and len(rows) < len(w.people)
        rows.append(entry - 1)
        before, entry = entry, int(w.people[entry - 1].after)
    return rows


def waiting_for(w: Tables, month: int) -> list[int]:
    """Rows in the calendar of a month, last page first; fails where one does not know where it stands."""
    rows = []
    page, last = w.agenda[month].tolist()
    while page:
        rows += [int(row) for row in w.calendar[page, 1:last + 1]]
        assert w.people["line"][rows[-last:]].tolist() == [page * layout.PAGE + n for n in range(1, last + 1)]
        page, last = int(w.calendar[page, 0]), layout.PAGE - 1
    return rows


def tally(group: np.ndarray, name: str) -> np.ndarray:
    """What a mind or a network counts; a mind has what it saw of countries in records of their own."""
    return group[name] if name in group.dtype.names else group["at"][name]


def changes(table: np.ndarray) -> dict:
    """What is not zero in a table of tallies: {(month, country, field): number}."""
    return {(int(t), int(c), name): int(table[name][t, c]) for name in table.dtype.names
            for t, c in zip(*np.nonzero(table[name]))}


class Luck:
    """Stands for `random.draw`: a draw must have been told before a rule may ask for it.

    `luck(FOUND=0.5)` tells the draw of one decision in the month `NOW`; `luck.at(decision, who, month, u)` any other.
    A rule that asks with another seed, month or decision, or for somebody who does not exist, fails the test.
    """

    def __init__(self):
        self._told: dict[int, float] = {}
        self._exactly: dict[tuple, float] = {}

    def __call__(self, **draws: float) -> None:
        self._told.update({getattr(decisions, name): u for name, u in draws.items()})

    def at(self, decision: int, who: int, month: int, u: float) -> None:
        self._exactly[decision, who, month] = u

    def draw(self, seed, who, month, decision):
        assert seed == SEED, f"a draw with the seed {seed}"
        if (decision, who, month) in self._exactly:
            return self._exactly[decision, who, month]
        assert decision in self._told and month == NOW and who >= PEOPLE, (
            f"nobody told the draw of decision {decision}, agent {who}, month {month}")
        return self._told[decision]


def interpret(monkeypatch, draw) -> None:
    """For one test: every compiled function of the model is its own Python, and `draw` decides."""
    for module, name, plain in _compiled():
        monkeypatch.setattr(module, name, draw if name == "draw" and module is not random else plain)


@cache
def _compiled() -> list[tuple]:
    """(module, name, its Python) of all that is compiled and, interpreted too, of every `draw`."""
    modules = [module for name, module in sys.modules.items() if name.startswith("undercount.model.")]
    found = [(module, *item) for module in modules for item in vars(module).items()]
    return [(module, name, PLAIN.get(name) or getattr(value, "py_func", value)) for module, name, value in found
            if isinstance(value, Dispatcher) or name == "draw" or name in PLAIN and callable(value)]
