"""A verdict in three lines, for whoever asked for no more: `python -m undercount.experiments.answer.brief FOLDER`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from undercount.experiments.answer.words import told
from undercount.experiments.verdict.folder import read_verdict

LINES = 3
FIRST = ("Hidden flow", "Shares of the fall", "Why")  # paragraphs that tell most beside the headline, in this order


def brief(found: Mapping[str, Any]) -> list[str]:
    """The headline, and the first paragraphs that tell what the hidden flow did and what made the fall."""
    head, paragraphs = told(found)
    ranked = sorted(paragraphs, key=lambda pair: next((n for n, lead in enumerate(FIRST) if pair[0].startswith(lead)),
                                                      len(FIRST)))
    kinds = list({next((lead for lead in FIRST if pair[0].startswith(lead)), pair[0]): pair
                  for pair in reversed(ranked)}.values())[::-1]
    return [head, *(f"{lead} {text}" for lead, text in kinds)][:LINES]


if __name__ == "__main__":
    print("\n".join(brief(read_verdict(Path(sys.argv[1])))))
