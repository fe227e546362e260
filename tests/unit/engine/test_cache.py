"""Where machine code is kept: folders of one's own alone, sealed files, the user's setting."""

import os
import stat

import numba
import pytest
from undercount.model.engine import cache
from undercount.model.engine.cache import compiled_in, folder_for, prepared


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
    (tmp_path / "package" / "a.py").write_text("x = 1\n")
    return tmp_path / "package"


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_it_stands_beside_the_code_and_is_ones_own(package):
    folder = folder_for(package)
    assert folder.parent == package / "__pycache__" and mode(folder) == 0o700
    (package / "a.py").write_text("x = 2\n")
    assert folder_for(package) != folder


def test_the_users_setting_comes_first(package, monkeypatch, tmp_path):
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "mine" / "numba"))
    folder = folder_for(package)
    assert folder.is_relative_to(tmp_path / "mine" / "numba") and mode(folder) == 0o700


def test_of_read_only_code_it_is_the_users_own_cache(package, monkeypatch, tmp_path):
    real = cache._own

    def own(folder):
        if folder.is_relative_to(package):
            raise PermissionError(13, "read-only", str(folder))
        return real(folder)

    monkeypatch.setattr(cache, "_own", own)
    assert folder_for(package).is_relative_to(tmp_path / "XDG_CACHE_HOME" / "undercount")
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null/nowhere")
    assert folder_for(package).is_relative_to(tmp_path / "TMPDIR")
    monkeypatch.setattr(cache.tempfile, "tempdir", "/dev/null/nowhere")
    assert folder_for(package) is None


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
    rule = compiled_in(folder, nogil=True)(space["twice"])
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
