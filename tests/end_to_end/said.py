"""The command line in this process: its exit code and what it said."""

from undercount.experiments import cli


def undercount(capsys, *args):
    """(exit code, stdout, stderr)."""
    code = cli.main([str(arg) for arg in args])
    done = capsys.readouterr()
    return code, done.out, done.err
