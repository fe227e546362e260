"""What is known of the risks, and what is reported home."""

from __future__ import annotations

import math

from undercount.model.engine.compiled import rule
from undercount.model.engine.home import hazard
from undercount.model.engine.layout import NOBODY


@rule
def informs(t, w, here, place):
    """What prevention programmes add to awareness fades (A4)."""
    if t == 0:
        place.awareness = here.awareness_start
    faded = math.exp(-math.log(2.0) / max(1.0, here.awareness_halflife))
    place.awareness = here.awareness_start + faded * (place.awareness - here.awareness_start)
    if place.prevention != NOBODY and w.ngos[place.prevention].active == 1:
        place.awareness += here.campaign_effort * w.ngos[place.prevention].strength * (1.0 - place.awareness)


@rule
def raises_hazard(t, w, klass):
    """Adds the month's hazard, given what contacts report (A3)."""
    here = w.par[t, klass.home]
    heard = klass.success + here.failure_told * klass.failure
    mood = 0.0
    if heard > 0.0:
        mood = (klass.success - here.failure_told * klass.failure) / (heard + here.reports_noticed * klass.persons)
    klass.rise = hazard(here, w.facts[t, klass.home], klass.zone, klass.working, mood)
    klass.cumulative += klass.rise


@rule
def remembers(here, klass):
    """Reports of success and failure are heard and fade (A3)."""
    keep = 1.0 - 1.0 / max(1.0, here.report_memory)
    klass.success = klass.success * keep + klass.success_now
    klass.failure = klass.failure * keep + klass.failure_now
    klass.success_now = 0
    klass.failure_now = 0
