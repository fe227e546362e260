"""docs/your-region.md, word by word: every line of its blocks is run as it stands, in an empty folder."""

import re
import shlex
from pathlib import Path

import pytest
from undercount.experiments.cli import main
from undercount.experiments.commands.left_aside import onset_names
from undercount.experiments.patterns.measures import MEASURES as OF_PATTERNS
from undercount.experiments.reference.statistics import MEASURES as OF_STATISTICS
from undercount.model.known.region_in import _TIES

PAGE = Path(__file__).parents[2] / "docs" / "your-region.md"


def lines():
    blocks = re.findall(r"^```\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.S | re.M)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def test_the_page_is_made_of_commands():
    assert len(lines()) > 10 and all(line.startswith("undercount ") for line in lines())


def test_a_region_of_own_codes_is_right_before_anything_is_replaced(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for line in lines():
        if " baltic" in line:
            assert main(shlex.split(line)[1:]) == 0
    said = capsys.readouterr()
    assert "ok: baltic" in said.out and "note:" not in said.err


def test_the_page_names_every_onset_measure_and_file():
    text = PAGE.read_text(encoding="utf-8")
    for name in (*onset_names(), *OF_PATTERNS, *OF_STATISTICS, *ties_columns()):
        assert f"`{name}`" in text, name


def ties_columns():
    return [column.name for column in _TIES]


@pytest.mark.slow
def test_from_nothing_to_a_verdict(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for line in lines():
        code = main(shlex.split(line)[1:])
        assert code == 0, (line, capsys.readouterr().err[-2000:])
    said = (tmp_path / "results" / "my-verdict" / "verdict.md").read_text(encoding="utf-8").splitlines()[0]
    assert said.startswith("# ") and "in DDD" in said and "2012 to 2014" in said
    page = (tmp_path / "results" / "mine" / "report.html").read_text(encoding="utf-8")
    assert "half of the year is missing" in page, "a masked figure is told with its reason"
