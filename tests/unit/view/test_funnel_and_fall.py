"""The funnel and the live chain: persons as the tables have them, and the answer's own decomposition."""

from __future__ import annotations

import re

import numpy as np
import pytest
from undercount.experiments.answer.chain import chain, grouped
from undercount.experiments.reference.shipped import shipped_reference
from undercount.experiments.verdict.weighted import shipped_weighted
from undercount.experiments.view import fall, funnel, posterior, series
from undercount.experiments.view.twin import ALONE, Settings, Twin
from undercount.model.engine.layout import POOLED
from undercount.model.files.problems import BadInput

from tests.unit.view.coarse import COARSE, draws


@pytest.fixture(scope="module")
def drawn():
    """A draw of the shipped verdict at its own scale, run to the end of 2003, and that twin's settings."""
    name = draws().nearest(False)
    twin = Twin(Settings(name, ALONE, people_per_agent=POOLED, seed=None))
    while twin.month < 60:
        twin.step()
    return twin


def test_the_draws_that_ship_are_of_the_table_that_ships():
    """`python -m tools.publish` writes them; without them the page would open with less."""
    try:
        shipped_reference()
    except BadInput as error:
        pytest.skip(str(error))
    assert shipped_weighted().effective() > 1


def test_a_draw_of_the_verdict_is_the_world_that_it_weighed(drawn):
    found = posterior.posterior()
    reference = found.weighted.reference
    row = int(np.flatnonzero(reference.worlds == posterior.number_of(drawn.settings.scenario))[0])
    model = drawn.models[0]
    for year, months in list(model.region.years.items())[1:5]:
        there = reference.quantities([f"hidden:newly_exploited:{year}"])[row, 0]
        assert model.outcome.hidden["newly_exploited"][months].sum() == there, year
    known = [r for r in model.region.referrals if r.assisted is not None and r.period == "2003"]
    counts = reference.quantities([f"count:{r.iso3}:2003" for r in known])[row]
    assert series.periods(drawn.models)[4].simulated[0] == counts.sum()


def test_the_live_chain_is_that_of_the_table(drawn):
    model = drawn.models[0]
    live = fall.live_chain(model)
    weighted = shipped_weighted()
    row = int(np.flatnonzero(weighted.reference.worlds == posterior.number_of(drawn.settings.scenario))[0])
    known = [r for r in model.region.referrals if r.assisted is not None]
    there = chain(weighted.reference, known, live.before, live.after)
    assert live.countries == there.countries
    np.testing.assert_allclose(live.whole[0], there.whole[row], rtol=0, atol=2e-4)  # the table is in single precision
    np.testing.assert_allclose(live.whole.sum(), live.change[0], atol=1e-9)
    assert live.before in (2001, 2002) and live.after == 2003  # the peak is of the draw


def test_factors_of_the_picture_multiply_to_the_change_of_the_count(drawn):
    picture = fall.fall(drawn.models[0], "A", 0)
    label = re.search(r'aria-label="([^"]*)"', picture)[1].replace("\N{MINUS SIGN}", "-")
    said = [int(n) for n in re.findall(r"([+-]?\d+) %", label)]
    parts = grouped(fall.live_chain(drawn.models[0]).whole)[0]
    assert said[1:] == [round(100 * np.expm1(part)) for part in parts]
    assert said[0] == round(100 * np.expm1(parts.sum()))


def test_steps_of_the_funnel_are_the_tables_sums(twin):
    model = twin.models[0]
    now, then = funnel.compared(model)
    hidden = model.hidden()
    year = hidden[hidden.month.str.startswith(str(now.year))]
    assert now.months == year.month.nunique() == then.months
    held = hidden[hidden.month == f"{now.year - 1}-12"].in_exploitation.sum()
    assert now.persons[0] == held + year.newly_exploited.sum()
    assert now.persons[1:3] == (year.identified.sum(), year.recognised.sum())
    assert now.persons[3:6] == (year.offered_help.sum(), year.offered_help.sum() - year.refused.sum(), year.assisted.sum())
    assert now.persons[6] == series.counted(model)[year.month.nunique() * 0 + (now.year - 1999) * 12:][:now.months].sum()
    yearly = series.counted(model)[: (now.year - 1999) * 12].reshape(-1, 12).sum(axis=1)
    assert then.year == 1999 + int(np.argmax(yearly))


def test_before_a_peak_there_is_nothing_to_compare():
    early = Twin(COARSE)
    early.step()
    assert funnel.compared(early.models[0])[1] is None and fall.live_chain(early.models[0]) is None
    assert "The chain begins when" in fall.fall(early.models[0], "A", 0)
    assert "January" in funnel.funnel(early.models[0], "A", 0)
    early.close()


def test_the_step_that_lost_most_is_the_one_whose_share_fell_most():
    then = funnel.Year(2001, 12, (1000, 500, 250, 125, 100, 100, 90))
    now = funnel.Year(2003, 12, (1000, 480, 96, 48, 38, 38, 34))
    assert funnel.lost_most(now, then) == 2
    assert funnel.lost_most(then, then) is None
    assert funnel.lost_most(funnel.Year(2003, 12, (0, 0, 0, 0, 0, 0, 0)), then) is None
