"""`python -m undercount`: the command line."""

import os
import sys

# The folder that a user is in is theirs: a model.py or random.py there is not imported for ours.
if sys.path and sys.path[0] in ("", os.getcwd()):
    del sys.path[0]

from undercount.experiments.cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
