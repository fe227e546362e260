"""Everything that is generated from the code, brought up to date: `python -m tools.generate`.

scenarios/baseline.toml (values and comments from the schema), the tables of docs/ODD.md, and the kept figures
of tests/regression.
"""

from __future__ import annotations

import json

from undercount.model.assumed.parameters import specs
from undercount.model.assumed.scenario import load_scenario, scenarios_root

from tests.regression.figures import KEPT, figures
from tools import odd_tables


def baseline() -> str:
    """baseline.toml: every value at the schema's default, every comment anew; all else stays, and so do its priors."""
    scenario = load_scenario("baseline")
    defaults = {path: spec.default for path, spec in specs().items() if path not in scenario.priors}
    return scenario.with_values(defaults).to_toml()


def main() -> None:
    (scenarios_root() / "baseline.toml").write_text(baseline(), encoding="utf-8")
    odd_tables.write()
    KEPT.write_text(json.dumps(figures(), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
