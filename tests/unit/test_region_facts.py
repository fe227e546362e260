"""Free movement and free work are dated facts; windows are checked against the months and the table."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from undercount.model.assumed.scenario import scenarios_root
from undercount.model.files.problems import BadInput
from undercount.model.files.tables_in import Month
from undercount.model.known.facts import fact_table, population
from undercount.model.known.region import RegionEvent
from undercount.model.known.region_in import load_region

FOLDER = scenarios_root() / "south-east-europe"


@pytest.fixture(scope="module")
def region():
    return load_region(FOLDER)


def with_events(region, *events):
    made = tuple(RegionEvent(Month.parse(when), code, kind, None, "", "", "source seen", towards)
                 for when, code, kind, towards in events)
    return replace(region, events=made)


def test_labour_markets_open_one_by_one(region):
    facts = fact_table(with_events(region, ("1990-01", "ROU", "free_work", "ITA"), ("2001-01", "ROU", "free_work", "GRC"),
                                   ("2001-01", "BGR", "free_work", "BIH")), True)
    people, at = population(region), region.index
    area = sum(people[at[code]] for code in region.destinations if code in region.visa_area)
    italy, greece = people[at["ITA"]] / area, people[at["GRC"]] / area
    assert np.allclose(facts["free_work"][:24, at["ROU"]], italy)
    assert np.allclose(facts["free_work"][24:, at["ROU"]], italy + greece)
    assert not facts["free_work"][:, at["BGR"]].any(), "Bosnia is no country of the visa area"


def test_accession_is_free_movement_and_needs_no_visa(region):
    facts = fact_table(with_events(region, ("2001-01", "ROU", "accession", "")), True)
    here = facts[:, region.index["ROU"]]
    assert here["visa_free"].tolist() == here["free_movement"].tolist() == [0.0] * 24 + [1.0] * (region.months - 24)


def test_switched_off_the_rules_of_the_start_remain(region):
    changed = with_events(region, ("1990-01", "ROU", "accession", ""), ("2001-01", "BGR", "accession", ""))
    facts = fact_table(changed, False)
    assert facts["visa_free"][:, region.index["ROU"]].all() and not facts["visa_free"][:, region.index["BGR"]].any()


@pytest.fixture
def copy(tmp_path):
    return Path(shutil.copytree(FOLDER, tmp_path / "region", ignore=shutil.ignore_patterns("reference")))


def stated(copy, text):
    head = copy / "region.toml"
    head.write_text(head.read_text(encoding="utf-8") + text, encoding="utf-8")
    return load_region(copy)


def test_windows_are_a_fact_of_the_region(copy):
    found = stated(copy, '\n[[windows]]\nbefore = 2001\nafter = 2003\nwhere = ["BIH"]\n\n[[windows]]\nbefore = 2002\n'
                         "after = 2003\n").windows
    assert [(w.before, w.after, w.where) for w in found] == [(2001, 2003, ("BIH",)), (2002, 2003, ())]


@pytest.mark.parametrize("text", [
    "before = 2003\nafter = 2001", "before = 1998\nafter = 2001", "before = 2001\nafter = 2004", "before = 2001",
    'before = "2001"\nafter = 2003', "before = 2001\nafter = 2003\nwhere = 3", "before = 2001\nafter = 2003\nwho = 3",
    'before = 2001\nafter = 2003\nwhere = ["ITA"]'])
def test_a_window_that_cannot_be_asked_about(copy, text):
    with pytest.raises(BadInput) as error:
        stated(copy, f"\n[[windows]]\n{text}\n")
    assert re.search("windows", error.value.problems[0].key) and error.value.problems[0].line


def test_free_work_needs_the_country_whose_market_opens(copy):
    events = copy / "events.csv"
    head, *rows = events.read_text(encoding="utf-8").splitlines()
    place = {name: "" for name in head.split(",")} | {"when": "2001-02", "iso3": "ROU", "kind": "free_work", "text": "x",
                                                      "source": "x", "reliability": "source seen"}
    events.write_text("\n".join([head, *rows, ",".join(place.values())]) + "\n", encoding="utf-8")
    with pytest.raises(BadInput) as error:
        load_region(copy)
    assert error.value.problems[0].key == "towards"
