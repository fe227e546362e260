"""Where posts, programmes and countries of a region stand, as rows that rules take; nothing that a scenario assumes."""

from __future__ import annotations

import numpy as np
from undercount.model.engine.layout import (
    BORDER,
    CONSULATE,
    COURT,
    NGO,
    NGO_KINDS,
    NOBODY,
    PLACE,
    POLICE,
    POST,
    WARM_UP,
)
from undercount.model.known.facts import population
from undercount.model.known.region import Region
from undercount.model.known.routes import route_table

MOST_KEPT = 48  # tables: half a dozen of each region

_read: dict[tuple, tuple] = {}


def once(function, region: Region, *args):
    """A copy of `function(region, *args)`, computed once a region: thousands of scenarios share one."""
    key = (id(region), function.__name__, *args)
    if key not in _read:
        if len(_read) >= MOST_KEPT:
            _read.clear()
        _read[key] = region, function(region, *args)  # holding the region keeps its id from being reused
    return _read[key][1].copy()


def post_table(region: Region) -> np.recarray:
    """Posts of a region, nobody on duty yet: its crossings, then police, consulates and courts of every country."""
    at = region.index
    ends = [(BORDER, at[c.a], at[c.b]) for c in region.crossings]
    ends += [(kind, place, NOBODY) for kind in (POLICE, CONSULATE, COURT)
             for place in range(len(at))]
    posts = np.zeros(len(ends), POST).view(np.recarray)
    posts["kind"], posts["place"], posts["other"] = np.array(ends).T
    posts["patrol"] = 1.0
    return posts


def ngo_table(region: Region) -> np.recarray:
    """Programmes of a region."""
    ngos = np.zeros(len(region.ngos), NGO).view(np.recarray)
    ngos["id"] = np.arange(len(ngos))
    ngos["place"] = [region.index[ngo.iso3] for ngo in region.ngos]
    ngos["kind"] = [NGO_KINDS.index(ngo.kind) for ngo in region.ngos]
    ngos["start"] = [ngo.start - region.start + WARM_UP for ngo in region.ngos]
    ngos["attention"] = 0.5
    return ngos


def place_table(region: Region) -> np.recarray:
    """Countries of a region, and where their posts, programmes and routes stand."""
    posts, ngos, routes = (once(table, region) for table in (post_table, ngo_table, route_table))
    places = np.zeros(len(region.countries), PLACE).view(np.recarray)
    places["population"] = population(region)
    places["visa_area"] = [c.iso3 in region.visa_area for c in region.countries]
    places["origin"] = [c.origin for c in region.countries]
    places["destination"] = [c.destination for c in region.countries]
    places["testimony"] = 1.0
    places["attention"] = 0.5
    for kind, name in ((POLICE, "police"), (CONSULATE, "consulate"), (COURT, "court")):
        where = np.flatnonzero(posts["kind"] == kind)
        places[name][posts["place"][where]] = where
    for kind, name in enumerate(NGO_KINDS):
        places[name] = NOBODY
        for n in np.flatnonzero(ngos["kind"] == kind):
            places[name][ngos["place"][n]] = n
    for place in range(len(places)):
        own = np.flatnonzero(routes["origin"] == place)
        places["n_routes"][place] = len(own)
        places["first_route"][place] = own[0] if len(own) else 0
    return places
