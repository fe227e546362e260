"""`python -m undercount`: the command line."""

import sys

from undercount.experiments.cli import main

if __name__ == "__main__":
    sys.exit(main())
