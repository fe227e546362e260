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
    cell = has(w.recruiters[1], touched=1 << TRANSIT | 1 << ABROAD)
    cell.tried_entry[TRANSIT], cell.lost_entry[TRANSIT] = 4, 1
    cell.held_place[ABROAD], cell.lost_place[ABROAD] = 2, 2
    return cell


def test_it_learns_of_countries_from_itself(w, cell):
    here = given(w, HOME, route_learning=0.5)
    has(w.networks[0], touched=1 << TRANSIT | 1 << ABROAD)
    cell.entry_loss[:3] = cell.place_loss[:3] = 0.75
    recruiter.learns(cell, here, w.networks[0])
    assert cell.entry_loss[:3].tolist() == pytest.approx([0.75, 0.75 + 0.4 * (0.25 - 0.75), 0.75])
    assert cell.place_loss[:3].tolist() == pytest.approx([0.75, 0.75, 0.75 + 1 / 3 * (1 - 0.75)])


def test_it_learns_of_countries_from_the_network(w, cell):
    """Half its own, half all of its network's: TRANSIT 8 tried, 5 lost; ABROAD 4 held, 2 lost."""
    here = given(w, HOME, route_learning=0.5, experience_shared=0.5)
    network = has(w.networks[0], touched=1 << TRANSIT | 1 << ABROAD)
    network.tried_entry[TRANSIT], network.lost_entry[TRANSIT] = 8, 5
    network.held_place[ABROAD], network.lost_place[ABROAD] = 4, 2
    recruiter.learns(cell, here, network)
    assert cell.entry_loss[:3].tolist() == pytest.approx([0.0, 0.5 * 6 / 7 * 3 / 6, 0.0])
    assert cell.place_loss[:3].tolist() == pytest.approx([0.0, 0.0, 0.5 * 3 / 4 * 2 / 3])


def test_who_saw_nothing_itself_takes_the_networks_word(w):
    network = has(w.networks[0], touched=1 << ABROAD)
    network.entry_step[ABROAD], network.entry_seen[ABROAD] = 0.5, 1.0
    network.place_step[ABROAD], network.place_seen[ABROAD] = 0.25, 1.0
    network.entry_step[HOME] = network.entry_seen[HOME] = 1.0
    cell = w.recruiters[0]
    cell.entry_loss[ABROAD] = cell.place_loss[ABROAD] = 0.5
    recruiter.learns(cell, given(w, HOME, route_learning=0.1), network)
    assert cell.entry_loss[:3].tolist() == [0.0, 0.0, 0.75] and cell.place_loss[:3].tolist() == [0.0, 0.0, 0.625]


def test_who_does_not_learn_keeps_its_view(w, cell):
    for kind in KINDS:
        cell[f"lost_{kind}"], cell[TRIED[kind]] = 3, 3
    has(w.networks[0], touched=0b111)
    w.networks[0].entry_step = w.networks[0].entry_seen = 1.0
    recruiter.learns(cell, given(w, HOME), w.networks[0])
    assert not cell.entry_loss.any() and not any(cell[f"{kind}_loss"].any() for kind in KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_it_learns_of_methods(w, kind):
    """Of the first method 1 of 4 lost, of the second 3 of 4; the network's 1 of 8 and 8 of 8, weight a quarter."""
    cell, network = w.recruiters[0], w.networks[0]
    cell[f"lost_{kind}"], cell[TRIED[kind]] = (1, 3), (4, 4)
    network[f"lost_{kind}"], network[TRIED[kind]] = (1, 8), (8, 8)
    recruiter.learns(cell, given(w, HOME, method_learning=0.5, experience_shared=0.25), network)
    step = 0.5 * 5 / 6  # 3 + 2 seen
    assert cell[f"{kind}_loss"].tolist() == pytest.approx([step * 1 / 5, step * 4.25 / 5])
    assert not any(cell[f"{other}_loss"].any() for other in KINDS if other != kind)


def test_what_members_learn_who_saw_nothing(w):
    """Only the network's share counts: seen half of 8, of which a quarter and three quarters lost."""
    network = w.networks[0]
    network.tried_entry[TRANSIT], network.lost_entry[TRANSIT] = 8, 2
    network.held_place[TRANSIT], network.lost_place[TRANSIT] = 8, 6
    recruiter.shares_lessons(network, given(w, HOME, experience_shared=0.5, route_learning=0.5), TRANSIT)
    assert network.entry_step[:3].tolist() == pytest.approx([0.0, 0.4, 0.0]) and network.entry_seen[TRANSIT] == 0.25
    assert network.place_step[:3].tolist() == pytest.approx([0.0, 0.4, 0.0]) and network.place_seen[TRANSIT] == 0.75


def fills(group, first=3):
    """Every tally of a cell or network another number, in TRANSIT and ABROAD."""
    n = first
    for name in ("tried_entry", "lost_entry", "held_place", "lost_place"):
        for k in (TRANSIT, ABROAD):
            group[name][k] = n
            n += 1
    for name in (*TRIED.values(), *(f"lost_{kind}" for kind in KINDS)):
        for k in range(2):
            group[name][k] = n
            n += 1
    return has(group, touched=1 << TRANSIT | 1 << ABROAD)


def tallies(group):
    return {name: group[name][:3].tolist() for name in (
        "tried_entry", "lost_entry", "held_place", "lost_place", *TRIED.values(), *(f"lost_{kind}" for kind in KINDS))}


def test_cells_add_their_experience(w):
    one, other, network = fills(w.recruiters[0]), fills(w.recruiters[1]), w.networks[0]
    has(other, touched=1 << ABROAD)  # what it holds of TRANSIT is of no account
    networks.adds_experience(network, one)
    networks.adds_experience(network, other)
    expected = tallies(one)
    for name, values in expected.items():
        per_place = name in ("tried_entry", "lost_entry", "held_place", "lost_place")
        expected[name] = [0, values[1], 2 * values[2]] if per_place else [2 * value for value in values]
    assert tallies(network) == expected and network.touched == 1 << TRANSIT | 1 << ABROAD


def test_a_new_month_begins_with_empty_tallies(w):
    cell = fills(has(w.recruiters[0], revenue_now=1, costs_now=1, heat_now=1, heat_shared=1, minors_now=1, profit=5.0))
    recruiter.clears_tallies(cell)
    assert not any(any(values) for values in tallies(cell).values()) and cell.touched == 0
    assert [cell[name] for name in ("revenue_now", "costs_now", "heat_now", "heat_shared", "minors_now")] == [0] * 5
    assert cell.profit == 5.0


def test_networks_share_what_their_cells_saw(w):
    """Cells 0 and 1 are of network 0, cell 2 of network 1, which has seen nothing of TRANSIT; old tallies are gone."""
    given(w, HOME, experience_shared=1.0, route_learning=0.5)
    given(w, ABROAD, experience_shared=1.0, route_learning=0.25)
    fills(w.networks[0], 500)
    has(w.networks[1], country=ABROAD)
    for cell, k in ((0, TRANSIT), (1, TRANSIT), (2, ABROAD)):
        has(w.recruiters[cell], touched=1 << k)
        w.recruiters[cell].tried_entry[k], w.recruiters[cell].lost_entry[k] = 2, 1
    networks.shares_experience(NOW, w)
    assert w.networks[0].tried_entry[:3].tolist() == [0, 4, 0] and w.networks[0].lost_entry[:3].tolist() == [0, 2, 0]
    assert w.networks[0].entry_step[:3].tolist() == [0.0, 0.4, 0.0] and w.networks[0].entry_seen[TRANSIT] == 0.5
    assert w.networks[1].entry_step[:3].tolist() == pytest.approx([0.0, 0.0, 0.25 * 2 / 3])
    assert w.networks[0].moved_mode.tolist() == [0, 0]
