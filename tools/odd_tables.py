"""The tables of `docs/ODD.md` that come from the code: the phases of a month, parameters and mechanisms.

`python -m tools.generate` writes them anew; a test compares.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from undercount.model.assumed.mechanisms import MECHANISMS
from undercount.model.assumed.parameters import specs
from undercount.model.schedule import PHASES

PAGE = Path(__file__).parents[1] / "docs" / "ODD.md"


def parameter_table() -> str:
    """Markdown: one section a group, one row a parameter."""
    lines = []
    for group, members in groupby(specs().values(), key=lambda spec: spec.group):
        lines += [f"#### `[{group}]`", "",
                  "| key | meaning | unit | default | swept over | allowed | source |",
                  "|---|---|---|---|---|---|---|"]
        for spec in members:
            setup = " (set-up)" if spec.setup else ""
            lines.append(f"| `{spec.key}` | {spec.meaning}{setup} | {spec.unit} | {spec.default:g} "
                         f"| {spec.sweep[0]:g} to {spec.sweep[1]:g} | {spec.allowed[0]:g} to {spec.allowed[1]:g} "
                         f"| {spec.source} |")
        lines.append("")
    return "\n".join(lines).rstrip()


def mechanism_table() -> str:
    """Markdown: one row a switch, with what it is when off and what it sets then."""
    lines = ["| code | switch | on | off | sets when off |", "|---|---|---|---|---|"]
    for mechanism in MECHANISMS.values():
        sets = ", ".join(f"`{key}` = {value:g}" for key, value in mechanism.neutral.items())
        lines.append(f"| {mechanism.code} | `{mechanism.name}` | {mechanism.meaning} | {mechanism.off} "
                     f"| {sets or 'an input of the region'} |")
    return "\n".join(lines)


def process_table() -> str:
    """Markdown: the phases of a month, in their order."""
    lines = ["| | phase | what happens | rule | for each row of |", "|---|---|---|---|---|"]
    for n, phase in enumerate(PHASES, 1):
        lines.append(f"| {n} | {phase.name} | {phase.what} | `{phase.rule}` | {phase.agents or 'the world'} |")
    return "\n".join(lines)


def updated(page: str) -> str:
    """The page with all tables as the code has them now. Raises ValueError if a marker is missing."""
    for name, table in (("process", process_table()), ("mechanisms", mechanism_table()),
                        ("parameters", parameter_table())):
        start, end = f"<!-- {name}: generated -->", f"<!-- end of {name} -->"
        before, rest = page.split(start)
        _, after = rest.split(end)
        page = f"{before}{start}\n{table}\n{end}{after}"
    return page


def write() -> None:
    PAGE.write_text(updated(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
