"""What cells and networks see, tell and believe: lessons, beliefs of two parts, and the tallies they are made of."""

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as drawn
from hypothesis import strategies as st
from undercount.model.engine.layout import (
    CLANDESTINE,
    ENTRY,
    HARSH,
    HOLDING,
    MODE,
    PAID,
    PAPERS,
    PRIVATE,
    PUBLIC,
    TREATMENT,
    VENUE,
)
from undercount.model.lives import beliefs, networks

from tests import hand
from tests.hand import ABROAD, HOME, NOW, TRANSIT, given, has, learns, tally

KINDS = ("mode", "venue", "treatment")
THING = {"mode": MODE, "venue": VENUE, "treatment": TREATMENT}
PER_PLACE = ("tried_entry", "lost_entry", "lost_place")
PER_METHOD = ("lost_mode", "lost_venue", "lost_treatment")
LOSS = {ENTRY: "entry_loss", HOLDING: "place_loss", MODE: "mode_loss", VENUE: "venue_loss", TREATMENT: "treatment_loss"}


@pytest.mark.parametrize("lost, tried, lost_by_all, tried_by_all, shared, expected", [
    (1, 4, 0, 0, 0.0, (0.5 * 4 / 5, 0.25)),  # own experience only
    (9, 9, 2, 4, 1.0, (0.5 * 4 / 5, 0.5)),  # the network's only
    (1, 4, 8, 12, 0.25, (0.5 * 6 / 7, (0.75 * 1 + 0.25 * 8) / 6)),  # seen 3 + 3
    (0, 0, 0, 0, 0.5, (0.0, 0.0)),  # nothing seen
    (2, 0, 2, 0, 0.5, (0.0, 1.0)),  # lost from before: nothing tried, no step
    (8, 2, 0, 0, 0.0, (0.5 * 2 / 3, 1.0))])  # more lost than tried: never more than all
def test_a_lesson_weighs_own_and_shared_experience(lost, tried, lost_by_all, tried_by_all, shared, expected, luck):
    assert beliefs.lesson((lost, tried), (lost_by_all, tried_by_all), shared, 0.5) == pytest.approx(expected)


def test_a_belief_moves_a_step(luck):
    assert beliefs.belief(0.5, 0.25, 1.0) == 0.625


def test_whoever_was_lost_had_been_there(luck):
    assert beliefs.exposed(3, 4) == (3, 7)


# --- what is seen ------------------------------------------------------------------------------------
@pytest.fixture
def of_cell_1(w, me):
    """Three persons of cell 1, of network 0, in TRANSIT."""
    return has(me, recruiter=1, weight=3, place=TRANSIT, venue=PRIVATE, treatment=PAID, mode=PAPERS)


def seen(w):
    """What is not zero in minds, cells and networks: {(table, row, field, place or method): number}."""
    return {(table, int(row), name, int(k)): int(tally(getattr(w, table), name)[row, k])
            for table, names in (("minds", (*PER_PLACE, *PER_METHOD)), ("recruiters", ("moved_mode",)),
                                 ("networks", (*PER_PLACE, *PER_METHOD, "moved_mode")))
            for name in names for row, k in zip(*np.nonzero(tally(getattr(w, table), name)))}


def both(name, k, persons=3, cell="minds"):
    return {(cell, 1, name, k): persons, ("networks", 0, name, k): persons}


@pytest.mark.parametrize("sees, expected, touched", [
    (lambda me, w: beliefs.sees_entry(me, w, ABROAD), both("tried_entry", ABROAD), 1 << ABROAD),
    (lambda me, w: beliefs.sees_stopped(me, w), both("lost_entry", TRANSIT) | both("lost_mode", 1), 0),
    (lambda me, w: beliefs.sees_found(me, w),
     both("lost_place", TRANSIT) | both("lost_venue", PRIVATE) | both("lost_treatment", PAID), 1 << TRANSIT),
    (lambda me, w: beliefs.sees_sent(me, w), both("moved_mode", 1, cell="recruiters"), 0)],
    ids=["entry", "stopped", "found", "sent"])
def test_what_a_cell_sees_its_network_sees(w, of_cell_1, sees, expected, touched):
    sees(of_cell_1, w)
    assert seen(w) == {} and not w.recruiters["touched"].any()  # nobody learns
    learns(w)
    sees(of_cell_1, w)
    assert seen(w) == expected
    assert w.recruiters["touched"].tolist() == [0, touched, 0] and w.networks["touched"].tolist() == [touched, 0]
    sees(of_cell_1, w)
    assert seen(w) == {key: 2 * number for key, number in expected.items()}


def test_those_without_papers_are_lost_and_sent_as_such(w, of_cell_1):
    learns(w)
    has(of_cell_1, mode=CLANDESTINE, venue=PUBLIC, treatment=HARSH)
    for sees in (beliefs.sees_stopped, beliefs.sees_sent, beliefs.sees_found):
        sees(of_cell_1, w)
    for name in PER_METHOD:
        assert w.minds[1][name].tolist() == w.networks[0][name].tolist() == [3, 0]
    assert w.recruiters[1].moved_mode.tolist() == w.networks[0].moved_mode.tolist() == [3, 0]


def test_a_new_month_begins_with_empty_tallies(w, of_cell_1):
    """Of who is held the count goes on."""
    learns(w)
    beliefs.sees_entry(of_cell_1, w, ABROAD)
    beliefs.sees_entry(of_cell_1, w, TRANSIT)
    for sees in (beliefs.sees_stopped, beliefs.sees_found, beliefs.sees_sent):
        sees(of_cell_1, w)
    w.minds["at"]["held_place"] = w.minds["held_venue"] = w.networks["held_treatment"] = 7
    w.recruiters["holds"] = w.networks["holds"] = 1 << HOME
    networks.forget_month(w)
    assert seen(w) == {} and not w.recruiters["touched"].any() and not w.networks["touched"].any()
    assert (w.minds["at"]["held_place"] == 7).all() and (w.minds["held_venue"] == 7).all() and (w.networks["held_treatment"] == 7).all()
    assert (w.recruiters["holds"] == 1 << HOME).all() and (w.networks["holds"] == 1 << HOME).all()


def test_where_nobody_learns_nothing_is_emptied(w):
    has(w.recruiters[1], touched=1)
    networks.forget_month(w)
    assert w.recruiters[1].touched == 1


# --- what is told and learnt ---------------------------------------------------------------------------
def believes(w, thing, cell=1):
    """What a cell believes of the first two or three of a thing."""
    return [float(getattr(beliefs, LOSS[thing])(w.recruiters[cell], w, k)) for k in range(3 if thing in (ENTRY, HOLDING) else 2)]


def a_month(w, t=NOW):
    """Networks tell their cells, and each of these learns from what it saw itself."""
    networks.shares_experience(t, w)
    for cell in w.recruiters:
        beliefs.learns(cell, w.minds[cell.mind], w.par[t, cell.country], w)


@pytest.fixture
def cell(w):
    """Cell 1 of network 0: took 4 persons into TRANSIT and lost 1; lost both whom it held ABROAD."""
    learns(w)
    cell, mind = has(w.recruiters[1], touched=1 << TRANSIT | 1 << ABROAD), w.minds[1]
    mind["at"]["tried_entry"][TRANSIT], mind["at"]["lost_entry"][TRANSIT] = 4, 1
    mind["at"]["lost_place"][ABROAD] = 2
    has(w.networks[0], touched=1 << TRANSIT | 1 << ABROAD)
    return cell


def test_it_learns_of_countries_from_itself(w, cell):
    given(w, HOME, route_learning=0.5)
    w.minds["at"]["entry_own"][:, :3] = w.minds["at"]["place_own"][:, :3] = 0.75
    a_month(w)
    assert believes(w, ENTRY) == pytest.approx([0.75, 0.75 + 0.4 * (0.25 - 0.75), 0.75])
    assert believes(w, HOLDING) == pytest.approx([0.75, 0.75, 0.75 + 1 / 3 * (1 - 0.75)])
    assert believes(w, ENTRY, 0) == believes(w, HOLDING, 2) == [0.75] * 3  # the others saw nothing


def test_it_learns_of_countries_from_the_network(w, cell):
    """Half its own, half all of its network's: TRANSIT 8 tried, 5 lost; ABROAD 2 lost, 2 still held."""
    given(w, HOME, route_learning=0.5, experience_shared=0.5)
    network = w.networks[0]
    network.tried_entry[TRANSIT], network.lost_entry[TRANSIT] = 8, 5
    network.held_place[ABROAD], network.lost_place[ABROAD] = 2, 2
    a_month(w)
    assert believes(w, ENTRY) == pytest.approx([0.0, 0.5 * 6 / 7 * 3 / 6, 0.0])
    assert believes(w, HOLDING) == pytest.approx([0.0, 0.0, 0.5 * 3 / 4 * 2 / 3])
    assert believes(w, ENTRY, 0) == pytest.approx([0.0, 0.5 * 4 / 5 * 5 / 8, 0.0])  # its word only: seen 4
    assert believes(w, HOLDING, 0) == pytest.approx([0.0, 0.0, 0.5 * 2 / 3 * 1 / 2])
    assert believes(w, ENTRY, 2) == [0.0] * 3  # of another network


def test_who_holds_people_and_loses_nobody_learns_that(w):
    learns(w)
    given(w, HOME, route_learning=0.5, method_learning=0.5)
    w.minds["at"]["place_own"][:, :3] = w.minds["venue_own"] = 0.5
    for group in (w.recruiters[1], w.networks[0]):
        has(group, holds=1 << ABROAD)
    for seen_by in (w.minds[1], w.networks[0]):
        tally(seen_by, "held_place")[ABROAD] = seen_by.held_venue[PUBLIC] = 4
    a_month(w)
    assert believes(w, HOLDING) == pytest.approx([0.5, 0.5, 0.5 - 0.4 * 0.5]) and believes(w, VENUE) == pytest.approx([0.3, 0.5])
    assert believes(w, HOLDING, 0) == [0.5] * 3


def test_who_does_not_learn_keeps_its_view(w, cell):
    for kind in KINDS:
        w.minds[f"lost_{kind}"] = w.networks[f"lost_{kind}"] = 3
    a_month(w)
    assert not any(any(believes(w, thing, c)) for thing in LOSS for c in range(3))


@pytest.mark.parametrize("kind", KINDS)
def test_it_learns_of_methods(w, kind):
    """Of the first method 1 of 4 lost, of the second 3 of 4; the network's 1 of 8 and 8 of 8, weight a quarter."""
    learns(w)
    given(w, HOME, method_learning=0.5, experience_shared=0.25)
    cell, mind, network = has(w.recruiters[0], touched=1), w.minds[0], has(w.networks[0], touched=1)
    mind[f"lost_{kind}"], network[f"lost_{kind}"] = (1, 3), (1, 8)
    if kind == "mode":
        cell.moved_mode, network.moved_mode = (4, 4), (8, 8)
    else:
        mind[f"held_{kind}"], network[f"held_{kind}"] = (3, 1), (7, 0)
    a_month(w)
    step = 0.5 * 5 / 6  # 3 + 2 seen
    assert believes(w, THING[kind], 0) == pytest.approx([step * 1 / 5, step * 4.25 / 5])
    assert believes(w, THING[kind], 1) == pytest.approx([0.5 * 2 / 3 / 8, 0.5 * 2 / 3])  # the network's word: 2 seen of each
    assert not any(any(believes(w, thing, 0)) for thing in LOSS if thing != THING[kind])


def test_who_only_sent_somebody_learns_of_it(w):
    learns(w)
    given(w, HOME, method_learning=0.5)
    w.minds["mode_own"] = 0.5
    w.recruiters[0].moved_mode[1] = w.networks[0].moved_mode[1] = 4
    a_month(w)
    assert believes(w, MODE, 0) == pytest.approx([0.5, 0.3]) and believes(w, MODE, 1) == [0.5, 0.5]


def test_networks_learn_as_fast_as_cells_of_their_country(w):
    learns(w)
    given(w, HOME, experience_shared=1.0, route_learning=0.5)
    given(w, ABROAD, experience_shared=1.0, route_learning=0.25)
    has(w.networks[1], country=ABROAD)
    for n in range(2):
        has(w.networks[n], touched=1 << TRANSIT)
        w.networks[n].tried_entry[TRANSIT], w.networks[n].lost_entry[TRANSIT] = 4, 2
    networks.shares_experience(NOW, w)
    assert w.told["told"][:, ENTRY, TRANSIT].tolist() == pytest.approx([0.4 * 0.5, 0.2 * 0.5])
    assert w.told["keep"][:, ENTRY, TRANSIT].tolist() == pytest.approx([0.6, 0.8])
    assert (w.told["keep"][:, :, HOME] == 1.0).all()


# --- the two parts are one belief --------------------------------------------------------------------
def smoothed(was, own, by_all, shared, rate):
    """Plain exponential smoothing of one cell's belief, a month."""
    tried = (1 - shared) * own[1] + shared * by_all[1]
    lost = (1 - shared) * own[0] + shared * by_all[0]
    if tried + lost == 0:
        return was
    return was + rate * tried / (tried + 1) * (min(1.0, lost / max(tried, lost)) - was)


def as_before(w, kept, par):
    """Moves the beliefs `kept` of all cells by the tallies of a month, cell by cell."""
    for c, cell in enumerate(w.recruiters):
        mind, network = w.minds[c], w.networks[cell.network]
        of = {ENTRY: ("entry", "tried_entry"), HOLDING: ("place", None), MODE: ("mode", "moved_mode"),
              VENUE: ("venue", None), TREATMENT: ("treatment", None)}
        for thing, (name, tried) in of.items():
            rate = par.route_learning if thing in (ENTRY, HOLDING) else par.method_learning
            for k in range(len(kept[c][thing])):
                pairs = []
                for who, cells in ((mind, cell), (network, network)):
                    lost = int(tally(who, f"lost_{name}")[k])
                    pairs.append((lost, int(tally(cells if thing == MODE else who, tried)[k]) if tried
                                  else lost + int(tally(who, f"held_{name}")[k])))
                kept[c][thing][k] = smoothed(kept[c][thing][k], *pairs, par.experience_shared, rate)


share = st.floats(0.0, 1.0)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@drawn(rates=st.tuples(share, share, share), many=st.sampled_from([1, 30, 3000]), months=st.integers(1, 40),
       seed=st.integers(0, 2**32))
def test_network_part_and_own_part_are_a_plain_smoothing(rates, many, months, seed):
    """Random months of two networks; every cell's beliefs of every thing, against one number moved month by month."""
    w, numbers = hand.tables(), np.random.default_rng(seed)
    learns(w)
    has(w.places[HOME], recruiters=3)
    w.par["route_learning"], w.par["method_learning"], w.par["experience_shared"] = rates
    for thing in ("entry_own", "place_own"):
        w.minds["at"][thing][:, :3] = numbers.random((3, 3))
    for thing in ("mode_own", "venue_own", "treatment_own"):
        w.minds[thing] = numbers.random((3, 2))
    kept = [{thing: believes(w, thing, c) for thing in LOSS} for c in range(3)]
    for month in range(months):
        networks.forget_month(w)
        for _ in range(numbers.integers(0, 6)):
            me = has(w.people[0], recruiter=numbers.integers(0, 3), weight=numbers.integers(1, many + 1),
                     place=numbers.integers(0, 3), venue=numbers.integers(0, 2), treatment=numbers.integers(0, 2),
                     mode=numbers.integers(0, 4))
            what = numbers.integers(0, 5)
            if what == 0:
                beliefs.sees_entry(me, w, me.place)
            elif what == 1:
                beliefs.sees_entry(me, w, me.place)
                beliefs.sees_stopped(me, w)
            elif what == 2:
                beliefs.sees_sent(me, w)
            elif what == 3:
                beliefs.sees_found(me, w)
            else:
                hand.holds(w, me)
        as_before(w, kept, w.par[NOW, HOME])
        a_month(w)
        for c in range(3):
            for thing in LOSS:
                assert believes(w, thing, c) == pytest.approx(kept[c][thing], abs=1e-9), (month, c, thing)


@pytest.mark.parametrize("thing", list(LOSS))
def test_a_belief_fades_however_much_was_seen(w, thing):
    """Nine million persons a month at a rate of 1: after a year nothing is left of what numbers can hold of `keep`."""
    learns(w)
    has(w.places[HOME], recruiters=2)
    given(w, HOME, route_learning=1.0, method_learning=1.0, experience_shared=1.0)
    network, kept = has(w.networks[0], touched=1 << HOME), 0.0
    for name in ("tried_entry", "held_place"):
        network[name][HOME] = 9_000_000
    for name in ("moved_mode", "held_venue", "held_treatment"):
        network[name][0] = 9_000_000
    for month in range(120):
        if month == 100:  # one cell sees something itself, with next to nothing left of `keep`
            has(w.recruiters[0], touched=1 << HOME)
            w.minds[0]["at"]["lost_entry"][HOME] = w.minds[0]["at"]["lost_place"][HOME] = 1
            for name in PER_METHOD:
                w.minds[0][name][0] = 1
            given(w, HOME, experience_shared=0.5)
            kept = smoothed(0.0, (1, 0 if thing in (ENTRY, MODE) else 1), (0, 9_000_000), 0.5, 1.0)
        elif month == 101:
            has(w.recruiters[0], touched=0)
            for name in ("lost_entry", "lost_place", *PER_METHOD):
                tally(w.minds[0], name)[:] = 0
        if month != 100:
            kept = smoothed(kept, (0, 0), (0, 9_000_000), float(w.par[NOW, HOME].experience_shared), 1.0)
        a_month(w)
        for c in range(2):
            assert believes(w, thing, c)[0] == pytest.approx(kept if c == 0 else 0.0, abs=1e-12), month
    assert 0.0 < w.told["keep"].min()
