"""The table of patterns: what the shipped one states, bounds, and bad rows named by line and column."""

import csv
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from undercount.experiments.commands.check import command as check
from undercount.experiments.patterns.measures import Seen
from undercount.experiments.patterns.table import patterns_of, read_patterns
from undercount.model.engine.layout import ACTORS, HIDDEN
from undercount.model.files.problems import BadInput
from undercount.model.known.region_in import load_region

FOLDER = Path(__file__).parents[2] / "scenarios" / "south-east-europe"
FILE = FOLDER / "observed" / "patterns.csv"
RATIO, SHARE, RISE = "origin-rows-near-destination-rows", "nationals-met-in-bosnia", "rise-1999-2001"


@pytest.fixture(scope="module")
def region():
    return load_region(FOLDER)


@pytest.fixture
def edited(tmp_path, region):
    """Reads the shipped table with some cells of one row replaced."""
    def read(row_name, **cells):
        with open(FILE, encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        next(row for row in rows if row["name"] == row_name).update(cells)
        with open(tmp_path / "patterns.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)
        return read_patterns(tmp_path / "patterns.csv", region)
    return read


def by_name(patterns):
    return {pattern.name: pattern for pattern in patterns}


def test_gates_are_what_sources_state_plainly(region):
    gates = {pattern.name: (pattern.low, pattern.high) for pattern in patterns_of(region) if pattern.hard}
    assert gates == {"balkans-main-destination-mda-rou": (0.5, None), SHARE: (0.7, None), RATIO: (0.6, 2.0)}


def test_the_observed_table_lies_inside_its_own_patterns(region):
    """What is read off the observed table must hold in a world whose counts are the observed ones."""
    shape = region.months, len(region.countries)
    counts = np.array([row.assisted or 0 for row in region.referrals])
    seen = Seen(region, np.zeros(shape, HIDDEN), np.zeros(shape, ACTORS), np.zeros((*shape, shape[1])), counts)
    found = {p.name: p.figure(seen) for p in patterns_of(region)
             if p.measure in ("counted", "counted_in_destination_rows", "counted_in_origin_rows",
                              "origin_rows_to_destination_rows")}
    assert found == pytest.approx({
        RATIO: 721 / 675, RISE: 278 / 21, "albania-peaked-early": 64 / 137, "albania-fell-on": 29 / 64,
        "bosnia-rose-to-2002": 283 / 200, "bulgaria-rose-to-2002": 164 / 46, "counted-at-all-2001": 675,
        "destination-rows-fell-2003": 254 / 612, "origin-rows-fell-2003": 392 / 699,
        "balkan-rows-fall-more": (392 / 254) / (699 / 612)})
    assert all(by_name(patterns_of(region))[name].holds(figure) for name, figure in found.items())


@pytest.mark.parametrize("low, high, figure, holds", [
    (0.5, 2.0, 0.5, True), (0.5, 2.0, 2.0, True), (0.5, 2.0, 0.49, False), (0.5, 2.0, 2.01, False),
    (None, 2.0, -1e9, True), (0.5, None, 1e9, True), (0.5, 2.0, float("nan"), False), (None, 2.0, float("nan"), False),
])
def test_bounds_are_inside_and_no_number_is_outside(region, low, high, figure, holds):
    assert replace(patterns_of(region)[0], low=low, high=high).holds(figure) is holds


@pytest.mark.parametrize("name, cells, column, allowed", [
    (SHARE, {"nationals": ""}, "nationals", "share_of_nationals needs them"),
    (SHARE, {"where": ""}, "where", "share_of_nationals needs them"),
    (RISE, {"where": ""}, "where", "counted needs them"),
    (RISE, {"nationals": "MDA"}, "nationals", "nothing: counted takes none"),
    (RATIO, {"where": "BIH"}, "where", "nothing: origin_rows_to_destination_rows takes none"),
    (SHARE, {"where": "BHI"}, "where", "did you mean 'BIH'?"),
    (SHARE, {"measure": "share_of_national"}, "measure", "did you mean 'share_of_nationals'?"),
    (SHARE, {"low": "0.9", "high": "0.5"}, "high", "at least low, 0.9"),
    (SHARE, {"low": ""}, "low, high", "a bound: what holds in every world states nothing"),
    (SHARE, {"low": "much"}, "low", "a finite number"),
    (SHARE, {"hard": "yes"}, "hard", "0 or 1"),
    (SHARE, {"from": "2002-02"}, "from, until", "months in order"),
    (SHARE, {"from": "1998-12"}, "from, until", "months in order, from 1999-01"),
    (RISE, {"against_until": ""}, "against_from, against_until", "both or neither"),
    (RISE, {"against_from": "1999-02"}, "against_from, against_until", "a whole period of the rows"),
    (RATIO, {"from": "2001-02"}, "from, until", "a whole period of the rows"),
    (SHARE, {"name": RATIO}, "name", "once"),
])
def test_a_bad_row_is_named(edited, name, cells, column, allowed):
    with pytest.raises(BadInput) as caught:
        edited(name, **cells)
    lines = str(caught.value).splitlines()
    assert len(lines) == len(set(lines)) and len(lines) <= 2, lines
    assert any("patterns.csv" in line and column in line and allowed in line for line in lines), lines


def test_edits_that_are_right_are_read(edited):
    found = by_name(edited(SHARE, low="", high="0.9", hard="0"))
    assert (found[SHARE].low, found[SHARE].high, found[SHARE].hard) == (None, 0.9, False)


def test_check_reads_the_patterns_of_a_region(tmp_path):
    from click.testing import CliRunner

    copy = Path(shutil.copytree(FOLDER, tmp_path / "region"))
    table = copy / "observed" / "patterns.csv"
    assert "17 patterns" in CliRunner().invoke(check, [str(copy)]).output
    assert "patterns, 17 rows" in CliRunner().invoke(check, [str(table)]).output
    table.write_text(table.read_text(encoding="utf-8").replace("share_of_nationals", "share_of_nation"), encoding="utf-8")
    found = CliRunner().invoke(check, [str(copy)])
    assert isinstance(found.exception, BadInput) and "did you mean 'share_of_nationals'?" in str(found.exception)
