"""The region's tables are what the sources say, and a bad table is named by file, line and column."""

from __future__ import annotations

import csv
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from undercount.model.assumed.scenario import load_scenario, parameter_table
from undercount.model.files.problems import BadInput
from undercount.model.files.tables_in import SHOWN, Month
from undercount.model.known.region_in import load_region, read_referrals

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "scenarios" / "south-east-europe"
TABLES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.csv"))


@pytest.fixture(scope="module")
def region():
    return load_region(FOLDER)


@pytest.fixture
def copy(tmp_path):
    return Path(shutil.copytree(FOLDER, tmp_path / "region"))


def rows(name):
    with open(FOLDER / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# --------------------------------------------------------------------------- what the files say


def test_totals_of_table_1(region):
    totals = {}
    for row in region.referrals:
        totals[row.period] = totals.get(row.period, 0) + (row.assisted or 0)
    assert totals == {"1999": 21, "2000": 973, "2001": 1396, "2002": 1311, "2003": 646, "2004-Q1": 31}
    assert len(region.referrals) == 42


def test_fall_by_role(region):
    def total(role, period):
        return sum(r.assisted or 0 for r in region.referrals if (r.role, r.period) == (role, period))

    assert [total("destination", p) for p in ("2002", "2003")] == [612, 254]
    assert [total("origin", p) for p in ("2002", "2003")] == [699, 392]


def test_a_dash_is_unknown_not_zero(region):
    assert sum(r.assisted is None for r in region.referrals) == 11
    assert all(r.assisted != 0 for r in region.referrals)


@pytest.mark.parametrize("name", [n for n in TABLES if n != "sources.csv"])
def test_every_row_has_a_source(name):
    assert all(row["source"].strip() for row in rows(name))


def test_every_source_code_resolves_and_is_used():
    known = {row["code"] for row in rows("sources.csv")}
    used = {code for row in rows("country_year.csv") for code in row["source"].split("+")}
    assert used == known


def test_no_filler_for_unemployment():
    # The IMF repeats one value for every year where it has none.
    for iso3 in {row["iso3"] for row in rows("country_year.csv")}:
        values = [r["value"] for r in rows("country_year.csv") if (r["iso3"], r["variable"]) == (iso3, "unemployment")]
        assert len(values) < 3 or len(set(values)) > 1, iso3


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_sorted_and_plain(name):
    data = (FOLDER / name).read_bytes()
    assert b"\r" not in data and not data.startswith(b"\xef\xbb\xbf")
    keys = {"country_year.csv": ("iso3", "variable", "year")}.get(name)
    found = [tuple(row[k] for k in keys) if keys else tuple(row.values()) for row in rows(name)]
    assert found == sorted(found)


def test_routes_run_over_crossings_between_roles(region):
    links = {frozenset((c.a, c.b)) for c in region.crossings}
    transit = {c.iso3 for c in region.countries if c.transit}
    for route in region.routes:
        assert all(frozenset(pair) in links for pair in zip(route.path, route.path[1:]))
        assert route.path[0] == route.origin and route.origin in region.origins
        assert route.path[-1] in region.destinations
        assert transit.issuperset(route.path[1:-1])


def test_every_destination_can_be_reached(region):
    links = {(c.a, c.b) for c in region.crossings} | {(c.b, c.a) for c in region.crossings}
    reached = set(region.origins)
    for _ in region.countries:
        reached |= {b for a, b in links if a in reached}
    assert reached.issuperset(region.destinations)


def test_direct_travel_only_where_a_route_names_it(region):
    named = {frozenset((r.path[0], r.path[1])) for r in region.routes if len(r.path) == 2}
    assert {frozenset((c.a, c.b)) for c in region.crossings if c.kind == "air"} <= named


def test_calendar_and_visas(region):
    assert region.months == 63
    assert region.month_index("2001-03") == 26 and region.month_name(26) == "2001-03"
    free = {e.iso3: (str(e.when), e.reliability) for e in region.events if e.kind == "visa_free"}
    assert free == {"ROU": ("2002-01", "source seen"), "BGR": ("2001-04", "recalled, unverified")}
    soldiers = {(e.iso3, str(e.when)): e.value for e in region.events if e.kind == "presence"}
    assert soldiers == {("BIH", "1999-01"): 33000, ("BIH", "2002-01"): 19000, ("BIH", "2003-01"): 12000,
                        ("XKX", "1999-07"): 50000, ("XKX", "2002-05"): 38000, ("XKX", "2003-06"): 26000}


def test_the_market_of_a_presence_follows_its_dated_numbers(region):
    """Where a row of kind `presence` stands, the market is what it was at first times the persons for those at first."""
    scenario = load_scenario("baseline", region=str(FOLDER))
    market = parameter_table(scenario)["presence_market"]
    first = {"BIH": 33000, "XKX": 50000}
    for event in (e for e in region.events if e.kind == "presence"):
        place, month = region.index[event.iso3], region.month_index(str(event.when))
        expected = scenario.value(f"events.presence-{event.iso3.lower()}.value") * event.value / first[event.iso3]
        if event.iso3 == "XKX" and event.value == 38000:
            month -= 1  # the reduction begins in the month of that row
        assert market[month, place] == pytest.approx(expected, rel=1e-3)


def test_series_is_linear_between_mid_years_and_flat_beyond(region):
    two = replace(region, figures={("population", "X"): {2000: 100.0, 2001: 112.0}})
    series = two.series("population", "X")
    assert len(series) == 63
    assert (series[:18] == 100).all() and (series[30:] == 112).all()  # the middle of 2000 is the end of month 17
    assert series[18:30] == pytest.approx(100.5 + np.arange(12))
    assert two.series("population", "Y") is None


def test_kosovo_has_no_constant_price_income_but_a_ratio_can_be_formed(region):
    assert region.series("gdp_per_head", "XKX") is None
    assert region.series("gdp_per_head_current", "XKX") is not None
    assert region.series("gdp_per_head_current", "SCG") is not None


def test_no_country_in_any_python_file(region):
    words = {c.iso3 for c in region.countries} | {c.name for c in region.countries}
    words |= {w for c in region.countries for w in c.name.split() if len(w) > 3 and w[0].isupper()}
    pattern = re.compile(r"\b(" + "|".join(sorted(map(re.escape, words))) + r")\b")
    found = [f"{path.relative_to(ROOT)}:{i}: {line.strip()}" for part in ("model", "experiments")
             for path in sorted((ROOT / part).rglob("*.py"))
             for i, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if pattern.search(line)]
    assert not found, "\n".join(found)


def test_months():
    assert str(Month.parse("1999-12") + 1) == "2000-01"
    assert Month.parse("2004-03") - Month.parse("1999-01") == 62


# --------------------------------------------------------------------------- what is refused


def cell(name, line, column, value):
    """Replace one cell (line 1 is the header)."""

    def change(folder):
        with open(folder / name, encoding="utf-8", newline="") as file:
            table = list(csv.reader(file))
        table[line - 1][table[0].index(column)] = value
        write(folder / name, table)

    return change


def repeat(name, line):
    def change(folder):
        with open(folder / name, encoding="utf-8", newline="") as file:
            table = list(csv.reader(file))
        write(folder / name, [*table, table[line - 1]])

    return change


def write(path, table):
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(table)


def swap(name, old, new):
    def change(folder):
        content = (folder / name).read_text(encoding="utf-8")
        assert old in content
        (folder / name).write_text(content.replace(old, new, 1), encoding="utf-8")

    return change


def put(name, data):
    return lambda folder: (folder / name).write_bytes(data)


def none_with(role):
    def change(folder):
        with open(folder / "countries.csv", encoding="utf-8", newline="") as file:
            table = list(csv.reader(file))
        for row in table[1:]:
            row[table[0].index(role)] = "0"
        write(folder / "countries.csv", table)

    return change


OBSERVED = "observed/referrals.csv"
# what is done to the folder, then what the message must hold: file, line, key, and what helps
BAD = {
    "missing file": (lambda f: (f / "ngos.csv").unlink(), "ngos.csv", None, "file", "no such file"),
    "missing head": (lambda f: (f / "region.toml").unlink(), "region.toml", None, "file", "no such file"),
    "a folder for a file": (lambda f: ((f / "ngos.csv").unlink(), (f / "ngos.csv").mkdir()), "ngos.csv", None, "file", "a folder"),
    "empty file": (put("events.csv", b""), "events.csv", None, "file", "nothing"),
    "blank file": (put("events.csv", b"\n \n"), "events.csv", None, "file", "nothing"),
    "not UTF-8": (put("routes.csv", b"id,origin\nE\xe9,x\n"), "routes.csv", 2, "encoding", "0xe9"),
    "open quote": (put("routes.csv", b'id,origin\n"E,x\n'), "routes.csv", 1, "id", ""),
    "missing column": (swap("ngos.csv", "iso3,kind,start", "iso3,kind,stat"), "ngos.csv", 1, "start", "no such column"),
    "unknown column": (swap("ngos.csv", "iso3,kind,start", "iso3,kind,stat"), "ngos.csv", 1, "column", "'start'?"),
    "column twice": (swap("ngos.csv", "iso3,kind,start", "iso3,kind,kind"), "ngos.csv", 1, "kind", "twice"),
    "row too short": (swap("ngos.csv", "ALB,hotline,", "ALB,"), "ngos.csv", 2, "row", "4 cells"),
    "wrong type": (cell("countries.csv", 3, "lat", "north"), "countries.csv", 3, "lat", "'north'"),
    "NaN": (cell("countries.csv", 3, "lat", "nan"), "countries.csv", 3, "lat", "'nan'"),
    "infinite": (cell("country_year.csv", 4, "value", "inf"), "country_year.csv", 4, "value", "'inf'"),
    "overflow": (cell("country_year.csv", 4, "value", "1e999"), "country_year.csv", 4, "value", "finite"),
    "decimal comma": (cell("country_year.csv", 4, "value", "2,3"), "country_year.csv", 4, "value", "decimal point"),
    "out of range": (cell("country_year.csv", 2, "value", "11"), "country_year.csv", 2, "value", "at most 10"),
    "off the map": (cell("countries.csv", 3, "lat", "91"), "countries.csv", 3, "lat", "at most 90"),
    "flag": (cell("countries.csv", 3, "origin", "yes"), "countries.csv", 3, "origin", "0 or 1"),
    "unknown variable": (cell("country_year.csv", 2, "variable", "cpi_scor"), "country_year.csv", 2, "variable", "'cpi_score'?"),
    "unknown source": (cell("country_year.csv", 2, "source", "s01+s99"), "country_year.csv", 2, "source", "'s99'"),
    "no source": (cell("crossings.csv", 2, "source", ""), "crossings.csv", 2, "source", "nothing"),
    "unknown country": (cell("ngos.csv", 2, "iso3", "ALX"), "ngos.csv", 2, "iso3", "'ALB'?"),
    "malformed country": (cell("countries.csv", 2, "iso3", "alb"), "countries.csv", 2, "iso3", "capital"),
    "unknown in visa area": (swap("region.toml", '"AUT"', '"AUX"'), "region.toml", 14, "visa_area", "'AUT'?"),
    "country twice": (repeat("countries.csv", 2), "countries.csv", 30, "iso3", "line 2"),
    "figure twice": (repeat("country_year.csv", 2), "country_year.csv", 1406, "iso3+year+variable", "line 2"),
    "source twice": (repeat("sources.csv", 2), "sources.csv", 26, "code", "line 2"),
    "route twice": (repeat("routes.csv", 2), "routes.csv", 144, "id", "line 2"),
    "programme twice": (repeat("ngos.csv", 2), "ngos.csv", 32, "iso3+kind", "line 2"),
    "event twice": (repeat("events.csv", 2), "events.csv", 111, "when+iso3+kind", "line 2"),
    "crossing twice": (repeat("crossings.csv", 2), "crossings.csv", 88, "a+b+kind", "line 2"),
    "crossing to itself": (cell("crossings.csv", 2, "b", "ALB"), "crossings.csv", 2, "b", "another country"),
    "crossing kind": (cell("crossings.csv", 2, "kind", "lnd"), "crossings.csv", 2, "kind", "'land'?"),
    "no such border": (cell("routes.csv", 2, "path", "MDA>BIH"), "routes.csv", 2, "path", "'MDA>BIH'"),
    "route of one": (cell("routes.csv", 2, "path", "MDA"), "routes.csv", 2, "path", "joined by >"),
    "route in a ring": (cell("routes.csv", 2, "path", "MDA>ROU>MDA>ROU>SCG"), "routes.csv", 2, "path", "once"),
    "route of another": (cell("routes.csv", 2, "origin", "ROU"), "routes.csv", 2, "origin", "MDA"),
    "route to nowhere": (cell("routes.csv", 2, "path", "MDA>ROU>HUN"), "routes.csv", 2, "path", "destination"),
    "route era": (cell("routes.csv", 2, "era", "olde"), "routes.csv", 2, "era", "'old'?"),
    "event month": (cell("events.csv", 5, "when", "2001-13"), "events.csv", 5, "when", "'2001-13'"),
    "event kind": (cell("events.csv", 5, "kind", "visafree"), "events.csv", 5, "kind", "'visa_free'?"),
    "event nowhere": (swap("events.csv", "2002-08,ALB,operation", "2002-08,,operation"), "events.csv", 56, "iso3", "context"),
    "law towards somebody": (swap("events.csv", "1995-04,BEL,law_full,,,", "1995-04,BEL,law_full,,ROU,"), "events.csv", 9, "towards", "law_full"),
    "reliability": (cell("events.csv", 5, "reliability", "sure"), "events.csv", 5, "reliability", "source seen"),
    "programme kind": (cell("ngos.csv", 2, "kind", "shelterr"), "ngos.csv", 2, "kind", "'shelter'?"),
    "observed negative": (cell(OBSERVED, 2, "assisted", "-7"), "referrals.csv", 2, "assisted", "'-7'"),
    "observed decimal": (cell(OBSERVED, 2, "assisted", "7.5"), "referrals.csv", 2, "assisted", "whole"),
    "observed period": (cell(OBSERVED, 2, "period", "2004-Q5"), "referrals.csv", 2, "period", "quarter"),
    "observed role": (cell(OBSERVED, 2, "role", "destnation"), "referrals.csv", 2, "role", "'destination'?"),
    "observed twice": (repeat(OBSERVED, 2), "referrals.csv", 44, "iso3+period", "line 2"),
    "no origin": (none_with("origin"), "countries.csv", 1, "origin", "at least one"),
    "no destination": (none_with("destination"), "countries.csv", 1, "destination", "at least one"),
    "end before start": (swap("region.toml", 'end = "2004-03"', 'end = "1998-03"'), "region.toml", 9, "end", "1999-01"),
    "start malformed": (swap("region.toml", '"1999-01"', '"January 1999"'), "region.toml", 8, "start", "YYYY-MM"),
    "start a number": (swap("region.toml", '"1999-01"', "1999"), "region.toml", 8, "start", "quotes"),
    "unknown key": (swap("region.toml", "title =", "titel ="), "region.toml", 4, "key", "'title'?"),
    "bad TOML": (swap("region.toml", "visa_area = [", "visa_area = [["), "region.toml", None, "syntax", "TOML"),
    "deep TOML": (put("region.toml", b"x = " + b"[" * 900), "region.toml", None, "syntax", "TOML"),
    "long TOML key": (put("region.toml", b"a" + b".a" * 30_000 + b" = 1"), "region.toml", None, "file", "64000"),
    "file outside": (swap("region.toml", '"ngos.csv"', '"../ngos.csv"'), "region.toml", None, "files.ngos", "inside"),
    "map not JSON": (put("map.geojson", b"{"), "map.geojson", 1, "features", "GeoJSON"),
    "map too deep": (put("map.geojson", b"[" * 100_000), "map.geojson", None, "features", "GeoJSON"),
    "map of nothing": (put("map.geojson", b'{"features": [1]}'), "map.geojson", None, "features", "GeoJSON"),
}


@pytest.mark.parametrize("change, file, line, key, helps", BAD.values(), ids=BAD.keys())
def test_bad_input_names_file_line_and_key(copy, change, file, line, key, helps):
    change(copy)
    with pytest.raises(BadInput) as error:
        load_region(copy)
    if key == "id":  # an open quote swallows the rest: which column is missed first does not matter
        assert file in str(error.value)
        return
    found = [p for p in error.value.problems if str(p.file).endswith(file) and p.key == key]
    assert found, str(error.value)
    assert any(helps in str(p) and (line is None or p.line == line) for p in found), str(error.value)


def test_all_mistakes_at_once(copy):
    for name in ("wrong type", "event month", "observed negative"):
        BAD[name][0](copy)
    with pytest.raises(BadInput) as error:
        load_region(copy)
    assert len(error.value.problems) == 3


def test_long_lists_are_cut(copy):
    head = "iso3,kind,start,source,note\n"
    (copy / "ngos.csv").write_text(head + "XXX,none,never,,\n" * 20_000, encoding="utf-8")
    with pytest.raises(BadInput) as error:
        load_region(copy)
    lines = str(error.value).split("\n")
    assert len(lines) == SHOWN + 1 and re.fullmatch(r"\.\.\. and \d+ more", lines[-1])


def test_many_columns_do_not_hang(copy):
    (copy / "ngos.csv").write_text(",".join(f"c{i}" for i in range(100_000)) + "\n", encoding="utf-8")
    with pytest.raises(BadInput):
        load_region(copy)


def test_a_spreadsheet_file_is_read(copy):
    path = copy / OBSERVED
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n") + b",,,,,,\r\n")
    assert load_region(copy).referrals == load_region(FOLDER).referrals


def test_a_users_observed_table(tmp_path, region):
    path = tmp_path / "mine.csv"
    path.write_text("iso3,period,assisted,role,counts,source\nALB,2003-H2,,destination,assisted,us\n", encoding="utf-8")
    (row,) = read_referrals(path, region.index)
    assert row.assisted is None and (str(row.first), str(row.last)) == ("2003-07", "2003-12")
    path.write_text("iso3,period,assisted,role,counts,source\nALX,2003,x,destination,assisted,us\n", encoding="utf-8")
    with pytest.raises(BadInput, match="mine.csv:2: assisted.*\n.*mine.csv:2: iso3.*did you mean 'ALB'"):
        read_referrals(path, region.index)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(["region.toml", "map.geojson", *TABLES]), place=st.floats(0, 1), data=st.binary(max_size=12),
       drop=st.integers(0, 40))
def test_no_bytes_raise_anything_else(tmp_path_factory, name, place, data, drop):
    folder = tmp_path_factory.mktemp("mangled") / "region"
    shutil.copytree(FOLDER, folder)
    content = (folder / name).read_bytes()
    at = int(place * len(content))
    (folder / name).write_bytes(content[:at] + data + content[at + drop :])
    try:
        load_region(folder)
    except BadInput as error:
        assert str(error)
    finally:
        shutil.rmtree(folder)
