"""The options of a network: destination x path, over crossings that exist.

For every pair of origin and destination: the shortest paths by distance between capitals through
transit countries, every corridor that a source names, and the direct journey on papers where a
source names one. Exploitation at home is the option without a crossing.
"""

from __future__ import annotations

from itertools import islice, pairwise
from math import asin, cos, radians, sin, sqrt

import numpy as np
from undercount.model.engine.layout import MAX_LEGS, MAX_ROUTES, ROUTE
from undercount.model.files.problems import BadInput, Problem
from undercount.model.known.region import Region

NEVER = -(10**6)  # long before any month: a route that was always open
SHORTEST_PATHS = 2  # paths of a pair beside the named ones
EARTH_KM = 6371.0
HEAD_START = 36  # a corridor that a source dates to the first three years counts as known at the start


def distance_km(a, b) -> float:
    """Great-circle distance between two capitals in km (haversine)."""
    lat_a, lon_a, lat_b, lon_b = map(radians, (a.lat, a.lon, b.lat, b.lon))
    h = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(h))


def route_table(region: Region) -> np.recarray:
    """All options, ordered by origin; dtype `layout.ROUTE`. Raises BadInput if an origin has too many."""
    rows = []
    for origin in region.origins:
        options = list(_options(region, origin))
        if len(options) > MAX_ROUTES:
            raise BadInput(Problem(region.folder / "routes.csv", origin, f"{len(options)} options",
                                   f"at most {MAX_ROUTES} for one origin"))
        rows += [_row(region, path, k, air, familiar) for k, (path, air, familiar) in enumerate(options)]
    table = np.concatenate(rows)
    ties = {(tie.origin, tie.destination): tie for tie in region.ties}
    for row in table:  # ties of the pair
        pair = region.countries[row["origin"]].iso3, region.countries[row["destination"]].iso3
        tie = ties.get(pair)
        row["tie"] = (0.0 if ties else 1.0) if tie is None else tie.weight
        row["near"] = tie is not None and tie.near
    for row in table:  # paths of the same pair share its weight
        same = (table["origin"] == row["origin"]) & (table["destination"] == row["destination"])
        row["paths"] = same.sum()
    return table.view(np.recarray)


def _options(region: Region, origin: str):
    """(path, by air, familiar) of every option of one origin; the first is exploitation at home."""
    yield (origin,), False, False
    air = {frozenset((c.a, c.b)) for c in region.crossings if c.kind == "air"}
    named = {route.path: _used_before(route, region) for route in region.routes
             if route.origin == origin and len(route.path) <= MAX_LEGS + 1}
    for destination in region.destinations:
        if destination == origin:
            continue
        paths = dict.fromkeys(_shortest(region, origin, destination))
        paths.update(dict.fromkeys(path for path in named if path[-1] == destination))
        if frozenset((origin, destination)) in air:
            paths[(origin, destination)] = None
        for path in paths:
            by_air = any(frozenset(leg) in air for leg in pairwise(path))
            yield path, by_air, named.get(path, False)


def _used_before(route, region: Region) -> bool:
    """Did networks know this corridor at the start? Named as old or standing, and not only for later years."""
    return route.era != "new" and (route.since is None or route.since - region.start < HEAD_START)


def _shortest(region: Region, origin: str, destination: str) -> list[tuple[str, ...]]:
    import networkx as nx

    at = {country.iso3: country for country in region.countries}
    graph = nx.Graph()
    for crossing in region.crossings:
        ends = (crossing.a, crossing.b)
        open_to_all = all(at[c].transit or c in (origin, destination) for c in ends)
        if crossing.kind != "air" and open_to_all:
            graph.add_edge(*ends, km=distance_km(at[crossing.a], at[crossing.b]))
    if origin not in graph or destination not in graph or not nx.has_path(graph, origin, destination):
        return []
    paths = nx.shortest_simple_paths(graph, origin, destination, weight="km")
    return [tuple(path) for path in islice(paths, SHORTEST_PATHS) if len(path) <= MAX_LEGS + 1]


def _row(region: Region, path: tuple[str, ...], option: int, air: bool, familiar: bool) -> np.ndarray:
    place = region.index
    post = {frozenset((c.a, c.b)): n for n, c in enumerate(region.crossings)}
    row = np.zeros(1, ROUTE)
    row["origin"], row["destination"] = place[path[0]], place[path[-1]]
    opens, closes = next(((r.opens, r.closes) for r in region.routes if r.path == path), (None, None))
    row["opens"] = NEVER if opens is None else opens - region.start
    row["closes"] = -NEVER if closes is None else closes - region.start
    row["legs"], row["papers_only"], row["familiar"], row["option"] = len(path) - 1, air, familiar, option
    for leg, (a, b) in enumerate(pairwise(path)):
        row["posts"][0, leg], row["places"][0, leg] = post[frozenset((a, b))], place[b]
    return row
