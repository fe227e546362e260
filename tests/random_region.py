"""Random valid regions: any number of countries, months, kinds of count, intervals, masks and windows, as files."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

from hypothesis import strategies as st

KINDS = ("assisted", "repatriated", "identified", "registered")
CODES = [a * 3 for a in "ABCDEFGHIJ"]


@st.composite
def regions(draw) -> dict[str, str]:
    """File name -> content."""
    origins, between, ends = draw(st.integers(1, 3)), draw(st.integers(0, 2)), draw(st.integers(1, 3))
    codes = CODES[:origins + between + ends]
    own, last = codes[:origins], codes[origins + between:]
    year, years = draw(st.integers(1990, 2015)), draw(st.integers(4, 6))
    span = range(year, year + years)
    files = {"countries.csv": _countries(codes, own, last), "country_year.csv": _figures(draw, codes, own, span),
             "sources.csv": ["code,citation", "x,made up"], "crossings.csv": _crossings(codes),
             "routes.csv": ["id,origin,path,era,since,until,source", f"r,{own[0]},{'>'.join(codes[codes.index(own[-1]):])},"
                            "standing,,,made up".replace(f"r,{own[0]}", f"r,{own[-1]}")],
             "events.csv": _events(draw, own, last, span), "ngos.csv": _programmes(draw, codes, year),
             "observed/referrals.csv": _counts(draw, own, last, span)}
    made = {name: "\n".join(rows) + "\n" for name, rows in files.items()}
    made["map.geojson"] = json.dumps({"features": [{"properties": {"iso3": codes[0]}, "geometry": {
        "type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}}]})
    optional = {"changes.toml": _changes(draw, last, year)} if draw(st.booleans()) else {}
    made |= optional
    made["region.toml"] = _head(draw, span, last, "changes.toml" in optional)
    return made


def write(files: dict[str, str], folder: Path) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def _countries(codes, own, last):
    return ["iso3,name,capital,lat,lon,origin,transit,destination,group,source",
            *(f"{c},Land {c},Town {c},{40 + 2 * i},{3 * i},{int(c in own)},{int(c not in own[:1])},{int(c in last)},,made up"
              for i, c in enumerate(codes))]


def _figures(draw, codes, own, span):
    rows = ["iso3,year,variable,value,unit,source"]
    for variable in ("unemployment", "mobile_per_100", "internet_pct"):  # of somebody at least
        rows.append(f"{draw(st.sampled_from(codes))},{span[0]},{variable},{draw(st.integers(1, 30))},x,x")
    for i, code in enumerate(codes):
        rows += [f"{code},{span[0]},gdp_per_head,{4000 + 6000 * i},x,x", f"{code},{span[0]},population,{2e6 * (i + 1):g},x,x"]
        if draw(st.booleans()):  # what is missing is unknown
            rows.append(f"{code},{span[0]},cpi_score,{draw(st.integers(1, 9))},x,x")
        if code in own:
            rows.append(f"{code},{span[0]},women_15_29,{draw(st.integers(100_000, 400_000)) * (i + 1)},x,x")
    return rows


def _crossings(codes):
    return ["a,b,kind,length_km,source", *(f"{a},{b},land,100,made up" for a, b in pairwise(codes))]


def _events(draw, own, last, span):
    month = f"{draw(st.sampled_from(list(span)))}-0{draw(st.integers(1, 9))}"
    rows = ["when,iso3,kind,value,towards,text,source,reliability", f"{month},{last[0]},law_full,,,x,made up,source seen"]
    if draw(st.booleans()):
        rows.append(f"{month},{own[0]},accession,,,x,made up,source seen")
        rows.append(f"{month},{own[0]},free_work,,{last[-1]},x,made up,source seen")
    return rows


def _programmes(draw, codes, year):
    return ["iso3,kind,start,source", *(f"{code},{kind},{year}-01,made up" for code in codes for kind in ("shelter", "hotline")
                                       if draw(st.booleans()))]


def _counts(draw, own, last, span):
    rows = ["iso3,period,count,role,counts,masked,definition,source"]
    for code in [*last, *own[:1]]:
        role = "origin" if code in own else "destination"
        kind = draw(st.sampled_from(KINDS if role == "destination" else ("assisted", "identified", "registered")))
        for year in span:
            count = draw(st.sampled_from(["", "1-4", "7", "30", "55"]))
            # The years that are asked about must have a figure somewhere, and four cells be known in all.
            sure = code == last[0] and year in (*span[:2], *span[-2:])
            count = "40" if sure else count
            masked = "" if sure or not count else draw(st.sampled_from(["", "", "a reason"]))
            rows.append(f"{code},{year},{count},{role},{kind},{masked},,made up")
    return rows


def _changes(draw, last, year):
    text = (f'[[events]]\nname = "looks"\nwhen = "{year}-01"\nwhere = ["{last[0]}"]\nparameter = "policing.raid_rate"\n'
            'factor = { value = 4, low = 1, high = 9 }\nsource = "made up"\n')
    if draw(st.booleans()):
        text += '\n[onsets.demand]\nnone = "made up"\n'
    return text


def _head(draw, span, last, changes):
    tables = ("countries", "country_year", "sources", "crossings", "routes", "events", "ngos")
    lines = ['title = "Made up"', f'start = "{span[0]}-01"', f'end = "{span[-1]}-12"',
             f"visa_area = {json.dumps(last if draw(st.booleans()) else [])}", "[files]",
             *(f'{name} = "{name}.csv"' for name in tables), 'referrals = "observed/referrals.csv"', 'map = "map.geojson"']
    lines += ['changes = "changes.toml"'] if changes else []
    if draw(st.booleans()):
        lines += ["[[windows]]", f"before = {span[1]}", f"after = {span[-2]}"]
        lines += [f'where = ["{last[0]}"]'] if draw(st.booleans()) else []
    return "\n".join(lines) + "\n"
