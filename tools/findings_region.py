"""The findings of another region: `python -m tools.findings_region north-west-europe`.

docs/findings-REGION.md is written by hand down to MARK (what would be a surprise, what came before the verdict, what it
means); below it everything is made from results/published/REGION, with the tables of `tools.findings`.
`python -m tools.publish --into REGION REFERENCE VERDICT [FOLDER ...]` puts it there.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tools import findings

MARK = "<!-- below: made by `python -m tools.findings_region`, not by hand -->"


def published(region: str) -> Path:
    """Where what is published of a region stands."""
    return findings.PUBLISHED / region


def page_of(region: str) -> Path:
    return findings.ROOT / "docs" / f"findings-{region}.md"


def made(region: str) -> str:
    """What stands below MARK."""
    folder = published(region)
    verdict = json.loads((folder / "verdict" / "verdict.json").read_bytes())
    reference = json.loads((folder / "verdict" / "reference-manifest.json").read_bytes())
    parts = [_head(verdict, reference, folder), *findings.sections(folder, verdict)]
    text = "\n\n".join(part for part in parts if part) + "\n"
    for there, here in ((findings.FIGURES, f"../results/published/{region}/figures"),
                        ("scenarios/south-east-europe/", f"scenarios/{region}/"),
                        (", all countries. They", ". They")):
        text = text.replace(there, here)
    return text


def _head(verdict: dict, reference: dict, folder: Path) -> str:
    worlds, scale = verdict["answer"]["worlds"], reference["batch"]["people_per_agent"]
    return f"""## The verdict

Version {verdict['undercount']}, seed {verdict['seed']}: {verdict['reference']['worlds']:,} worlds of the mixture at
{'the pooled scale' if scale == 0 else f'{scale} persons an agent'}, of which {worlds['trained']:,} were learnt from,
{worlds['set_by']:,} chose the methods and {worlds['checked']:,} were checked on.

{findings.origins(folder, reference)}"""


def write(region: str) -> None:
    """Renew what stands below MARK, if anything is published."""
    path = page_of(region)
    above = path.read_text(encoding="utf-8").split(MARK)[0].rstrip()
    path.write_text(f"{above}\n\n{MARK}\n\n{made(region)}" if published(region).exists() else above + "\n",
                    encoding="utf-8")


if __name__ == "__main__":
    write(sys.argv[1])
