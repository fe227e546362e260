"""Where machine code is kept: folders of one's own alone, sealed files, the user's setting."""

import hashlib
import os
import pickle
import stat
import subprocess
import sys
from pathlib import Path

import numba
import pytest
import undercount.model
from undercount.model.engine import cache
from undercount.model.engine.cache import compiled_in, folder_for, prepared

SOURCES = {
    "a.py": "x = 1\n",
    "b.py": "from undercount.model.room.c import y\n",
    "lazy.py": "def f():\n    from undercount.model.room import (  # a comment\n        d,\n        other as o,\n    )\n",
    "whole.py": "import undercount.model.b\nimport numpy\n",
    "room/__init__.py": "",
    "room/c.py": "from undercount.model import a\nfrom undercount.model.nowhere import z\n",
    "room/d.py": "from undercount.model.lazy import f\n",
}


@pytest.fixture(autouse=True)
def nobody_elses(monkeypatch, tmp_path):
    for name in ("XDG_CACHE_HOME", "HOME", "TMPDIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
        (tmp_path / name).mkdir()
    monkeypatch.setattr(cache.tempfile, "tempdir", None)
    monkeypatch.setattr(numba.config, "CACHE_DIR", "")


@pytest.fixture
def package(tmp_path):
    (tmp_path / "package").mkdir()
    for name, source in SOURCES.items():
        path = tmp_path / "package" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(source)
    return tmp_path / "package"


def folder_of(package, name):
    """As it would be found by a command that starts now."""
    folder_for.cache_clear()
    cache._imported.cache_clear()
    cache._modules.cache_clear()
    return folder_for(package, package / name)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_it_stands_beside_the_code_and_is_ones_own(package):
    folder = folder_of(package, "a.py")
    assert folder.parent == package / "__pycache__" and mode(folder) == 0o700


@pytest.mark.parametrize("edited, others", [
    ("a.py", {"b.py", "whole.py", "room/c.py"}), ("b.py", {"whole.py"}), ("room/c.py", {"b.py", "whole.py"}),
    ("room/d.py", {"lazy.py"}), ("lazy.py", {"room/d.py"}), ("whole.py", set()),
    ("room/__init__.py", {"b.py", "whole.py", "lazy.py", "room/d.py"})])
def test_what_depends_on_an_edited_file_is_compiled_again_and_nothing_else(package, edited, others):
    before = {name: folder_of(package, name) for name in SOURCES}
    (package / edited).write_text(SOURCES[edited] + "# edited\n")
    assert {name for name in SOURCES if folder_of(package, name) != before[name]} == {edited} | others


def test_the_month_needs_what_is_loaded_with_it():
    model = Path(undercount.model.__path__[0])
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, undercount.model.month\n"
         "print(*(m.__file__ for n, m in sys.modules.items() if n.startswith('undercount.model.')), sep='\\n')"],
        capture_output=True, text=True, check=True).stdout.split()
    assert {Path(path) for path in loaded} <= set(cache.needed(model, model / "month.py"))
    assert len(loaded) > 25 and model / "world.py" not in cache.needed(model, model / "month.py")


@pytest.mark.parametrize("part", ["phases/migrants.py", "phases/recruiters.py", "engine/parties.py", "mesa_rules.py"])
def test_machine_code_depends_on_what_its_tables_look_like(part):
    """A parameter more, or another order of tables, and code that was kept would read other numbers."""
    model = Path(undercount.model.__path__[0])
    assert {model / "engine/tables.py", model / "engine/layout.py", model / "assumed/parameters.py"} <= set(
        cache.needed(model, model / part))


def test_the_users_setting_comes_first(package, monkeypatch, tmp_path):
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "mine" / "numba"))
    folder = folder_of(package, "a.py")
    assert folder.is_relative_to(tmp_path / "mine" / "numba") and mode(folder) == 0o700


def test_of_read_only_code_it_is_the_users_own_cache(package, monkeypatch, tmp_path):
    real = cache._own

    def own(folder):
        if folder.is_relative_to(package):
            raise PermissionError(13, "read-only", str(folder))
        return real(folder)

    monkeypatch.setattr(cache, "_own", own)
    assert folder_of(package, "a.py").is_relative_to(tmp_path / "XDG_CACHE_HOME" / "undercount")
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null/nowhere")
    assert folder_of(package, "a.py").is_relative_to(tmp_path / "TMPDIR")
    monkeypatch.setattr(cache.tempfile, "tempdir", "/dev/null/nowhere")
    assert folder_of(package, "a.py") is None


def test_a_folder_of_somebody_else_or_a_link_is_not_used(monkeypatch, tmp_path):
    base = tmp_path / "base"
    (base / "planted").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (base / "link").symlink_to(tmp_path / "elsewhere")
    assert prepared(base, "link") is None
    assert prepared(base, "planted") == base / "planted"
    monkeypatch.setattr(cache, "OWNER", lambda: os.getuid() + 1)
    base.chmod(0o1777)  # as /tmp: only the owner of what is in it may rename it
    assert prepared(base, "planted") is None
    base.chmod(0o755)
    assert prepared(base, "new") is None  # its owner could replace whatever we put there


def test_a_folder_that_others_could_rename_things_in_is_not_used(tmp_path):
    base = tmp_path / "base"
    base.mkdir()
    base.chmod(0o777)
    assert prepared(base, "ours") is None
    base.chmod(0o1777)
    assert prepared(base, "ours") == base / "ours"


def test_what_others_could_write_into_is_thrown_away(tmp_path):
    ours = tmp_path / "base" / "ours"
    ours.mkdir(parents=True)
    (ours / "planted.nbc").write_bytes(b"code of theirs")
    ours.chmod(0o777)
    assert prepared(tmp_path / "base", "ours") == ours
    assert mode(ours) == 0o700 and not list(ours.iterdir())


def test_what_others_could_only_read_is_kept(tmp_path):
    ours = tmp_path / "base" / "ours"
    ours.mkdir(parents=True)
    (ours / "kept.nbc").write_bytes(b"ours")
    ours.chmod(0o755)
    assert prepared(tmp_path / "base", "ours") == ours and mode(ours) == 0o700 and (ours / "kept.nbc").exists()


KEPT = []
SOURCE = "def twice(x):\n    return 2 * x\n"


def made(folder, tmp_path, name="kept_rule"):
    """The rule compiled for an int, and its compiler's count of what came from the disk."""
    (tmp_path / f"{name}.py").write_text(SOURCE)
    space = {"__name__": name, "__file__": str(tmp_path / f"{name}.py")}
    exec(compile(SOURCE, str(tmp_path / f"{name}.py"), "exec"), space)
    rule = compiled_in(lambda file: folder, nogil=True)(space["twice"])
    assert rule(4) == 8
    KEPT.append(rule)  # what it was compiled in cannot be imported again, once it is forgotten
    return sum(rule.stats.cache_hits.values())


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled")
def test_damaged_files_are_made_again_and_numbas_setting_stays(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    folder.mkdir()
    monkeypatch.setattr(numba.config, "CACHE_DIR", "/the/users/own")
    assert made(folder, tmp_path) == 0 and made(folder, tmp_path) == 1
    assert numba.config.CACHE_DIR == "/the/users/own"
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".nbi", ".nbc"))
    assert len(files) == 2
    for path in files:
        whole = path.read_bytes()
        for damaged in (b"", whole[:-1], whole[: len(whole) // 2], whole[:40] + bytes([whole[40] ^ 1]) + whole[41:], b"\x80" * 99):
            path.write_bytes(damaged)
            assert made(folder, tmp_path) == 0
            assert made(folder, tmp_path) == 1
        path.unlink()
        assert made(folder, tmp_path) == 0


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled")
@pytest.mark.parametrize("suffix", [".nbi", ".nbc"])
def test_what_another_version_left_is_made_again(tmp_path, suffix):
    """A pickle that names a class which stands elsewhere now."""
    folder = tmp_path / "cache"
    folder.mkdir()
    assert made(folder, tmp_path) == 0
    (path,) = folder.rglob(f"*{suffix}")
    gone = b"cundercount.model.nowhere\nTables\n."
    content = pickle.dumps(numba.__version__) + gone if suffix == ".nbi" else gone  # an index begins with a version
    path.write_bytes(content + hashlib.sha256(content).digest())
    assert made(folder, tmp_path) == 0 and made(folder, tmp_path) == 1


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled")
def test_a_full_disk_only_costs_time(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    folder.mkdir()

    def full(self, filepath):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cache.IndexDataCacheFile, "_open_for_write", full)
    assert made(folder, tmp_path) == 0


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled")
def test_without_a_folder_it_compiles_all_the_same(tmp_path):
    assert made(None, tmp_path) == 0
