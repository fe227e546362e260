"""The tables of `docs/ODD.md` that come from the code: the phases of a month, parameters and mechanisms.

`python -m tools.generate` writes them anew; a test compares.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from undercount.model.assumed.mechanisms import MECHANISMS
from undercount.model.assumed.parameters import specs
from undercount.model.assumed.scenario import Scenario, load_scenario
from undercount.model.schedule import PHASES

PAGE = Path(__file__).parents[1] / "docs" / "ODD.md"
MIXTURE = "everything"


def parameter_table() -> str:
    """Markdown: how many `everything` draws, then one section a group, one row a parameter."""
    mixture = load_scenario(MIXTURE, calibrated=False)
    drawn = {path for path in specs() if path in mixture.free()}
    ranged = [path for path, spec in specs().items() if spec.sweep[0] < spec.sweep[1]]
    lines = [f"Of the {len(specs())} parameters {len(specs()) - len(ranged)} have no range. Of the other {len(ranged)} "
             f"`{MIXTURE}` draws {len(drawn)} and fixes {len(ranged) - len(drawn)}.", ""]
    for group, members in groupby(specs().items(), key=lambda item: item[1].group):
        lines += [f"#### `[{group}]`", "",
                  f"| key | meaning | unit | default | range | in `{MIXTURE}` | allowed | source |",
                  "|---|---|---|---|---|---|---|---|"]
        for path, spec in members:
            setup = " (set-up)" if spec.setup else ""
            span = f"{spec.sweep[0]:g} to {spec.sweep[1]:g}" if path in ranged else "none"
            lines.append(f"| `{spec.key}` | {spec.meaning}{setup} | {spec.unit} | {spec.default:g} | {span} "
                         f"| {_in_mixture(path, mixture, path in ranged)} | {spec.allowed[0]:g} to {spec.allowed[1]:g} "
                         f"| {spec.source} |")
        lines.append("")
    return "\n".join(lines).rstrip()


def _in_mixture(path: str, mixture: Scenario, ranged: bool) -> str:
    """Is it drawn, or what is it fixed at; and what moves it in some places or from some month on."""
    value = f"{mixture.value(path):g}"
    said = "drawn" if path in mixture.free() else f"fixed at {value}" if ranged else f"{value} in the core"
    events = [event for event in mixture.events if event.parameter == path]
    onsets = sorted({event.onset for event in events if event.onset})
    movers = (["events"] if any(not event.onset for event in events) else []) + [f"`{name}`" for name in onsets]
    return f"{said}; moved by {' and '.join(filter(None, [', '.join(movers[:-1]), movers[-1]]))}" if movers else said


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
