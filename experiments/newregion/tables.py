"""The files of a minimal region: two origins, one country in between, two destinations, none of which exists.

Every column is explained above the header; every figure is invented and says so. docs/your-region.md goes on from here.
"""

from __future__ import annotations

SOURCE = "invented: replace it by where your figure was read"

REGION = '''\
# A region: which countries there are, how they touch, what happened when, what was counted. Every figure of this one is
# invented: replace files one by one and run `undercount check` on the folder after each (docs/your-region.md).

title = "{title}"
description = "Two origins and two destinations that do not exist."

# First and last month of the story, both included. Months before the start need no data: the trade is in balance then.
start = "2010-01"
end = "2015-12"

# The countries that one visa list covers: who needs no visa for one of them needs none for any. May be empty.
visa_area = ["DDD", "EEE"]

# Between which months what an explanation speaks of may have begun: about from the year before the fall to half of its
# last year. Left out: the middle third.
onset_window = ["2012-07", "2015-06"]

# Where each table stands, inside this folder. ties, changes, patterns and totals may be left out.
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
[[windows]]
before = 2012
after = 2014
where = ["DDD"]
'''

CHANGES = '''\
# What is dated or differs by country, as events of every scenario of this region; what no source gives is a range.
# The form is that of [[events]] in scenarios/README.md.

# How strongly each destination looks: one factor a country, each an unknown of its own.
[[events]]
name = "looks"
when = "2010-01"
where = ["DDD", "EEE"]
apart = true
parameter = "policing.raid_rate"
factor = {{ value = 3, low = 0.5, high = 10 }}
source = "assumption, swept"

# What this region says of explanations: the months in which one may have begun here ...
[onsets.measures]
when = {{ value = "2013-06", low = "2012-07", high = "2014-12" }}
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
# path. path: codes joined by >, neighbours in crossings.csv. era: old, new or standing. since, until: months on which
# the source reports, or nothing. source, note.""",
    "events.csv": """\
# What happened when. when: month. iso3: country (nothing only for context). kind: law_partial, law_full, visa_free,
# accession (free movement), free_work (needs towards: whose labour market opens) act; presence, operation, programme,
# handover, passport, protocol and context are shown. value: persons of a presence, else nothing. towards: a code or
# nothing. text, source: words. reliability: source seen, or recalled, unverified.""",
    "ngos.csv": """\
# Programmes. iso3: country. kind: shelter, hotline, outreach or prevention. start: month. source, note.""",
    "observed/referrals.csv": """\
# What the world saw. iso3: country. period: 2012, 2012-H1, 2012-Q3 or 2012-05. count: persons, an interval such as 1-4
# where cells are suppressed, or nothing for unknown. role: destination (who was met there) or origin (nationals met at
# home). counts: assisted, repatriated, identified, or registered (reported by somebody). masked: why a figure is not
# used, or nothing. definition: what the figure counts; where it changes, changes are not compared. source, note.""",
    "observed/totals.csv": """\
# Published figures of more, or others, than the model has (all citizenships, say): shown beside the table, compared
# with nothing. iso3, period, count: as in referrals.csv. definition, source, note.""",
    "observed/patterns.csv": """\
# What sources state of the world behind the counts. name, statement: words. measure: see docs/your-region.md. where,
# nationals: codes, separated by blanks, as the measure needs. from, until: months; with against_from and against_until
# the figure is the ratio of the two periods. low, high: bounds, one may be blank. hard: 1 makes it a gate. source,
# note.""",
    "observed/statistics.csv": """\
# Published figures beyond the table. name: small letters. measure: see docs/your-region.md. where, nationals, from,
# until, against_from, against_until: as in patterns.csv. bound: about, at least or at most. value. error: standard
# deviation of the logarithm by which the published figure may be off, an assumption. use: 0 keeps it for prediction.
# source, note.""",
}

ROWS = {
    "countries.csv": [
        "iso3,name,capital,lat,lon,origin,transit,destination,group,source",
        "AAA,Alpha,Alpha City,44.0,28.0,1,0,0,,{source}", "BBB,Beta,Beta City,46.0,26.0,1,1,0,,{source}",
        "CCC,Gamma,Gamma City,47.0,19.0,0,1,0,,{source}", "DDD,Delta,Delta City,48.5,12.0,0,1,1,,{source}",
        "EEE,Epsilon,Epsilon City,51.0,6.0,0,0,1,,{source}"],
    "country_year.csv": [
        "iso3,year,variable,value,unit,source,note",
        *(f"{code},{year},{variable},{value},{unit},x01,"
          for year, grown in ((2010, 1.0), (2015, 1.15))
          for variable, unit, values in (
              ("gdp_per_head", "any", {"AAA": 6000, "BBB": 9000, "CCC": 15000, "DDD": 36000, "EEE": 40000}),
              ("unemployment", "%", {"AAA": 9, "BBB": 8, "CCC": 7, "DDD": 5, "EEE": 6}),
              ("cpi_score", "0 to 10", {"AAA": 3, "BBB": 4, "CCC": 5, "DDD": 8, "EEE": 8.5}),
              ("mobile_per_100", "per 100", {"AAA": 90, "BBB": 95, "CCC": 110, "DDD": 120, "EEE": 118}),
              ("internet_pct", "%", {"AAA": 40, "BBB": 50, "CCC": 60, "DDD": 80, "EEE": 85}),
              ("population", "persons", {"AAA": 3e6, "BBB": 7e6, "CCC": 9e6, "DDD": 2e7, "EEE": 1.1e7}),
              ("women_15_29", "persons", {"AAA": 3.2e5, "BBB": 7e5}),
              ("emigrant_stock", "persons", {"AAA": 4e5, "BBB": 5e5}))
          for code, number in values.items()
          for value in (f"{number * (grown if variable == 'gdp_per_head' else 1.0):g}",))],
    "sources.csv": ["code,citation", "x01,{source}"],
    "crossings.csv": ["a,b,kind,length_km,source,note", "AAA,BBB,land,400,{source},", "BBB,CCC,land,300,{source},",
                      "CCC,DDD,land,250,{source},", "DDD,EEE,land,500,{source},", "AAA,EEE,air,,{source},"],
    "routes.csv": ["id,origin,path,era,since,until,source,note", "R1,AAA,AAA>BBB>CCC>DDD,standing,,,{source},",
                   "R2,BBB,BBB>CCC>DDD>EEE,new,2013-01,,{source},"],
    "events.csv": ["when,iso3,kind,value,towards,text,source,reliability",
                   "2008-05,DDD,law_full,,,a law against trafficking,{source},source seen",
                   "2009-03,EEE,law_full,,,a law against trafficking,{source},source seen",
                   "2011-01,AAA,law_partial,,,a first law,{source},source seen",
                   "2013-01,BBB,visa_free,,,no visa for the visa area,{source},source seen"],
    "ngos.csv": ["iso3,kind,start,source,note", "DDD,shelter,2010-01,{source},", "DDD,hotline,2010-01,{source},",
                 "EEE,shelter,2010-06,{source},", "AAA,shelter,2011-01,{source},", "BBB,shelter,2011-01,{source},"],
    "observed/referrals.csv": [
        "iso3,period,count,role,counts,masked,definition,source,note",
        *(f"{code},{year},{count},{role},{counts},{masked},,{{source}},"
          for code, role, counts, by_year in (
              ("DDD", "destination", "registered", (40, 55, 80, 61, 44, 47)),
              ("EEE", "destination", "identified", (22, 25, 31, 30, 24, 21)),
              ("AAA", "origin", "assisted", ("", "1-4", 12, 10, 9, 7)))
          for year, count in zip(range(2010, 2016), by_year)
          for masked in ("invented: another definition from this year on" if (code, year) == ("EEE", 2015) else "",))],
    "observed/totals.csv": ["iso3,period,count,definition,source,note",
                            "DDD,2012,210,registered of all citizenships,{source},",
                            "DDD,2014,150,registered of all citizenships,{source},"],
    "observed/patterns.csv": [
        "name,statement,measure,where,nationals,from,until,against_from,against_until,low,high,hard,source,note",
        "delta-counted,Some 80 were registered in Delta in 2012,counted,DDD,,2012-01,2012-12,,,10,800,0,{source},",
        "delta-takes-alphas,Most Alphas were taken to Delta,share_taken_to,DDD,AAA,2010-01,2015-12,,,0.2,,0,{source},"],
    "observed/statistics.csv": [
        "name,measure,where,nationals,from,until,against_from,against_until,bound,value,error,use,source,note",
        "police-share-2014,share_by_police,DDD,,2014-01,2014-12,,,about,0.6,0.3,1,{source},"],
}


def outlines() -> str:
    """A square around each capital, so that there is a map."""
    import json

    features = []
    for row in ROWS["countries.csv"][1:]:
        code, _, _, lat, lon, *_ = row.split(",")
        x, y = float(lon), float(lat)
        ring = [[x - 2, y - 1], [x + 2, y - 1], [x + 2, y + 1], [x - 2, y + 1], [x - 2, y - 1]]
        features.append({"type": "Feature", "properties": {"iso3": code},
                         "geometry": {"type": "Polygon", "coordinates": [ring]}})
    return json.dumps({"type": "FeatureCollection", "features": features}) + "\n"


def minimal(title: str) -> dict[str, str]:
    """File name -> content of the minimal region."""
    made = {"region.toml": REGION.format(title=title), "changes.toml": CHANGES.format(), "map.geojson": outlines()}
    for name, rows in ROWS.items():
        made[name] = COLUMNS[name] + "\n" + "\n".join(rows).format(source=SOURCE) + "\n"
    return made
