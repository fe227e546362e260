"""What `pyproject.toml` says is packaged is what there is: every package, every scenario file."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]


def test_every_package_is_listed():
    there = {"undercount", "undercount.scenarios"}
    for top in ("model", "experiments"):
        there |= {".".join(["undercount", *init.parent.relative_to(ROOT).parts])
                  for init in (ROOT / top).rglob("__init__.py")}
    assert set(SETUPTOOLS["packages"]) == there


def test_every_scenario_file_is_packaged():
    root = ROOT / "scenarios"
    there = {path for path in root.rglob("*") if path.is_file() and not path.name.startswith(".")}
    assert there == {path for pattern in SETUPTOOLS["package-data"]["undercount.scenarios"] for path in root.glob(pattern)}
