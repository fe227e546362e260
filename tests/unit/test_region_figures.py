"""Nothing that cannot be simulated is accepted: figures that are missing, or nothing, and rows that no month counts."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from undercount.model.files.problems import BadInput
from undercount.model.known.facts import fact_table, population, women_at_risk
from undercount.model.known.region_in import load_region, read_referrals

FIGURES = {"gdp_per_head": (2000, 9000), "unemployment": (15, 7), "population": (2_000_000, 3_000_000),
           "cpi_score": (3.5, 5), "mobile_per_100": (80, 90), "internet_pct": (40, 50), "women_15_29": (200_000, None)}
ROWS = [(iso3, year, name, values[n]) for name, values in FIGURES.items() for n, iso3 in enumerate(("AAA", "BBB"))
        for year in (2009, 2011, 2013) if values[n] is not None]
OBSERVED = [("BBB", "2010", 5), ("BBB", "2011", 7), ("AAA", "2011", 3)]


def put(path: Path, header, rows):
    path.parent.mkdir(exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header.split(","), *rows])


def made(folder, figures=ROWS, observed=OBSERVED, places=("AAA", "BBB"), at=((10, 10), (10, 12)), shelters=("AAA", "BBB")):
    """A region of an origin, destinations, and nothing else that could be left out."""
    folder.mkdir(exist_ok=True)
    tables = ("countries", "country_year", "sources", "crossings", "routes", "events", "ngos", "referrals")
    (folder / "region.toml").write_text(
        'title = "Lakes"\nstart = "2010-01"\nend = "2013-12"\nvisa_area = []\n[files]\n'
        + "".join(f'{name} = "{name}.csv"\n' for name in tables) + 'map = "map.geojson"\n', encoding="utf-8")
    put(folder / "countries.csv", "iso3,name,capital,lat,lon,origin,transit,destination,group,source",
        [(code, code, code, *where, int(n == 0), 0, int(n > 0), "", "s") for n, (code, where) in enumerate(zip(places, at))])
    put(folder / "country_year.csv", "iso3,year,variable,value,unit,source", [(*row, "u", "s1") for row in figures])
    put(folder / "sources.csv", "code,citation", [("s1", "invented")])
    put(folder / "crossings.csv", "a,b,kind,length_km,source", [("AAA", place, "land", "", "s") for place in places[1:]])
    put(folder / "routes.csv", "id,origin,path,era,since,until,source", [])
    put(folder / "events.csv", "when,iso3,kind,value,text,source,reliability", [])
    put(folder / "ngos.csv", "iso3,kind,start,source", [(place, "shelter", "2010-01", "s") for place in shelters])
    put(folder / "referrals.csv", "iso3,period,assisted,role,counts,source",
        [(*row, "destination", "assisted", "s") for row in observed])
    (folder / "map.geojson").write_text(
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"iso3": "AAA"}, "geometry": '
        '{"type": "Polygon", "coordinates": [[[9, 9], [11, 9], [11, 11], [9, 9]]]}}]}', encoding="utf-8")
    return folder


def refused(folder, **keywords) -> list[str]:
    with pytest.raises(BadInput) as caught:
        load_region(made(folder, **keywords))
    return [f"{Path(p.file).name}:{p.line or ''}: {p}" for p in caught.value.problems]


def without(name, *codes):
    return [row for row in ROWS if not (row[2] == name and row[0] in (codes or ("AAA", "BBB")))]


def finite(region):
    facts = fact_table(region, True)
    assert all(np.isfinite(facts[name]).all() for name in facts.dtype.names if name != "integrity")
    assert np.isfinite(population(region)).all()
    return facts


def test_the_smallest_region_is_accepted_and_finite(tmp_path):
    facts = finite(load_region(made(tmp_path / "lakes")))
    assert facts["income"][0].tolist() == pytest.approx([2 / 9, 1.0])


# --- figures that are required ---------------------------------------------------------------------
@pytest.mark.parametrize("name, codes, named", [
    ("gdp_per_head", (), ["AAA, gdp_per_head", "BBB, gdp_per_head"]), ("gdp_per_head", ("BBB",), ["BBB, gdp_per_head"]),
    ("gdp_per_head", ("AAA",), ["AAA, gdp_per_head"]), ("population", ("AAA",), ["AAA, population"]),
    ("population", ("BBB",), ["BBB, population"]), ("women_15_29", (), ["AAA, women_15_29"]),
    ("unemployment", (), ["unemployment"]), ("mobile_per_100", (), ["mobile_per_100"]), ("internet_pct", (), ["internet_pct"])])
def test_what_is_missing_is_named_by_country_and_variable(tmp_path, name, codes, named):
    lines = refused(tmp_path / "lakes", figures=without(name, *codes))
    assert len(lines) == len(named)
    assert all(line.startswith("country_year.csv:") and f": {key}: found" in line for line, key in zip(lines, named))


def test_all_that_is_missing_at_once(tmp_path):
    figures = [row for row in ROWS if row[2] in ("population", "women_15_29")]
    lines = refused(tmp_path / "lakes", figures=figures)
    assert len(lines) == 5 and all("found 'no row" in line for line in lines)


def test_income_in_another_unit_needs_a_country_with_both(tmp_path):
    other = [(iso3, year, "gdp_per_head_current" if iso3 == "BBB" and name == "gdp_per_head" else name, value)
             for iso3, year, name, value in ROWS]
    (line,) = refused(tmp_path / "lakes", figures=other)
    assert "BBB, gdp_per_head: found 'only gdp_per_head_current, and no country with both'" in line
    both = [*other, *(("AAA", year, "gdp_per_head_current", 1000) for year in (2009, 2013))]
    assert finite(load_region(made(tmp_path / "lakes", figures=both)))["income"][0, 0] == pytest.approx(1000 / 9000)


def test_a_place_without_any_figure_takes_the_means_but_not_where_it_is_the_only_destination(tmp_path):
    nowhere = [row for row in ROWS if row[0] != "BBB"]
    lines = refused(tmp_path / "lakes", figures=nowhere)
    assert any("BBB, gdp_per_head" in line for line in lines)
    three = made(tmp_path / "more", places=("AAA", "BBB", "XEW"), at=((10, 10), (10, 12), (10, 14)))
    facts = finite(load_region(three))
    assert facts["income"][0, 2] == pytest.approx(facts["income"][0, :2].mean())
    lines = refused(tmp_path / "more", places=("AAA", "BBB", "XEW"), at=((10, 10), (10, 12), (10, 14)),
                    shelters=("AAA", "BBB", "XEW"))
    assert len(lines) == 1 and "XEW, population" in lines[0] and "a country with a shelter" in lines[0]


@pytest.mark.parametrize("name, value, wrong", [
    ("gdp_per_head", 0, "0"), ("gdp_per_head", -5, "-5"), ("gdp_per_head", "nan", "nan"), ("gdp_per_head", "inf", "inf"),
    ("gdp_per_head", "1e-300", "1e-300"), ("gdp_per_head", "", "nothing"), ("population", 0, "0"), ("women_15_29", 0, "0"),
    ("unemployment", 101, "101")])
def test_what_no_country_can_have_is_refused_with_its_line(tmp_path, name, value, wrong):
    figures = [(*row[:3], value if row[:3] == ("AAA", 2011, name) else row[3]) for row in ROWS]
    line = 2 + next(n for n, row in enumerate(ROWS) if row[:3] == ("AAA", 2011, name))
    lines = refused(tmp_path / "lakes", figures=figures)
    assert len(lines) == 1 and lines[0].startswith(f"country_year.csv:{line}: ") and wrong in lines[0]


@pytest.mark.parametrize("names, value", [
    (("mobile_per_100",), 0), (("internet_pct",), 0), (("unemployment",), 0), (("unemployment",), 100), (("cpi_score",), 0),
    (("mobile_per_100", "internet_pct", "unemployment", "cpi_score"), 0)])
def test_what_a_country_may_have_none_of_is_finite(tmp_path, names, value):
    finite(load_region(made(tmp_path / "lakes", figures=[(*row[:3], value if row[2] in names else row[3]) for row in ROWS])))


def test_a_year_missing_in_the_middle_is_a_straight_line(tmp_path):
    """The middle of 2010 lies between those of 2009 and 2011."""
    figures = [(*row[:3], 1000 if row[:3] == ("AAA", 2009, "gdp_per_head") else row[3]) for row in ROWS]
    series = load_region(made(tmp_path / "lakes", figures=figures)).series("gdp_per_head", "AAA")
    assert series[5:7].mean() == pytest.approx(1500) and (series[18:] == 2000).all()


def test_figures_of_other_times_are_refused(tmp_path):
    old = [(iso3, year - 40 if (iso3, name) == ("AAA", "population") else year, name, value) for iso3, year, name, value in ROWS]
    (line,) = refused(tmp_path / "lakes", figures=old)
    assert "AAA, population: found 'no year nearer than 1973'; allowed: a figure within 10 years of 2010-01" in line


def test_emigrants_of_one_origin_only_and_of_none(tmp_path):
    """A geometric mean over a country without emigrants would be nothing, and all others infinite."""
    some = [*ROWS, ("AAA", 2010, "emigrant_stock", 0), ("BBB", 2010, "emigrant_stock", 1000)]
    assert finite(load_region(made(tmp_path / "lakes", figures=some)))["diaspora"][0, 0] == 1.0


def test_telephones_that_come_late_where_nobody_else_has_any(tmp_path):
    late = [*((*row[:3], 0) if row[:1] + row[2:3] == ("BBB", "mobile_per_100") else row for row in ROWS
              if row[2] != "mobile_per_100" or row[0] == "BBB"), ("AAA", 2013, "mobile_per_100", 50)]
    finite(load_region(made(tmp_path / "lakes", figures=late)))


def test_capitals_in_one_place(tmp_path):
    region = load_region(made(tmp_path / "lakes", at=((10, 10), (10, 10))))
    finite(region)
    assert np.isfinite(women_at_risk(region)).all()


# --- observed rows that no month counts ------------------------------------------------------------
@pytest.mark.parametrize("period", ["2007", "2009", "2014", "2016-Q1", "2009-H2", "2009-12", "2014-01", "1950", "2099"])
def test_rows_outside_the_simulated_months_are_refused(tmp_path, period):
    lines = refused(tmp_path / "lakes", observed=[*OBSERVED, ("BBB", period, 9)])
    assert lines == [f"referrals.csv:5: {tmp_path}/lakes/referrals.csv:5: period: found '{period}'; "
                     "allowed: a period inside the simulated months, 2010-01 to 2013-12"]


@pytest.mark.parametrize("period", ["2011-Q1", "2011-H2", "2011-12", "2010-01"])
def test_rows_of_a_country_that_share_months_are_refused(tmp_path, period):
    (line,) = refused(tmp_path / "lakes", observed=[*OBSERVED, ("BBB", period, 9)])
    assert f"referrals.csv:5: period: found 'BBB {period}'" in line and f"{period[:4]}, line" in line
    (line,) = refused(tmp_path / "lakes", observed=[("BBB", period, ""), *OBSERVED])  # unknown, and still twice
    assert f"found 'BBB {period[:4]}'" in line and f"{period}, line 2, too" in line


def test_rows_side_by_side_and_the_same_months_of_another_country_are_right(tmp_path):
    rows = [("BBB", period, 1) for period in ("2010-H1", "2010-Q3", "2010-10", "2010-11", "2011")] + [("AAA", "2010", 2)]
    region = load_region(made(tmp_path / "lakes", observed=rows))
    assert [row.period for row in region.referrals] == [row[1] for row in rows]


def test_a_users_table_is_held_to_the_same_months(tmp_path):
    region = load_region(made(tmp_path / "lakes"))
    path = made(tmp_path / "other", observed=[("BBB", "2009", 9), ("BBB", "2010", 9), ("BBB", "2010-Q1", 9)]) / "referrals.csv"
    with pytest.raises(BadInput, match="referrals.csv:2: period: found '2009'.*\n.*referrals.csv:4: period: found 'BBB 2010-Q1'"):
        read_referrals(path, region.index, (region.start, region.end))
    assert len(read_referrals(path, region.index)) == 3


def test_a_withheld_count_is_an_interval_and_its_middle(tmp_path):
    region = load_region(made(tmp_path / "lakes", observed=[("BBB", "2010", "<5"), ("BBB", "2011", "163.0"), ("BBB", "2012", "-")]))
    assert [(row.assisted, row.published) for row in region.referrals] == [(2, (1, 4)), (163, (163, 163)), (None, None)]


@pytest.mark.parametrize("value, named", [
    (lambda year: 9e9, "found '9000000000'; allowed: persons: 3 to 25 % of the population of 2009, 2000000"),
    (lambda year: 3.0 if year == 2011 else 30000.0, "at most 10 times as many as in the figure before")])
def test_figures_of_persons_that_cannot_be_in_one_unit_are_refused(tmp_path, value, named):
    figures = [(*row[:3], value(row[1]) if row[0] == "AAA" and row[2] == "women_15_29" else row[3]) for row in ROWS]
    lines = refused(tmp_path / "lakes", figures=figures)
    assert lines and all("AAA, women_15_29" in line for line in lines) and named in " ".join(lines)
