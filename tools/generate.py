"""Everything that is generated from the code, brought up to date: `python -m tools.generate`.

scenarios/baseline.toml (values and comments from the schema; fixed is what docs/screening.csv does not keep), the
tables of docs/ODD.md, docs/tables.md, and the kept figures of tests/regression.
"""

from __future__ import annotations

import json
from dataclasses import replace

from undercount.model.assumed.parameters import specs
from undercount.model.assumed.scenario import load_scenario, scenarios_root

from tests.regression.figures import KEPT, figures
from tools import odd_tables, table_docs
from tools.screening import fixed, read


def baseline() -> str:
    """baseline.toml: every value at the schema's default, every comment anew, what screening fixed fixed there.

    All else stays, and so do priors that the file states.
    """
    scenario, screened, without_influence = load_scenario("baseline"), set(read()["unknown"]), fixed()
    stated = {path: (low, high) for path, (low, high) in scenario.priors.items()
              if path not in screened or low < high}  # what an earlier screening fixed may be kept by this one
    defaults = {path: spec.default for path, spec in specs().items() if path not in stated}
    points = {path: (defaults[path], defaults[path]) for path in without_influence}
    return replace(scenario.with_values(defaults), priors=stated | points).to_toml()


def main() -> None:
    (scenarios_root() / "baseline.toml").write_text(baseline(), encoding="utf-8")
    odd_tables.write()
    table_docs.write()
    KEPT.write_text(json.dumps(figures(), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
