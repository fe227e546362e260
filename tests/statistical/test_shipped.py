"""The table that ships is of the rules and the region as they are: its rows come out again, bit for bit."""

import numpy as np
import pytest
from undercount.experiments.draws import hard_patterns
from undercount.experiments.reference import shipped
from undercount.experiments.reference import table as reference_table
from undercount.experiments.reference.shipped import MIXTURE, shipped_folder, shipped_reference, ships_of_variants
from undercount.model.assumed.scenario import load_scenario
from undercount.model.files.problems import BadInput

from tools import ship
from tools.ship import MOST, again, as_there


@pytest.fixture(scope="module")
def table():
    return shipped_reference()


def assert_as_shipped(table, rows):
    found, there = again(table, rows), as_there(table, rows)
    assert np.array_equal(found, there, equal_nan=True), np.argwhere(found != there)[:5]


def test_two_rows_come_out_again(table):
    assert_as_shipped(table, [0, len(table.labels) - 1])


@pytest.mark.slow
def test_thirty_rows_come_out_again(table):
    assert_as_shipped(table, np.linspace(1, len(table.labels) - 2, 30).astype(int))


def test_of_other_widths_and_without_a_gate_the_counts_and_the_flow_come_out_again(table):
    others = [variant for variant in table.variants if variant != table.variant]
    assert len(others) == 2 + len(hard_patterns(table.region))
    for variant in others[:3]:
        other = table.under(variant)
        assert len(other.labels) >= 400
        found, there = again(other, [0]), as_there(other, [0])
        kept = [ships_of_variants(column) for column in other.columns]
        assert np.array_equal(found[:, kept], there[:, kept]) and np.isnan(there[:, ~np.array(kept)]).all()


def test_it_is_small_enough_to_ship(table):
    assert sum(path.stat().st_size for path in shipped_folder(table.region).rglob("*")) <= MOST


def test_it_is_refused_where_rules_have_changed(monkeypatch):
    monkeypatch.setattr(shipped, "code_digest", lambda: "0" * 16)
    with pytest.raises(BadInput, match="code 0000000000000000.*make a table: undercount reference everything"):
        shipped_reference()


def test_it_is_refused_where_there_is_none(monkeypatch):
    monkeypatch.setattr(shipped, "FOLDER", "nowhere")
    with pytest.raises(BadInput, match="no table that ships with this region.*about .* minutes on two cores"):
        shipped_reference()


def test_it_is_of_the_mixture(table):
    assert table.explanations == [MIXTURE] and table.people_per_agent == 0
    assert table.region.files == load_scenario(MIXTURE).region.files


def test_it_is_tied_anew_only_where_its_rows_come_out_again(table, monkeypatch):
    written = {}
    monkeypatch.setattr(ship, "ROWS", 2)
    for module in (ship, reference_table):
        monkeypatch.setattr(module, "code_digest", lambda: "new")
    monkeypatch.setattr(ship, "_write_manifest", lambda manifest, folder, name="manifest.json": written.update({name: manifest}))
    assert ship.tie_anew() == "new"
    assert written["manifest.json"] == table.manifest | {"batch": table.manifest["batch"] | {"code": "new"}}
    assert written["reference-manifest.json"]["batch"] == written["manifest.json"]["batch"]
    written.clear()
    monkeypatch.setattr(ship, "again", lambda tied, rows: as_there(tied, rows) + 1)
    with pytest.raises(ValueError, match="by the rules as they are"):
        ship.tie_anew()
    assert not written


def test_what_is_published_of_another_table_is_not_tied(tmp_path):
    (tmp_path / "verdict").mkdir()
    (tmp_path / "verdict" / "reference-manifest.json").write_text('{"batch": {"seed": 2}}')
    with pytest.raises(ValueError, match="not of the table in"):
        ship.tie_anew(tmp_path)
