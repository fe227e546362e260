"""A small region of invented figures: AAA, from which people leave, and BBB, where they are counted, 2010 to 2013."""

import json

TOML = """title = "Lakes, 2010-2013"
start = "2010-01"
end = "2013-12"
visa_area = []

[files]
countries = "countries.csv"
country_year = "country_year.csv"
sources = "sources.csv"
crossings = "crossings.csv"
routes = "routes.csv"
events = "events.csv"
ngos = "ngos.csv"
referrals = "observed/referrals.csv"
map = "map.geojson"
"""
FIGURES = {"gdp_per_head": (2000, 9000, "USD"), "unemployment": (15, 7, "%"), "female_unemployment": (18, 8, "%"),
           "population": (2_000_000, 3_000_000, "persons"), "women_15_29": (200_000, 300_000, "persons"),
           "cpi_score": (3.5, 5, "index"), "mobile_per_100": (80, 90, "per 100"), "internet_pct": (40, 60, "%")}
TABLES = {
    "countries": "iso3,name,capital,lat,lon,origin,transit,destination,group,source\n"
                 "AAA,Aland,Acity,10,10,1,0,0,,invented\nBBB,Beland,Bcity,10,12,0,0,1,,invented\n",
    "country_year": "iso3,year,variable,value,unit,source\n" + "".join(
        f"{iso3},{year},{name},{values[k]},{values[2]},s1\n"
        for year in range(2009, 2015) for name, values in FIGURES.items() for k, iso3 in enumerate(("AAA", "BBB"))),
    "sources": "code,citation\ns1,invented\n",
    "crossings": "a,b,kind,length_km,source\nAAA,BBB,land,100,invented\n",
    "routes": "id,origin,path,era,since,until,source\n",
    "events": "when,iso3,kind,value,towards,text,source,reliability\n"
              "2010-01,AAA,law_full,,,law,invented,source seen\n2010-01,BBB,law_full,,,law,invented,source seen\n",
    "ngos": "iso3,kind,start,source\n" + "".join(f"{iso3},{kind},2010-01,invented\n" for iso3 in ("AAA", "BBB")
                                                 for kind in ("shelter", "hotline", "outreach", "prevention")),
    "observed/referrals": "iso3,period,assisted,role,counts,source\n" + "".join(
        f"BBB,{year},{count},destination,assisted,invented\n" for year, count in ((2010, 10), (2011, 20), (2012, 40), (2013, 15))),
}


def square(iso3, west):
    ring = [[west, 9.5], [west + 1, 9.5], [west + 1, 10.5], [west, 10.5], [west, 9.5]]
    return {"type": "Feature", "properties": {"iso3": iso3}, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def small_region(folder):
    """Write the region; its folder."""
    (folder / "observed").mkdir(parents=True)
    (folder / "region.toml").write_text(TOML, encoding="utf-8")
    for name, text in TABLES.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    outlines = {"type": "FeatureCollection", "features": [square("AAA", 9.5), square("BBB", 11.5)]}
    (folder / "map.geojson").write_text(json.dumps(outlines), encoding="utf-8")
    return folder
