"""Only figures of one series are compared: one rule for reports, verdicts, attributions, sweeps and `check`."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from undercount.experiments.answer.estimands import not_asked, windows
from undercount.experiments.attribution.window import find_window
from undercount.experiments.newregion.tables import minimal
from undercount.experiments.report import summaries
from undercount.experiments.report.observed_sections import observed
from undercount.experiments.report.sections import falls
from undercount.experiments.runs.outputs import outputs, outputs_of
from undercount.experiments.verdict.observed import Observed
from undercount.experiments.verdict.summaries import summaries as of_verdict
from undercount.model.files.problems import BadInput
from undercount.model.known.region import Referral, Window
from undercount.model.known.region_in import load_region
from undercount.model.known.series import breaks, in_both, why_not

TABLE = "observed/referrals.csv"
OTHERS = {  # what ends a series -> the row of DDD in 2014 with it
    "definition": "DDD,2014,44,destination,registered,,new law,made up,",
    "counts": "DDD,2014,44,destination,identified,,,made up,",
    "role": "DDD,2014,44,origin,registered,,,made up,",
}
SAYS = {"definition": "definition changes from none to 'new law' in 2014",
        "counts": "counts changes from 'registered' to 'identified' in 2014",
        "role": "role changes from 'destination' to 'origin' in 2014"}


def row(period, figure=1, **other):
    return Referral("AAA", period, figure, *({"role": "origin", "counts": "assisted"} | other).values(), "made up", "")


def folder_with(tmp_path, line="", where=True):
    """The minimal region with another row of DDD in 2014, and its window there or everywhere."""
    for name, content in minimal("made up").items():
        if name == TABLE and line:
            content = "".join(f"{line}\n" if each.startswith("DDD,2014") else each
                              for each in content.splitlines(keepends=True))
        if name == "region.toml" and not where:
            content = content.replace('where = ["DDD"]\n', "")
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("part", OTHERS)
def test_a_series_ends_where_a_part_of_it_changes(tmp_path, part):
    region = load_region(folder_with(tmp_path, OTHERS[part], where=False))
    assert "DDD" not in in_both(region.referrals, "2012", "2014") and "EEE" in in_both(region.referrals, "2012", "2014")
    assert why_not(region.referrals, "DDD", "2012", "2014") == SAYS[part]
    first, back = [(row.period, what) for row, what in breaks(region.referrals) if row.iso3 == "DDD"]
    assert first == ("2014", SAYS[part]) and back[0] == "2015"


def test_why_figures_are_not_compared_in_words():
    masked = Referral("AAA", "2001", None, "origin", "assisted", "s", "", (3, 3), "broken")
    assert why_not([row("2000"), row("2001")], "AAA", "2000", "2001") is None
    assert why_not([row("2000"), row("2001", None)], "AAA", "2000", "2001") == "no figure for 2001"
    assert why_not([row("2000")], "AAA", "2000", "2001") == "no figure for 2001"
    assert why_not([row("2000"), masked], "AAA", "2000", "2001") == "2001 is masked (broken)"


@pytest.mark.parametrize("part", OTHERS)
def test_reports_verdicts_attributions_and_sweeps_leave_it_out(tmp_path, part):
    region = load_region(folder_with(tmp_path, OTHERS[part], where=False))
    table, years = summaries.observed_table(region), summaries.Years("2012", "2014", ("2010",))
    changes = summaries.observed_changes(table, years)
    assert np.isnan(changes["DDD"]) and changes["total"] == pytest.approx(100 * (24 + 9 - 31 - 12) / (31 + 12))
    assert find_window(region, "2012", "2014", []).countries == ("EEE", "AAA")
    known = [row for row in region.referrals if row.assisted is not None]
    whole = [row for row in load_region(folder_with(tmp_path, where=False)).referrals if row.assisted is not None]
    counts = np.ones((1, len(known)))
    assert of_verdict(known, counts).shape[1] < of_verdict(whole, counts).shape[1]


def test_a_report_names_who_is_not_compared_and_why(tmp_path):
    region = load_region(folder_with(tmp_path, OTHERS["definition"], where=False))
    batch = SimpleNamespace(
        region=region, observed=summaries.observed_table(region), years=summaries.Years("2012", "2014", ("2010",)),
        country_names={country.iso3: country.name for country in region.countries}, scenarios=["mine"], missing_years=[], origin="",
        changes=pd.DataFrame(columns=["scenario", "group", "change", "n", *summaries.QUANTILES]))
    section = falls(batch)
    shown = {head: row.lines for head, row in zip(section.grids[0].head, section.grids[0].rows[1])}
    assert shown["Delta"] != shown["Epsilon"] == ("not run",)
    assert section.text == [f"Not compared: Delta ({SAYS['definition']})."]
    ends = next(grid for grid in observed(region).grids if grid.caption.startswith("Where a series ends"))
    assert [row[0].lines for row in ends.rows] == [("DDD 2014",), ("DDD 2015",)]


def test_a_users_table_that_cannot_be_asked_says_why(tmp_path):
    rows = [row for row in load_region(folder_with(tmp_path)).referrals
            if row.assisted is not None and (row.iso3, row.period) != ("DDD", "2014")]
    table = Observed("mine.csv", tuple(rows), np.array([row.assisted for row in rows], float), 1)
    stated = Window(2012, 2014, ("DDD",)),
    assert windows(table, (2012, 2014), stated) == ()
    line, = not_asked(table, stated)
    assert (line.key, line.found) == ("windows, 2012 to 2014", "DDD: no figure for 2014")


def test_the_change_of_a_sweep_leaves_out_who_cannot_be_compared(tmp_path):
    for line, left_out in (("", False), (OTHERS["counts"], True)):  # that of 2014 to 2015 is of two series then
        region = load_region(folder_with(tmp_path, line, where=False))
        counts = np.array([[1000.0 if (row.iso3, row.period) == ("DDD", "2015") else 9.0 for row in region.referrals]])
        hidden = np.ones((1, 40, region.months))
        assert outputs_of(region, region.months)
        change = outputs(region, hidden, counts)["counted_change"][0]
        assert (change == pytest.approx(0.0)) == left_out


# --- windows, before anything expensive ---------------------------------------------------------------


@pytest.mark.parametrize("line, why", [*((OTHERS[part], SAYS[part]) for part in OTHERS), (
    "DDD,2014,44,destination,registered,a broken series,,made up,", "2014 is masked (a broken series)"), (
    "DDD,2014,,destination,registered,,,made up,", "no figure for 2014")])
def test_a_window_that_cannot_be_asked_is_refused_with_country_year_and_reason(tmp_path, line, why):
    with pytest.raises(BadInput) as error:
        load_region(folder_with(tmp_path, line))
    problem, = error.value.problems
    assert (problem.key, problem.found) == ("windows, 2012 to 2014", "'DDD'") and problem.line
    assert problem.allowed.endswith(f"can be compared (EEE, AAA); of DDD: {why}")


def test_a_window_of_no_country_of_the_region_names_it_alone(tmp_path):
    folder = folder_with(tmp_path)
    head = folder / "region.toml"
    head.write_text(head.read_text(encoding="utf-8").replace('where = ["DDD"]', 'where = ["SWE"]'), encoding="utf-8")
    with pytest.raises(BadInput) as error:
        load_region(folder)
    problem, = error.value.problems
    assert (problem.key, problem.found) == ("windows.where", "'SWE'") and problem.allowed.startswith("a code of")
