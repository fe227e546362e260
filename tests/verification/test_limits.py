"""Worlds in which something is missing altogether."""

import copy
from dataclasses import replace

import numpy as np
import pytest
from undercount.model.engine.layout import CLANDESTINE, INTERNAL, PAPERS, VISA_FREE
from undercount.model.files.problems import BadInput
from undercount.model.known.region import RegionEvent
from undercount.model.sound import check_sound

from tests.helpers import made, total, trafficked, world


def without_ngos(region):
    return replace(region, ngos=())


def without_borders(region):
    return replace(region, crossings=(), routes=())


def without_integrity(region):
    return replace(region, figures={key: ({year: 0.0 for year in years} if key[0] == "cpi_score" else years)
                                    for key, years in region.figures.items()})


def without_visas(region):
    free = tuple(RegionEvent(region.start, origin, "visa_free", None, "test", "test", "source seen")
                 for origin in region.origins)
    return replace(region, events=tuple(e for e in region.events if e.kind != "visa_free") + free)


def test_no_push_no_victims():
    run = world(1, push=0.0)
    assert total(run, "set_out", "newly_exploited", "identified", "assisted") == 0


def test_no_recruiters_no_victims():
    run = world(1, offers_per_cell=0.0, smuggled_to_trafficked=0.0)
    assert total(run, "set_out", "smuggled", "independent") > 0 and total(run, "newly_exploited") == 0


def test_no_officials_and_no_ngos_no_referrals():
    run = world(1, region=without_ngos, inspection=0.0, raid_rate=0.0)
    assert total(run, "newly_exploited") > 0
    assert total(run, "inspections", "identified", "recognised", "offered_help", "assisted", "listed_assisted") == 0
    assert run.histories.sum() == 0


def test_without_ngos_officials_identify_and_nobody_is_assisted():
    run = world(1, region=without_ngos)
    assert total(run, "recognised") > 0 == total(run, "offered_help", "assisted", "shelter_places")


def test_without_officials_ngos_still_find_people():
    run = world(1, inspection=0.0, raid_rate=0.0)
    assert total(run, "assisted") > 0 == total(run, "misidentified", "bribes_taken", "inspections")


def test_every_official_bought_no_identifications_by_officials():
    run = world(1, region=without_integrity, integrity_unknown=0.0, bribe_taken=1.0, corruption=1.0, investigation=0.0,
                self_report=0.0, outreach=0.0, home_assistance=0.0, return_referral=0.0)
    assert total(run, "bribes_taken") > 0 and total(run, "newly_exploited") > 0
    assert total(run, "identified", "misidentified", "arrests", "deported") == 0


def test_no_official_can_be_bought():
    run = world(1, corruption=0.0)
    assert total(run, "inspections") > 0 == total(run, "bribes_taken", "officials_in_pay", "officials_dismissed")


def test_no_crossings_internal_cases_only():
    run = world(1, region=without_borders)
    origin, destination, mode = np.nonzero(run.flows.sum(axis=(0, 4)))
    assert len(origin) > 0 and np.array_equal(origin, destination)
    assert set(mode) == {INTERNAL}
    assert total(run, "smuggled", "deported", "inspections", "repatriated") == 0


def test_no_internal_appeal_no_internal_cases():
    run = world(1, internal_appeal=0.0)
    by_pair = run.flows.sum(axis=(0, 3, 4))
    assert by_pair.sum() > 0 == np.trace(by_pair)


def test_visa_free_travel_for_all_needs_no_papers():
    modes = world(1, region=without_visas).flows.sum(axis=(0, 1, 4))  # destination, mode
    area = world(1, region=without_visas).places["visa_area"] == 1
    assert modes[area][:, VISA_FREE].sum() > 0 == modes[area][:, PAPERS].sum()
    assert modes[~area][:, VISA_FREE].sum() == 0
    smuggled = world(1, region=without_visas, smuggled_to_trafficked=0.0).flows.sum(axis=(0, 1, 4))
    assert smuggled[area][:, CLANDESTINE].sum() == 0


def test_without_visa_free_travel_nobody_travels_without_a_visa():
    run = world(1, visa_free_travel=False)
    assert run.flows[:, :, :, PAPERS].sum() > 0 == run.flows[:, :, :, VISA_FREE].sum()


def test_full_inspection_and_honest_officials_let_nobody_through():
    run = world(1, inspection=1.0, papers_visibility=1.0, visa_free_visibility=1.0, corruption=0.0, patrol_shift=0.0,
                inspections_per_official=500.0, internal_appeal=0.0, officials_per_post=200.0, **{"events.elsewhere-unseen.value": 1.0})
    assert total(run, "inspections") > 0 == total(run, "newly_exploited")


def test_full_recognition_leaves_nobody_misread():
    run = world(1, recognise_trained=1.0, recognise_untrained=1.0, victim_prosecution=0.0)
    assert total(run, "recognised") > 0 == total(run, "misidentified")


def test_no_shelter_places_nobody_assisted():
    run = world(1, shelter_places=0.0)
    assert total(run, "no_place") > 0 == total(run, "assisted", "shelter_used")


def test_nobody_accepts_help():
    run = world(1, acceptance=0.0)
    assert total(run, "offered_help") == total(run, "refused") > 0 == total(run, "assisted")


def test_nobody_at_risk_is_a_mistake_that_is_named():
    """The pool is the women over `women_share`: a share of 0 is refused, not a traceback out of the engine."""
    with pytest.raises(BadInput, match="women_share"):
        world(1, women_share=0.0)


def test_nobody_is_offered_help_before_there_is_any():
    """Until the shelter of a country opens, its police have nobody to refer a victim to."""
    run = world(1)
    warm_up = run.template.months - run.template.region.months
    for ngo in run.template.region.ngos:
        if ngo.kind == "shelter" and ngo.start - run.template.region.start > 0:
            before = run.hidden[: warm_up + (ngo.start - run.template.region.start), run.template.region.index[ngo.iso3]]
            counts = {name: int(before[name].sum()) for name in ("offered_help", "no_place", "refused", "assisted")}
            assert not any(counts.values()), f"{ngo.iso3} before {ngo.start}: {counts}"


def test_nobody_is_trafficked_twice_without_retrafficking():
    assert trafficked(world(1, retrafficking=False))["times"].max() == 1
    assert made(retrafficking=False).mechanisms["retrafficking"] is False


@pytest.mark.parametrize("table, field", [("places", "earned"), ("minds", "entry_own"), ("told", "told"), ("routes", "odds")])
def test_a_run_that_ends_with_a_number_that_is_none_is_refused(table, field):
    """Compiled rules divide by zero without a word."""
    run = copy.deepcopy(world(1))
    check_sound(run)  # as it is, all is well
    rows = run.minds["at"] if table == "minds" else getattr(run, table)
    rows[field][0] = np.nan
    with pytest.raises(BadInput, match=rf'{table}\.{field}: found "?nan after'):
        check_sound(run)
