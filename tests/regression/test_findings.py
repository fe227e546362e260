"""docs/findings.md says what results/published holds: it is made from it, word for word."""

from __future__ import annotations

import json
import re
from pathlib import Path

from undercount.experiments.answer.words import page as words_of
from undercount.experiments.reference.shipped import shipped_reference

from tools import findings, trust

VERDICT = json.loads((findings.PUBLISHED / "verdict" / "verdict.json").read_bytes())
REFERENCE = json.loads((findings.PUBLISHED / "verdict" / "reference-manifest.json").read_bytes())
TEXT = findings.PAGE.read_text(encoding="utf-8")


def test_the_page_is_made_from_what_is_published():
    assert TEXT == findings.page()


def test_the_words_are_those_of_the_document():
    assert (findings.PUBLISHED / "verdict" / "verdict.md").read_text(encoding="utf-8") == words_of(VERDICT)


def test_every_check_is_told():
    checks = VERDICT["answer"]["checks"]
    failed = sum(not check["holds"] for check in checks)
    assert TEXT.count("| **fails** |") == failed and f"{failed} of {len(checks)} fail, " in TEXT
    assert all(f"| {check['name']} |" in TEXT for check in checks)


def test_the_chain_adds_up():
    for chain in VERDICT["answer"]["chain"].values():
        parts = sum(link["mean"] for link in chain["groups"].values())
        assert abs(parts + chain["unmatched"] - chain["change"]) < 1e-9


def test_the_table_is_the_one_that_ships():
    shipped = shipped_reference().manifest
    assert REFERENCE["batch"] == shipped["batch"] and REFERENCE["scenarios"] == shipped["scenarios"]
    assert VERDICT["reference"]["worlds"] == shipped["worlds"]


def test_every_figure_of_the_page_is_there():
    for line in TEXT.splitlines():
        if line.startswith("!["):
            path = Path(findings.PAGE.parent / line[line.index("](") + 2:-1])
            assert path.exists(), path


def test_a_page_of_other_numbers_is_another(tmp_path):
    """So that the first test can fail: one probability changed in a copy."""
    copy = tmp_path / "published" / "verdict"
    copy.mkdir(parents=True)
    other = json.loads(json.dumps(VERDICT))
    next(iter(other["answer"]["flow"].values()))["posterior"]["ways"]["fell"] = 0.123
    (copy / "verdict.json").write_text(json.dumps(other))
    (copy / "verdict.md").write_text("# words\n")
    (copy / "reference-manifest.json").write_text(json.dumps(REFERENCE))
    assert "| 0.12 |" in findings.page(tmp_path / "published")


def test_the_page_on_trust_is_made_from_what_is_published():
    assert trust.PAGE.read_text(encoding="utf-8") == trust.page()


def test_the_page_on_trust_tells_every_failure_before_anything_that_holds():
    page, checks = trust.page(), VERDICT["answer"]["checks"]
    fails, rest = page.split("## What is checked")
    for check in checks:
        assert (f"| {check['name']} |" in fails) == (not check["holds"]), check["name"]
    assert sum(int(n) for n in re.findall(r"of (\d+) \|", rest)) == len(checks)
    assert f"Of {len(checks)} checks" in fails


def test_every_check_has_its_question():
    assert all(trust.asks(check["name"]) for check in VERDICT["answer"]["checks"])
