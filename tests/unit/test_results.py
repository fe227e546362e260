"""The result folder: part files, tables and their readers."""

import json

import numpy as np
import pandas as pd
import pytest
from undercount.experiments.compute.engines import EngineOptions
from undercount.experiments.runs import results
from undercount.experiments.runs import tables as assemble
from undercount.experiments.runs.batch import resolve
from undercount.experiments.runs.build import run_batch
from undercount.experiments.runs.results import read_results
from undercount.experiments.runs.tallies import ARRAYS, _narrow, load_tallies, pack, unpack
from undercount.experiments.store.folder import sha256_of
from undercount.experiments.store.planned import RUN_TABLES, planned_parts
from undercount.experiments.store.seal import Damaged
from undercount.model.files.problems import BadInput
from undercount.model.mesa_model import TraffickingModel

SMALL = {"people_per_agent": 1000, "until": "2000-12"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("r") / "out"
    run_batch(resolve(["baseline", "refusal"], 2, 7, settings={}, **SMALL), out)
    return out


@pytest.fixture(scope="module")
def model():
    return TraffickingModel("refusal", seed=8, people_per_agent=1000).run("2000-12")


@pytest.mark.parametrize("name", ["referrals", "hidden", "flows", "actors", "lists"])
def test_tables_are_those_of_the_model(folder, model, name):
    table = read_results(folder).table(name)
    assert list(table.columns[:3]) == ["scenario", "replicate", "seed"]
    own = table[(table.scenario == "refusal") & (table.replicate == 1)]
    assert set(own.seed) == {8}
    own = own.drop(columns=["scenario", "replicate", "seed"]).reset_index(drop=True)
    pd.testing.assert_frame_equal(own, getattr(model, name)(), check_dtype=False)
    assert len(own) or name == "referrals"


def test_columns_compare_and_sort_as_pandas_reads_them(folder):
    """Of unordered categories pandas says that they can only compare equality."""
    hidden = pd.read_parquet(folder / "hidden.parquet")
    late = hidden.query('month >= "2000-06" and month < "2005-01"')  # also with a month that no row has
    assert set(late.month) == {str(month) for month in hidden.month.unique() if month >= "2000-06"} and len(late)
    flows, referrals = pd.read_parquet(folder / "flows.parquet"), pd.read_parquet(folder / "referrals.parquet")
    assert referrals.query('year > "1999"').year.min() == "2000" and hidden.month.max() == "2000-12"
    for name in ("origin", "destination", "entry_mode", "venue"):
        assert flows[name].dtype.ordered
        first = flows[name].cat.categories[0]
        assert (flows[name] >= first).all() and flows.sort_values(name)[name].iloc[0] == flows[name].min()
    assert hidden.country.dtype.ordered and hidden.scenario.max() == "refusal"
    assert hidden.sort_values(["country", "month"]).month.iloc[0] == "1999-01"


def test_runs_table(folder, model):
    runs = read_results(folder).table("runs")
    assert list(runs.scenario) == ["baseline"] * 2 + ["refusal"] * 2 and list(runs.seed) == [7, 8] * 2
    last = runs.iloc[-1]
    assert (last.months, last.people_per_agent) == (24, 1000) and last.persons == last.agents * 1000
    for name in ("newly_exploited", "assisted"):
        assert last[name] == model.hidden()[name].sum()


def test_reader(folder):
    found = read_results(folder)
    assert found.complete and found.scenarios == ["baseline", "refusal"]
    assert found.region.name == "south-east-europe" and found.region.referrals
    assert found.region.folder.is_relative_to(folder)  # the folder explains itself
    with pytest.raises(KeyError, match="no table"):
        found.table("nothing")


def test_manifest_rebuilds_the_call(folder):
    manifest = read_results(folder).manifest
    assert manifest["command"].startswith("undercount run baseline refusal --replicates 2 --seed 7 --people-per-agent")
    assert manifest["seeds"] == [7, 8] and manifest["packages"]["numpy"] == np.__version__
    assert manifest["scenarios"][1]["resolved"]["mechanisms"]
    assert manifest["sessions"][-1]["started"] <= manifest["sessions"][-1]["ended"]
    names = {f"{name}.parquet": folder / f"{name}.parquet" for name in RUN_TABLES}
    names |= {part.name: part for part in (folder / "parts").iterdir()}
    hashes = manifest["tables"] | manifest["parts"]
    assert hashes == {name: sha256_of(path) for name, path in names.items()}


def test_no_times_in_the_tables(folder, tmp_path):
    again = tmp_path / "again"
    run_batch(resolve(["baseline", "refusal"], 2, 7, settings={}, **SMALL), again, EngineOptions("serial"))
    for path in [*folder.glob("*.parquet"), *(folder / "parts").iterdir()]:
        assert path.read_bytes() == (again / path.relative_to(folder)).read_bytes()


def test_part_round_trip_without_pickle(model, tmp_path):
    data = pack(model.outcome, {"part": "x"})
    found = unpack(data)
    assert found.head["months"] == 24 and pack(model.outcome, {"part": "x"}) == data
    cells = np.zeros(found.head["shapes"]["flows"], np.int64)
    cells.ravel()[found.arrays["flow_index"]] = found.arrays["flow_value"]
    assert (cells == model.outcome.flows[:24]).all()
    (tmp_path / "x.npz").write_bytes(data)
    with np.load(tmp_path / "x.npz", allow_pickle=False) as file:
        assert set(file.files) == {"head", *ARRAYS}


def test_every_altered_byte_is_found(model):
    data = pack(model.outcome, {"part": "x"})
    for at in [*range(0, len(data), 501), len(data) - 1]:
        with pytest.raises(Damaged):
            unpack(data[:at])
        with pytest.raises(Damaged):
            unpack(data[:at] + bytes([data[at] ^ 1]) + data[at + 1:])
    with pytest.raises(Damaged):
        unpack(data + b"x")


def test_large_counts_keep_their_value():
    assert _narrow(np.array([2**31])).dtype == np.int64 and _narrow(np.array([2**31 - 1])).dtype == np.int32


def test_groups_do_not_show_in_the_rows(folder, tmp_path, monkeypatch):
    found = read_results(folder)
    loaded = [load_tallies(folder, name) for _, _, name in planned_parts(found.manifest)]
    paths = {name: tmp_path / f"{name}.parquet" for name in RUN_TABLES}
    for runs, rows in ((3, 10**6), (3, 1), (25, 500)):
        monkeypatch.setattr(assemble, "GROUP", runs)
        monkeypatch.setattr(assemble, "ROWS", rows)
        assemble.write_tables(found.region, loaded, paths)
        for name in paths:
            pd.testing.assert_frame_equal(results.Results(tmp_path, found.manifest).table(name), found.table(name))


@pytest.mark.parametrize("content", [
    b"", b"{", b"[]", b"{}", b"\xff", b'{"undercount": 1}', b"[" * 100_000, b'{"batch": {"seed": NaN}}'])
def test_a_damaged_manifest_is_bad_input(tmp_path, content):
    (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(BadInput, match="manifest"):
        read_results(tmp_path)


def test_wrong_types_in_a_manifest_are_bad_input(folder, tmp_path):
    good = json.loads((folder / "manifest.json").read_text())
    for change in ({"scenarios": [1]}, {"batch": {}}, {"batch": good["batch"] | {"seed": "7"}}, {"parts": []}):
        (tmp_path / "manifest.json").write_text(json.dumps(good | change))
        with pytest.raises(BadInput, match="damaged"):
            read_results(tmp_path)


def test_no_results_is_bad_input(tmp_path):
    for path, said in ((tmp_path, "without results"), (tmp_path / "none", "no such folder")):
        with pytest.raises(BadInput, match=said):
            read_results(path)


def test_a_damaged_table_names_the_command(folder, tmp_path):
    found = results.Results(tmp_path, read_results(folder).manifest)
    for content in (None, b"PAR1"):
        if content:
            (tmp_path / "hidden.parquet").write_bytes(content)
        with pytest.raises(BadInput, match="undercount run baseline refusal"):
            found.table("hidden")
