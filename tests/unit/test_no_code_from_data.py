"""A scenario, a region or a result file is data: reading one can never run anything of it."""

import ast
import hashlib
import io
import json
import pickle
import shutil
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from undercount.experiments import cli
from undercount.experiments.compute.engines import EngineOptions
from undercount.experiments.runs.batch import resolve
from undercount.experiments.runs.build import run_batch
from undercount.experiments.runs.results import read_results
from undercount.experiments.runs.tallies import unpack
from undercount.experiments.store.folder import MANIFEST, PARTS
from undercount.experiments.store.seal import DIGEST, Damaged, open_arrays
from undercount.model.assumed.scenario import load_scenario
from undercount.model.files.problems import BadInput
from undercount.model.known.region_in import load_region

ROOT = Path(__file__).parents[2]
PRODUCT = sorted(path for folder in ("model", "experiments") for path in (ROOT / folder).rglob("*.py"))

# Modules whose reading runs what is written in the data.
RUNNING_MODULES = {"pickle", "_pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "jsonpickle",
                   "yaml", "ruamel", "code", "codeop", "xmlrpc", "torch"}
RUNNING_CALLS = {"eval", "exec", "compile", "execfile", "__import__", "breakpoint"}
# Called on any object: readers that unpickle, import by name, templates or shells made of text.
RUNNING_METHODS = {"read_pickle", "to_pickle", "import_module", "run_path", "run_module", "from_string",
                   "popen", "unsafe_load", "full_load", "deserialize", "HDFStore", "read_hdf"}
# Members of numpy that unpickle unless they are told not to.
ASKED = {"load", "read_array", "write_array", "save", "savez", "savez_compressed", "fromfile", "memmap", "DataSource"}
# The command line imports its own commands by a name of its own table.
ALLOWED = {("experiments/cli.py", "import_module")}


def _findings(source: str, shown: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        say = lambda what, node=node: found.append(f"{shown}:{node.lineno}: {what}")  # noqa: E731
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            names = []
        for name in names:
            if name.split(".")[0] in RUNNING_MODULES:
                say(f"imports {name}")
        if not isinstance(node, ast.Call):
            continue
        keywords = {k.arg: k.value for k in node.keywords}
        for name in ("allow_pickle", "shell"):
            if name in keywords and not (isinstance(keywords[name], ast.Constant) and keywords[name].value is False):
                say(f"{name} that is not False")
        if isinstance(node.func, ast.Name) and node.func.id in RUNNING_CALLS:
            say(f"calls {node.func.id}()")
        if isinstance(node.func, ast.Attribute):
            name, of = node.func.attr, ast.unparse(node.func.value)
            if (name in RUNNING_METHODS and (shown, name) not in ALLOWED) or (of, name) == ("os", "system"):
                say(f"calls {of}.{name}()")
            if name in ASKED and of.split(".")[0] in ("np", "numpy") and "allow_pickle" not in keywords:
                say(f"calls {of}.{name}() without allow_pickle=False")
    return found


def test_no_module_of_the_product_can_unpickle_or_evaluate():
    assert len(PRODUCT) > 60
    found = [line for path in PRODUCT
             for line in _findings(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix())]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("source", [
    "import pickle", "from pickle import loads", "import joblib.memory", "import yaml", "from cloudpickle import dumps",
    "eval(text)", "exec(text)", "compile(text, '', 'exec')", "__import__(name)", "pd.read_pickle(path)",
    "np.load(path)", "numpy.load(path, allow_pickle=True)", "np.lib.format.read_array(f)", "np.load(p, allow_pickle=x)",
    "np.fromfile(path)", "subprocess.run(text, shell=True)", "os.system(text)", "importlib.import_module(name)",
    "environment.from_string(title)", "format.read_array(f, allow_pickle=True)"])
def test_the_search_finds(source):
    assert _findings(source, "x.py")


@pytest.mark.parametrize("source", ["re.compile(text)", "np.load(p, allow_pickle=False)", "json.loads(text)",
                                    "model.eval", "subprocess.run(words, shell=False)"])
def test_the_search_leaves_alone(source):
    assert not _findings(source, "x.py")


# --------------------------------------------------------------------------- trying it


class Payload:
    """Creates a file when it is unpickled."""

    def __init__(self, marker: Path):
        self.marker = marker

    def __reduce__(self):
        return Path.touch, (self.marker,)


@pytest.fixture
def marker(tmp_path):
    """The file of a payload that is live: whatever unpickles it creates the file."""
    path = tmp_path / "executed"
    pickle.loads(pickle.dumps(Payload(path)))
    assert path.exists()
    path.unlink()
    return path


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("batch") / "results"
    run_batch(resolve(["full-adaptation"], 1, 1, 5000, "1999-02", {}), folder, EngineOptions("serial"))
    return folder


@pytest.fixture
def folder(finished, tmp_path):
    return shutil.copytree(finished, tmp_path / "results")


def _objects(marker: Path) -> bytes:
    """An array of objects as numpy pickles it."""
    member = io.BytesIO()
    np.save(member, np.array([Payload(marker)], dtype=object), allow_pickle=True)
    return member.getvalue()


def _sealed(members: dict[str, bytes]) -> bytes:
    """A part with these members and a right seal: made by somebody who knows the format."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)
        file.comment = b"0" * DIGEST
    body = buffer.getvalue()[:-DIGEST]
    return body + hashlib.sha256(body).hexdigest().encode()


def _members(part: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(part) as file:
        return {name: file.read(name) for name in file.namelist()}


def test_the_payload_would_run_in_a_reader_that_allows_it(marker):
    np.load(io.BytesIO(_objects(marker)), allow_pickle=True)
    assert marker.exists()


@pytest.mark.parametrize("member", ["head.npy", "hidden.npy", "flow_value.npy", "another.npy"])
def test_a_part_with_pickled_objects_is_damaged(folder, marker, member):
    part = next((folder / PARTS).glob("*.npz"))
    part.write_bytes(_sealed(_members(part) | {member: _objects(marker)}))
    for read in (unpack, open_arrays):
        with pytest.raises(Damaged):
            read(part.read_bytes())
    assert not marker.exists()


@pytest.mark.parametrize("seal", [False, True])
def test_a_pickle_in_place_of_a_part_is_damaged(folder, marker, seal, capsys):
    part = next((folder / PARTS).glob("*.npz"))
    content = pickle.dumps(Payload(marker))
    part.write_bytes(content + hashlib.sha256(content).hexdigest().encode() if seal else content)
    with pytest.raises(Damaged):
        unpack(part.read_bytes())
    cli.main(["status", str(folder)])
    assert "damaged" in capsys.readouterr().out
    assert not marker.exists()


def test_a_forged_part_is_run_again(folder, marker):
    """What the command does with one: the run is repeated and the tables are as before."""
    tables = {path.name: path.read_bytes() for path in folder.glob("*.parquet")}
    part = next((folder / PARTS).glob("*.npz"))
    part.write_bytes(_sealed(_members(part) | {"hidden.npy": _objects(marker)}))
    run_batch(resolve(["full-adaptation"], 1, 1, 5000, "1999-02", {}), folder, EngineOptions("serial"))
    assert {path.name: path.read_bytes() for path in folder.glob("*.parquet")} == tables
    assert not marker.exists()


def test_a_table_whose_type_would_be_unpickled_stays_data(folder, marker):
    """Arrow once unpickled a type that a file declares as Python's own (CVE-2023-47248)."""
    path = folder / "runs.parquet"
    table = pq.read_table(path)
    field = pa.field("seed", pa.int64(), metadata={"ARROW:extension:name": "arrow.py_extension_type",
                                                   "ARROW:extension:metadata": pickle.dumps(Payload(marker))})
    column = table.column_names.index("seed")
    pq.write_table(table.set_column(column, field, table["seed"]), path)
    assert b"arrow.py_extension_type" in pq.read_schema(path).field("seed").metadata.values()
    values = read_results(folder).table("runs")["seed"]
    assert [int(value) for value in values] == [1]
    assert not marker.exists()


def test_a_pickle_in_place_of_a_table_is_a_mistake(folder, marker):
    (folder / "runs.parquet").write_bytes(pickle.dumps(Payload(marker)))
    with pytest.raises(BadInput, match="runs.parquet"):
        read_results(folder).table("runs")
    assert not marker.exists()


def _texts(marker: Path) -> list[str]:
    """The same in the words of languages and tools that have evaluated data before."""
    path = str(marker)
    return [f"__import__('pathlib').Path('{path}').touch()", f"!!python/object/apply:os.system ['touch {path}']",
            f"$(touch {path})", f"`touch {path}`", f"; touch {path}", f"| touch {path}", f"=cmd|'touch {path}'!A1",
            "{{ cycler.__init__.__globals__.os.system('touch " + path + "') }}", "${" + f"touch {path}" + "}",
            "{0.__class__}", pickle.dumps(Payload(marker), protocol=0).decode()]


def test_texts_of_a_scenario_are_texts(marker, tmp_path):
    for n, text in enumerate(_texts(marker)):
        quoted = json.dumps(text.replace("\n", " "))
        path = tmp_path / "words.toml"
        path.write_text(f'extends = "baseline"\ntitle = {quoted}\ndescription = {quoted}\n', encoding="utf-8")
        assert load_scenario(path).title == text.replace("\n", " "), n
        for line in (f"[push]\npush = {quoted}", f"[[events]]\nname = {quoted}", f"extends = {quoted}",
                     f"region = {quoted}", f"drop_events = [{quoted}]", f"[mechanisms]\n{quoted} = true"):
            title = 'title = "x"\n' + ('' if line.startswith("extends") else 'extends = "baseline"\n')
            path.write_text(title + line + "\n", encoding="utf-8")
            with pytest.raises(BadInput):
                load_scenario(path)
        for name in ("push", "mechanisms.refusal", "events.presence-bih.when", text):
            with pytest.raises(BadInput):
                resolve(["baseline"], 1, 1, 100, None, {name: text})
    assert not marker.exists()


def test_cells_of_a_region_are_cells(marker, tmp_path):
    shipped = load_scenario("baseline").region.folder
    for n, text in enumerate(_texts(marker)):
        region = shutil.copytree(shipped, tmp_path / str(n))
        cell = '"' + text.replace('"', '""').replace("\n", " ") + '"'
        path = region / "ngos.csv"
        header, first, *rest = path.read_text(encoding="utf-8").split("\n")
        # In a text column it is kept as it is, in any other it is a mistake.
        kept = ",".join([*first.split(",")[:3], cell])
        path.write_text("\n".join([header, kept + "," * (header.count(",") - 3), *rest]), encoding="utf-8")
        assert load_region(region).ngos[0].source == text.replace("\n", " ").strip(), n
        path.write_text("\n".join([header, cell + first[3:], *rest]), encoding="utf-8")
        with pytest.raises(BadInput, match="ngos.csv:2: iso3"):
            load_region(region)
    assert not marker.exists()


def test_words_of_a_manifest_are_words(folder, marker, capsys):
    path = folder / MANIFEST
    for text in _texts(marker):
        manifest = json.loads(path.read_text(encoding="utf-8"))
        manifest |= {"command": text, "state": "running", "py/object": text, "commit": text}
        path.write_text(json.dumps(manifest), encoding="utf-8")
        cli.main(["status", str(folder)])
        with suppress(BadInput):  # a text that steers the screen is refused
            read_results(folder)
    assert capsys.readouterr().out
    assert not marker.exists()
