"""The site: every page is in its contents, and what is made from the code is all there. `make docs` builds it."""

import importlib.util
import json
import re
from pathlib import Path

import pytest
import undercount.experiments as experiments
from undercount.model.assumed.parameters import Parameters

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
TUTORIALS = sorted((DOCS / "tutorials").glob("*.ipynb"))


def contents():
    """Names of the pages in the tables of contents of the index."""
    for block in re.findall(r"```\{toctree\}\n(.*?)```", (DOCS / "index.md").read_text(encoding="utf-8"), re.DOTALL):
        for line in block.splitlines():
            if line.strip() and not line.startswith(":"):
                yield re.sub(r".*<(.+)>", r"\1", line.strip())


def test_the_contents_name_pages_that_are_there_once_and_leave_room_for_others():
    there = {path.relative_to(DOCS).with_suffix("").as_posix() for path in DOCS.rglob("*")
             if path.suffix in (".md", ".ipynb") and "_build" not in path.parts}
    named = list(contents())
    assert named.count("(rest)") == 1 and len(named) == len(set(named))
    assert set(named) - {"(rest)"} <= there


def test_what_python_offers_is_in_the_reference():
    page = (DOCS / "reference" / "python.md").read_text(encoding="utf-8")
    missing = [name for name in experiments.__all__ if f"undercount.experiments.{name}\n" not in page]
    assert not missing


def test_every_group_of_values_is_in_the_reference():
    page = (DOCS / "reference" / "scenario.md").read_text(encoding="utf-8")
    assert re.findall(r"\{values\} (\w+)", page) == list(Parameters.model_fields)


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_a_tutorial_is_kept_without_what_a_machine_made_of_it(path):
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        assert not cell.get("outputs") and cell.get("execution_count") is None


def test_there_are_five_tutorials():
    assert len(TUTORIALS) >= 5


def test_docstrings_with_columns_become_fields():
    pytest.importorskip("myst_nb")
    spec = importlib.util.spec_from_file_location("undercount_docs", DOCS / "_ext" / "undercount_docs.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    lines = ["What it does, in words.", "", "over    values", "        by name", "points  of a design", "Then: text."]
    assert list(made.named_values(lines)) == ["What it does, in words.", "", ":over: values", "    by name",
                                              ":points: of a design", "", "Then: text."]
    listed = ["Parameters", "----------", "seed : a number", "**more : others"]
    assert list(made.named_values(listed)) == ["**Parameters**", "", ":seed: a number", r":\*\*more: others"]


@pytest.mark.parametrize("folder", sorted(path.name for path in (ROOT / "results" / "published").iterdir()
                                          if path.name != "figures"))
def test_every_published_file_is_in_the_reference(folder):
    page = (DOCS / "reference" / "files.md").read_text(encoding="utf-8")
    for path in (ROOT / "results" / "published" / folder).rglob("*"):
        if path.is_file() and path.name not in ("manifest.json", "reference-manifest.json") and path.suffix != ".svg" \
                and path.parent.name != "figures":
            assert path.stem in page, path.name
