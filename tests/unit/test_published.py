"""Nothing that is published tells where on whose machine it was made."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXTS = sorted(path for folder in ("results/published", "docs", "scenarios") for path in (ROOT / folder).rglob("*")
               if path.suffix in (".json", ".csv", ".md", ".toml"))
ABSOLUTE = re.compile(r"(?<![\w.:/])/(work|root|home|Users)/\S+|\b[A-Z]:\\\S+")


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_path_of_a_machine(path):
    found = ABSOLUTE.findall(path.read_text(encoding="utf-8"))
    assert not found, found[:3]
