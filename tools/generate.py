"""Everything that is generated from the code, brought up to date: `python -m tools.generate`.

scenarios/baseline.toml (values and comments from the schema), the tables of docs/ODD.md, and the kept figures
of tests/regression.
"""

from __future__ import annotations

import json

from undercount.experiments import reference_tables
from undercount.model.assumed.parameters import specs
from undercount.model.assumed.scenario import load_scenario, scenarios_root

from tests.regression.figures import KEPT, figures


def baseline() -> None:
    """Every value at the schema's default, every comment anew; title, description and switches stay."""
    scenario = load_scenario("baseline").with_values({path: spec.default for path, spec in specs().items()})
    (scenarios_root() / "baseline.toml").write_text(scenario.to_toml(), encoding="utf-8")


def main() -> None:
    baseline()
    page = reference_tables.PAGE
    page.write_text(reference_tables.updated(page.read_text(encoding="utf-8")), encoding="utf-8")
    KEPT.write_text(json.dumps(figures(), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
