"""The report: its summaries by hand, its figures, its page, its command."""

import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import FancyArrowPatch
from undercount.experiments import cli
from undercount.experiments.report import figures, maps, sentences, summaries, theme
from undercount.experiments.report.batch import Batch
from undercount.experiments.report.page import write_report
from undercount.experiments.report.sections import SECTIONS
from undercount.experiments.runs.results import read_results
from undercount.model.assumed.scenario import scenarios_root
from undercount.model.files.problems import BadInput
from undercount.model.known.region_in import load_region

from undercount import TraffickingModel

REGION = load_region(scenarios_root() / "south-east-europe")
NAN = float("nan")


def observed(rows):
    """country, year, observed, role -> a table like that of `observed_table`."""
    table = pd.DataFrame(rows, columns=["country", "year", "observed", "role"])
    return table.assign(counts="assisted", months=[3 if "Q" in y else 12 for y in table["year"]], source="", series="one")


def runs(rows, *columns):
    return pd.DataFrame(rows, columns=["scenario", "replicate", *columns])


SMALL = observed([
    ("AAA", "2000", NAN, "origin"), ("AAA", "2001", 100.0, "origin"), ("AAA", "2002", 50.0, "origin"),
    ("BBB", "2000", 7.0, "destination"), ("BBB", "2001", 40.0, "destination"), ("BBB", "2002", 20.0, "destination"),
    ("AAA", "2003-Q1", 9.0, "origin"), ("BBB", "2003-Q1", NAN, "destination")])
COUNTS = runs([("s", r, country, year, n) for r, pairs in enumerate((
    (("AAA", "2000", 5), ("AAA", "2001", 10), ("AAA", "2002", 4), ("BBB", "2000", 3), ("BBB", "2001", 10), ("BBB", "2002", 12)),
    (("AAA", "2000", 9), ("AAA", "2001", 20), ("AAA", "2002", 5), ("BBB", "2000", 1), ("BBB", "2001", 0), ("BBB", "2002", 5)),
)) for country, year, n in pairs], "country", "year", "assisted")


# --- summaries --------------------------------------------------------------------------------------


def test_bands_are_quantiles_over_replicates():
    table = runs([("s", r, "2001", v) for r, v in enumerate([0, 1, 2, 3, 4])] + [("t", 0, "2001", NAN)], "year", "x")
    one, none = summaries.bands(table, ["year"], "x").itertuples()
    assert [one.q05, one.q25, one.q50, one.q75, one.q95] == pytest.approx([0.2, 1, 2, 3, 3.8]) and one.n == 5
    assert none.n == 0 and np.isnan(none.q50)


def test_periods_know_what_is_missing():
    table = summaries.periods(SMALL).set_index("year")
    assert table["known"].to_dict() == {"2000": 1, "2001": 2, "2002": 2, "2003-Q1": 1}
    assert table["observed"].to_dict() == {"2000": 7, "2001": 140, "2002": 70, "2003-Q1": 9}
    assert list(table.index[table["complete"]]) == ["2001", "2002"]
    assert summaries.compared_years(SMALL) == summaries.Years("2001", "2002", ("2001",))
    assert summaries.compared_years(SMALL[SMALL["year"] != "2002"]) is None
    alone = observed([("AAA", "2000", NAN, "origin")])
    assert np.isnan(summaries.periods(alone)["observed"].iloc[0])  # missing, not zero


def test_totals_leave_out_masked_rows():
    totals = summaries.totals(COUNTS, SMALL).set_index(["replicate", "year"])["assisted"]
    assert totals[0, "2000"] == 3 and totals[1, "2000"] == 1  # the source has no figure for AAA
    assert totals[0, "2001"] == 20 and totals[1, "2002"] == 10


def test_changes_by_hand():
    years = summaries.compared_years(SMALL)
    assert summaries.observed_changes(SMALL, years) == {
        "total": -50, "destination rows": -50, "origin rows": -50, "AAA": -50, "BBB": -50}
    found = summaries.simulated_changes(COUNTS, SMALL, years).set_index(["replicate", "group"])["change"]
    assert found[0, "total"] == pytest.approx(-20) and found[1, "total"] == pytest.approx(-50)
    assert found[0, "AAA"] == pytest.approx(-60) and found[0, "destination rows"] == pytest.approx(20)
    assert np.isnan(found[1, "BBB"])  # from zero nothing can fall
    short = COUNTS[COUNTS["year"] != "2002"]
    assert summaries.simulated_changes(short, SMALL, years).empty
    assert summaries.bands(summaries.simulated_changes(short, SMALL, years), ["group"], "change").empty


def test_the_regions_own_fall_comes_from_its_table():
    table = summaries.observed_table(REGION)
    years = summaries.compared_years(table)
    known = {(r.iso3, r.period): r.assisted for r in REGION.referrals}
    def total(year): return sum(n for (_, period), n in known.items() if period == year)
    assert all(n is not None for (_, period), n in known.items() if period in (years.before, years.after))
    change = 100 * (total(years.after) - total(years.before)) / total(years.before)
    assert summaries.observed_changes(table, years)["total"] == pytest.approx(change)


def test_whole_years_only():
    months = [f"2001-{m:02d}" for m in range(1, 13)] + ["2002-01"]
    hidden = runs([("s", 0, m, c, 2, 1, 10) for m in months for c in ("AAA", "BBB")],
                  "month", "country", "newly_exploited", "assisted", "in_exploitation")
    (row,) = summaries.hidden_by_year(hidden).itertuples()
    assert (row.year, row.newly_exploited, row.assisted, row.in_exploitation, row.assisted_per_1000) == ("2001", 48, 24, 20, 500)


def test_shares_and_corridors():
    flows = runs([("s", 0, "2001-02", "AAA", "BBB", "papers", 30), ("s", 0, "2001-03", "AAA", "CCC", "hidden", 10),
                  ("s", 1, "2001-02", "AAA", "BBB", "papers", 5), ("s", 1, "2002-02", "AAA", "BBB", "papers", 99)],
                 "month", "origin", "destination", "entry_mode", "newly_exploited")
    share = summaries.shares(flows, "entry_mode", ["2001"]).set_index(["replicate", "entry_mode"])["share"].to_dict()
    assert share == {(0, "hidden"): 25, (1, "hidden"): 0, (0, "papers"): 75, (1, "papers"): 100}
    found = summaries.corridors(flows, ["2001"], replicates=2)
    assert list(found.itertuples(index=False, name=None)) == [("AAA", "BBB", 17.5), ("AAA", "CCC", 5.0)]


def test_list_overlap_counts_absent_combinations_as_zero():
    lists = runs([("s", 0, "2001", "AAA", True, False, 3), ("s", 0, "2001", "BBB", True, False, 4),
                  ("s", 1, "2001", "AAA", True, True, 2)], "year", "country", "police", "help", "persons")
    found = summaries.list_overlap(lists, ("police", "help"), lists).set_index(["replicate", "held_by"])["persons"].to_dict()
    assert found == {(0, "police"): 7, (0, "help"): 0, (0, "police + help"): 0,
                     (1, "police"): 0, (1, "help"): 0, (1, "police + help"): 2}


@pytest.mark.parametrize("low, high, n, said", [
    (-40, -10, 30, "fell"), (5, 9, 30, "rose"), (-9, 1, 30, "did not clearly change"), (-5, -5, 1, "in the single run"),
    (NAN, NAN, 0, "cannot be compared")])
def test_a_sentence_says_what_the_interval_carries(low, high, n, said):
    assert said in sentences.movement(SimpleNamespace(q05=low, q50=low, q95=high, n=n))


# --- figures ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A real result folder: two scenarios, three replicates, coarse."""
    out = tmp_path_factory.mktemp("batch") / "results"
    assert cli.main(["run", "baseline", "full-adaptation", "--replicates", "3", "--seed", "5", "--workers", "1",
                     "--people-per-agent", "4000", "--out", str(out)]) == 0
    return out


@pytest.fixture(scope="module")
def short():
    """One replicate of one scenario, stopped before the years to compare."""
    run = TraffickingModel("baseline", seed=3, people_per_agent=4000).run(until="2002-06")
    tables = {name: getattr(run, name)() for name in ("referrals", "hidden", "flows", "actors", "lists")}
    tables["runs"] = pd.DataFrame({"people_per_agent": [4000]})
    tables = {name: table.assign(scenario="baseline", replicate=0, seed=3) for name, table in tables.items()}
    return SimpleNamespace(manifest={"undercount": "test", "command": "undercount run baseline"}, complete=False,
                           region=REGION, table=lambda name: tables[name].copy())


def drawn(results):
    with theme.styled():
        return [picture for make in SECTIONS for picture in make(Batch(results)).pictures]


def test_every_axis_has_a_label(folder):
    pictures = drawn(read_results(folder))
    assert {p.name for p in pictures} >= {"referrals-total", "hidden-flow", "flows-map", "entry-modes", "venues", "actors"}
    unit = re.compile(r"persons|thousand|cells|officials|bribes|assisted|%|degrees")
    for picture in pictures:
        axes = picture.figure.axes
        labels = {ax.get_ylabel() for ax in axes} - {""}
        assert labels and all(unit.search(label) for label in labels), picture.name
        assert {ax.get_xlabel() for ax in axes} - {""} <= {"year", "longitude (degrees east)"}
        assert axes[0].get_ylabel() and axes[-1].get_xlabel()
        assert all(text.get_fontsize() >= 8 for ax in axes for text in [ax.title, *ax.texts, *ax.get_xticklabels()])
        assert "undercount" in picture.caption and "seed" in picture.caption


def test_masked_cells_have_no_point():
    table = summaries.observed_table(REGION)
    bands = summaries.bands(runs([("s", 0, "ALB", "1999", 1)], "country", "year", "assisted"), ["country", "year"], "assisted")
    figure = figures.referrals_by_country(bands, table, "s", 0, {})
    points = sum(len(line.get_xdata()) for ax in figure.axes for line in ax.lines if line.get_color() == theme.OBSERVED)
    assert points == table["observed"].notna().sum()


def test_the_map_draws_the_largest_between_countries():
    places = [c.iso3 for c in REGION.countries]
    table = pd.DataFrame([(a, b, 100.0 - i - 3 * j) for i, a in enumerate(places[:8]) for j, b in enumerate(places[:8])],
                         columns=["origin", "destination", "persons"]).sort_values("persons", ascending=False)
    chosen = maps.drawn(table)
    assert len(chosen) == maps.LARGEST and (chosen["origin"] != chosen["destination"]).all()
    assert not maps.drawn(table.assign(persons=0.0)).size


def test_codes_on_the_map_are_inside_it_and_hide_no_head_of_an_arrow():
    rows = [("MDA", "XEW", 900), ("UKR", "XEW", 700), ("UKR", "FRA", 600), ("ALB", "ITA", 500), ("MDA", "BIH", 400)]
    with theme.styled():
        figure = maps.flow_map({"now": pd.DataFrame(rows, columns=["origin", "destination", "persons"])}, REGION)
    figure.draw_without_rendering()
    ax = figure.axes[0]
    words = {text.get_text(): text.get_window_extent() for text in ax.texts}
    assert set(words) == {iso3 for row in rows for iso3 in row[:2]}
    arrows = [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    assert len(arrows) == len(rows)
    for box in words.values():
        assert ax.bbox.x0 <= box.x0 and box.x1 <= ax.bbox.x1 and ax.bbox.y0 <= box.y0 and box.y1 <= ax.bbox.y1
        for arrow, row in zip(arrows, rows):
            place = REGION.countries[REGION.index[row[1]]]
            tip = ax.transData.transform((place.lon, place.lat))
            outline = ax.transData.transform(arrow.get_path().vertices)
            head = outline[np.hypot(*(outline - tip).T) < 12 / 72 * figure.dpi]
            assert len(head) and not any(box.contains(x, y) for x, y in head), row


def test_heads_of_arrows_are_seen_where_another_begins():
    """Albania is an origin and a destination: what leaves it begins farther off than a head is long."""
    rows = [("ALB", "ITA", 900), ("MDA", "ALB", 400)]
    figure = maps.flow_map({"now": pd.DataFrame(rows, columns=["origin", "destination", "persons"])}, REGION)
    leaving, arriving = (patch for patch in figure.axes[0].patches if isinstance(patch, FancyArrowPatch))
    assert leaving.shrinkA == maps.ASIDE and arriving.shrinkA == maps.BEGINS


# --- page and command -------------------------------------------------------------------------------


def test_the_command_writes_a_page_that_needs_nothing_else(folder, tmp_path, capsys):
    assert cli.main(["report", str(folder), "--out", str(tmp_path)]) == 0
    page = tmp_path / "report.html"
    assert capsys.readouterr().out.splitlines()[-1] == str(page)
    text = page.read_text(encoding="utf-8")
    for make in SECTIONS:
        key = make.__name__
        assert f'href="#{key.replace("hidden_flow", "hidden").replace("flow_map", "map")}"' in text
    assert not re.search(r"""\b(?:src|href|data|action)\s*=\s*"(?!\#)|@import|url\((?!\#)|<script|<link|=\s*'""", text)
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids)) and set(re.findall(r'href="#([^"]+)"', text)) <= set(ids)
    assert all(f"<strong>{name}</strong>" in text for name in ("baseline", "full-adaptation"))
    assert "Outlines: Natural Earth 1:50m" in text, "as the region's map file says"
    assert "1,311" in text and "little more than the range" in text
    names = {path.name for path in (tmp_path / "figures").iterdir()}
    assert {Path(n).stem for n in names if n.endswith(".svg")} == {Path(n).stem for n in names if n.endswith(".png")}
    assert not [name for name in names if name.endswith(".tmp")]


def test_one_short_run_makes_sense_and_the_same_bytes_twice(short, tmp_path):
    for name in ("a", "b"):
        write_report(short, tmp_path / name)
    text = (tmp_path / "a" / "report.html").read_text(encoding="utf-8")
    for part in ("2002 and 2003 not run to the end", "single replicate", "not run", "Some runs of this batch are missing"):
        assert part in text
    files = [path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*") if path.is_file()]
    assert len(files) > 10
    assert all((tmp_path / "a" / f).read_bytes() == (tmp_path / "b" / f).read_bytes() for f in files)


def test_less_than_a_year(short):
    tables = {name: short.table(name) for name in ("hidden", "flows", "actors")}
    tables = {name: table[table["month"] < "1999-06"] for name, table in tables.items()}
    tables |= {"referrals": short.table("referrals")[:0], "lists": short.table("lists")[:0], "runs": short.table("runs")}
    few = SimpleNamespace(**{**vars(short), "table": lambda name: tables[name].copy()})
    assert [p.name for p in drawn(few)] == ["referrals-total", "referrals-country-baseline"]


def test_bad_folder(tmp_path, capsys):
    assert cli.main(["report", str(tmp_path / "none")]) == 2
    assert "no such folder" in capsys.readouterr().err and not list(tmp_path.iterdir())


def test_unknown_focus(short):
    with pytest.raises(BadInput, match="did you mean 'baseline'"):
        Batch(short, "base-line")
