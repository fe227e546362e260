"""`python -m undercount`: the command line."""

from undercount.experiments.cli import main

if __name__ == "__main__":
    main()
