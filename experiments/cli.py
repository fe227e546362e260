"""The command line: `undercount COMMAND`. A command's module is imported only when it is called."""

from __future__ import annotations

import sys

from undercount.experiments.commands import surroundings

try:
    surroundings.leave_out_current_folder()  # before anything is imported that could stand there
    surroundings.keep_compiled_code_where_we_say()
    import difflib
    import importlib
    from collections.abc import Sequence

    import click
except KeyboardInterrupt:  # Ctrl-C while it is starting
    sys.exit(surroundings.INTERRUPTED)

# One line each, here and not in the modules, so that --help imports none of them.
COMMANDS = {
    "scenarios": "List the scenarios.",
    "show": "Print the world of a scenario as the engine will run it.",
    "check": "Check scenario files, region folders, observed tables, statistics and patterns.",
    "new-region": "Write a folder to begin a region of your own with.",
    "schema": "Print the JSON Schema of scenario files, for editors.",
    "run": "Run scenarios, many replicates each, into a result folder.",
    "sensitivity": "Say which unknowns a scenario's outcomes hang on.",
    "status": "Say what a result folder holds and what is missing.",
    "patterns": "Say which statements of the sources the worlds of a scenario's prior satisfy.",
    "calibrate": "Find the values at which a scenario fits the observed table best, inside gates and priors.",
    "reference": "Simulate worlds of every explanation, drawn from its priors, into one table.",
    "compare": "Say which explanation accounts for an observed table, and what the hidden flow was.",
    "attribute": "Attribute the change in counts, and in the hidden flow, to the causes in the model.",
    "policy": "Compare levers of equal effort: what they spare people, and what the counts would show.",
    "discover": "Say which ranges of which unknowns make a stated outcome.",
    "further": "Say which further observation would narrow the answer most.",
    "estimate": "Estimate how many are on none of your lists, by several methods, and say whether they agree.",
    "verify": "Check every file of a result folder against its manifest.",
    "diff": "Say what differs between two result folders, in settings, code and numbers.",
    "export": "Write the tables of a folder of runs as CSV, with what their columns mean.",
    "report": "Write the report of a result folder: one HTML file and its figures.",
    "view": "Serve the page on which two worlds with the same luck run side by side.",
    "bench": "Measure speed and memory on this machine.",
    "completion": "Print what a shell needs to complete commands, options and scenarios.",
}
# What these are told stands in what they write, so it must be text that can be shown and written as UTF-8.
READ_ONLY = ("scenarios", "show", "check", "schema", "status", "verify", "diff", "view", "bench", "completion")
INTERRUPTED = surroundings.INTERRUPTED


class Lazy(click.Group):
    """A group that knows its commands by name and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = f"undercount.experiments.commands.{name.replace('-', '_')}"
        try:
            _show_notes()
            return importlib.import_module(module).command
        except ModuleNotFoundError as error:
            if error.name != module:
                raise  # a library is missing, which is another matter
            raise click.ClickException(f"the command {name!r} is not part of this installation") from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list:
        """Names and options that begin so; click's own would import every command."""
        from click.shell_completion import CompletionItem

        return [*(CompletionItem(name, help=words) for name, words in COMMANDS.items() if name.startswith(incomplete)),
                *click.Command.shell_complete(self, ctx, incomplete)]

    def resolve_command(self, ctx: click.Context, args: list[str]):
        name = args[0]
        if name == "help":  # as many other programs have it
            if len(args) == 1:
                click.echo(ctx.get_help())
                ctx.exit()
            name, args = args[1], [args[1], "--help"]
        if name not in COMMANDS and not name.startswith("-"):
            close = difflib.get_close_matches(name.lower(), COMMANDS, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else f" Commands: {', '.join(COMMANDS)}."
            ctx.fail(f"No such command {name!r}.{hint}")
        if name in COMMANDS and name not in READ_ONLY and not (all(map(str.isprintable, args)) and len(args) < 30):
            from undercount.experiments.store.folder import check_words

            check_words(args)
        found = super().resolve_command(ctx, args)
        if found[1] is not None:
            _check_said(found[1], ctx, found[2])
        return found


def _check_said(command: click.Command, ctx: click.Context, args: list[str]) -> None:
    """Click takes the last of two values, and an empty one. Raises BadInput; what else is wrong, Click says."""
    try:
        given, _, order = command.make_parser(click.Context(command, parent=ctx)).parse_args(list(args))
    except click.ClickException:
        return
    for param in command.params:
        option, value = isinstance(param, click.Option), given.get(param.name)
        twice = option and not (param.multiple or param.is_flag) and order.count(param) > 1
        values = value if isinstance(value, tuple | list) else [value]
        empty = not getattr(param, "multiple", False) and "" in values
        if twice or empty:
            from undercount.model.files.problems import BadInput, Problem

            name = param.opts[-1] if option else param.make_metavar(ctx).strip("[].")
            raise BadInput(Problem("command line", name, "it twice" if twice else "nothing",
                                   "once" if twice else "a name, a number or a path; or leave it out"))


def _show_notes() -> None:
    """Print what the model notes on the way, each note once."""
    import logging

    class Notes(logging.Handler):
        told: set[str] = set()

        def emit(self, record: logging.LogRecord) -> None:
            if (text := record.getMessage()) not in self.told:
                self.told.add(text)
                click.echo(f"note: {text}", err=True)

    logger = logging.getLogger("undercount")
    logger.handlers, logger.propagate = [Notes()], False


def _version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from undercount import __version__

        click.echo(f"undercount {__version__}")
        ctx.exit()


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_version,
              help="Print the version.")
def cli() -> None:
    """Undercount: when fewer victims are referred, are fewer people trafficked?

    An agent-based model of recruitment and enforcement in human trafficking.
    """


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; the exit code. Mistakes of the user become lines on stderr, never a traceback."""
    if argv is not None:  # called by another program, whose process this is
        return _run(argv)
    surroundings.start_others_so_too()
    surroundings.print_anything()
    surroundings.be_quiet_when_interrupted()
    code = _run(None)
    if code == INTERRUPTED:
        surroundings.end_quietly()
    return code


def _run(argv: Sequence[str] | None) -> int:
    try:
        result = cli.main(args=argv, prog_name="undercount", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except click.UsageError as error:  # one line, as of all other mistakes
        where = error.ctx.command_path if error.ctx else "undercount"
        click.echo(f"command line: {where}: {' '.join(error.format_message().split())}", err=True)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except OSError as error:
        click.echo(f"undercount: {error}", err=True)
        return 1
    except Exception as error:
        # BadInput, without importing the model for the sake of --help.
        if _interrupted(error):
            click.echo("interrupted", err=True)
            return INTERRUPTED
        problems = sys.modules.get("undercount.model.files.problems")
        if problems is None or not isinstance(error, problems.BadInput):
            if (said := surroundings.numba_refuses(error)) is None:
                raise
            click.echo(said, err=True)
            return 2
        for problem in error.problems:
            click.echo(str(problem), err=True)
        return 2


def _interrupted(error: BaseException | None) -> bool:
    """Did Ctrl-C lead to it? Libraries turn it into errors of their own where it falls into their import."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


if __name__ == "__main__":
    sys.exit(main())
