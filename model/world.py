"""A world: all arrays of one run, built from a scenario and a seed, and the month that moves them.

`Template` holds what every seed of a scenario shares; `World` is one seed of it.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from undercount.model.assumed.scenario import Scenario, parameter_table
from undercount.model.country.corridors import first_year_shares
from undercount.model.engine import layout
from undercount.model.engine.ahead import bounds_of
from undercount.model.engine.home import PERSON_BITS, bound_hazards, fill_rows, find_leavers
from undercount.model.engine.layout import (
    ACTORS,
    BELIEFS,
    HIDDEN,
    HISTORIES,
    KLASS,
    MAX_ROUTES,
    MIND,
    MODES,
    NETWORK,
    OFFICIAL,
    PERSON,
    POOLED,
    RECRUITER,
    SITUATIONS,
    TOLD,
    TREATMENTS,
    VENUES,
    WARM_UP,
)
from undercount.model.engine.lent import Lent
from undercount.model.engine.pools import KINDS, LOOKING, ON_THE_WAY, TRAITS, fill_pools
from undercount.model.engine.setup import appoint, found_cells, weighs_destinations
from undercount.model.engine.tables import Tables, records
from undercount.model.known.facts import fact_table, women_at_risk
from undercount.model.known.places import ngo_table, once, place_table, post_table
from undercount.model.known.routes import route_table
from undercount.model.month import run_months

if TYPE_CHECKING:
    from undercount.model.known.region import Region
    from undercount.model.outcome import Outcome

# Parties followed in exploitation are this many times smaller than the groups at home, so that
# up to 20 persons an agent every victim is one agent.
PARTIES_PER_AGENT = 20
# Recruiter agents stand for a tenth as many cells as migrant agents for persons; every country of
# origin has at least so many, if it has the cells.
CELLS_PER_AGENT = 10
# At the pooled scale each is one cell: two cells an agent made the yearly number of newly exploited
# vary 1.4 times as much as one (100 seeds each), ten 2.2 times.
POOLED_CELLS = 1
FEWEST_RECRUITERS = 10
FEWEST_NETWORKS = 2  # of a country: with one, nobody else could pay an official
# Rows set aside for parties, per agent that may leave, and for those who leave the pools; untouched
# ones cost no memory.
ROWS_PER_LEAVER = 64
PERSONS_PER_POOLED_ROW = 16

SHARED = ("par", "facts", "settling", "gravity", "coming")  # tables of a template that its worlds read and never write


def _with_warm_up(table: np.ndarray) -> np.ndarray:
    """The table of all months, with the first one repeated before it."""
    months, places = table.shape
    plain = np.ascontiguousarray(table).view(np.uint8).reshape(months, -1)  # bytes: records are copied one by one
    whole = np.concatenate([np.broadcast_to(plain[:1], (WARM_UP, plain.shape[1])), plain])
    return whole.view(table.dtype).reshape(WARM_UP + months, places)


class Template:
    """What all seeds of one scenario at one scale share."""

    def __init__(self, scenario: Scenario, people_per_agent: int = 100):
        self.scenario = scenario
        self.region: Region = scenario.region
        self.people_per_agent = people_per_agent
        self.pooled = people_per_agent == POOLED
        self.persons_per_row = max(1, people_per_agent)
        self.party_size = max(1, people_per_agent // PARTIES_PER_AGENT)
        self.cells_per_agent = POOLED_CELLS if self.pooled else max(1.0, people_per_agent / CELLS_PER_AGENT)
        self.par = _with_warm_up(parameter_table(scenario)).view(np.recarray)
        if not scenario.mechanisms["narrow_legal_channels"]:
            self.par["legal_openness"] *= self.par["visa_free_gain"]
        facts = once(fact_table, self.region, scenario.mechanisms["visa_free_travel"])
        self.facts = _with_warm_up(facts).view(np.recarray)
        unknown = np.isnan(self.facts["integrity"])
        self.facts["integrity"][unknown] = self.par["integrity_unknown"][unknown]
        self.routes = once(route_table, self.region)
        for kind in ("route", "method"):  # what nobody acts on at any time need not be learnt
            if not self.par[f"{kind}_response"].any():
                self.par[f"{kind}_learning"] = 0.0
        first_year_shares(self.par, self.routes)
        self.posts = self._posts()
        self.ngos = once(ngo_table, self.region)
        self.places = self._places()
        self.classes = self._classes()
        self.settling = self._settling()
        self.coming = bounds_of(self.par, self.facts, self.places, self.ngos)
        if not self.pooled:
            self.bounds = bound_hazards(self.par, self.facts, self.classes)
        self.gravity = np.zeros((*self.par.shape, MAX_ROUTES))
        weighs_destinations(self.par, self.facts, self.places, self.routes, self.gravity)
        self.cells = self._cells()

    def __reduce__(self):
        """Made again where it arrives: it follows from the scenario and is larger."""
        return Template, (self.scenario, self.people_per_agent)

    @property
    def months(self) -> int:
        """Months of a run, those of the warm-up included."""
        return self.region.months + WARM_UP

    @cached_property
    def persons(self) -> int:
        """Persons whom the agents at home stand for."""
        if self.pooled:
            return int(self.classes["persons"].sum())
        return self.agents * self.people_per_agent

    @property
    def agents(self) -> int:
        """Agents at home on the first day; pools at the pooled scale."""
        return int(self.classes["agents"].sum()) // (len(KINDS) if self.pooled else 1)

    def _posts(self) -> np.recarray:
        posts = once(post_table, self.region)
        staff = np.maximum(1, np.rint(self.par["officials_per_post"][0, posts["place"]]))
        posts["officials"] = staff
        posts["first"] = np.cumsum(staff) - staff
        return posts

    def _places(self) -> np.recarray:
        places, first = once(place_table, self.region), self.par.view(np.ndarray)[0]
        places["persons"] = once(women_at_risk, self.region) / np.maximum(first["women_share"], 1e-9)
        places["testimony_start"] = first["testimony"] * (1.0 + first["protection"]) * first["acceptance"]
        return places

    def _classes(self) -> np.recarray:
        """Country x zone x work; agents are shared out by largest remainder."""
        kinds = [(place, zone, working) for place in np.flatnonzero(self.places["origin"])
                 for zone in (0, 1) for working in (0, 1)]
        classes = records(len(kinds), KLASS)
        classes["home"], classes["zone"], classes["working"] = np.array(kinds).T
        for place in np.flatnonzero(self.places["origin"]):
            first = self.par[0, place]
            deprived, employed = first["deprived_share"], first["employed_share"]
            shares = np.array([(deprived if zone else 1 - deprived) * (employed if working else 1 - employed)
                               for zone in (0, 1) for working in (0, 1)])
            agents = self.places["persons"][place] / self.persons_per_row * shares
            whole = np.floor(agents)
            short = int(round(agents.sum() - whole.sum()))
            whole[np.argsort(-(agents - whole), kind="stable")[:short]] += 1
            classes["agents"][classes["home"] == place] = whole
        classes["persons"] = classes["agents"] * self.persons_per_row
        if self.pooled:
            classes["agents"] = len(KINDS) * np.where(classes["working"] == 1, TRAITS, TRAITS // 2)
        return classes

    def _settling(self) -> np.ndarray:
        """(places, helped at home or not, months): chance that a return ends, settled or trafficked again."""
        par = self.par
        alone = par["reintegrates"] + par["retrafficked"]
        helped = par["reintegrates"] * par["support"] + par["retrafficked"]
        return np.minimum(1.0, np.stack([alone.T, helped.T], axis=1), order="C")

    def _cells(self) -> list[tuple[int, int, int, int]]:
        """(base, agents, cells, networks) of every origin; sets the places' recruiter rows."""
        plan = []
        for place in np.flatnonzero(self.places["origin"]):
            first = self.par[0, place]
            cells = first["cells_per_100000"] * self.places["persons"][place] / 1e5 * first["potential"]
            cells = max(1, round(cells))
            agents = max(FEWEST_RECRUITERS, round(cells / self.cells_per_agent))
            agents = min(agents, cells)
            networks = max(FEWEST_NETWORKS, round(cells / max(1.0, first["potential"] * first["cells_per_network"])))
            plan.append((int(place), agents, cells, min(networks, agents)))
        start = np.cumsum([0] + [agents for _, agents, _, _ in plan])
        for (place, agents, _, _), first in zip(plan, start):
            self.places["first_recruiter"][place], self.places["recruiters"][place] = first, agents
        return plan


def _risks(places: int) -> np.recarray:
    """A row for every country, venue, treatment, and whether the cell's network has police in its pay."""
    risks = records((places, len(VENUES), len(TREATMENTS), 2), layout.RISK)
    for n, name in enumerate(("place", "venue", "treatment", "bought")):
        risks[name] = np.indices(risks.shape)[n]
    return risks


class World:
    """One run: the arrays, and the month reached. It is cold when built: nothing has happened yet.

    Month `t` of the arrays counts from the start of the warm-up; `month` from the region's start.
    """

    def __init__(self, template: Template, seed: int):
        self.template, self.seed, self.t = template, int(seed), 0
        self._lent: Lent | None = None
        self._broken_off = False
        months, places = template.par.shape
        self.par, self.facts = template.par, template.facts
        self.routes = template.routes.copy()
        self.posts, self.ngos = template.posts.copy(), template.ngos.copy()
        self.places, self.classes = template.places.copy(), template.classes.copy()
        self.hidden = records((months, places), HIDDEN)
        self.actors = records((months, places), ACTORS)
        self.flows = np.zeros((months, places, places, len(MODES), len(VENUES)), np.int64)
        self.histories = np.zeros((months, places, HISTORIES), np.int64)
        self.exposures = np.zeros((months, places, HISTORIES, len(VENUES), 2), np.int64)
        self.relisted = np.zeros((months, places, HISTORIES), np.int64)
        self.census = np.zeros(len(SITUATIONS), np.int64)
        self.censuses = np.zeros((months, len(SITUATIONS)), np.int64)
        self.officials = records(int(self.posts["officials"].sum()), OFFICIAL)
        appoint(self.seed, self.posts, self.officials, self.par, self.facts)
        self.recruiters = records(sum(agents for _, agents, _, _ in template.cells), RECRUITER)
        self.minds = records(len(self.recruiters), MIND)
        # Cumulative within a country, and where to begin to search; apart, as every recruit searches them.
        self.picks = np.zeros(len(self.recruiters))
        self.guides = np.zeros(len(self.recruiters), np.int32)
        self.networks = records(sum(networks for *_, networks in template.cells), NETWORK)
        self.told = records((len(self.networks), BELIEFS, max(2, places)), TOLD)
        self.told["keep"] = self.told["keep_before"] = 1.0
        self.stocks = np.zeros((places, places, len(VENUES), len(TREATMENTS)), np.int64)  # held, by origin of the cell
        found_cells(self.seed, np.array(template.cells), self.recruiters, self.networks, self.par)
        self.settling, self.gravity, self.coming = template.settling, template.gravity, template.coming
        self.corridors = np.zeros((places, MAX_ROUTES))
        self.risks = _risks(places)
        self.agenda = records(months, layout.AGENDA)
        self.counts = np.zeros(layout.COUNTS, np.int64)  # see `layout.ACTIVE` and the others
        self.counts[layout.LEARNS] = bool(self.par["route_learning"].any() or self.par["method_learning"].any())
        if template.pooled:
            self._live_in_pools()
        else:
            self._live_as_agents()
        self.census[layout.AT_HOME] = template.persons

    def _live_as_agents(self) -> None:
        """A row for everybody who may leave home within the run."""
        template = self.template
        kinds, numbers, thresholds = find_leavers(self.seed, self.par, self.classes, template.bounds)
        self.people = records(len(kinds) * (ROWS_PER_LEAVER if template.people_per_agent > 1 else 1) + 1024, PERSON)
        self._lists_for_rows()
        leavers = self.people[: len(kinds)]
        leavers["id"] = kinds.astype(np.int64) << PERSON_BITS | numbers
        leavers["klass"], leavers["threshold"], leavers["weight"] = kinds, thresholds, template.people_per_agent
        leavers["row"] = np.arange(len(kinds))
        fill_rows(self.seed, self.par, self.classes, leavers)
        self.counts[layout.ROWS] = self.leavers = len(kinds)

    def _live_in_pools(self) -> None:
        """The rows of every pool; those who look for a way and those who travel are active all the time."""
        rows = len(KINDS) * self.template.agents
        self.people = records(rows + self.template.persons // PERSONS_PER_POOLED_ROW + 1024, PERSON)
        self._lists_for_rows()
        pools = fill_pools(self.par, self.classes, self.people)
        moving = np.arange(LOOKING * pools, (ON_THE_WAY + 1) * pools)
        self.active[:len(moving)] = moving
        self.counts[layout.ACTIVE], self.counts[layout.ROWS], self.counts[layout.POOLS] = len(moving), rows, pools
        self.leavers = rows

    @property
    def month(self) -> int:
        """Months of the region's period that were run."""
        return self.t - WARM_UP

    @property
    def outcome(self) -> Outcome:
        """The tallies of the months that were run, those of the warm-up left out."""
        from undercount.model.outcome import Outcome

        return Outcome(self.template.region, self.hidden[WARM_UP:], self.actors[WARM_UP:], self.flows[WARM_UP:],
                       self.histories[WARM_UP:], self.exposures[WARM_UP:], self.relisted[WARM_UP:], self.month)

    @property
    def tables(self) -> Tables:
        """The tables as rules take them; made anew at each call, as `make_room` replaces some."""
        return Tables(*(getattr(self, name) for name in Tables._fields))

    @property
    def address(self):
        """Where compiled code finds the tables (`engine/lent.py`)."""
        if self._lent is None:
            self._lent = Lent(self.tables)
        return self._lent.address

    def __getstate__(self) -> dict:
        """A copy has tables of its own at another address; none of the template, no rows that nobody uses yet."""
        used = int(self.counts[layout.ROWS])
        rows = {name: getattr(self, name)[:used] for name in ("people", "active", "pending")}
        rows["calendar"] = self.calendar[:self._pages(used)]
        return {name: value for name, value in (self.__dict__ | rows | {"_lent": None}).items() if name not in SHARED}

    def __setstate__(self, state: dict) -> None:
        self.__dict__.update(state, **{name: getattr(state["template"], name) for name in SHARED})

    def warm_up(self) -> None:
        """The months before the region's first one."""
        self.run(WARM_UP)

    def run(self, until: int | None = None) -> None:
        """Runs to the start of month `until` (default: the end). Raises RuntimeError where a month was broken off."""
        until = self.template.months if until is None else min(until, self.template.months)
        with self.whole_months():
            while self.t < until:
                address = self.address
                self.t = run_months(self.t, until, self._lent.tables, address)
                if self.counts[layout.BEYOND] > 0:
                    raise AssertionError("a chance of those held lies above its bound: see model/engine/ahead.py")
                if self.t < until:
                    self.make_room_if_needed()

    @contextmanager
    def whole_months(self):
        """Within it a month is run."""
        self.check_whole()
        self._broken_off = True
        yield
        self._broken_off = False

    def check_whole(self) -> None:
        """A world in which a month was broken off, as by Ctrl-C, is none to go on with: raises RuntimeError."""
        if self._broken_off:
            raise RuntimeError("this world was interrupted within a month, of which a part has happened: make it again")

    @property
    def party_size(self) -> int:
        """Most persons who travel as one party."""
        return self.template.party_size

    def make_room_if_needed(self) -> None:
        """Enough rows for the parties that may split off this month."""
        while self.counts[layout.ROWS] + self.counts[layout.NEEDED] > len(self.people):
            self.make_room()

    def make_room(self) -> None:
        """Doubles the rows; old ones keep their places. Those not in use yet are not touched: they cost no memory."""
        old, used, pages = (self.active, self.calendar), int(self.counts[layout.ROWS]), self.counts[layout.PAGES] + 1
        people = records(2 * len(self.people), PERSON)
        people[:used] = self.people[:used]
        self.people = people
        self._lists_for_rows()
        self.active[:used] = old[0][:used]
        self.calendar[:pages] = old[1][:pages]

    def _lists_for_rows(self) -> None:
        self._lent = None  # it knows the old rows
        self.active = np.zeros(len(self.people), np.int32)
        self.pending = np.zeros(len(self.people), np.int32)
        self.calendar = np.zeros((self._pages(len(self.people)), layout.PAGE), np.int32)  # `engine/calendar.py`

    def _pages(self, rows: int) -> int:
        """Most pages of a calendar in which so many rows stand: one of each month is not full, and page 0 is none."""
        return rows // (layout.PAGE - 1) + self.template.months + 1

    @property
    def migrants(self) -> np.recarray:
        """Rows in use."""
        return self.people[: self.counts[layout.ROWS]]
