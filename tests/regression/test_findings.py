"""docs/findings.md says what results/published holds."""

from __future__ import annotations

import json
import re
from pathlib import Path

from undercount.experiments.verdict.answer_words import page

ROOT = Path(__file__).resolve().parents[2]
PUBLISHED = ROOT / "results" / "published"
FINDINGS = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")
VERDICT = json.loads((PUBLISHED / "verdict" / "verdict.json").read_bytes())


def rows(heading: str) -> dict[str, list[str]]:
    """First cell -> the other cells of the first table after a heading."""
    lines = FINDINGS[FINDINGS.index(heading):].splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("|"))
    found = {}
    for line in lines[start + 2:]:
        if not line.startswith("|"):
            break
        first, *rest = (cell.strip() for cell in line.strip("|").split("|"))
        found[first] = rest
    return found


def test_the_words_are_those_of_the_document():
    assert (PUBLISHED / "verdict" / "verdict.md").read_text(encoding="utf-8") == page(VERDICT)


def test_probabilities():
    shown = rows("## Which explanation")
    assert len(shown) == 9
    for name, cells in shown.items():
        name = name.replace(" ", "-")
        expected = [VERDICT[question]["probabilities"][method][name] for question in ("table", "table_and_statistics")
                    for method in ("forest", "rejection")]
        assert cells == [f"{p:.2f}" for p in expected], name


def test_every_failed_check_is_told():
    shown = rows("## Checks")
    failed = [name for name, cells in shown.items() if "fails" in cells[-1]]
    assert len(shown) == len(VERDICT["checks"])
    assert len(failed) == sum(not check["holds"] for check in VERDICT["checks"].values())


def test_the_hidden_flow():
    shown = rows("## The hidden flow")
    averaged = VERDICT["hidden_flow"]["averaged"]["newly_exploited"]
    for cell, (_, _, middle, _, _) in zip(shown["newly exploited persons, median"], averaged.values()):
        assert int(cell.replace(",", "")) == round(middle, -2)
    for cell, (low, _, _, _, high) in zip(shown["90 % interval"], averaged.values()):
        assert [int(x.replace(",", "")) for x in cell.split(" to ")] == [round(low, -2), round(high, -2)]


def test_the_attribution():
    found = json.loads((PUBLISHED / "attribution" / "attribution.json").read_bytes())
    change = found["scopes"]["all"]["outcomes"]["counted"]["change"]["with_all"]
    cell = rows("## What made the fall")["all"][0]
    assert [round(change[key]) for key in ("mean", "low", "high")] == [int(x) for x in re.findall(r"-?\d+", cell)]


def test_the_table_was_made_by_the_version_that_is_named():
    manifest = json.loads((PUBLISHED / "verdict" / "reference-manifest.json").read_bytes())
    assert manifest["batch"]["code"] in FINDINGS and manifest["commit"][:7] in FINDINGS
    assert f"--worlds {manifest['worlds']}" in FINDINGS
