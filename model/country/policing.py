"""Where officials look: patrols and raids move towards recent detections, and some police are in pay."""

from __future__ import annotations

import numpy as np
from undercount.model.engine.compiled import rule
from undercount.model.engine.layout import ALMOST_NOTHING, BORDER, NOBODY, POLICE


@rule
def finds_police_in_pay(w):
    """Which networks have police in their pay, place by place, as bits (D2)."""
    for n in range(len(w.networks)):
        w.networks[n].police_in_pay = 0
    for n in range(len(w.officials)):
        if w.officials[n].kind == POLICE and w.officials[n].in_pay != NOBODY:
            network = w.networks[w.officials[n].in_pay]
            network.police_in_pay |= np.int64(1) << np.int64(w.officials[n].place)


@rule
def moves_patrols(t, w):
    """Patrols at borders drift towards recent detections; their sum stays the same (C1)."""
    mean = 0.0
    borders = 0
    for p in range(len(w.posts)):
        post = w.posts[p]
        post.arrivals = post.arrivals_now
        post.found += w.par[t, post.place].detection_memory * (post.found_now - post.found)
        post.arrivals_now = 0
        post.found_now = 0
        if post.kind == BORDER:
            mean += post.found
            borders += 1
    if borders == 0 or mean <= 0.0:
        return
    mean /= borders
    total = 0.0
    for p in range(len(w.posts)):
        if w.posts[p].kind == BORDER:
            here = w.par[t, w.posts[p].place]
            target = min(here.patrol_most, max(here.patrol_least, w.posts[p].found / mean))
            w.posts[p].patrol += w.par[t, w.posts[p].place].patrol_shift * (target - w.posts[p].patrol)
            total += w.posts[p].patrol
    for p in range(len(w.posts)):
        if w.posts[p].kind == BORDER:
            w.posts[p].patrol *= borders / total


@rule
def moves_raids(here, place):
    """Raids drift towards the kind of venue where victims were found; testimony feeds new raids (D6)."""
    found = place.found_public + place.found_private
    if found > 0:
        share = min(1.0 - here.attention_least, max(here.attention_least, place.found_private / found))
        place.attention += here.patrol_shift * (share - place.attention)
    if place.recognised_now > 0:
        usual = max(ALMOST_NOTHING, place.testimony_start)
        level = min(here.testimony_most, place.testified_now / place.recognised_now / usual)
        place.testimony += here.testimony_memory * (level - place.testimony)
    place.found_public = 0
    place.found_private = 0
    place.recognised_now = 0
    place.testified_now = 0
