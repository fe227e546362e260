"""The rows of a new region, for any codes and years: a chain of origins, countries in between and destinations.

Every figure is invented, by role; a user replaces the files one by one, and their own codes and months stand in all of
them from the beginning.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from undercount.model.engine.layout import MAX_LEGS
from undercount.model.files.tables_in import Month

SOURCE = "invented: replace it by where your figure was read"
NAMES = {"AAA": "Alpha", "BBB": "Beta", "CCC": "Gamma", "DDD": "Delta", "EEE": "Epsilon"}
FEWEST = 5  # full years
# Of origins, countries in between, destinations, each in turn: latitude and longitude, then yearly figures.
PLACES = (((44.0, 28.0), (46.0, 26.0)), ((47.0, 19.0),), ((48.5, 12.0), (51.0, 6.0)))
FIGURES = {
    ("gdp_per_head", "any"): ((6000, 9000), (15000,), (36000, 40000)), ("unemployment", "%"): ((9, 8), (7,), (5, 6)),
    ("cpi_score", "0 to 10"): ((3, 4), (5,), (8, 8.5)), ("mobile_per_100", "per 100"): ((90, 95), (110,), (120, 118)),
    ("internet_pct", "%"): ((40, 50), (60,), (80, 85)),
    ("population", "persons"): ((3e6, 7e6), (9e6,), (2e7, 1.1e7)), ("women_15_29", "persons"): ((3.2e5, 7e5), (), ()),
    ("emigrant_stock", "persons"): ((4e5, 5e5), (), ()),
}
GROWN = 1.15  # income from the first year to the last
REGISTERED, IDENTIFIED, ASSISTED = (40, 55, 80, 61, 44, 47), (22, 25, 31, 30, 24, 21), ("", "1-4", 12, 10, 9, 7)
FAR = 4  # borders between two countries from which on there is a flight, too


@dataclass(frozen=True)
class Shape:
    """Codes by role, of which one may be origin and destination, and the first and last month."""

    origins: tuple[str, ...] = ("AAA", "BBB")
    between: tuple[str, ...] = ("CCC",)
    destinations: tuple[str, ...] = ("DDD", "EEE")
    start: Month = Month(2010, 1)
    end: Month = Month(2015, 12)

    @property
    def chain(self) -> tuple[str, ...]:
        """All codes in the order of a journey, each a neighbour of the next."""
        return tuple(dict.fromkeys((*self.origins, *self.between, *self.destinations)))

    @property
    def years(self) -> range:
        """The full years."""
        return range(self.start.year + (self.start.month > 1), self.end.year + (self.end.month == 12))

    def path(self, origin: str, destination: str) -> tuple[str, ...]:
        """The way along the chain."""
        a, b = self.chain.index(origin), self.chain.index(destination)
        return self.chain[a:b + 1] if a <= b else self.chain[b:a + 1][::-1]


def rows(shape: Shape) -> dict[str, list[str]]:
    """File name -> header and rows, in which {source} stands for SOURCE."""
    first, peak, fall = shape.years[0], shape.years[2], shape.years[4]
    one, last, met = shape.origins[0], shape.origins[-1], shape.destinations[0]
    helped = [code for code in shape.origins if code not in shape.destinations]
    there, whose = NAMES.get(met, met), NAMES.get(one, one)
    return {
        "countries.csv": ["iso3,name,capital,lat,lon,origin,transit,destination,group,source", *_countries(shape)],
        "country_year.csv": ["iso3,year,variable,value,unit,source,note", *_figures(shape)],
        "sources.csv": ["code,citation", "x01,{source}"],
        "crossings.csv": ["a,b,kind,length_km,source,note", *_crossings(shape)],
        "routes.csv": ["id,origin,path,era,since,until,source,note", *_routes(shape, f"{first + 3}-01")],
        "events.csv": [
            "when,iso3,kind,value,towards,text,source,reliability",
            *(f"{first - 2 + n}-0{5 - 2 * n},{code},law_full,,,a law against trafficking,{{source}},source seen"
              for n, code in enumerate(shape.destinations[:2])),
            f"{first + 1}-01,{one},law_partial,,,a first law,{{source}},source seen",
            f"{first + 3}-01,{last},visa_free,,,no visa for the visa area,{{source}},source seen"],
        "ngos.csv": [
            "iso3,kind,start,source,note",
            *(f"{met},{kind},{shape.start},{{source}}," for kind in ("shelter", "hotline")),
            *(f"{code},shelter,{first}-06,{{source}}," for code in shape.destinations[1:]),
            *(f"{code},shelter,{first + 1}-01,{{source}}," for code in helped)],
        "observed/referrals.csv": ["iso3,period,count,role,counts,masked,definition,source,note",
                                   *_counts(shape, helped[:1])],
        "observed/totals.csv": ["iso3,period,count,definition,source,note",
                                *(f"{met},{year},{count},registered of all citizenships,{{source}},"
                                  for year, count in ((peak, 210), (fall, 150)))],
        "observed/patterns.csv": [
            "name,statement,measure,where,nationals,from,until,against_from,against_until,low,high,hard,source,note",
            f"{there.lower()}-counted,Some 80 were registered in {there} in {peak},counted,{met},,{peak}-01,"
            f"{peak}-12,,,10,800,0,{{source}},",
            f"{there.lower()}-takes-{whose.lower()}s,Most {whose}s were taken to {there},share_taken_to,{met},"
            f"{one},{shape.start},{shape.end},,,0.2,,0,{{source}},"],
        "observed/statistics.csv": [
            "name,measure,where,nationals,from,until,against_from,against_until,bound,value,error,use,source,note",
            f"police-share-{fall},share_by_police,{met},,{fall}-01,{fall}-12,,,about,0.6,0.3,1,{{source}},"],
    }


def _roles(shape: Shape):
    """(code, role as an index, how many of the role came before) of every country, an origin before anything else."""
    seen = [0, 0, 0]
    for code in shape.chain:
        role = 0 if code in shape.origins else 1 if code in shape.between else 2
        yield code, role, seen[role]
        seen[role] += 1


def _countries(shape: Shape):
    for code, role, n in _roles(shape):
        lat, lon = PLACES[role][n % len(PLACES[role])]
        lat += 3 * (n // len(PLACES[role]))
        name, transit = NAMES.get(code, code), code not in (shape.chain[0], shape.chain[-1])
        yield (f"{code},{name},{name} City,{lat},{lon},{int(code in shape.origins)},{int(transit)},"
               f"{int(code in shape.destinations)},,{{source}}")


def _figures(shape: Shape):
    for year, grown in ((shape.years[0], 1.0), (shape.years[-1], GROWN)):
        for (variable, unit), by_role in FIGURES.items():
            for code, role, n in _roles(shape):
                if by_role[role]:
                    value = by_role[role][n % len(by_role[role])] * (grown if variable == "gdp_per_head" else 1.0)
                    yield f"{code},{year},{variable},{value:g},{unit},x01,"


def _crossings(shape: Shape):
    km = (400, 300, 250, 500)
    for n, (a, b) in enumerate(zip(shape.chain, shape.chain[1:])):
        yield f"{a},{b},land,{km[n % len(km)]},{{source}},"
    for a, b in combinations(shape.chain, 2):
        if len(shape.path(a, b)) > FAR and a in shape.origins and b in shape.destinations:
            yield f"{a},{b},air,,{{source}},"


def _routes(shape: Shape, since: str):
    ends = ((shape.origins[0], shape.destinations[0]), (shape.origins[-1], shape.destinations[-1]))
    paths = [shape.path(a, b) for a, b in dict.fromkeys(ends)]
    for n, path in enumerate(paths, start=1):
        if 1 < len(path) <= MAX_LEGS + 1:
            era = "standing," if n == 1 else f"new,{since}"
            yield f"R{n},{path[0]},{'>'.join(path)},{era},,{{source}},"


def _counts(shape: Shape, helped: list[str]):
    met, *others = shape.destinations
    for code, role, kind, figures in [(met, "destination", "registered", REGISTERED),
                                      *((code, "destination", "identified", IDENTIFIED) for code in others),
                                      *((code, "origin", "assisted", ASSISTED) for code in helped)]:
        for n, year in enumerate(shape.years):
            masked = "invented: half of the year is missing" if code in others[:1] and n == 0 else ""
            yield f"{code},{year},{figures[min(n, len(figures) - 1)]},{role},{kind},{masked},,{{source}},"
