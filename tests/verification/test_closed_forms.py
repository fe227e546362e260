"""The engine against arithmetic: what constant hazards must give, within a stated Monte Carlo error."""

from functools import cache

import numpy as np
import pytest
from undercount.model.engine.layout import AT_HOME, EXPLOITED, REFUSED, SHELTER

from tests.helpers import assert_within, mean_and_error, persons_by, shrunk, total, who_left, world, worlds

FOUND, OUT = 0.10, 0.10  # d and e of the closed form: found, or else got out, in a month
# Raids in public venues are the only way to be found, and nobody warns, bribes, shifts or learns.
CONSTANT = dict(
    route_adaptation=False, method_adaptation=False, raid_rate=FOUND, release=OUT, broken_release=OUT, escape=0.0,
    proactive_share=1.0, phone_leads=0.0, regime_visibility=1.0, enforcement=1.0, private_start=0.0, payments_start=0.0,
    patrol_shift=0.0, bribe_taken=0.0, capture=0.0, self_report=0.0, outreach=0.0, document_debt=0.0, inspection=0.0,
    contact_weight=0.0, home_assistance=0.0, return_referral=0.0, events=False)
SEEDS = range(1, 9)
# Single persons, and parties of 5 and 25. Parties get out together, so their counts spread more.
SCALES = [(1, shrunk(100)), (100, shrunk(10)), (500, None)]


@pytest.mark.parametrize("people_per_agent, region", SCALES, ids=["1", "100", "500"])
def test_identified_follow_the_convolution_of_the_inflow(people_per_agent, region):
    """identified(t) = sum over s < t of L(s) d q^(t-s-1), q = (1-d)(1-e); error from 8 seeds, months pooled by year."""
    q = (1 - FOUND) * (1 - OUT)
    off = []
    for run in worlds("full-adaptation", SEEDS, people_per_agent, region, **CONSTANT):
        inflow = run.hidden["newly_exploited"].sum(axis=1)
        expected = np.zeros(len(inflow))
        stock = 0.0
        for t in range(len(inflow)):
            expected[t] = FOUND * stock
            stock = q * stock + inflow[t]
        found = run.hidden["identified"].sum(axis=1)
        years = slice(0, len(found) // 12 * 12)
        off.append((found[years] - expected[years]).reshape(-1, 12).sum(axis=1) / expected.sum())
    off = np.array(off)
    error = off.std(axis=0, ddof=1) / np.sqrt(len(off))
    assert_within(off.mean(axis=0), 0.0, np.maximum(error, error.mean()), z=5)


def test_identified_settle_at_a_constant_share_of_a_constant_inflow():
    """With inflow L a month identified a month rise to L d / (1 - q), and go 1 - q^t of the way in t months."""
    q = (1 - FOUND) * (1 - OUT)
    for run in worlds("full-adaptation", SEEDS[:2], 1, shrunk(100), **CONSTANT, retrafficked=0.0):
        inflow = run.hidden["newly_exploited"].sum(axis=1)[-48:]  # after the first year: constant but for noise
        found = run.hidden["identified"].sum(axis=1)[-48:]
        assert_within(found[24:].sum() / inflow[12:].mean() / 24, FOUND / (1 - q), 0.5 * np.sqrt(2 / found[24:].sum()))


@pytest.mark.parametrize("scale, region", SCALES, ids=["1", "100", "500"])
def test_found_this_month_are_a_share_of_those_held(scale, region):
    """Given who is held, each is found with chance d: whatever the party size, no bias and no more noise than persons."""
    z = []
    for run in worlds("full-adaptation", SEEDS, scale, region, **CONSTANT):
        held = run.hidden["in_exploitation"][:-1].sum(axis=1)
        found = run.hidden["identified"][1:].sum(axis=1)
        some = held > 20
        z.append((found - FOUND * held)[some] / np.sqrt(held * FOUND * (1 - FOUND))[some])
    z = np.concatenate(z)
    assert_within(z.mean(), 0.0, 1 / np.sqrt(len(z)), z=4.5)
    assert_within(z.var(), 1.0, np.sqrt(2 / len(z)), z=4.5)


@pytest.mark.parametrize("scale, region", SCALES, ids=["1", "100", "500"])
def test_time_held_does_not_depend_on_the_size_of_parties(scale, region):
    """Those held and not found get out with chance e, however many travel together."""
    rates = []
    for run in worlds("full-adaptation", SEEDS, scale, region, **CONSTANT):
        held = run.hidden["in_exploitation"][:-1].sum()
        rates.append(total(run, "escaped", "released") / (held * (1 - FOUND)))
    mean, error = mean_and_error(rates)
    assert_within(mean, OUT, error, z=5)


@pytest.mark.parametrize("scale, region", [(1, shrunk(50)), (100, None)], ids=["1", "100"])
def test_leaving_home_is_a_proportional_hazard(scale, region):
    """Share gone = mean over factors f of 1 - exp(-H f), class by class; the binomial error of persons is an upper bound."""
    run = world(1, people_per_agent=scale, region=region, leave_rate=0.1)
    first = run.par[0]
    gone = np.bincount(who_left(run)["klass"], who_left(run)["weight"], len(run.classes)) / scale
    for k, klass in enumerate(run.classes):
        here = first[klass["home"]]
        low = here["wage_under_50"] if klass["working"] else 1.0
        factors = [(here["family_risk_share"], here["family_risk_effect"]), (here["minority_share"], here["minority_effect"]),
                   (low, here["low_wage_effect"])]
        mean = np.prod([1 + share * (effect - 1) for share, effect in factors])
        stay = 0.0
        for combination in np.ndindex(2, 2, 2):
            chance = np.prod([share if yes else 1 - share for yes, (share, _) in zip(combination, factors)])
            factor = np.prod([effect if yes else 1.0 for yes, (_, effect) in zip(combination, factors)]) / mean
            stay += chance * np.exp(-klass["cumulative"] * factor)
        agents = klass["agents"]
        if agents:
            assert_within(gone[k], agents * (1 - stay), max(1.0, np.sqrt(agents * stay * (1 - stay))), z=4)


@pytest.mark.parametrize("months", [1, 2, 5])
def test_time_in_a_shelter(months):
    """Those in a shelter now are exactly those who came in the last `months` months."""
    run = world(1, shelter_months=months)
    came = run.hidden["assisted"].cumsum(axis=0)
    earlier = np.vstack([np.zeros((months, came.shape[1]), came.dtype), came[:-months]])
    assert np.array_equal(run.actors["shelter_used"], came - earlier) and came[-1].sum() > 0
    assert run.ngos["used"][run.ngos["kind"] != SHELTER].sum() == 0


@pytest.mark.parametrize("sentence", [1.0, 3.0, 12.0])
def test_sentences_last_as_long_as_the_parameter_says(sentence):
    """In custody at the end of month t: arrests of month s times (1 - 1/sentence)^(t-s), since a month served is a month."""
    off = []
    for run in worlds("full-adaptation", SEEDS, sentence=sentence, minor_factor=1.0, arrest_testimony=1.0,
                      arrest_intelligence=0.3, law_none=1.0, law_partial=1.0, events=False):
        expected = np.zeros(len(run.actors))
        stock = 0.0
        for t, arrests in enumerate(run.actors["arrests"].sum(axis=1)):
            stock = stock * (1 - 1 / sentence) + arrests
            expected[t] = stock
        assert expected.sum() > 100
        off.append(run.actors["recruiters_in_custody"].sum() / expected.sum() - 1)
    mean, error = mean_and_error(off)
    assert_within(mean, 0.0, max(error, 0.002))


def test_whoever_is_stopped_at_a_border_is_recognised_once():
    """Half are recognised by any official, so half of those met, not a quarter."""
    shares = []
    for run in worlds("full-adaptation", SEEDS, raid_rate=0.0, self_report=0.0, outreach=0.0, recognise_trained=0.5,
                      recognise_untrained=0.5, victim_prosecution=0.0, inspection=0.1, home_assistance=0.0,
                      return_referral=0.0, events=False):
        assert total(run, "identified") > 100
        shares.append(total(run, "recognised") / (total(run, "recognised") + total(run, "misidentified")))
    assert_within(mean_and_error(shares)[0], 0.5, mean_and_error(shares)[1])


@cache
def yearly(field, people_per_agent):
    """(seeds, 5 years) of a tally over all countries, on a tenth of the region, by 24 seeds."""
    return np.array([run.hidden[field].sum(axis=1)[-60:].reshape(5, 12).sum(axis=1)
                     for run in worlds("full-adaptation", range(24), people_per_agent, shrunk(10))], float)


@pytest.mark.slow
@pytest.mark.parametrize("field, allowed", [("newly_exploited", (1.5, 3.0)), ("assisted", (1.5, 2.5))])
def test_counts_are_not_noisier_than_persons_would_be(field, allowed):
    """Variance over seeds of yearly counts, 20 and 100 persons an agent against one: at most `allowed` times.

    Parties move together, so some more spread is the price of speed. The ratio of two variances with
    about 100 degrees of freedom each exceeds its true value by 1.6 in one case of 100.
    """
    persons = yearly(field, 1).var(axis=0, ddof=1).mean()
    ratios = [yearly(field, scale).var(axis=0, ddof=1).mean() / persons for scale in (20, 100)]
    assert ratios[0] < 1.6 * allowed[0] and ratios[1] < 1.6 * allowed[1], ratios


@pytest.mark.slow
@pytest.mark.parametrize("scale", [20, 100])
@pytest.mark.parametrize("field", ["newly_exploited", "identified", "assisted"])
def test_how_many_persons_an_agent_stands_for_does_not_move_the_mean(field, scale):
    """The same region, one person an agent or more: five years' counts agree within 5 % and their error."""
    (fine, fine_error), (coarse, coarse_error) = (mean_and_error(yearly(field, s).sum(axis=1)) for s in (1, scale))
    assert abs(coarse - fine) < 0.05 * fine + 4 * np.hypot(fine_error, coarse_error), f"{fine:.0f}, {coarse:.0f}"


def test_situations_without_a_way_back_are_left_after_a_month():
    """Refusing help or being deported takes one month; then people are home."""
    run = world(1)
    waiting = run.migrants[run.migrants["situation"] == REFUSED]
    assert len(waiting) and np.all(waiting["since"] == run.t - 1)
    assert persons_by(run, EXPLOITED).sum() > 0 and np.all(run.migrants["since"][run.migrants["situation"] == AT_HOME] == 0)
