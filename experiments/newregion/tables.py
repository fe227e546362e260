"""The files of a new region, of countries that do not exist or of a user's codes; each column is explained.

Every figure is invented and says so. docs/your-region.md goes on from here.
"""

from __future__ import annotations

from collections.abc import Sequence

from undercount.experiments.newregion.rows import SOURCE, Shape, rows

REGION = '''\
# A region: which countries there are, how they touch, what happened when, what was counted. Every figure of this one is
# invented: replace files one by one and run `undercount check` on the folder after each (docs/your-region.md). Codes
# and months stand in every file: with others than here, begin anew with `undercount new-region` and its options, or
# replace all files before the first check.

title = "{title}"
description = "Every figure is invented."

# First and last month of the story, both included. Months before the start need no data: the trade is in balance then.
start = "{start}"
end = "{end}"

# The destinations that one visa list covers: who needs no visa for one of them needs none for any. May be empty. To
# lie inside frees nobody of a visa: for an origin whose nationals need none, events.csv has a row `visa_free` or
# `accession`, dated before the start if it always was so.
visa_area = {destinations}

# Between which months what an explanation speaks of may have begun: about from the year before the fall to half of its
# last year. Left out: the middle third.
onset_window = ["{peak}-07", "{until}"]

# Where each table stands, inside this folder. ties, changes, patterns and totals may be left out. Published statistics
# are read from observed/statistics.csv, which is not named here. ties (none here) says where an origin's recruits are
# taken in the first year: origin, destination, near (1 or 0; near ones share networks.near_share), weight (among its
# near, or its other, destinations), source.
[files]
countries = "countries.csv"
country_year = "country_year.csv"
sources = "sources.csv"
crossings = "crossings.csv"
routes = "routes.csv"
events = "events.csv"
ngos = "ngos.csv"
changes = "changes.toml"
referrals = "observed/referrals.csv"
totals = "observed/totals.csv"
patterns = "observed/patterns.csv"
map = "map.geojson"

# The years that the question is about, and where; left out: the last full year against the one and the two before it.
# Of one country of `where` at least the two figures must be known, not masked, and of one role, kind and definition.
[[windows]]
before = {peak}
after = {fall}
where = ["{met}"]
'''

CHANGES = '''\
# What is dated or differs by country, as events of every scenario of this region; what no source gives is a range.
# The form is that of [[events]] in scenarios/README.md.

# How strongly each destination looks: one factor a country, each an unknown of its own.
[[events]]
name = "looks"
when = "{start}"
where = {destinations}
apart = true
parameter = "policing.raid_rate"
factor = {{ value = 3, low = 0.5, high = 10 }}
source = "assumption, swept"

# What this region says of explanations (measures, routes, methods, looking, refusal, visas, demand, protection): the
# months in which one may have begun here ...
[onsets.measures]
when = {{ value = "{middle}-06", low = "{peak}-07", high = "{fall}-12" }}
source = "invented: the months in which your sources date laws and special units"

# ... or that it makes no sense here: then it is refused, and mixtures go without it.
[onsets.protection]
none = "invented: no source of this region speaks of bought protection"
'''

COLUMNS = {
    "countries.csv": """\
# Who is in the region. iso3: three capital letters. name, capital: words. lat, lon: of the capital, in degrees.
# origin, transit, destination: 1 or 0, several may be 1. group: a name by which events can mean several countries, or
# nothing. source: where the row was read.""",
    "country_year.csv": """\
# Yearly figures; a missing row is unknown, not zero. iso3: country. year. variable: gdp_per_head or
# gdp_per_head_current (any unit, the same for all), unemployment, female_unemployment, internet_pct (per cent),
# mobile_per_100, cpi_score (0 to 10), population, women_15_29 (persons; the persons at risk of an origin follow from
# it), emigrant_stock (persons). value: a number. unit: words. source: codes of sources.csv, joined by +. note: may be
# blank.""",
    "sources.csv": """\
# What the codes in country_year.csv stand for. code: short. citation: so that a reader finds the figure.""",
    "crossings.csv": """\
# Which two countries touch, in either direction. a, b: codes. kind: land, sea or air. length_km: of a border, or
# nothing. source, note.""",
    "routes.csv": """\
# Corridors that a source names, one path a row; shortest paths need no row. id: your own. origin: the first code of the
# path. path: codes joined by >, neighbours in crossings.csv. era: new is one that networks did not know at
# the start; old and standing give it a head start, unless since lies three years or more after the start. since, until:
# months on which the source reports, or nothing; they close nothing. Two columns may be added, opens and closes: first
# and last month in which it can be used at all. source, note.""",
    "events.csv": """\
# What happened when. when: month. iso3: country (nothing only for context). kind: law_partial, law_full, visa_free,
# accession (free movement), free_work (needs towards: whose labour market opens) act; presence, operation, programme,
# handover, passport, protocol and context are shown. value: persons of a presence, else nothing. towards: a code or
# nothing. text, source: words. reliability: one of two, quotes included where there are some:
# source seen or "recalled, unverified".""",
    "ngos.csv": """\
# Programmes. iso3: country. kind: shelter, hotline, outreach or prevention. start: month. source, note.""",
    "observed/referrals.csv": """\
# What the world saw. iso3: country. period: 2012, 2012-H1, 2012-Q3 or 2012-05. count: persons, an interval such as 1-4
# where cells are suppressed, or nothing for unknown. role: destination (who was met there) or origin (nationals met at
# home). counts: assisted or repatriated (both need a shelter in ngos.csv), identified, or registered (reported by
# somebody). masked: why a figure is not used, or nothing. definition: what the figure counts. Where role, counts or
# definition of a country change, figures before and after are not compared. source, note.""",
    "observed/totals.csv": """\
# Published figures of more, or others, than the model has (all citizenships, say): shown beside the table, compared
# with nothing. iso3, period, count: as in referrals.csv. definition, source, note.""",
    "observed/patterns.csv": """\
# What sources state of the world behind the counts. name, statement: words. measure: see docs/your-region.md. where,
# nationals: codes, separated by blanks, as the measure needs. from, until: months; with against_from and against_until
# the figure is the ratio of the two periods. low, high: bounds (of a share 0 to 1), one may be blank. hard: 1 makes
# it a gate. source, note.""",
    "observed/statistics.csv": """\
# Published figures beyond the table. name: small letters. measure: see docs/your-region.md. where, nationals, from,
# until, against_from, against_until: as in patterns.csv. bound: about, at least or at most. value: a share is 0 to
# 1. error: standard deviation of the logarithm by which the published figure may be off, an assumption. use: 0 keeps it
# for prediction. source, note.""",
}

def outlines(countries: Sequence[str]) -> str:
    """A square around each capital, so that there is a map."""
    import json

    features = []
    for row in countries:
        code, _, _, lat, lon, *_ = row.split(",")
        x, y = float(lon), float(lat)
        ring = [[x - 2, y - 1], [x + 2, y - 1], [x + 2, y + 1], [x - 2, y + 1], [x - 2, y - 1]]
        features.append({"type": "Feature", "properties": {"iso3": code},
                         "geometry": {"type": "Polygon", "coordinates": [ring]}})
    return json.dumps({"type": "FeatureCollection", "source": "squares, invented", "features": features}) + "\n"


def minimal(title: str, shape: Shape | None = None) -> dict[str, str]:
    """File name -> content of a region of this shape."""
    shape = shape or Shape()
    first, tables = shape.years[0], rows(shape)
    until = min(f"{first + 5}-06", str(shape.end))
    words = {
        "title": title, "start": shape.start, "end": shape.end, "met": shape.destinations[0], "peak": first + 2,
        "middle": first + 3, "fall": first + 4, "until": until,
        "destinations": "[" + ", ".join(f'"{code}"' for code in shape.destinations) + "]"}
    made = {"region.toml": REGION.format(**words), "changes.toml": CHANGES.format(**words),
            "map.geojson": outlines(tables["countries.csv"][1:])}
    for name, lines in tables.items():
        made[name] = COLUMNS[name] + "\n" + "\n".join(lines).format(source=SOURCE) + "\n"
    return made
