"""What cells and networks learn: lessons, beliefs, and the tallies that they are made of."""

import pytest
from undercount.model.lives import networks, recruiter

from tests.hand import ABROAD, HOME, NOW, TRANSIT, given, has

KINDS = ("mode", "venue", "treatment")
TRIED = {"mode": "moved_mode", "venue": "held_venue", "treatment": "held_treatment"}


@pytest.mark.parametrize("lost, tried, lost_by_all, tried_by_all, shared, expected", [
    (1, 4, 0, 0, 0.0, (0.5 * 4 / 5, 0.25)),  # own experience only
    (9, 9, 2, 4, 1.0, (0.5 * 4 / 5, 0.5)),  # the network's only
    (1, 4, 8, 12, 0.25, (0.5 * 6 / 7, (0.75 * 1 + 0.25 * 8) / 6)),  # seen 3 + 3
    (0, 0, 0, 0, 0.5, (0.0, 0.0)),  # nothing seen
    (2, 0, 2, 0, 0.5, (0.0, 1.0)),  # lost from before: nothing tried, no step
    (8, 2, 0, 0, 0.0, (0.5 * 2 / 3, 1.0))])  # more lost than tried: never more than all
def test_a_lesson_weighs_own_and_shared_experience(lost, tried, lost_by_all, tried_by_all, shared, expected, luck):
    assert recruiter.lesson(lost, tried, lost_by_all, tried_by_all, shared, 0.5) == pytest.approx(expected)


def test_a_belief_moves_a_step(luck):
    assert recruiter.belief(0.5, 0.25, 1.0) == 0.625


@pytest.fixture
def cell(w):
    """Cell 1 of network 0: took 4 persons into TRANSIT and lost 1; held 2 ABROAD and lost both."""
    cell, mind = has(w.recruiters[1], touched=1 << TRANSIT | 1 << ABROAD), w.minds[1]
    mind.tried_entry[TRANSIT], mind.lost_entry[TRANSIT] = 4, 1
    mind.held_place[ABROAD], mind.lost_place[ABROAD] = 2, 2
    return cell


@pytest.fixture
def mind(w):
    """What cell 1 saw and believes."""
    return w.minds[1]


def test_it_learns_of_countries_from_itself(w, cell, mind):
    here = given(w, HOME, route_learning=0.5)
    has(w.networks[0], touched=1 << TRANSIT | 1 << ABROAD)
    mind.entry_loss[:3] = mind.place_loss[:3] = 0.75
    recruiter.learns(cell, mind, here, w.networks[0])
    assert mind.entry_loss[:3].tolist() == pytest.approx([0.75, 0.75 + 0.4 * (0.25 - 0.75), 0.75])
    assert mind.place_loss[:3].tolist() == pytest.approx([0.75, 0.75, 0.75 + 1 / 3 * (1 - 0.75)])


def test_it_learns_of_countries_from_the_network(w, cell, mind):
    """Half its own, half all of its network's: TRANSIT 8 tried, 5 lost; ABROAD 4 held, 2 lost."""
    here = given(w, HOME, route_learning=0.5, experience_shared=0.5)
    network = has(w.networks[0], touched=1 << TRANSIT | 1 << ABROAD)
    network.tried_entry[TRANSIT], network.lost_entry[TRANSIT] = 8, 5
    network.held_place[ABROAD], network.lost_place[ABROAD] = 4, 2
    recruiter.learns(cell, mind, here, network)
    assert mind.entry_loss[:3].tolist() == pytest.approx([0.0, 0.5 * 6 / 7 * 3 / 6, 0.0])
    assert mind.place_loss[:3].tolist() == pytest.approx([0.0, 0.0, 0.5 * 3 / 4 * 2 / 3])


def test_who_saw_nothing_itself_takes_the_networks_word(w):
    network = has(w.networks[0], touched=1 << ABROAD)
    network.entry_step[ABROAD], network.entry_seen[ABROAD] = 0.5, 1.0
    network.place_step[ABROAD], network.place_seen[ABROAD] = 0.25, 1.0
    network.entry_step[HOME] = network.entry_seen[HOME] = 1.0
    cell, mind = w.recruiters[0], w.minds[0]
    mind.entry_loss[ABROAD] = mind.place_loss[ABROAD] = 0.5
    recruiter.learns(cell, mind, given(w, HOME, route_learning=0.1), network)
    assert mind.entry_loss[:3].tolist() == [0.0, 0.0, 0.75] and mind.place_loss[:3].tolist() == [0.0, 0.0, 0.625]


def test_who_does_not_learn_keeps_its_view(w, cell, mind):
    for kind in KINDS:
        mind[f"lost_{kind}"], (cell if kind == "mode" else mind)[TRIED[kind]] = 3, 3
    has(w.networks[0], touched=0b111)
    w.networks[0].entry_step = w.networks[0].entry_seen = 1.0
    recruiter.learns(cell, mind, given(w, HOME), w.networks[0])
    assert not mind.entry_loss.any() and not any(mind[f"{kind}_loss"].any() for kind in KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_it_learns_of_methods(w, kind):
    """Of the first method 1 of 4 lost, of the second 3 of 4; the network's 1 of 8 and 8 of 8, weight a quarter."""
    cell, mind, network = has(w.recruiters[0], touched=1), w.minds[0], w.networks[0]
    mind[f"lost_{kind}"], (cell if kind == "mode" else mind)[TRIED[kind]] = (1, 3), (4, 4)
    network[f"lost_{kind}"], network[TRIED[kind]] = (1, 8), (8, 8)
    recruiter.learns(cell, mind, given(w, HOME, method_learning=0.5, experience_shared=0.25), network)
    step = 0.5 * 5 / 6  # 3 + 2 seen
    assert mind[f"{kind}_loss"].tolist() == pytest.approx([step * 1 / 5, step * 4.25 / 5])
    assert not any(mind[f"{other}_loss"].any() for other in KINDS if other != kind)


@pytest.mark.parametrize("kind", KINDS)
def test_who_saw_nothing_itself_takes_the_networks_word_on_methods(w, kind):
    """The network's 1 of 8 and 8 of 8 count a quarter: 2 seen of each; what the cell has of earlier months does not."""
    cell, mind, network = w.recruiters[0], w.minds[0], w.networks[0]
    here = given(w, HOME, method_learning=0.5, experience_shared=0.25)
    network[f"lost_{kind}"], network[TRIED[kind]] = (1, 8), (8, 8)
    recruiter.shares_methods(network, here)
    recruiter.learns(cell, mind, here, network)
    assert mind[f"{kind}_loss"].tolist() == pytest.approx([0.5 * 2 / 3 / 8, 0.5 * 2 / 3])
    assert not any(mind[f"{other}_loss"].any() for other in KINDS if other != kind)


def test_what_members_learn_who_saw_nothing(w):
    """Only the network's share counts: seen half of 8, of which a quarter and three quarters lost."""
    network = w.networks[0]
    network.tried_entry[TRANSIT], network.lost_entry[TRANSIT] = 8, 2
    network.held_place[TRANSIT], network.lost_place[TRANSIT] = 8, 6
    recruiter.shares_lessons(network, given(w, HOME, experience_shared=0.5, route_learning=0.5), TRANSIT)
    assert network.entry_step[:3].tolist() == pytest.approx([0.0, 0.4, 0.0]) and network.entry_seen[TRANSIT] == 0.25
    assert network.place_step[:3].tolist() == pytest.approx([0.0, 0.4, 0.0]) and network.place_seen[TRANSIT] == 0.75


def fills(group, seen=None, first=3):
    """Every tally of a cell and what it saw, or of a network, another number, in TRANSIT and ABROAD."""
    n, seen = first, group if seen is None else seen
    for name in ("tried_entry", "lost_entry", "held_place", "lost_place"):
        for k in (TRANSIT, ABROAD):
            seen[name][k] = n
            n += 1
    for name in (*TRIED.values(), *(f"lost_{kind}" for kind in KINDS)):
        for k in range(2):
            (group if name == "moved_mode" else seen)[name][k] = n
            n += 1
    return has(group, touched=1 << TRANSIT | 1 << ABROAD)


def tallies(group, seen=None):
    seen = group if seen is None else seen
    return {name: (group if name == "moved_mode" else seen)[name][:3].tolist() for name in (
        "tried_entry", "lost_entry", "held_place", "lost_place", *TRIED.values(), *(f"lost_{kind}" for kind in KINDS))}


def test_cells_add_their_experience(w):
    one, other, network = fills(w.recruiters[0], w.minds[0]), fills(w.recruiters[1], w.minds[1]), w.networks[0]
    has(other, touched=1 << ABROAD)  # what it holds of TRANSIT is of no account
    networks.adds_experience(network, one, w.minds[0])
    networks.adds_experience(network, other, w.minds[1])
    expected = tallies(one, w.minds[0])
    for name, values in expected.items():
        per_place = name in ("tried_entry", "lost_entry", "held_place", "lost_place")
        expected[name] = [0, values[1], 2 * values[2]] if per_place else [2 * value for value in values]
    assert tallies(network) == expected and network.touched == 1 << TRANSIT | 1 << ABROAD


def test_a_new_month_begins_with_empty_tallies(w):
    cell = fills(has(w.recruiters[0], revenue_now=1, costs_now=1, heat_now=1, heat_shared=1, minors_now=1, profit=5.0),
                 w.minds[0])
    recruiter.clears_tallies(cell, w.minds[0])
    assert not any(any(values) for values in tallies(cell, w.minds[0]).values()) and cell.touched == 0
    assert [cell[name] for name in ("revenue_now", "costs_now", "heat_now", "heat_shared", "minors_now")] == [0] * 5
    assert cell.profit == 5.0


def test_networks_share_what_their_cells_saw(w):
    """Cells 0 and 1 are of network 0, cell 2 of network 1, which has seen nothing of TRANSIT; old tallies are gone."""
    given(w, HOME, experience_shared=1.0, route_learning=0.5)
    given(w, ABROAD, experience_shared=1.0, route_learning=0.25)
    has(w.places[HOME], recruiters=2)
    has(w.places[ABROAD], first_recruiter=2, recruiters=1)
    fills(w.networks[0], first=500)
    has(w.networks[1], country=ABROAD)
    for cell, k in ((0, TRANSIT), (1, TRANSIT), (2, ABROAD)):
        has(w.recruiters[cell], touched=1 << k)
        w.minds[cell].tried_entry[k], w.minds[cell].lost_entry[k] = 2, 1
    networks.shares_experience(NOW, w)
    assert w.networks[0].tried_entry[:3].tolist() == [0, 4, 0] and w.networks[0].lost_entry[:3].tolist() == [0, 2, 0]
    assert w.networks[0].entry_step[:3].tolist() == [0.0, 0.4, 0.0] and w.networks[0].entry_seen[TRANSIT] == 0.5
    assert w.networks[1].entry_step[:3].tolist() == pytest.approx([0.0, 0.0, 0.25 * 2 / 3])
    assert w.networks[0].moved_mode.tolist() == [0, 0]
