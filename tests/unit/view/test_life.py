"""One life in words: pure sentences, and lives replayed from real worlds. No browser."""

from __future__ import annotations

import copy
import re

import numpy as np
import pytest
from undercount.experiments.view import journey
from undercount.experiments.view.life import (
    CHOICES,
    TABLES,
    Follower,
    ancestors,
    choose,
    official_month,
    person_month,
    recruiter_month,
)
from undercount.experiments.view.naming import change, country, event_text, month_name
from undercount.experiments.view.twin import Settings, Twin
from undercount.model.engine import layout
from undercount.model.files.tables_in import Month
from undercount.model.known.region import RegionEvent
from undercount.model.lives import assistance, exploitation


@pytest.fixture(scope="module")
def twin():
    made = Twin(Settings(people_per_agent=400))
    for _ in range(40):
        made.step()
    return made


@pytest.fixture(scope="module")
def world(twin):
    return twin.models[0].world


def person(**fields):
    me = np.zeros(1, layout.PERSON).view(np.recarray)[0]
    me.route, me.recruiter, me.official = 0, 0, layout.NOBODY
    for name, value in fields.items():
        me[name] = value
    me.since += layout.WARM_UP
    return me


def told(world, before, after, t=30):
    """What is told of month `t` of the region; months of `person` count from its start, too."""
    found = journey.as_found(world)
    return " / ".join(person_month(before, after, t + layout.WARM_UP, world, found))


def test_found_by_raid_hotline_or_outreach(world):
    held = person(situation=layout.EXPLOITED, since=20)
    for lists, words in ((layout.ON_POLICE, "police raid"), (layout.ON_HOTLINE, "called a hotline"), (0, "outreach")):
        found = person(situation=layout.IDENTIFIED, since=30, lists=lists)
        assert words in told(world, held, found)


def test_assisted_says_whether_counted(world):
    before = person(situation=layout.IDENTIFIED, since=29)
    counted = person(situation=layout.ASSISTED, since=30, lists=layout.ON_ASSISTANCE)
    missed = person(situation=layout.ASSISTED, since=30)
    assert told(world, before, counted).endswith("on the list: counted")
    assert told(world, before, missed).endswith("not counted")


def test_recognised_and_not_helped_says_why(world):
    """One person for each answer that the rule gives, found by asking it."""
    shelterless = int(np.flatnonzero(world.places["shelter"] == layout.NOBODY)[0])
    home = int(np.flatnonzero(world.places["shelter"] != layout.NOBODY)[0])
    found, said = journey.as_found(world), {}
    for who in range(200):
        for place, lists in ((shelterless, layout.ON_HOTLINE), (home, layout.ON_POLICE), (home, layout.ON_HOTLINE)):
            before = person(id=who, situation=layout.IDENTIFIED, since=29, place=place, lists=lists, official=0)
            outcome = assistance.met_as_identified(before, 30 + layout.WARM_UP, found)
            if outcome != assistance.MISREAD and outcome not in said:
                declined = outcome == assistance.DECLINES
                after = person(id=who, situation=layout.REFUSED if declined else layout.RETURNED, since=30)
                said[outcome] = told(world, before, after)
    assert "no programme" in said[assistance.NO_PROGRAMME]
    assert "police did not pass the case on" in said[assistance.NOT_REFERRED]
    assert "declined" in said[assistance.DECLINES]
    assert "every shelter place was taken" in said[assistance.ACCEPTS]


def test_a_raid_that_was_bought_off_is_told_of_all_of_a_party_and_of_some(world):
    place = int(np.flatnonzero(world.posts["kind"][world.places["police"]] == layout.POLICE)[0])
    world = copy.copy(world)
    world.officials = world.officials.copy()
    world.officials["integrity"], world.officials["status"] = 0.0, layout.SERVING
    world.risks, world.coming, t = world.risks.copy(), world.coming.copy(), 31 + layout.WARM_UP
    world.risks["raid"], world.risks["call"], world.risks["outreach"], world.risks["found"] = 1.0, 0.0, 0.0, 1.0
    world.coming["found"][:, t] = world.coming["found"][:, t - 1] - 20.0
    held = dict(situation=layout.EXPLOITED, since=20, place=place, weight=1, wakes=t)
    taken = next(who for who in range(200) if exploitation.how_found(
        person(id=who, **held), t, world.tables) == exploitation.BOUGHT_OFF)
    after = person(id=taken, **held | {"wakes": t + 3})
    assert "took a bribe and left" in told(world, person(id=taken, **held), after, 31)
    party = person(id=taken + 1, **held | {"weight": 3})
    assert "took a bribe and left" in told(world, party, after, 31)
    assert told(world, person(id=taken, **held | {"wakes": t + 1}), after, 31) == ""  # nobody looked this month
    world.risks["found"] = 0.0
    assert told(world, person(id=taken, **held), after, 31) == ""  # nor was found
    assert told(world, person(id=taken, **held | {"wakes": t + 1}), after, 32) == "still held in " + country(
        world.template.region, place) + " after 12 months"


def test_a_debt_that_is_worked_off_is_told_once(world):
    place, t = 0, 31 + layout.WARM_UP
    world = copy.copy(world)
    world.coming = world.coming.copy()
    world.coming["repaid"][place] = 10.0 * np.arange(world.coming.shape[1])
    held = person(situation=layout.EXPLOITED, since=20, place=place, weight=1, wakes=t + 9, debt=105.0)
    assert [told(world, held, held.copy(), month) for month in (30, 31, 33)] == ["", "has worked off the debt", ""]


def test_a_recruiters_losses_are_those_of_its_people(twin):
    """In every world, whether or not networks learn: persons found and stopped, month by month."""
    world = twin.models[0].world
    t, people, said = world.t - 1, world.migrants, ""
    lost = people[(people["situation"] == layout.IDENTIFIED) & (people["since"] == t)]
    assert len(lost)
    for row in np.unique(lost["recruiter"]):
        cell = world.recruiters[row]
        own = lost[lost["recruiter"] == row]
        stopped = own["leg"] < world.routes["legs"][own["route"]]
        texts = [text for text in recruiter_month(cell.copy(), cell, t, world) if text.startswith("lost")]
        persons = [int(re.match(r"lost (\d+) person", text)[1]) for text in texts]
        assert sum(persons) == own["weight"].sum() and len(texts) == len(set(stopped.tolist()))
        for text in texts:
            of = own[stopped == ("stopped on the way" in text)]
            assert all(country(world.template.region, place) in text for place in of["place"])
        said += " ".join(texts)
        if world.counts[layout.LEARNS]:
            mind = world.minds[cell.mind]
            assert mind["at"]["lost_place"].sum() == own["weight"][~stopped].sum()
            assert mind["at"]["lost_entry"].sum() == own["weight"][stopped].sum()
    assert "found in" in said


def test_nothing_happened_tells_nothing(world):
    same = person(situation=layout.RETURNED, since=10)
    assert told(world, same, same.copy()) == ""


def test_offer_names_the_channel_and_the_destination(world):
    route = int(np.flatnonzero(world.routes["legs"] > 1)[0])
    seeking = person(situation=layout.SEEKING, since=29)
    taken = person(situation=layout.RECRUITED, since=30, route=route, mode=layout.CLANDESTINE, debt=300.0)
    text = told(world, seeking, taken)
    assert text.startswith("accepted an offer of work abroad")
    assert "by way of" in text and "USD 300" in text


def test_official_sentences(twin):
    officers = twin.models[0].world.officials
    clean = officers[0].copy()
    clean.in_pay, clean.status, clean.bribes = layout.NOBODY, layout.SERVING, 0
    bought = clean.copy()
    bought.in_pay, bought.bribes = 3, 2
    assert official_month(clean, bought, 5, twin.region) == [
        "took 2 bribes", "entered a network's pay: looks away and warns it of raids"]
    assert official_month(bought, bought.copy(), 6, twin.region) == []


@pytest.mark.parametrize("kind", list(CHOICES))
def test_replay_ends_at_the_very_record(twin, world, kind):
    for what in CHOICES[kind]:
        row = choose(world, kind, what, 1, twin.models[1].world)
        if row is None:
            continue
        follower = Follower(world.template, world.seed, kind, row, world)
        follower.advance(world.t)
        assert follower.record.tobytes() == getattr(world, TABLES[kind])[row].tobytes()
        months = [t for t, _ in follower.entries]
        assert months == sorted(months)
        for month, sentence in follower.lines():
            assert re.fullmatch(r"[A-Z].*\.", sentence) and re.match(r"[A-Z][a-z]+ (199|200)\d", month)


def test_story_fits_the_record(world):
    """Who was exploited is told to have been; who is on the list of the assisted is told to be counted."""
    people = world.migrants
    listed = np.flatnonzero((people["situation"] == layout.ASSISTED) & ((people["lists"] | people["lists_home"]) & layout.ON_ASSISTANCE > 0))
    for row in listed[:5]:
        follower = Follower(world.template, world.seed, "person", int(row), world)
        follower.advance(world.t)
        assert follower.counted
        assert any("exploitation began" in text or "stopped by" in text for _, text in follower.entries)


def test_stopped_journeys_are_recomputed_right(world):
    """The replayed questions at each border end where the record says that the journey ended."""
    people = world.migrants
    stopped = np.flatnonzero((people["situation"] == layout.IDENTIFIED) & (people["lists"] == layout.ON_POLICE)
                             & (people["leg"] < world.routes["legs"][people["route"]])  # did not get to its end
                             & (people["since"] == world.t - 1))
    assert len(stopped)
    for row in stopped[:8]:
        follower = Follower(world.template, world.seed, "person", int(row), world)
        follower.advance(world.t)
        last = [text for t, text in follower.entries if t == world.t - 1]
        assert any("stopped by a border officer" in text for text in last), last


def test_ancestors_lead_to_a_group_at_home(world):
    row = int(world.counts[layout.ROWS]) - 1
    chain = ancestors(world, row)
    assert chain[-1] == row and chain[0] < world.leavers
    assert chain == sorted(chain)


def test_following_live_equals_replaying(twin):
    world = twin.models[0].world
    row = choose(world, "person", "is exploited now", 2)
    live = Follower(world.template, world.seed, "person", row, world)
    for t in range(1, world.t + 1):
        live.advance(t)
    again = Follower(world.template, world.seed, "person", row, world)
    again.advance(world.t)
    assert live.entries == again.entries


def test_words_of_months_changes_and_events(twin):
    assert month_name(twin.region, layout.WARM_UP) == "January 1999"
    assert month_name(twin.region, 0) == "January 1996 (warm-up)"
    assert change(79, 100) == "21\N{NO-BREAK SPACE}% fewer than in"
    assert change(100, 100) == "as many as in"
    assert change(1204, 100) == "12 times as many as in"
    assert change(5, 0) == "after none in"
    event = RegionEvent(Month(2001, 4), "ROU", "visa_free", None, "visa-free entry [recalled] (year only)", "s", "source seen")
    assert event_text(twin.region, event) == "Romania: visa-free entry"
