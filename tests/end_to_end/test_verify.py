"""`undercount verify`: every file of a folder against its manifest; and folders of other kinds."""

import json
import shutil

import pytest
from undercount.experiments import cli
from undercount.experiments.compute.engines import EngineOptions
from undercount.experiments.compute.jobs import finish
from undercount.experiments.runs import build as runner
from undercount.experiments.runs.batch import resolve
from undercount.experiments.store.folder import PARTS, read_manifest, sha256_of
from undercount.experiments.store.manifest import Record
from undercount.experiments.store.planned import planned_names
from undercount.model.files.problems import BadInput

from tests.faulty import Job, work

SERIAL = EngineOptions("serial")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    out = tmp_path_factory.mktemp("v") / "out"
    runner.run_batch(resolve(["baseline"], 3, 1, 5000, "1999-03", {}), out, SERIAL)
    return out


@pytest.fixture
def out(made, tmp_path):
    return shutil.copytree(made, tmp_path / "out")


def undercount(capsys, *args):
    code = cli.main([str(arg) for arg in args])
    done = capsys.readouterr()
    assert done.err == "" or args[0] == "run"
    return code, done.out


def contents(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*")
            if p.is_file() and p.name not in ("manifest.json", ".lock")}


def test_a_whole_folder(capsys, out):
    code, said = undercount(capsys, "verify", out)
    files = len(contents(out))
    assert code == 0 and said == f"{files} files are as they were written\n" and files > 10


def kinds_of_file(folder):
    tables, parts, region = folder.glob("*.parquet"), (folder / PARTS).iterdir(), (folder / "region").rglob("*.csv")
    return [sorted(some)[1].relative_to(folder) for some in (tables, parts, region)]


@pytest.mark.parametrize("which", range(3), ids=["table", "part", "region"])
@pytest.mark.parametrize("damage", ["truncated", "flipped", "emptied", "missing"])
def test_damage_is_found_and_mended(capsys, made, out, which, damage):
    name = kinds_of_file(out)[which]
    path = out / name
    good = path.read_bytes()
    middle = len(good) // 2
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes({"truncated": good[:-1], "emptied": b"",
                          "flipped": good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1:]}[damage])
    code, said = undercount(capsys, "verify", out)
    first, *_, last = said.splitlines()
    assert code == 1 and first == f"{'missing' if damage == 'missing' else 'damaged'}: {name}"
    words = last.partition(": undercount ")[2].replace(str(made), str(out)).split()
    assert undercount(capsys, *words)[0] == 0  # the command that it names
    assert contents(out) == contents(made) and undercount(capsys, "verify", out)[0] == 0


def test_unknown_files_are_told_and_left_alone(capsys, out):
    (out / "thesis.txt").write_text("mine")
    (out / PARTS / "another.npz").write_bytes(b"x")
    code, said = undercount(capsys, "verify", out)
    assert code == 1 and said.splitlines()[:2] == ["unknown: parts/another.npz", "unknown: thesis.txt"]
    assert "2 unknown" in said and (out / "thesis.txt").exists()


def test_a_part_of_another_run_under_this_name(capsys, out):
    one, other, _ = sorted((out / PARTS).iterdir())
    one.write_bytes(other.read_bytes())
    assert undercount(capsys, "verify", out)[1].startswith(f"damaged: parts/{one.name}\n")


def test_a_region_that_was_changed_in_the_folder_is_not_used(out):
    """`run` puts back what the manifest says; see test_damage_is_found_and_mended."""
    path = out / kinds_of_file(out)[2]
    path.write_bytes(path.read_bytes() + b"\n")
    assert sha256_of(path) not in read_manifest(out)["batch"]["region"]["files"].values()


@pytest.mark.parametrize("command", ["status", "verify"])
def test_no_folder(capsys, tmp_path, command):
    assert cli.main([command, str(tmp_path / "none")]) == 2
    out, err = capsys.readouterr()
    assert out == "" and "no such folder" in err and len(err.splitlines()) == 1


# --- folders of other kinds -----------------------------------------------------------------------


@pytest.fixture(params=["list", "rule"])
def other_kind(request, tmp_path):
    jobs = [Job(n) for n in range(4)]
    planned = [job.part for job in jobs] if request.param == "list" else {
        "before": "job-", "digits": 5, "count": 4, "after": ".npz"}
    record = Record(tmp_path, "reference", "undercount reference --out here", {"planned": planned}, SERIAL.describe())
    record.begin()
    bad = [Job(3, "raises")]
    finish(tmp_path, [*jobs[:2], *bad], work, SERIAL, command="undercount reference --out here")
    (tmp_path / "table.parquet").write_bytes(b"some table")
    record.end("incomplete", {"tables": {"table.parquet": sha256_of(tmp_path / "table.parquet")}, "parts": {}})
    return tmp_path


def test_status_and_verify_of_another_kind(capsys, other_kind):
    assert list(planned_names(read_manifest(other_kind, None))) == [f"job-{n:05d}.npz" for n in range(4)]
    code, said = undercount(capsys, "status", other_kind)
    lines = said.splitlines()
    assert code == 0 and lines[1].split() == ["reference", "2", "0", "1", "1", "0"]
    assert lines[2] == ("failed: job-00003.npz: ValueError: a run that raises; "
                        "to repeat it: undercount reference --out here --only job-00003.npz")
    assert lines[-1] == "to go on: undercount reference --out here"
    (other_kind / "table.parquet").write_bytes(b"other table")
    code, said = undercount(capsys, "verify", other_kind)
    assert code == 1 and said.splitlines()[:3] == [
        "damaged: table.parquet", "missing: parts/job-00002.npz", "missing: parts/job-00003.npz"]


def test_run_does_not_touch_another_kind(capsys, other_kind):
    before = contents(other_kind)
    code = cli.main(["run", "baseline", "--replicates", "1", "--people-per-agent", "5000", "--out", str(other_kind)])
    assert code == 2 and "kind: found 'reference'; allowed: a folder that `undercount run` made" in capsys.readouterr().err
    assert contents(other_kind) == before


@pytest.mark.parametrize("change", [
    {"planned": ["../../x"]}, {"planned": ["/dev/zero"]}, {"planned": [1]}, {"planned": {"before": "a"}}, {"planned": None},
    {"planned": {"before": "/dev/", "digits": 1, "count": 1, "after": ""}}, {"tables": {"../x": ""}}, {"parts": {"a\0": ""}},
    {"planned": {"before": "", "digits": 5, "count": 10**12, "after": ""}},
    {"planned": {"before": "", "digits": 10**9, "count": 1, "after": ""}},
    {"region": {"name": "..", "files": {"x": ""}}}, {"region": {"name": "r", "files": {"/etc/passwd": ""}}}])
def test_a_manifest_cannot_lead_out_of_its_folder(capsys, other_kind, change):
    path = other_kind / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(BadInput, match="damaged file"):
        read_manifest(other_kind, None)
    assert cli.main(["verify", str(other_kind)]) == cli.main(["status", str(other_kind)]) == 2
