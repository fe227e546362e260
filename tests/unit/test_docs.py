"""The documents that are generated are what the code would generate now; some figures that are typed are, too."""

import re

import numpy as np
import pytest
from undercount.experiments.view.posterior import number_of, posterior
from undercount.model.assumed.mechanisms import MECHANISMS
from undercount.model.assumed.parameters import specs
from undercount.model.assumed.scenario import scenarios_root

from tools import generate, mse, table_docs
from tools.odd_tables import PAGE, mechanism_table, parameter_table, updated
from undercount import __version__

ROOT = PAGE.parents[1]


def test_the_tables_of_the_odd_are_current():
    page = PAGE.read_text(encoding="utf-8")
    assert updated(page) == page, "run: python -m tools.generate"


def test_the_data_dictionary_is_current():
    assert table_docs.PAGE.read_text(encoding="utf-8") == table_docs.page(), "run: python -m tools.generate"


def test_every_parameter_and_mechanism_is_in_the_tables():
    parameters, mechanisms = parameter_table(), mechanism_table()
    for spec in specs().values():
        assert f"| `{spec.key}` | {spec.meaning}" in parameters
    for name in MECHANISMS:
        assert f"| `{name}` |" in mechanisms


def test_a_parameter_says_whether_the_mixture_draws_it():
    rows = {line.split("`")[1]: line for line in parameter_table().splitlines() if line.startswith("| `")}
    assert "| 0.007 | 0.003 to 0.014 | drawn |" in rows["leave_rate"]
    assert "| 0.5 | 0.4 to 0.7 | fixed at 0.5 |" in rows["employed_share"]
    assert "| 0 | none | 0 in the core; moved by `routes` |" in rows["route_response"]
    assert "| drawn; moved by events, `looking` and `protection` |" in rows["raid_rate"]


def test_the_version_to_cite_is_that_of_the_code():
    cited = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {__version__}\n" in cited


def test_the_two_worlds_of_the_page_count_as_its_document_says():
    found = posterior()
    if found is None:
        pytest.skip("no verdict ships that fits the rules as they are")
    page = (ROOT / "docs" / "view.md").read_text(encoding="utf-8")
    cells, counts = found._cells
    for name in (found.nearest(False), found.nearest(True)):
        row = counts[found.numbers == number_of(name)][0]
        totals = [row[[cell.period == str(year) for cell in cells]].sum() for year in range(1999, 2004)]
        told = " | ".join(f"{int(total):,}" for total in totals)
        assert f"| {name} | {told} | {found.moved(name).replace(chr(160), ' ')} |" in page
    published = np.array([cell.assisted for cell in cells])
    told = [f"{published[[cell.period == str(year) for cell in cells]].sum():,}" for year in range(1999, 2004)]
    assert re.search(rf"\| published \| {re.escape(' | '.join(told))} \|", page)


def test_the_baseline_file_is_current():
    """Also what it fixes: a prior that is lost makes an unknown of what the schema leaves open."""
    assert generate.baseline() == (scenarios_root() / "baseline.toml").read_text(encoding="utf-8"), \
        "run: python -m tools.generate"


def test_what_the_trial_of_estimators_found_is_current():
    assert mse.updated(mse.PAGE.read_text(encoding="utf-8")) == mse.PAGE.read_text(encoding="utf-8"), "run: python -m tools.mse"
