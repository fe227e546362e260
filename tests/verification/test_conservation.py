"""Every month each person is in one situation, and every count agrees with the persons it counts."""

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from undercount.model.assumed.parameters import specs
from undercount.model.assumed.scenario import load_scenario
from undercount.model.engine.layout import (
    ACTIVE,
    ASSISTED,
    AT_HOME,
    BEYOND,
    ENTRY,
    EXPLOITED,
    HOLDING,
    IDENTIFIED,
    INVESTIGATED,
    LEARNS,
    LISTS,
    MAX_PLACES,
    MODE,
    NOBODY,
    ON_ASSISTANCE,
    PUBLIC,
    RETURNED,
    SERVING,
    SITUATIONS,
    TREATMENT,
    VENUE,
)
from undercount.model.sound import fields_of
from undercount.model.world import Template

from tests.hand import tally, waiting_for
from tests.helpers import fresh, made, persons_by, shrunk, total, warm, world

EXAMPLES = settings(phases=[Phase.generate], max_examples=5, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
# (people per agent, edit of the region): single persons, and parties of every kind
SCALES = [(1, shrunk(200)), (20, shrunk(20)), (500, None)]


def check_month(run, before):
    """What must hold at the end of every month; `before` is what the month before left behind."""
    people, t, cells = run.migrants, run.t - 1, run.recruiters
    # persons
    assert people["weight"].min() >= 0 and people["weight"][people["pool"] == NOBODY].min(initial=1) > 0  # pools may be empty
    by_situation = np.bincount(people["situation"], people["weight"], len(SITUATIONS)).astype(np.int64)
    by_situation[AT_HOME] += run.template.persons - people["weight"].sum()  # those without a row stay at home
    assert np.array_equal(by_situation, run.census) and np.array_equal(run.census, run.censuses[t])
    assert run.census.sum() == run.template.persons and run.census.min() >= 0
    assert np.unique(people["id"]).size == len(people)
    # stocks
    assert np.array_equal(run.hidden["in_exploitation"][t], persons_by(run, EXPLOITED))
    assert np.array_equal(run.flows[t].sum(axis=(0, 2, 3)), run.hidden["newly_exploited"][t])
    used = np.bincount(run.ngos["place"], run.ngos["used"], len(run.places))
    assert np.array_equal(used, persons_by(run, ASSISTED)) and np.array_equal(used, run.actors["shelter_used"][t])
    shelters = run.ngos["kind"] == 0
    room = np.maximum(before["places"], before["used"])[shelters]  # a shelter that shrank empties by and by
    assert np.all(run.ngos["used"][shelters] <= room)
    # cells and officials
    assert np.array_equal(cells["active"] + cells["custody"] + cells["idle"], cells["cells"])
    assert min(cells["active"].min(), cells["custody"].min(), cells["idle"].min()) >= 0
    held = np.bincount(people["recruiter"][people["situation"] == EXPLOITED], minlength=len(cells))
    assert np.all(held[cells["cells"] == 0] == 0)
    assert np.isin(run.officials["status"], (SERVING, INVESTIGATED)).all()
    bought = run.officials["in_pay"] != NOBODY
    assert run.actors["officials_in_pay"][t].sum() == bought.sum()
    assert np.all(run.officials["status"][bought] == SERVING)
    check_held(run)
    # shares
    check_beliefs(run)
    for table, field in (("places", "risk"), ("officials", "integrity"), ("places", "awareness"),
                         ("places", "meets"), ("places", "attention"), ("ngos", "attention")):
        values = getattr(run, table)[field]
        assert values.min() >= 0.0 and values.max() <= 1.0, (table, field)
    for table in ("people", "places", "classes", "posts", "officials", "recruiters", "minds", "told", "ngos"):
        rows = getattr(run, table)
        for field, values in fields_of(rows):
            assert values.dtype.kind != "f" or np.isfinite(values).all(), (table, field)


def check_held(run):
    """Of those held every kept number is what a recount finds, and everybody is in the lists where they belong."""
    people, cells = run.migrants, run.recruiters
    rows = np.flatnonzero(people["situation"] == EXPLOITED)
    held = people[rows]
    cell, place, venue, treatment, persons = (held[field].astype(np.int64) for field in (
        "recruiter", "place", "venue", "treatment", "weight"))
    assert np.array_equal(people["row"], np.arange(len(people)))
    # countries
    assert np.array_equal(run.places["stock"], counted(place, persons, len(run.places)))
    assert np.array_equal(run.places["in_public"], counted(place[venue == PUBLIC], persons[venue == PUBLIC], len(run.places)))
    assert np.array_equal(run.places["stock"], run.hidden["in_exploitation"][run.t - 1])
    assert np.array_equal(run.places["in_public"], run.hidden["in_public"][run.t - 1])
    where = np.ravel_multi_index((cells["country"][cell], place, venue, treatment), run.stocks.shape)
    assert np.array_equal(run.stocks.ravel(), counted(where, persons, run.stocks.size))
    # cells and networks, where anybody learns
    learning = bool(run.counts[LEARNS])
    for groups, kept, who in ((cells, run.minds, cell), (run.networks, run.networks, cells["network"][cell])):
        bits = np.zeros(len(groups), np.int64)
        for name, what in (("held_place", place), ("held_venue", venue), ("held_treatment", treatment)):
            found = tally(kept, name)
            recount = counted(who * found.shape[1] + what, persons, found.size).reshape(found.shape)
            assert np.array_equal(found, recount * learning), name
            if name == "held_place":
                bits = (recount[:, :MAX_PLACES] > 0) @ (np.int64(1) << np.arange(MAX_PLACES, dtype=np.int64))
        assert np.array_equal(groups["holds"], bits * learning)
    # lists of cells: everybody once, and in that of the own cell
    before, after = people["before"].tolist(), people["after"].tolist()
    listed = {c: in_list(before, after, int(cells["held"][c])) for c in np.flatnonzero(cells["held"]).tolist()}
    assert sorted(row for members in listed.values() for row in members) == rows.tolist()
    of_cell = people["recruiter"].tolist()
    assert all(of_cell[row] == c for c, members in listed.items() for row in members)
    # what they wait for: a later month of the calendar, or none of this run; never both that and a visit
    active = set(run.active[: run.counts[ACTIVE]].tolist())
    assert len(active) == run.counts[ACTIVE]
    months = {month: waiting_for(run, month) for month in range(run.t, run.template.months)}
    waiting = [row for members in months.values() for row in members]
    assert len(set(waiting)) == len(waiting) and active.isdisjoint(waiting)
    wakes = people["wakes"].tolist()
    assert all(wakes[row] == month for month, members in months.items() for row in members)
    assert set(people["situation"][waiting]) <= {EXPLOITED, RETURNED}
    never = set(rows[held["wakes"] >= run.template.months].tolist())
    assert set(rows.tolist()) == (set(rows.tolist()) & set(waiting)) | never and active.isdisjoint(rows.tolist())
    assert run.counts[BEYOND] == 0


def counted(where, persons, size):
    """Persons by number."""
    return np.bincount(where, persons, size).astype(np.int64)


def in_list(before, after, entry):
    """Rows of a list from its first entry on; neighbours know one another."""
    rows, last = [], 0
    while entry:
        assert before[entry - 1] == last
        rows.append(entry - 1)
        last, entry = entry, after[entry - 1]
    return rows


def check_beliefs(run):
    """What every cell believes lies between nothing and everything, but for rounding."""
    network = run.recruiters["network"]
    for thing, name in ((ENTRY, "entry_own"), (HOLDING, "place_own"), (MODE, "mode_own"), (VENUE, "venue_own"),
                        (TREATMENT, "treatment_own")):
        own = tally(run.minds, name)
        own = own[:, : len(run.places) if thing in (ENTRY, HOLDING) else 2]
        told = run.told[network, thing][:, : own.shape[1]]
        belief = told["keep"] * own + told["told"]
        assert belief.min() >= -1e-9 and belief.max() <= 1 + 1e-9, name
        assert told["keep"].min() > 0.0


def assert_at_most(run, less, more):
    """`less` <= `more` in every country at any time; both are cumulative (months, countries)."""
    months, places = np.nonzero(less > more)
    names = [run.template.region.countries[place].iso3 for place in np.unique(places)]
    assert not names, f"{(less - more).max()} persons too many; in {', '.join(names)} from month {months.min()} on"


def check_chain(run):
    """assisted + refused + no place <= offered <= recognised <= identified, in each country at any time."""
    done = {name: run.hidden[name].cumsum(axis=0) for name in run.hidden.dtype.names}
    assert all(run.hidden[name].min() >= 0 for name in done)
    assert_at_most(run, done["recognised"] + done["misidentified"], done["identified"])
    # an identified person is recognised or misread the month after
    assert np.array_equal(done["identified"][-1] - done["recognised"][-1] - done["misidentified"][-1],
                          persons_by(run, IDENTIFIED))
    assert_at_most(run, done["offered_help"], done["recognised"])
    assert_at_most(run, done["repatriated"], done["assisted"])
    assert_at_most(run, done["listed_assisted"], done["assisted"])
    assert_at_most(run, done["listed_repatriated"], done["repatriated"])
    assert_at_most(run, done["assisted"] + done["refused"] + done["no_place"], done["offered_help"])


def step_and_check(run, months):
    for _ in range(min(months, run.template.months - run.t)):
        before = {"places": run.ngos["beds"].copy(), "used": run.ngos["used"].copy()}
        run.run(run.t + 1)
        check_month(run, before)


@pytest.mark.parametrize("people_per_agent, region", SCALES)
@pytest.mark.parametrize("seed", [0, 1])
def test_every_month(people_per_agent, region, seed):
    run = fresh(seed, people_per_agent=people_per_agent, region=region)
    step_and_check(run, 10_000)
    assert total(run, "newly_exploited") > 50  # something happened


@pytest.mark.parametrize("people_per_agent, region", SCALES)
def test_chain_of_help(people_per_agent, region):
    check_chain(world(1, people_per_agent=people_per_agent, region=region))


def test_outside_the_origins_everybody_offered_help_ends_in_one_of_three_ways():
    run = world(1)
    abroad = run.places["origin"] == 0
    counts = run.hidden[:, abroad]
    assert counts["assisted"].sum() > 0
    assert np.array_equal(counts["offered_help"], counts["refused"] + counts["assisted"] + counts["no_place"])


def test_lists_agree_with_tallies_and_persons():
    """Without re-trafficking every person is helped at most once abroad and once at home."""
    run = world(3, people_per_agent=20, region=shrunk(10), retrafficking=False)
    with_assistance = [h for h in range(2 ** len(LISTS)) if h & ON_ASSISTANCE]
    assert np.array_equal(run.histories[:, :, with_assistance].sum(axis=2), run.hidden["listed_assisted"])
    people = run.migrants
    persons = sum(people["weight"][people[lists] & ON_ASSISTANCE > 0].sum() for lists in ("lists", "lists_home"))
    assert persons == total(run, "listed_assisted") > 0
    abroad = run.places["origin"] == 0
    assert np.array_equal(run.histories[:, abroad].sum(axis=2), run.hidden["recognised"][:, abroad])


def test_in_and_out_of_exploitation():
    """Without inspections and help at home every identified person was found in exploitation."""
    run = world(2, inspection=0.0, home_assistance=0.0, return_referral=0.0)
    counts = run.hidden
    change = np.diff(counts["in_exploitation"], axis=0)
    flow = counts["newly_exploited"] - counts["identified"] - counts["escaped"] - counts["released"]
    assert np.array_equal(change, flow[1:]) and total(run, "identified") > 0


def test_persons_trafficked_twice_are_counted_twice():
    run = world(1, people_per_agent=1, region=shrunk(100), retrafficked=0.2)
    assert run.migrants["times"].sum() == total(run, "newly_exploited")
    assert np.maximum(run.migrants["times"] - 1, 0).sum() == total(run, "retrafficked") > 0


@EXAMPLES
@given(st.data())
def test_anywhere_in_the_prior(data):
    """Every unknown somewhere in its range, any seed."""
    scenario = load_scenario(data.draw(st.sampled_from(["full-adaptation", "refusal", "captured-officials"])))
    shares = np.random.default_rng(data.draw(st.integers(0, 10**6))).random(len(scenario.free()))
    drawn = scenario.draw(dict(zip(scenario.free(), shares.tolist())))
    run = warm(Template(drawn, 2000), data.draw(st.integers(0, 2**63 - 1)))
    step_and_check(run, 10_000)


@EXAMPLES
@given(st.lists(st.sampled_from(sorted(spec.key for spec in specs().values())), min_size=1, max_size=25, unique=True),
       st.integers(0, 2**63 - 1))
def test_at_the_ends_of_what_is_allowed(keys, seed):
    """Zero and the largest allowed value are worlds too."""
    allowed = {spec.key: spec.allowed for spec in specs().values()}
    # `women_share` divides, `test_limits.py` has it at 0; shares of one whole must not exceed 1 together
    shares = {"women_share", "wage_50_100", "young_share", "channel_agency", "channel_advertisement", "channel_internet"}
    values = {key: allowed[key][(seed >> n) & 1] for n, key in enumerate(keys)
              if key not in shares and not key.startswith(("cells", "officials", "potential"))}
    scenario = made(events=False, **{"wage_50_100": 0.0, "young_share": 0.0, "channel_agency": 0.0,
                                     "channel_advertisement": 0.0, "channel_internet": 0.0, **values})
    step_and_check(warm(Template(scenario, 1000), seed), 24)
