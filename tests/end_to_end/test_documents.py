"""Every block of every document: commands exist with these options, files are valid, and what can be run is run.

What runs is made small (`tests/documents.py`): fewer replicates, coarser worlds. The pages that take more than a few
seconds are marked slow.
"""

from __future__ import annotations

import ast
import importlib.util
import re
import shlex
import shutil
import textwrap

import click
import pytest
from undercount.experiments import cli
from undercount.model.assumed.scenario import scenarios_root

from tests import documents
from tests.documents import ROOT, Block, blocks, pages, printed

BLOCKS = [block for page in pages() for block in blocks(page)]
# The record of how something published was made, at full size: read, not run again.
RECORDS = {"findings.md", "findings-north-west-europe.md", "trust.md"}
RUN_ELSEWHERE = {"your-region.md"}  # word by word, as it stands: test_your_region.py
ENDLESS = ("undercount view", "undercount bench")  # serves until it is stopped; measures for minutes
LISTS = ROOT / "tests" / "data" / "mse" / "artificial_3list.csv"
CASES = "police,ngo,hotline,region\n" + "1,0,0,north\n0,1,0,north\n0,0,1,south\n1,1,0,south\n0,1,1,north\n1,0,1,south\n" * 8
named = pytest.mark.parametrize("block", BLOCKS, ids=str)


@named
def test_a_block_is_something_that_is_checked(block):
    # R is read by people only: nothing here installs it.
    assert block.language in ("", "python", "toml", "dockerfile", "r"), "a language that no test reads"
    assert block.language != "dockerfile" or block.not_run


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.commands], ids=str)
def test_its_commands_exist_with_these_options(block):
    for command in block.commands:
        if "..." not in command and not any(sign in command for sign in "|>&"):
            _exists(shlex.split(command))


def _exists(words: list[str]) -> None:
    if words[0] == "make":
        assert re.search(rf"^{words[1]}:", (ROOT / "Makefile").read_text(), re.MULTILINE), words
    elif words[:2] == ["python", "-m"] and words[2] != "undercount":
        assert importlib.util.find_spec(words[2]), words
    elif "undercount" in words[:3] and words[0] in ("undercount", "python"):
        given = words[words.index("undercount") + 1:]
        if given[0] in ("--version", "--help"):
            return
        try:
            cli.cli.get_command(None, given[0]).make_context(given[0], given[1:])
        except click.exceptions.Exit:
            pass


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.language == "python"], ids=str)
def test_its_python_is_python_and_its_names_of_ours_are_there(block):
    for node in ast.walk(ast.parse(textwrap.dedent(block.text))):
        if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] == "undercount":
            module = importlib.import_module(node.module)
            for alias in node.names:
                getattr(module, alias.name)


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.language == "toml" and not b.not_run], ids=str)
def test_its_file_is_valid(block, tmp_path, capsys):
    file = tmp_path / "of-a-page.toml"
    file.write_text(block.text, encoding="utf-8")
    assert cli.main(["check", str(file)]) == 0, capsys.readouterr().err


# --------------------------------------------------------------------------- running


def carry_out(block: Block, folder) -> None:
    """Run a block; what it prints is what it says that it prints."""
    if block.not_run or block.page.name in RECORDS:
        return
    if block.language == "python":
        done = documents.run_python(block.text, folder)
        assert done.returncode == 0, f"{block}\n{done.stderr}"
    expected = dict(block.expected)
    for command in block.commands:
        if not command.startswith(("undercount", "cat ")) or "..." in command or command in ENDLESS:
            continue
        done = documents.run(command, folder)
        assert done.returncode == 0 or (done.returncode == 1 and " diff " in command), f"{block}: {command}\n{done.stderr}"
        if command in expected:
            missing = printed(expected[command], done.stdout)
            assert missing is None, f"{block}: {command}\nnot printed: {missing}\n{done.stdout}"


def carry_out_page(name: str, folder, only=lambda block: True) -> int:
    found = [block for block in blocks(ROOT / name) if only(block)]
    for block in found:
        carry_out(block, folder)
    return len(found)


def test_quickstart_and_readme_without_the_verdict(tmp_path):
    """What a person tries first; the rest of both pages is slow."""
    assert carry_out_page("docs/quickstart.md", tmp_path, lambda b: "verdict" not in b.text) >= 4
    assert carry_out_page("README.md", tmp_path, lambda b: b.language == "python") == 1


def test_a_block_can_fail(tmp_path):
    block = Block(ROOT / "README.md", 1, "", "$ undercount --version\nundercount 9.9\n", "")
    with pytest.raises(AssertionError, match="not printed: undercount 9.9"):
        carry_out(block, tmp_path)
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        carry_out(Block(ROOT / "README.md", 1, "python", "1 / 0\n", ""), tmp_path)
    with pytest.raises(click.exceptions.NoSuchOption):
        _exists(["undercount", "run", "no-change", "--replicats", "2"])


PREPARED = {  # folder: the command that a page which begins with it takes for granted
    "two": "undercount run full-adaptation real-decline --seed 1 --out results/two",
    "mine": "undercount run full-adaptation --set corruption=1.3 --seed 1 --out results/mine",
    "all": "undercount run no-change refusal --seed 1 --out results/all",
    "reference": "undercount reference everything --seed 1 --out results/reference",
    "verdict": "undercount compare results/reference --out results/verdict",
    "attribution": "undercount attribute results/verdict --out results/attribution",
}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("documents")
    for command in PREPARED.values():
        done = documents.run(command, folder)
        assert done.returncode == 0, f"{command}\n{done.stderr}"
    return folder


SLOW = [page for page in pages() if page.name not in RECORDS | RUN_ELSEWHERE
        and any(block.language == "python" or block.commands for block in blocks(page) if not block.not_run)]


def made_by(text: str, name: str) -> bool:
    """Does a page make results/NAME itself, before it reads it?"""
    if name == "verdict" and re.search(r"^undercount compare(?!.*--out)", text, re.MULTILINE):
        return True
    first = next(line for line in text.splitlines() if f"results/{name}" in line)
    return re.search(rf"--out results/{name}\b", first) is not None


@pytest.mark.slow
@pytest.mark.parametrize("page", SLOW, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_page_runs(page, prepared, tmp_path):
    text = "\n".join(block.text for block in blocks(page))
    for name in PREPARED:
        if re.search(rf"results/{name}\b", text) and not made_by(text, name):
            shutil.copytree(prepared / "results" / name, tmp_path / "results" / name)
    for name in ("LISTS.csv", "lists.csv"):
        shutil.copy(LISTS, tmp_path / name)
    (tmp_path / "cases.csv").write_text(CASES)
    shutil.copy(scenarios_root() / "south-east-europe" / "observed" / "referrals.csv", tmp_path / "my-counts.csv")
    (tmp_path / "my-scenario.toml").write_text('title = "Mine"\nextends = "full-adaptation"\n')
    (tmp_path / "my-experiment.toml").write_text(
        'scenarios = ["no-change"]\nreplicates = 1\nseed = 1\npeople-per-agent = 10000\n[sweep]\ncorruption = [1]\n')
    assert carry_out_page(str(page.relative_to(ROOT)), tmp_path)
