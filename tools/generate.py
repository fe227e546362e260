"""Everything that is generated from the code, brought up to date: `python -m tools.generate`.

scenarios/baseline.toml (values and comments from the schema), the tables of docs/ODD.md, and the kept figures
of tests/regression.
"""

from __future__ import annotations

import json

from tests.regression.figures import KEPT, figures
from tools import baseline, odd_tables


def main() -> None:
    baseline.write()
    odd_tables.write()
    KEPT.write_text(json.dumps(figures(), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
