"""Where machine code is kept on disk: only in folders of one's own, sealed, and made again when damaged.

What Numba keeps is pickles, which can run anything when they are read. So a folder is used only if it belongs to this
user, is no link, and nobody else may enter it (mode 700); it stands where the user says (`NUMBA_CACHE_DIR`), else
beside the code, else in the user's folder of caches, else in the temporary folder. Where none will do the rules are
compiled anew by every command. Each file ends in a seal, the SHA-256 of what is before it: one that is cut off or
altered by a broken disk counts as absent, where Numba would raise, or hand damaged machine code to the processor.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

import numba
from numba.core.caching import IndexDataCacheFile

PACKAGE = "undercount.model"  # modules of it are imported by their whole names
SEAL = hashlib.sha256().digest_size
GONE = (ImportError, AttributeError)  # raised where a pickle names a class that stands elsewhere now
OWNER = getattr(os, "getuid", None)  # where users have no numbers, their folders are their own


@cache
def folder_for(package: Path, file: Path) -> Path | None:
    """The folder of what is compiled from a file of a package, named by the content of every file that it needs: Numba
    looks at the one file of a function only, so that an edited rule would leave a stale month behind. None where no
    folder will do."""
    sources = b"".join(path.read_bytes() for path in needed(package, file))
    name = f"compiled-{hashlib.sha256(sources + numba.__version__.encode()).hexdigest()[:16]}"
    return next((folder for base, *below in _places(package) if (folder := prepared(base, *below, name))), None)


def needed(package: Path, file: Path) -> list[Path]:
    """The file and all of the package that it imports, at once or through others; what it may import, too."""
    found, open_ends = {file}, [file]
    while open_ends:
        for path in _imported(package, open_ends.pop()) - found:
            found.add(path)
            open_ends.append(path)
    return sorted(found)


@cache
def _imported(package: Path, file: Path) -> set[Path]:
    """Files of the package that a file imports: modules, modules in a folder, and the folders on the way.

    Read from its byte code, which Python has kept: to parse all sources took each command a tenth of a second.
    """
    names, codes = set(), [SourceFileLoader(file.stem, str(file)).get_code(file.stem)]
    while codes:
        code = codes.pop()
        codes += [each for each in code.co_consts if isinstance(each, CodeType)]
        modules = {name for name in code.co_names if name.startswith(PACKAGE)}
        # `from module import name` names a module, or something in it.
        names |= modules | {f"{module}.{name}" for module in modules for name in code.co_names}
    there = _modules(package)
    names |= {name.rsplit(".", n)[0] for name in names & there.keys() for n in range(1, name.count("."))}
    return {there[name] for name in names & there.keys()}


@cache
def _modules(package: Path) -> dict[str, Path]:
    """The files of the package by the names that they are imported by."""
    return {".".join((PACKAGE, *path.relative_to(package).with_suffix("").parts)).removesuffix(".__init__"): path
            for path in package.rglob("*.py")}


def _places(package: Path) -> Iterator[tuple[Path, ...]]:
    """(what must be there or be made, folders of ours in it), the best first."""
    user = OWNER() if OWNER else ""
    if numba.config.CACHE_DIR:
        yield Path(numba.config.CACHE_DIR).expanduser(), Path(f"undercount-{user}")
    yield package / "__pycache__",
    with contextlib.suppress(RuntimeError):  # nobody knows where home is
        yield Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"), Path("undercount")
    yield Path(tempfile.gettempdir()), Path(f"undercount-{user}")


def prepared(base: Path, *below: str | Path) -> Path | None:
    """The folder `below` in `base`, made if need be; None where others could put files into it."""
    try:
        base.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _trusted(base):
            return None
        folder = base
        for name in below:
            folder = folder / name
            if not _own(folder):
                return None
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except (OSError, ValueError):  # read-only, full, a name that cannot be
        return None


def _trusted(base: Path) -> bool:
    """Can nobody else rename what is in it? (In a folder like /tmp only the owner of a file may: it is sticky.)"""
    found = base.stat()
    if OWNER is None or found.st_mode & stat.S_ISVTX:
        return True
    others = found.st_mode & stat.S_IWOTH or (found.st_mode & stat.S_IWGRP and found.st_gid != os.getgid())
    return found.st_uid in (0, OWNER()) and not others


def _own(folder: Path) -> bool:
    """Make the folder, or see that it is ours alone; what others may have put into it is thrown away."""
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or (OWNER is not None and found.st_uid != OWNER()):
        return False
    if OWNER is None:
        return True
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        shutil.rmtree(folder)
        folder.mkdir(mode=0o700)
    folder.chmod(0o700)
    return True


class Sealed(IndexDataCacheFile):
    """Numba's files of one function, each with a seal behind what Numba reads."""

    def save(self, key: Any, data: Any) -> None:
        with contextlib.suppress(OSError):  # a full disk: compiled again by the next command, no worse
            super().save(key, data)

    def _load_index(self) -> dict:
        try:
            check_seal(Path(self._index_path))
            return super()._load_index()
        except (OSError, *GONE):
            return {}

    def _load_data(self, name: str) -> Any:
        check_seal(Path(self._data_path(name)))
        try:
            return super()._load_data(name)
        except GONE as error:
            raise OSError(f"{name} is of another version") from error

    @contextlib.contextmanager
    def _open_for_write(self, filepath: str) -> Iterator[io.BytesIO]:
        content = io.BytesIO()
        yield content
        with super()._open_for_write(filepath) as file:
            file.write(content.getvalue() + hashlib.sha256(content.getvalue()).digest())


def check_seal(path: Path) -> None:
    """Raises OSError if the file is absent or damaged, which is the same to Numba."""
    content = path.read_bytes()
    if hashlib.sha256(content[:-SEAL]).digest() != content[-SEAL:]:
        raise OSError(f"{path} is damaged")


def compiled_in(place: Callable[[Path], Path | None], **options: Any) -> Callable:
    """A decorator like `numba.njit` that keeps machine code in the folder `place` gives for a function's file, and
    leaves Numba's own setting as it is."""
    def decorate(function: Callable) -> Callable:
        folder = place(Path(function.__code__.co_filename))
        if folder is None:
            return numba.njit(**options)(function)
        before, numba.config.CACHE_DIR = numba.config.CACHE_DIR, str(folder)
        try:
            made = numba.njit(cache=True, **options)(function)
        finally:
            numba.config.CACHE_DIR = before
        if cache := getattr(made, "_cache", None):  # none where nothing is compiled (NUMBA_DISABLE_JIT)
            plain = cache._cache_file
            cache._cache_file = Sealed(plain._cache_path, cache._impl.filename_base, plain._source_stamp)
        return made

    return decorate
