"""The answer in three lines is the first that its page says of the question, the hidden flow and the fall."""

import json
from pathlib import Path

from undercount.experiments.answer.brief import brief
from undercount.experiments.answer.words import told

VERDICT = Path(__file__).parents[2] / "results" / "published" / "verdict" / "verdict.json"


def test_three_lines_of_the_published_verdict():
    found = json.loads(VERDICT.read_text(encoding="utf-8"))
    head, paragraphs = told(found)
    lines = brief(found)
    assert len(lines) == 3 and lines[0] == head
    flows = [f"{lead} {text}" for lead, text in paragraphs if lead.startswith("Hidden flow")]
    assert lines[1] == flows[0] and lines[2].startswith("Shares of the fall: ")
