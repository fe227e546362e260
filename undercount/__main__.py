"""`python -m undercount`: the command line."""

import sys

try:
    from undercount.experiments.commands.surroundings import leave_out_current_folder

    leave_out_current_folder()
    from undercount.experiments.cli import main
except KeyboardInterrupt:  # Ctrl-C while it is starting
    sys.exit(130)

if __name__ == "__main__":
    sys.exit(main())
