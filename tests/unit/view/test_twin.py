"""Two worlds with the same people and the same luck, and which life differs first."""

from __future__ import annotations

import numpy as np
from undercount.experiments.view import controls
from undercount.experiments.view.difference import first_difference, in_words, tellers
from undercount.experiments.view.twin import ALONE, FROZEN, Settings, Twin

from tests.unit.view.coarse import COARSE


def test_default_pair_differs_in_the_two_switches_only():
    first, second = COARSE.first_scenario(), COARSE.second_scenario()
    off = {name for name in first.mechanisms if first.mechanisms[name] != second.mechanisms[name]}
    assert off == {"route_adaptation", "method_adaptation"}
    assert first.parameters == second.parameters


def test_first_difference_is_named(twin):
    text = in_words(tellers(twin.models, twin.difference), twin.names, twin.difference.t)
    assert text.startswith("The first life that differs:")
    assert "Full adaptation:" in text and "Networks do not act on what they learn:" in text


def test_the_difference_seen_month_by_month_is_the_first_of_a_replay(twin):
    assert twin.difference == first_difference(*(model.world for model in twin.models))


def test_same_scenario_twice_never_differs():
    same = Twin(Settings(second="full-adaptation", people_per_agent=1000))
    for _ in range(6):
        same.step()
    assert same.difference is None
    a, b = (m.world for m in same.models)
    assert np.array_equal(a.hidden, b.hidden)


def test_the_end_stops():
    alone = Twin(Settings(second=ALONE, people_per_agent=5000))
    for _ in range(alone.region.months + 3):
        alone.step()
    assert alone.over and alone.month == alone.region.months


def test_frozen_stays_frozen_whatever_the_switches_say():
    settings, _ = controls.with_value(COARSE, "mechanisms.route_adaptation", True)
    assert settings.second == FROZEN
    assert not settings.second_scenario().mechanisms["route_adaptation"]
