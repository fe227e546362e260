"""The locks hold what pyproject.toml asks for: exact, hashed, and from no named index."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
# Where `make` is said to work: Python and platform as pip's markers name them.
PLACES = [{"python_version": version, "python_full_version": f"{version}.4", "sys_platform": system,
           "platform_machine": machine, "platform_system": name}
          for version in ("3.11", "3.12", "3.13")
          for system, machine, name in (("linux", "x86_64", "Linux"), ("linux", "aarch64", "Linux"),
                                        ("darwin", "arm64", "Darwin"))]


def locked(path: Path) -> list[tuple[Requirement, int]]:
    """Every requirement of a lock, and how many hashes it has."""
    entries = re.split(r"\n(?=\S)", path.read_text(encoding="utf-8"))
    return [(Requirement(entry.split(" \\")[0]), entry.count("--hash=sha256:"))
            for entry in entries if not entry.startswith("#")]


APART = {"jupyter": "jupyter.lock"}  # extras with a lock of their own; the others are in undercount.lock


def asked(lock: str | None = None) -> list[Requirement]:
    """What a lock should hold; all that is asked for without one."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [text for name, texts in project["optional-dependencies"].items() for text in texts
              if name != "all" and not text.startswith("undercount[") and lock in (None, APART.get(name, "undercount.lock"))]
    return [Requirement(text) for text in [*project["dependencies"], *extras]]


def versions_in(lock: str, environment) -> dict[str, str]:
    """Name -> version of what a lock gives to a platform."""
    versions: dict[str, str] = {}
    for requirement, _ in locked(ROOT / "requirements" / lock):
        if requirement.marker is None or requirement.marker.evaluate(environment):
            name = canonicalize_name(requirement.name)
            assert name not in versions, f"{name} twice"
            versions[name] = str(requirement.specifier).removeprefix("==")
    return versions


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_every_version_is_exact_and_hashed(path):
    entries = locked(path)
    assert len(entries) >= 5
    for requirement, hashes in entries:
        assert re.fullmatch(r"==[0-9][^,*]*", str(requirement.specifier)), requirement
        assert hashes >= 1, requirement
    assert not re.search(r"https?:|--(extra-)?index-url|--find-links|file:", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("place", PLACES, ids=lambda p: "-".join(p[k] for k in ("python_version", "sys_platform")) + "-" + p["platform_machine"])
@pytest.mark.parametrize("lock", ["undercount.lock", *APART.values()])
def test_the_lock_gives_each_platform_one_version_of_all_that_is_asked_for(lock, place):
    environment = default_environment() | place
    versions = versions_in(lock, environment)
    for requirement in asked(lock):
        if requirement.marker is None or requirement.marker.evaluate(environment):
            name = canonicalize_name(requirement.name)
            assert name in versions, f"{name} is not locked: make lock"
            assert requirement.specifier.contains(versions[name], prereleases=True), f"{requirement}: {versions[name]}"


@pytest.mark.parametrize("lock", APART.values())
def test_locks_that_are_installed_over_each_other_agree(lock):
    for place in PLACES:
        main, more = (versions_in(name, default_environment() | place) for name in ("undercount.lock", lock))
        assert {name: version for name, version in more.items() if main.get(name, version) != version} == {}


def test_every_range_has_a_lowest_version():
    """Which the tests are run with: an open range would be a promise that nobody checks."""
    lowest = {canonicalize_name(r.name) for r in asked() if any(s.operator in (">=", "==", "~=") for s in r.specifier)}
    assert {canonicalize_name(r.name) for r in asked()} == lowest
