"""What an agent is: one record a row, one field an attribute, for all four kinds and their places.

Rules read `me.situation`; whoever wants a column reads `people["situation"]`. Every count is in
persons (or cells of recruiters), money in whole USD, and every shared tally is an integer, so that
the order in which agents act within a month cannot change a result.
"""

from __future__ import annotations

import numpy as np

# --- situations of a migrant -------------------------------------------------------------------
SITUATIONS = (
    "at home", "seeking", "moving independently", "smuggled", "recruited and moving", "exploited",
    "identified", "misidentified", "refused assistance", "assisted", "returned", "reintegrated")
(AT_HOME, SEEKING, INDEPENDENT, SMUGGLED, RECRUITED, EXPLOITED,
 IDENTIFIED, MISIDENTIFIED, REFUSED, ASSISTED, RETURNED, REINTEGRATED) = range(12)

# --- entry modes, venues, treatments, lists ----------------------------------------------------
MODES = ("internal", "clandestine", "papers", "visa-free")
INTERNAL, CLANDESTINE, PAPERS, VISA_FREE = range(4)
VENUES = ("public", "private")
PUBLIC, PRIVATE = range(2)
TREATMENTS = ("harsh", "small payments")
HARSH, PAID = range(2)
LISTS = ("police", "assistance", "hotline")
ON_POLICE, ON_ASSISTANCE, ON_HOTLINE = 1, 2, 4
HISTORIES = 8  # every combination of the three lists
# Of those listed: persons who were held in the country this year, and the ends of its months at which they were.
HELD, HELD_MONTHS = range(2)
HELD_FIELDS = ("held_public", "held_private", "months_public", "months_private")

# Guards of arithmetic: they have no meaning of their own and are far from anything a parameter can ask for.
MOST_LOG_ODDS = 20.0  # of one option against another, and of a hazard: sums of exponentials stay finite
ALMOST_NOTHING = 1e-9  # in place of 0 where something is divided by it, and short of 1 where log(1 - x) is taken
ONE = 1.0  # a person or dollar, added where a logarithm or a ratio is taken of what may be none

# --- traits ------------------------------------------------------------------------------------
SEXES = ("woman", "man")
AGE_BANDS = ("15-17", "18-24", "25-29")
MINOR = 0
WAGE_BANDS = ("no work", "under USD 50", "USD 50-100", "over USD 100")
CHANNELS = ("acquaintance", "agency", "advertisement", "internet")
ACQUAINTANCE, AGENCY, ADVERTISEMENT, INTERNET = range(4)
ZONES = ("not deprived", "deprived")
ELSEWHERE, DEPRIVED = range(2)
POST_KINDS = ("border", "police", "consulate", "court")
BORDER, POLICE, CONSULATE, COURT = range(4)
NGO_KINDS = ("shelter", "hotline", "outreach", "prevention")
SHELTER, HOTLINE, OUTREACH, PREVENTION = range(4)
SERVING, INVESTIGATED = range(2)
STAYS, ESCAPES, IS_RELEASED, IS_REHOUSED = range(4)  # of those held
NOT_HELPED, HELPED_ABROAD, HELPED_AT_HOME = range(3)

# `people_per_agent` of the pooled scale: persons at home who are alike are one agent (`pools.py`), and
# whoever takes up an offer or is trapped is an agent of one person.
POOLED = 0

# What `counts` of a world holds: active rows, rows in use, 1 while a month has begun and not ended, rows that this
# month's parties may need, rows pending in `month.settle`, pools of people at home, 1 if any network ever learns, and
# chances above their bounds (`engine/ahead.py`), of which there are none; pages of the calendar that were ever used,
# and the first that is unused again (`engine/calendar.py`).
ACTIVE, ROWS, BEGUN, NEEDED, PENDING, POOLS, LEARNS, BEYOND, PAGES, UNUSED = range(10)
COUNTS = 10
AHEAD = 8  # rows fetched into the cache before their turn

MAX_ROUTES = 64  # options of one country of origin
MAX_PLACES = 63  # countries of a region; one bit each in `police_in_pay`
MAX_LEGS = 8
NOBODY = -1

# Months before the region's first one, run under its conditions so that the trade is under way;
# they appear in no table.
WARM_UP = 36

CACHE_LINE = 64  # bytes
LINES = 2 * CACHE_LINE  # processors fetch them in pairs
PAGE = 64  # numbers on a page of the calendar: the page before, and rows
_i1, _i2, _i4, _i8, _f8 = "i1", "i2", "i4", "i8", "f8"


def _record(*fields, itemsize: int = 0) -> np.dtype:
    """A record of aligned fields, filled up to `itemsize` bytes."""
    plain = np.dtype(list(fields), align=True)
    formats, offsets = zip(*(plain.fields[name][:2] for name in plain.names))
    return np.dtype({"names": plain.names, "formats": formats, "offsets": offsets,
                     "itemsize": max(itemsize, plain.itemsize), "aligned": True})


# What is looked at in exploitation and back home fills the first 64 bytes: one cache line a visit. What links a row to
# others stands in the other line, which is touched by whoever comes or goes, anyway.
PERSON = _record(
    ("id", _i8), ("debt", _f8), ("weight", _i4), ("recruiter", _i4), ("row", _i4),
    # parties that split off this month (persons)
    ("part_found", _i4), ("part_legal", _i4), ("part_smuggled", _i4), ("part_offer", _i4),
    ("since", _i2),
    ("wakes", _i2),  # the next month that may bring anything to who is held or back home
    ("situation", _i1), ("waiting", _i1), ("venue", _i1), ("treatment", _i1), ("left_behind", _i1),
    ("leaves", _i1),  # the others get out this month: see `exploitation.gets_out`
    ("leg", _i1), ("mode", _i1), ("place", _i1), ("home", _i1), ("times", _i1), ("helped", _i1),
    ("klass", _i2), ("route", _i2),
    # read now and then
    ("threshold", _f8), ("accepts", _f8),
    ("before", _i4), ("after", _i4),  # 1 + rows of the neighbours among those whom its cell holds; 0: none
    ("line", _i4),  # where in the calendar it stands (`calendar.py`)
    ("pool", _i4),  # row of those who look for a way in one's pool; NOBODY for who belongs to none
    ("official", _i4),
    ("parties", _i4),  # how many ever split off
    ("listed", _i2), ("months", _i2),  # month of the entry on `lists`; months held before one was found
    ("lists", _i1), ("lists_home", _i1),
    ("zone", _i1), ("sex", _i1), ("age_band", _i1), ("minority", _i1),
    ("working", _i1), ("wage_band", _i1), ("family_risk", _i1),
    ("reported", _i1),  # in the register of the country where the person was last found?
    itemsize=2 * CACHE_LINE)

AGENDA = _record(("page", _i4), ("rows", _i4))  # of those who wait for a month: last page of their list, rows on it

KLASS = _record(  # people at home who share country, zone and work
    ("home", _i4), ("zone", _i4), ("working", _i4), ("agents", _i8), ("persons", _f8), ("first", _i8), ("last", _i8),
    ("next", _i8), ("cumulative", _f8), ("rise", _f8), ("success", _f8), ("failure", _f8),
    ("success_now", _i8), ("failure_now", _i8))

PLACE = _record(  # what a country remembers from month to month
    ("origin", _i4), ("visa_area", _i4), ("destination", _i4),
    ("first_route", _i4), ("n_routes", _i4),
    ("police", _i4), ("consulate", _i4), ("court", _i4),
    ("shelter", _i4), ("hotline", _i4), ("outreach", _i4), ("prevention", _i4),
    ("persons", _f8), ("population", _f8), ("awareness", _f8), ("revenue", _f8), ("meets", _f8),
    ("testimony", _f8), ("testimony_start", _f8), ("attention", _f8), ("profit", _f8), ("risk", _f8),
    ("earned", _f8), ("costs_now", _i8),  # of all its cells: profit a month, smoothed; what they spent this month
    ("seekers", _i8), ("stock", _i8), ("in_public", _i8), ("recognised_now", _i8), ("testified_now", _i8),
    ("found_public", _i8), ("found_private", _i8),
    ("first_recruiter", _i4), ("recruiters", _i4), ("pick", _f8), ("active", _i8), ("custody", _i8), ("idle", _i8),
    ("entries", _f8),  # cells that a month's conditions draw into the trade
    # the first year, which everything later is measured against (`country/balance.py`)
    ("market_start", _f8), ("stock_start", _f8), ("profit_start", _f8), ("risk_start", _f8), ("custody_start", _f8),
    ("active_start", _f8),
    ("responds", _i4))  # do its cells weigh routes each for itself this month, or follow its corridors?

FACT = _record(  # what the region's files say of a country in a month
    ("free_movement", _f8), ("free_work", _f8),
    ("income", _f8), ("unemployment", _f8), ("phones", _f8), ("online", _f8), ("integrity", _f8),
    ("law", _f8), ("visa_free", _f8), ("diaspora", _f8), ("years", _f8), ("since_january", _f8))

ROUTE = _record(
    ("origin", _i4), ("destination", _i4), ("legs", _i4), ("paths", _i4), ("papers_only", _i4), ("familiar", _i4),
    ("option", _i4), ("opens", _i4), ("closes", _i4), ("near", _i4), ("tie", _f8),
    ("start", _f8),  # share of its origin's recruits in the first year
    ("odds", _f8),  # propensity of a month, before what each cell expects to lose
    ("gain_start", _f8), ("loss_start", _f8), ("use", _f8), ("use_start", _f8), ("use_now", _i8),
    ("posts", _i4, (MAX_LEGS,)), ("places", _i4, (MAX_LEGS,)))

POST = _record(
    ("kind", _i4), ("place", _i4), ("other", _i4), ("first", _i4), ("officials", _i4),
    ("patrol", _f8), ("arrivals", _i8), ("arrivals_now", _i8), ("found", _f8), ("found_now", _i8))

OFFICIAL = _record(
    ("id", _i8), ("kind", _i4), ("place", _i4), ("integrity", _f8),
    ("trained", _i4), ("training_draw", _f8), ("in_pay", _i4), ("status", _i4), ("since", _i4),
    ("dismissed", _i4), ("bribes", _i4), ("bribes_now", _i4), ("suitor", _i4))

RECRUITER = _record(  # two cache lines: every month passes over all of them
    ("id", _i8), ("network", _i4), ("mind", _i4), ("breaks", _f8),  # mind: row of what it saw and believes
    ("touched", _i8), ("holds", _i8),  # countries where it saw something this month, and holds anybody; one bit each
    ("moved_mode", _i4, (2,)),
    ("held", _i4),  # 1 + row of the first whom it holds, who knows the next; 0: nobody
    ("country", _i4), ("channel", _i4), ("weighed", _i4),
    ("cells", _i4), ("active", _i4), ("custody", _i4), ("idle", _i4), ("arrests", _i4),
    ("minors", _f8),
    # evidence of this month
    ("heat_now", _i8), ("heat_shared", _i8), ("heat_later", _f8), ("minors_now", _i8),
    itemsize=2 * CACHE_LINE)

SEEN = _record(  # of one country: whom a recruiter holds there, what it saw there this month, its own part of beliefs
    ("held_place", _i4), ("lost_place", _i4), ("tried_entry", _i4), ("lost_entry", _i4),
    ("entry_own", _f8), ("place_own", _f8))

MIND = _record(  # whom a recruiter holds, what it saw this month, and its own part of what it believes (`beliefs.py`)
    ("at", SEEN, (MAX_PLACES + 1,)),  # nobody uses the last: what follows begins a cache line
    ("held_venue", _i4, (2,)), ("held_treatment", _i4, (2,)),
    ("lost_mode", _i4, (2,)), ("lost_venue", _i4, (2,)), ("lost_treatment", _i4, (2,)),
    ("mode_own", _f8, (2,)), ("venue_own", _f8, (2,)), ("treatment_own", _f8, (2,)),
    ("mode_start", _f8), ("venue_start", _f8), ("treatment_start", _f8),
    ("route_odds", _f8, (MAX_ROUTES,)),  # cumulative propensity over its options
    itemsize=42 * CACHE_LINE)

NETWORK = _record(  # the same of all its cells
    ("country", _i4), ("police_in_pay", _i8), ("touched", _i8), ("holds", _i8),
    ("tried_entry", _i8, (MAX_PLACES,)), ("lost_entry", _i8, (MAX_PLACES,)),
    ("held_place", _i8, (MAX_PLACES,)), ("lost_place", _i8, (MAX_PLACES,)),
    ("moved_mode", _i8, (2,)), ("lost_mode", _i8, (2,)),
    ("held_venue", _i8, (2,)), ("lost_venue", _i8, (2,)),
    ("held_treatment", _i8, (2,)), ("lost_treatment", _i8, (2,)))

# Things of which losses are believed: entering a country, being held there, and the methods.
ENTRY, HOLDING, MODE, VENUE, TREATMENT = range(5)
BELIEFS = 5
TOLD = _record(  # what a network told its cells of one thing up to this month, and the month before (`beliefs.py`)
    ("keep", _f8), ("told", _f8), ("keep_before", _f8), ("told_before", _f8))

RISK = _record(  # a month's chances of those held in a country in one kind of venue and treatment (`exploitation.py`)
    ("place", _i4), ("venue", _i1), ("treatment", _i1), ("bought", _i1),  # bought: by a network with police in its pay
    ("raid", _f8), ("call", _f8), ("outreach", _f8), ("found", _f8), ("revenue", _f8),
    ("escape", _f8), ("release", _f8), ("broken_release", _f8), ("debt_hold", _f8), ("moved", _f8))  # to another venue

COMING = _record(  # the most that months can bring to those held in a country, summed since the start (`ahead.py`)
    ("found", _f8), ("out", _f8), ("broken", _f8),  # logarithms of the least chance that nothing happens
    ("repaid", _f8))  # debt

NGO = _record(
    ("id", _i8), ("place", _i4), ("kind", _i4), ("start", _i4), ("active", _i4),
    ("strength", _f8), ("beds", _i8), ("used", _i8), ("attention", _f8))

# Who enters a recognised victim in a register.
REPORTERS = ("police", "border", "inspectors", "care")
BY_POLICE, BY_BORDER, BY_INSPECTORS, BY_CARE = range(4)

# --- tallies: the truth, month by month and place by place -----------------------------------------
HIDDEN_FIELDS = (
    "newly_exploited", "in_exploitation", "in_public", "identified", "recognised", "misidentified", "offered_help",
    "refused", "no_place", "assisted", "repatriated", "escaped", "released", "returned", "retrafficked",
    "deported", "listed_assisted", "listed_repatriated", "listed_identified", "registered",
    *(f"registered_by_{who}" for who in REPORTERS))
HIDDEN = np.dtype([(name, _i8) for name in HIDDEN_FIELDS])
# What a row of the observed table counts -> the tally that it is compared with. Identified: recognised as victims, as
# far as the figures cover them; registered: those whom somebody reported. Neither asks for a shelter.
COUNTED = {"assisted": "listed_assisted", "repatriated": "listed_repatriated", "identified": "listed_identified",
           "registered": "registered"}

ACTOR_FIELDS = (
    "recruiters_active", "recruiters_in_custody", "arrests", "officials_in_pay", "bribes_taken",
    "officials_investigated", "officials_dismissed", "shelter_places", "shelter_used", "set_out",
    "independent", "smuggled", "inspections", "recruits", "recruits_of_acquaintances")
ACTORS = np.dtype([(name, _i8) for name in ACTOR_FIELDS])
