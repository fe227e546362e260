"""Every mechanism and lever moves its output in the direction that its source states.

One row: mechanism, values of both runs, values of the first, values of the second, output, direction
from first to second. Runs are paired by seed; `assert_moves` says what chance could do.
"""

from pathlib import Path

import numpy as np
import pytest
from undercount.model.assumed.mechanisms import MECHANISMS
from undercount.model.engine.layout import BORDER, EXPLOITED, MINOR, PAID, PAPERS, PRIVATE

from tests.helpers import assert_moves, share_of, total, trafficked, who_left, worlds

SEEDS = range(8)
SCENARIO = Path(__file__).with_name("full-adaptation-and-clients.toml")  # with an event that does nothing by itself
UP, DOWN = 1, -1


def share(part, whole):
    return lambda run: total(run, *part.split("+")) / max(1, total(run, *whole.split("+")))


def count(*fields):
    return lambda run: total(run, *fields)


def at(field, *countries):
    """A tally summed over some countries."""
    def output(run):
        table = run.hidden if field in run.hidden.dtype.names else run.actors
        return table[field][:, [run.template.region.index[c] for c in countries]].sum()
    return output


def victims(field, value):
    """Share of the trafficked who have a trait."""
    return lambda run: share_of(trafficked(run), trafficked(run)[field] == value)


def poor_leavers(run):
    return share_of(who_left(run), who_left(run)["zone"] == 1)


def by_acquaintance(run):
    people = trafficked(run)
    return share_of(people, run.recruiters["channel"][people["recruiter"]] == 0)


def familiar_route(run):
    people = trafficked(run)
    return share_of(people, run.routes["familiar"][people["route"]] == 1)


def internal_share(run):
    by_pair = run.flows.sum(axis=(0, 3, 4))
    return np.trace(by_pair) / by_pair.sum()


def destinations_moved(run):
    """How far the shares of destinations of the last year are from those of the first two (total variation)."""
    flows = run.flows.sum(axis=(1, 3, 4)).astype(float)
    early, late = flows[:24].sum(axis=0), flows[-12:].sum(axis=0)
    return 0.5 * np.abs(early / early.sum() - late / late.sum()).sum()


def late_share(axis, code):
    """Share of a mode or venue among the last year's newly exploited."""
    return lambda run: np.moveaxis(run.flows[-12:], axis, -1)[..., code].sum() / run.flows[-12:].sum()


def late(field):
    return lambda run: run.actors[field][-12:].sum()


def mean_stock(run):
    return run.hidden["in_exploitation"].sum() / total(run, "newly_exploited")


def held_paid(run):
    people = run.migrants[run.migrants["situation"] == EXPLOITED]
    return share_of(people, people["treatment"] == PAID)


def revenue(run):
    return run.places["revenue"][run.places["destination"] == 1].mean()


def patrols_spread(run):
    return run.posts["patrol"][run.posts["kind"] == BORDER].std()


def off(name, both, output, direction):
    return (name, both, {}, {f"mechanisms.{name}": False}, output, direction)


def on(name, both, output, direction):
    """From the frozen to the moving, as the adaptations are told."""
    return (name, both, {f"mechanisms.{name}": False}, {}, output, direction)


def change(name, first, second, output, direction, **both):
    return (name, both, first, second, output, direction)


# What is so from the first year on is part of the balance; only what comes later moves a market.
CLIENTS_PUNISHED = {"events.clients-punished.value": 1.0, "client_penalty": 0.6}

TABLE = [
    off("economic_push", {}, poor_leavers, DOWN),
    off("unequal_vulnerability", {}, victims("family_risk", 1), DOWN),
    off("contact_reports", {"diaspora_weight": 0.0, "contact_weight": 1.0}, count("set_out"), DOWN),
    change("contact_reports", {"failure_told": 0.0}, {"failure_told": 1.0}, count("set_out"), DOWN),
    off("awareness", {"awareness_start": 0.4}, count("newly_exploited"), UP),
    off("narrow_legal_channels", {}, count("newly_exploited"), DOWN),
    off("trust_in_recruiters", {}, by_acquaintance, DOWN),
    off("age_and_minority", {}, victims("age_band", MINOR), DOWN),
    off("age_and_minority", {}, victims("minority", 1), DOWN),
    off("profit_seeking", {"choice_sharpness": 3.0}, at("newly_exploited", "XKX"), DOWN),  # a market that grew in 1999
    off("corridor_familiarity", {}, familiar_route, DOWN),
    off("entry_barriers", {"arrest_testimony": 1.0, "arrest_intelligence": 0.5, "entry_barrier": 20.0},
        count("recruiters_active"), UP),
    off("smuggling_debt_trap", {"smuggled_to_trafficked": 0.5}, count("newly_exploited"), DOWN),
    off("internal_trafficking", {}, internal_share, DOWN),
    on("route_adaptation", {"inspection": 0.12, "raid_rate": 0.06, "people_per_agent": 500}, destinations_moved, UP),
    on("route_adaptation", {"inspection": 0.12}, share("identified", "newly_exploited"), DOWN),
    on("method_adaptation", {"raid_rate": 0.06}, late_share(4, PRIVATE), UP),
    on("method_adaptation", {"inspection": 0.12}, late_share(3, PAPERS), UP),
    on("method_adaptation", {"self_report": 0.1, "method_learning": 1.0}, held_paid, UP),
    off("document_entry", {}, count("inspections"), UP),
    off("visa_free_travel", {}, at("independent", "ROU", "BGR"), DOWN),
    off("visa_free_travel", {"visa_free_gain": 3.0}, lambda run: run.flows[:, [run.template.region.index[c] for c in ("ROU", "BGR")]].sum(), UP),
    off("document_debt", {}, mean_stock, DOWN),
    off("private_venues", {"private_start": 0.4, "raid_rate": 0.1}, count("identified"), UP),
    off("contact_technology", {}, late_share(4, PRIVATE), UP),
    off("small_payments", {"payments_start": 0.4}, count("escaped"), UP),
    off("bribery", {}, count("identified"), UP),
    off("captured_officials", {"capture": 0.5, "tip_off": 1.0, "bribe_taken": 1.0}, count("identified"), UP),
    off("trafficking_law", {}, count("arrests"), UP),
    off("short_sentences", {"arrest_testimony": 1.0, "arrest_intelligence": 0.5, "deterrence": 0.0, "entry_elasticity": 0.0}, late("recruiters_active"), DOWN),
    off("intelligence_sharing", {"intelligence_sharing": 0.5, "arrest_intelligence": 0.5}, count("arrests"), DOWN),
    off("testimony_led_policing", {"testimony": 0.1, "conditions": 1.0}, count("identified"), UP),
    off("international_presence", {}, at("newly_exploited", "BIH", "XKX"), DOWN),
    off("client_penalty", CLIENTS_PUNISHED, revenue, UP),
    off("market_regime", {"regime_visibility": 0.5}, share("identified", "newly_exploited"), UP),
    off("overlapping_lists", {"registered": 0.85}, share("listed_assisted", "assisted"), UP),
    off("refusal", {}, share("refused", "offered_help"), DOWN),
    off("conditional_protection", {}, share("refused", "offered_help"), DOWN),
    off("referral_chain", {}, share("offered_help", "recognised"), UP),
    off("training_gap", {}, share("misidentified", "identified"), DOWN),
    change("retrafficking", {}, {"retrafficked": 0.03}, count("retrafficked"), UP),
    off("retrafficking", {"retrafficked": 0.03}, count("newly_exploited"), DOWN),
    off("victim_prosecution", {"victim_prosecution": 0.5}, share("misidentified", "identified"), DOWN),
    off("patrol_shift", {}, patrols_spread, DOWN),
    off("patrol_shift", {"patrol_shift": 0.15, "route_adaptation": False, "inspection": 0.1},
        share("deported", "smuggled"), DOWN),
]

LEVERS = [
    change("campaigns", {}, {"campaign_effort": 0.05}, count("newly_exploited"), DOWN),
    change("jobs", {}, {"leave_rate": 0.0025}, count("newly_exploited"), DOWN),
    change("legal channels", {}, {"legal_openness": 2.0}, count("newly_exploited"), DOWN),
    change("training", {}, {"training": 0.9}, count("recognised"), UP, events=False),
    change("police agreements with NGOs", {}, {"referral": 1.0}, count("offered_help"), UP),
    change("shelter places", {}, {"referral_capacity": 3.0}, count("assisted"), UP, shelter_places=8.0),
    change("unconditional help", {}, {"conditions": 0.0}, count("assisted"), UP),
    change("anti-corruption", {}, {"corruption": 0.3}, count("bribes_taken"), DOWN),
    change("anti-corruption", {}, {"corruption": 0.3}, count("identified"), UP),
    change("internal control", {}, {"investigation": 0.1}, count("officials_in_pay"), DOWN, capture=0.5),
    change("border control", {}, {"inspection": 0.12}, count("deported"), UP),
    change("raids", {}, {"raid_rate": 0.08}, count("identified"), UP),
    change("intelligence", {}, {"intelligence_sharing": 1.0}, count("arrests"), UP, arrest_intelligence=0.2),
    change("harder law", {}, {"sentence": 30.0}, late("recruiters_active"), DOWN, arrest_testimony=1.0,
           arrest_intelligence=0.5),
    change("clients who know are punished", {}, CLIENTS_PUNISHED, revenue, DOWN),
    change("hotline", {}, {"self_report": 0.03}, count("assisted"), UP),
    change("outreach", {}, {"outreach": 0.03}, count("assisted"), UP),
    change("help after return", {}, {"support": 4.0}, count("retrafficked"), DOWN, retrafficked=0.03, return_referral=0.8),
]


def test_every_mechanism_has_a_row():
    assert {name for name, *_ in TABLE} == set(MECHANISMS)


def identity(rows):
    return [f"{n}-{row[0]}" for n, row in enumerate(rows)]


@pytest.mark.parametrize("name, both, first, second, output, direction", TABLE, ids=identity(TABLE))
def test_mechanism(name, both, first, second, output, direction):
    before, after = ([output(run) for run in worlds(SCENARIO, SEEDS, **{"people_per_agent": 1000} | both | values)]
                     for values in (first, second))
    assert_moves(before, after, direction)


@pytest.mark.parametrize("name, both, first, second, output, direction", LEVERS, ids=identity(LEVERS))
def test_lever(name, both, first, second, output, direction):
    test_mechanism(name, both, first, second, output, direction)
