"""What is no mistake but hardly meant is a note of `check`; what cannot be meant is refused. Each kind once."""

import pytest
from undercount.experiments.commands.left_aside import onset_names, unknown_onsets, unread
from undercount.experiments.newregion.tables import minimal
from undercount.experiments.patterns.table import patterns_of
from undercount.experiments.reference.statistics import shipped_statistics
from undercount.model.files.problems import BadInput, nearest
from undercount.model.files.tables_in import one_of
from undercount.model.known.doubts import doubts
from undercount.model.known.region_in import load_region

FIGURES, COUNTS = "country_year.csv", "observed/referrals.csv"


@pytest.fixture
def edited(tmp_path):
    """Writes the minimal region with some words of its files replaced (every time), and lines added at the end."""
    def write(*changes, add=()):
        files = minimal("made up")
        for name, old, new in changes:
            assert old in files[name], (name, old)
            files[name] = files[name].replace(old, new)
        for name, line in add:
            files[name] += line + "\n"
        for name, content in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(content, encoding="utf-8")
        return tmp_path
    return write


def test_the_minimal_region_leaves_no_doubt(edited):
    region = load_region(edited())
    assert not [*doubts(region), *unknown_onsets(region), *unread(region)]


# --- refused: what cannot be meant ---------------------------------------------------------------------

REFUSED = {
    "inhabitants in thousands": ((FIGURES, "population,3e+06", "population,3000"), "allowed: at least 10000"),
    "women in thousands": ((FIGURES, "women_15_29,320000", "women_15_29,320"), "persons: 3 to 25 % of the population"),
    "too many women": ((FIGURES, "women_15_29,320000", "women_15_29,1000000"), "persons: 3 to 25 % of the population"),
    "emigrants a thousandfold": ((FIGURES, "emigrant_stock,400000", "emigrant_stock,4e8"), "at most 10 times the population"),
    "income of one year in thousands": ((FIGURES, "AAA,2015,gdp_per_head,6900", "AAA,2015,gdp_per_head,6.9"),
                                        "one unit: at most 10 times as much"),
}


@pytest.mark.parametrize("change, said", REFUSED.values(), ids=REFUSED)
def test_a_unit_that_cannot_be_right_is_refused(edited, change, said):
    with pytest.raises(BadInput, match=said) as error:
        load_region(edited(change))
    assert all(problem.line and str(problem).count("\n") == 0 for problem in error.value.problems)


@pytest.mark.parametrize("name, read, old, new", [
    ("observed/statistics.csv", shipped_statistics, "about,0.6", "about,60"),
    ("observed/patterns.csv", patterns_of, "2015-12,,,0.2,,0", "2015-12,,,20,,0"),
    ("observed/patterns.csv", patterns_of, "2015-12,,,0.2,,0", "2015-12,,,0.2,60,0")])
def test_a_share_in_per_cent_is_refused(edited, name, read, old, new):
    region = load_region(edited((name, old, new)))
    with pytest.raises(BadInput, match="a share of 1 at most"):
        read(region)


def test_a_ratio_of_two_shares_may_be_more_than_one(edited):
    ratio = ("observed/patterns.csv", "2010-01,2015-12,,,0.2,,0", "2014-01,2014-12,2012-01,2012-12,2,,0")
    assert patterns_of(load_region(edited(ratio)))


# --- noted ---------------------------------------------------------------------------------------------

ROUTES, EVENTS, NGOS = "routes.csv", "events.csv", "ngos.csv"
NOTED = {
    "few inhabitants": ([(FIGURES, "population,3e+06", "population,30000"), (FIGURES, "women_15_29,320000", "women_15_29,3200"),
                         (FIGURES, "emigrant_stock,400000", "emigrant_stock,4000")], [], "population of AAA is below 100,000"),
    "emigrants above inhabitants": ([(FIGURES, "emigrant_stock,400000", "emigrant_stock,4e6")], [],
                                    "emigrant_stock of AAA is larger than its population"),
    "emigrants in thousands": ([(FIGURES, "emigrant_stock,400000", "emigrant_stock,400")], [],
                               "emigrant_stock of AAA is below a thousandth"),
    "a share for per cent": ([(FIGURES, "internet_pct,85", "internet_pct,0.85")], [], "internet_pct of EEE is never above 1"),
    "an index as a share": ([(FIGURES, "cpi_score,4", "cpi_score,0.4")], [], "cpi_score of BBB is never above 1"),
    "an index that jumps": ([(FIGURES, "BBB,2015,cpi_score,4", "BBB,2015,cpi_score,0.4")], [], "cpi_score of BBB: 4 in 2010 and 0.4"),
    "telephones that vanish": ([(FIGURES, "EEE,2015,internet_pct,85", "EEE,2015,internet_pct,0.85")], [],
                               "internet_pct of EEE: 85 in 2010 and 0.85 in 2015"),
    "an income far below": ([(FIGURES, "gdp_per_head,6000", "gdp_per_head,60"), (FIGURES, "gdp_per_head,6900", "gdp_per_head,69")],
                            [], "gdp_per_head of AAA is less than 1/300"),
    "no way out": ([("crossings.csv", "AAA,BBB,land,400", "DDD,BBB,land,400"), ("crossings.csv", "AAA,EEE,air", "BBB,EEE,air"),
                    (ROUTES, "R1,AAA,AAA>BBB", "R1,BBB,BBB")], [], "no way leads from AAA"),
    "a closed country between": ([("countries.csv", "19.0,0,1,0", "19.0,0,0,0")], [], "R1 passes CCC, which is no transit country"),
    "a programme after the end": ([], [(NGOS, "CCC,shelter,2016-01,made up,")], "shelter of CCC (2016-01)"),
    "an event after the end": ([], [(EVENTS, "2016-05,CCC,law_full,,,x,made up,source seen")], "law_full of CCC (2016-05)"),
    "a route after the end": ([], [(ROUTES, "R9,AAA,AAA>EEE,new,2017-01,,made up,")], "R9 (2017-01)"),
    "free work towards no destination": ([], [(EVENTS, "2012-05,AAA,free_work,,CCC,x,made up,source seen")],
                                         "CCC is no destination in the visa_area"),
    "no visa for nobody": ([], [(EVENTS, "2012-05,DDD,visa_free,,,x,made up,source seen")], "it is no origin"),
    "helped without a shelter": ([(NGOS, "AAA,shelter", "AAA,prevention")], [], "no shelter of AAA"),
    "helped before the shelter": ([(NGOS, "AAA,shelter,2011-01", "AAA,shelter,2013-01")], [],
                                  "AAA 2011 counts persons assisted, and its shelter begins in 2013-01"),
    "a destination that is none": ([], [(COUNTS, "CCC,2012,5,destination,registered,,,made up,")], "rows of CCC are counted"),
    "a kind that changes": ([(COUNTS, "EEE,2015,21,destination,identified", "EEE,2015,21,destination,registered")], [],
                            "EEE: counts changes from 'identified' to 'registered' in 2015"),
    "nobody counted in a window": ([(COUNTS, "DDD,2014,44", "DDD,2014,0")], [], "window 2012 to 2014: nobody is counted in 2014"),
    "part of a window": ([("region.toml", '["DDD"]', '["DDD", "EEE"]'), (COUNTS, "EEE,2014,24,destination,identified,",
                          "EEE,2014,24,destination,identified,broken")], [], "EEE is not compared: 2014 is masked (broken)"),
    "latitude and longitude exchanged": ([("countries.csv", "44.0,28.0", "28.0,44.0")], [],
                                         "on the map: AAA (lat 28, lon 44)"),
    "latitude and longitude exchanged, on the map": ([("countries.csv", "44.0,28.0", "28.0,44.0")], [],
                                                     "with lat and lon exchanged, in the table or on the map, it would not be so of AAA"),
    "far from its neighbours": ([("countries.csv", "Delta City,48.5,12.0", "Delta City,12.0,48.5")], [], "DDD: other countries"),
    "a ring that is open": ([("map.geojson", ", [26.0, 43.0]]]", "]]")], [], "1 rings of the map do not end"),
}


@pytest.mark.parametrize("changes, lines, said", NOTED.values(), ids=NOTED)
def test_what_is_hardly_meant_is_noted(edited, changes, lines, said):
    found = list(doubts(load_region(edited(*changes, add=lines))))
    assert any(said in line for line in found), found
    assert all("\n" not in line for line in found)


# --- what nothing reads --------------------------------------------------------------------------------


def test_an_onset_of_no_explanation_is_named_with_the_one_that_was_meant(edited):
    assert {"measures", "looking", "visas"} <= set(onset_names())
    line, = unknown_onsets(load_region(edited(("changes.toml", "[onsets.measures]", "[onsets.mesures]"))))
    assert line.startswith("onsets.mesures is of no scenario that ships") and line.endswith("did you mean 'measures'?")


def test_a_file_that_nothing_reads_is_named(edited):
    folder = edited()
    (folder / "observed" / "statistics.csv").rename(folder / "observed" / "stats.csv")
    line, = unread(load_region(folder))
    assert line.startswith("observed/stats.csv is not read") and "observed/statistics.csv alone" in line


def test_statistics_in_files_are_refused_with_where_they_are_read(edited):
    with pytest.raises(BadInput, match="observed/statistics.csv is read without being named"):
        load_region(edited(("region.toml", 'map = "map', 'statistics = "observed/statistics.csv"\nmap = "map')))


# --- messages ------------------------------------------------------------------------------------------


def test_a_choice_that_holds_a_comma_is_quoted_and_found_by_its_beginning(edited):
    with pytest.raises(BadInput) as error:
        load_region(edited((EVENTS, "source seen", "recalled")))
    problem = error.value.problems[0]
    assert "one of 'source seen', 'recalled, unverified'" in problem.allowed and problem.nearest == "recalled, unverified"
    assert one_of(("land", "sea")).allowed == "one of land, sea"
    assert nearest("re", ["recalled, unverified"]) is None and nearest("pre", ["press", "prefix"]) in ("press", "prefix")


def test_a_code_that_is_unknown_is_told_once_a_table(edited):
    with pytest.raises(BadInput) as error:
        load_region(edited(("countries.csv", "AAA,", "LVA,")))
    figures = [problem for problem in error.value.problems if problem.file.endswith(FIGURES) and "AAA" in problem.found]
    assert len(figures) == 1 and "(also on 15 more lines)" in figures[0].allowed
    assert len(error.value.problems) < 25


def test_a_source_that_is_unknown_is_told_once(edited):
    with pytest.raises(BadInput) as error:
        load_region(edited(("sources.csv", "x01,", "x02,")))
    problem, = error.value.problems
    assert problem.line == 7 and "(also on 67 more lines)" in problem.allowed
