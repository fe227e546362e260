"""What patterns measure, on tallies made by hand: three countries, six months, expected values worked out."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest
from undercount.experiments.patterns.measures import MEASURES, Seen, Use
from undercount.model.engine.layout import ACTORS, HIDDEN

A, B, C = range(3)
ALL = slice(0, 6)


@dataclass(frozen=True)
class Row:
    """A row of the observed table by months counted from the start."""

    iso3: str
    role: str
    first: int
    last: int


ROWS = (Row("AAA", "origin", 0, 2), Row("BBB", "destination", 0, 2), Row("CCC", "destination", 0, 2),
        Row("AAA", "origin", 3, 5), Row("BBB", "destination", 3, 5))
REGION = SimpleNamespace(referrals=ROWS, index={"AAA": A, "BBB": B, "CCC": C}, start=0)


@pytest.fixture
def seen():
    """Per month A sends 3 to B and 1 to C, B sends 1 to C; from the fourth month on A sends 6 to B."""
    flows = np.zeros((6, 3, 3))
    flows[:, A, B], flows[:, A, C], flows[:, B, C] = 3, 1, 1
    flows[3:, A, B] = 6
    actors = np.zeros((6, 3), ACTORS)
    for name, persons in (("independent", 2), ("smuggled", 3), ("recruits", 5), ("recruits_of_acquaintances", 4),
                          ("arrests", 1), ("recruiters_in_custody", 7)):
        actors[name][:, A], actors[name][:, B] = persons, 10 * persons
    actors["recruits_of_acquaintances"][:, B], actors["recruiters_in_custody"][:, B] = 10, 20
    return Seen(REGION, np.zeros((6, 3), HIDDEN), actors, flows, np.array([40, 10, 30, 20, 5]))


def measured(name, seen, where=(), nationals=(), months=ALL):
    return MEASURES[name].of(seen, where, nationals, months)


@pytest.mark.parametrize("name, where, nationals, months, expected", [
    ("share_taken_to", [B], [A], slice(0, 3), 9 / 12),
    ("share_taken_to", [B], [A], ALL, 27 / 33),
    ("share_taken_to", [C], [A, B], slice(0, 3), 6 / 15),
    ("share_of_nationals", [C], [A], ALL, 6 / 12),
    ("share_of_nationals", [B, C], [B], slice(0, 3), 3 / 15),
    ("newly_exploited", [], [], slice(0, 3), 5 * 12),  # persons a year, whatever the length of the period
    ("newly_exploited", [], [A], slice(3, 6), 7 * 12),
    ("newly_exploited", [C], [B], ALL, 12),
    ("counted", [A], [], ALL, 60),
    ("counted", [B, C], [], slice(0, 3), 40),
    ("counted", [A], [], slice(1, 6), 20),  # a row of which a month is missing does not count
    ("origin_rows_to_destination_rows", [], [], slice(0, 3), 40 / 40),
    ("origin_rows_to_destination_rows", [], [], slice(3, 6), 20 / 5),
    ("counted_in_destination_rows", [], [], ALL, 45),
    ("leaving", [A], [], slice(2, 4), 10 * 12),
    ("leaving", [], [], ALL, 110 * 12),
    ("known_recruiters", [A], [], ALL, 4 / 5),
    ("known_recruiters", [], [], ALL, 14 / 55),
    ("arrests", [A], [], slice(0, 3), 12),
    ("arrests", [], [], ALL, 11 * 12),  # everywhere, not nowhere
    ("months_in_custody", [A], [], ALL, 7),
    ("months_in_custody", [], [], ALL, 27 / 11),
])
def test_by_hand(seen, name, where, nationals, months, expected):
    assert measured(name, seen, where, nationals, months) == pytest.approx(expected, rel=1e-12)


def test_nobody_to_count_is_no_number(seen):
    assert np.isnan(measured("share_taken_to", seen, [B], [C]))  # nobody of C is exploited
    assert np.isnan(measured("share_of_nationals", seen, [A], [B]))  # nobody is exploited in A
    assert np.isnan(measured("known_recruiters", seen, [C]))


def test_every_measure_is_tried_and_takes_what_it_says(seen):
    """What a measure does not use may not change it; where it may be left out, all is what none means."""
    for name, measure in MEASURES.items():
        where, nationals = [B, C], [A]
        figure = measured(name, seen, where, nationals)
        if measure.where is Use.UNUSED:
            assert figure == measured(name, seen, [], nationals), name
        else:
            assert figure != measured(name, seen, [A], [B]), name
        if measure.nationals is Use.UNUSED:
            assert figure == measured(name, seen, where, []), name
        for key in ("where", "nationals"):
            if getattr(measure, key) is Use.OPTIONAL:
                everywhere = {"where": where, "nationals": nationals} | {key: [A, B, C]}
                left_out = {"where": where, "nationals": nationals} | {key: []}
                assert measured(name, seen, **everywhere) == measured(name, seen, **left_out), name
