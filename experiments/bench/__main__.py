"""One case in this process: `python -m undercount.experiments.bench NAME OPTIONS`, both as JSON has them."""

import json
import sys
from importlib import import_module

from undercount.experiments.bench.own_process import CASES

if __name__ == "__main__":
    name, options = sys.argv[1], json.loads(sys.argv[2])
    module = import_module(f"undercount.experiments.bench.{CASES[name]}")
    print(json.dumps(getattr(module, name)(**options)))
