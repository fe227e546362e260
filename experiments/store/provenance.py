"""Who made a folder: the version, the commit and the code of the rules, the packages, the time."""

from __future__ import annotations

import hashlib
import importlib.metadata
import subprocess
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import undercount
from undercount import model

MODEL = Path(model.__path__[0])
PACKAGES = ("numpy", "numba", "llvmlite", "pandas", "pyarrow", "pydantic", "mesa")


@cache
def code_digest() -> str:
    """A hash of the model's source and version: results of changed rules are never mixed."""
    digest = hashlib.sha256(undercount.__version__.encode())
    for path in sorted(MODEL.rglob("*.py")):
        digest.update(path.relative_to(MODEL).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def now() -> str:
    """The time to a millisecond, in UTC (ISO 8601)."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def commit() -> str | None:
    """The commit of the checkout that the model stands in, with a plus sign if it was changed."""
    here = Path(model.__path__[0]).resolve().parent
    if not (here / ".git").exists():
        return None
    try:
        head, changes = (subprocess.run(["git", "-C", str(here), *words], capture_output=True, text=True,
                                        timeout=10, check=True).stdout.strip()
                         for words in (["rev-parse", "HEAD"], ["status", "--porcelain", "--", "model", "experiments"]))
    except (OSError, subprocess.SubprocessError):
        return None
    return head + ("+" if changes else "")


def versions() -> dict[str, str]:
    """The versions of PACKAGES that are installed."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
