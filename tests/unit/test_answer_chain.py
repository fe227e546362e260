"""The chain of the fall: hand-worked links, and a sum that is exact in every world, zeros included."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from undercount.experiments.answer.chain import (
    FLOOR,
    GROUPS,
    LINKS,
    OF_HELP,
    chain,
    grouped,
    groups_of,
    in_all,
    links,
    log_mean,
)
from undercount.experiments.answer.estimands import flow, windows
from undercount.experiments.verdict.observed import Observed
from undercount.model.engine.layout import COUNTED, HIDDEN_FIELDS
from undercount.model.known.region import Referral, Window
from undercount.model.known.series import in_both

YEARS = (2002, 2003)


def row(code, year, role="destination", counts="assisted"):
    return Referral(code, str(year), 1, role, counts, "made up", "")


ROWS = [row(code, year, role, counts) for code, role, counts in (
    ("AAA", "destination", "assisted"), ("BBB", "destination", "repatriated"), ("CCC", "origin", "assisted"),
    ("DDD", "destination", "registered"), ("EEE", "origin", "identified"))
    for year in YEARS]
KIND = {row.iso3: row.counts for row in ROWS}


class Table:
    """Worlds whose tallies are given by name, and others drawn: what the chain reads of a reference table."""

    def __init__(self, seed, worlds=1, most=40, **known):
        self.rng, self.worlds, self.most = np.random.default_rng(seed), worlds, most
        self.known = {name.replace("__", ":"): np.full(worlds, value) for name, value in known.items()}

    def quantities(self, names):
        for name in names:
            if name not in self.known:
                kind, *_, code, year = name.split(":")
                if kind == "count":  # the row's count is the tally of those listed
                    name_of = f"place:{COUNTED[KIND[code]]}:{code}:{year}"
                    self.known[name] = self.quantities([name_of])[:, 0]
                else:
                    self.known[name] = self.rng.integers(0, self.most, self.worlds) * self.rng.integers(0, 2, self.worlds)
        return np.column_stack([self.known[name] for name in names]).astype(float)


@given(st.integers(0, 2**32 - 1), st.sampled_from([2, 40, 100_000]))
@settings(max_examples=60, deadline=None)
def test_links_sum_to_the_change_in_every_world_by_country_and_in_all(seed, most):
    table = Table(seed, 20, most)
    found = chain(table, ROWS, *YEARS)
    for i, code in enumerate(found.countries):
        counts = [np.maximum(table.quantities([f"count:{code}:{year}"])[:, 0], FLOOR) for year in YEARS]
        np.testing.assert_allclose(found.by_country[:, i].sum(axis=1), np.log(counts[1] / counts[0]), atol=1e-9)
    totals = found.counted.sum(axis=1)
    np.testing.assert_allclose(found.whole.sum(axis=1), np.log(totals[:, 1] / totals[:, 0]), atol=1e-9)
    np.testing.assert_allclose(grouped(found.whole).sum(axis=1), found.change, atol=1e-9)


def test_a_destination_by_hand():
    """Half as many are found for each held, and nothing else changes but what follows from it."""
    tallies = dict(newly_exploited=(100, 100), in_exploitation=(80, 80), identified=(40, 20), recognised=(20, 10),
                   misidentified=(20, 10), offered_help=(10, 5), refused=(2, 1), no_place=(4, 2), assisted=(4, 2),
                   listed_assisted=(2, 1))
    known = {f"place__{field}__AAA__{year}": values[i] for field, values in tallies.items() for i, year in enumerate(YEARS)}
    found = chain(Table(0, **known), [r for r in ROWS if r.iso3 == "AAA"], *YEARS)
    by_link = dict(zip(LINKS, found.whole[0]))
    assert by_link.pop("found") == pytest.approx(np.log(0.5))
    assert all(value == pytest.approx(0, abs=1e-12) for value in by_link.values())
    assert dict(zip(GROUPS, grouped(found.whole)[0]))["found"] == pytest.approx(np.log(0.5))


def test_refusal_abroad_is_refusal_in_the_row_of_an_origin():
    """Its nationals accept help half as often abroad: fewer come forward at home, and the chain says why."""
    abroad = dict(newly_exploited=(100, 100), in_exploitation=(80, 80), identified=(40, 40), recognised=(40, 40),
                  misidentified=(0, 0), offered_help=(40, 40), refused=(0, 20), no_place=(0, 0), assisted=(40, 20))
    home = dict(identified=(20, 10), recognised=(20, 10), misidentified=(0, 0), offered_help=(20, 10), refused=(0, 0),
                no_place=(0, 0), assisted=(20, 10), listed_assisted=(20, 10))
    known = {f"{kind}__{field}__CCC__{year}": values[i] for kind, tallies in (("national", abroad), ("place", home))
             for field, values in tallies.items() for i, year in enumerate(YEARS)}
    found = chain(Table(0, **known), [r for r in ROWS if r.iso3 == "CCC"], *YEARS)
    groups = dict(zip(GROUPS, grouped(found.whole)[0]))
    assert groups.pop("refused") == pytest.approx(np.log(0.5))
    assert all(value == pytest.approx(0, abs=1e-12) for value in groups.values())


def test_a_zero_is_half_a_person():
    found = links(["new", "held"], np.array([[4.0, 0.0]]))
    assert found["new"][0] == np.log(4) and found["held"][0] == pytest.approx(np.log(0.5 / 4))


def test_two_countries_by_hand():
    """From 30 and 10 to 15 and 10: the total falls by ln(25/40), all of it in the first country."""
    counted = np.array([[[30.0, 15.0], [10.0, 10.0]]])
    by_country = np.zeros((1, 2, len(LINKS)))
    by_country[0, 0, 0] = np.log(0.5)
    assert in_all(by_country, counted)[0, 0] == pytest.approx(np.log(25 / 40))


@given(st.floats(0.5, 1e6), st.floats(0.5, 1e6))
@settings(deadline=None)
def test_the_logarithmic_mean_lies_between(a, b):
    found = log_mean(np.array([a]), np.array([b]))[0]
    assert min(a, b) * (1 - 1e-9) <= found <= max(a, b) * (1 + 1e-9)
    assert found * (np.log(a) - np.log(b)) == pytest.approx(a - b, rel=1e-9, abs=1e-9)
    assert np.sqrt(a * b) <= found * (1 + 1e-9)  # it is no less than the geometric mean


def test_every_link_has_a_group_and_every_tally_exists():
    assert {group for group, _ in LINKS.values()} == set(GROUPS)
    assert {"newly_exploited", "in_exploitation", "identified", "misidentified", "no_place"} <= set(HIDDEN_FIELDS)


def test_what_is_counted_before_help_has_no_links_of_help():
    """Half as many of the recognised are reported, and nothing else changes."""
    tallies = dict(newly_exploited=(100, 100), in_exploitation=(80, 80), identified=(40, 40), recognised=(20, 20),
                   misidentified=(20, 20), registered=(20, 10))
    known = {f"place__{field}__DDD__{year}": values[i] for field, values in tallies.items() for i, year in enumerate(YEARS)}
    mine = [r for r in ROWS if r.iso3 == "DDD"]
    found = chain(Table(0, **known), mine, *YEARS)
    by_link = dict(zip(LINKS, found.whole[0]))
    assert by_link.pop("listed") == pytest.approx(np.log(0.5))
    assert all(value == pytest.approx(0, abs=1e-12) for value in by_link.values())
    assert set(GROUPS) - set(groups_of(mine)) == {*OF_HELP, "home"} and groups_of(ROWS) == tuple(GROUPS)


def observed(*rows):
    return Observed("made up", tuple(rows), np.array([r.assisted for r in rows], float), 0)


def cell(code, year, count, definition=""):
    return Referral(code, str(year), count, "destination", "identified", "", "", definition=definition)


TABLE = observed(*(cell(code, year, 10 * n) for n, code in enumerate(("AAA", "BBB"), 1) for year in (2001, 2002, 2003)))


def test_windows_are_the_regions_or_else_the_last_years():
    assert [w.key for w in windows(TABLE, (2001, 2002, 2003))] == ["2002:2003", "2001:2003"]
    asked = windows(TABLE, (2001, 2002, 2003), (Window(2001, 2002, ("BBB",)), Window(2001, 2003)))
    assert [(w.key, w.countries, w.counted, w.where) for w in asked] == [
        ("2001:2002", ("BBB",), (20.0, 20.0), ("BBB",)), ("2001:2003", ("AAA", "BBB"), (30.0, 30.0), ())]
    assert windows(TABLE, (2001, 2002, 2003), (Window(1999, 2002),)) == ()  # the table does not know it


def test_years_of_two_definitions_are_not_compared():
    rows = (cell("AAA", 2001, 5, "old"), cell("AAA", 2002, 50, "new"), cell("BBB", 2001, 5), cell("BBB", 2002, 6))
    assert in_both(rows, "2001", "2002") == ("BBB",)


def test_the_flow_of_the_countries_that_are_asked_about():
    table = Table(0, **{"place__newly_exploited__AAA__2002": 20, "place__newly_exploited__BBB__2002": 5,
                        "hidden__newly_exploited__2002": 100})
    assert flow(table, 2002)[0] == np.log(100) and flow(table, 2002, ("AAA", "BBB"))[0] == np.log(25)
