"""Brings scenarios/baseline.toml up to date with the schema.

Plain numbers become the schema's defaults (except those that the tests list as deliberate), and
every comment is written anew. Priors, switches, events, title and description stay as they are.
"""

import re
import tempfile
from pathlib import Path

from undercount.model.assumed.scenario import load_scenario, scenarios_root

from tests.unit.test_scenario_files import DIFFERS


def write() -> None:
    path = scenarios_root() / "baseline.toml"
    parameters, mark, events = path.read_text(encoding="utf-8").partition("\n[[events]]")
    group, kept = "", []
    for line in parameters.split("\n"):
        if header := re.fullmatch(r"\[(\w+)\]", line):
            group = header[1]
        plain = re.fullmatch(r"(\w+) = [0-9.e+-]+", line)
        if not plain or f"{group}.{plain[1]}" in DIFFERS:
            kept.append(line)
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / "baseline.toml"
        draft.write_text("\n".join(kept) + mark + events, encoding="utf-8")
        text = load_scenario(draft).to_toml()
    path.write_text(text, encoding="utf-8")
