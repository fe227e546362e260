"""Options and small helpers that several commands share."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from undercount.experiments.compute.engines import EngineOptions


def as_one(argument: str, kind: type, *options: Callable) -> Callable:
    """A decorator of a command, which takes these options as one argument of this kind: a dataclass with a field each,
    the texts as typed."""
    names = [field.name for field in fields(kind)]

    def decorate(function):
        @functools.wraps(function)
        def command(*args, **given):
            typed = kind(**{name: given.pop(name) for name in names})
            return function(*args, **{argument: typed}, **given)

        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def scenario_names_from(ctx: click.Context, param: click.Parameter, incomplete: str) -> list:
    """What a shell offers where a scenario is asked for: names that begin so, else files."""
    from click.shell_completion import CompletionItem
    from undercount.model.assumed.scenario import scenario_names

    return [name for name in scenario_names() if name.startswith(incomplete)] or [CompletionItem(incomplete, "file")]


def region_option(function):
    """`--region NAME`: a scenario on another region than the one that it names."""
    return click.option("--region", metavar="REGION",
                        help="Another region than the scenario's own, by name or by the path of its folder.")(function)


def settings_option(function):
    """`--set group.key=value`, any number of times; gives a dict of name to text."""
    return click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", callback=_settings,
                        help="Replace a value: group.key=0.4, refusal=off, events.NAME.factor=2. May be repeated.",
                        )(function)


def _settings(ctx: click.Context, param: click.Parameter, texts: Iterable[str]) -> dict[str, str]:
    from undercount.model.files.problems import BadInput, Problem
    from undercount.model.files.toml_in import describe, plain

    pairs = [text.partition("=") for text in texts]
    problems = [Problem("--set", plain(name.strip())[:80] or "(no name)", describe("".join((name, equals, value))),
                        "NAME=VALUE")
                for name, equals, value in pairs if not name.strip() or not equals]
    found: dict[str, str] = {}
    for name, _, value in pairs:
        if name.strip() in found:
            said = f"{describe(found[name.strip()])} and {describe(value.strip())}"
            problems.append(Problem("--set", plain(name.strip())[:80] or "(no name)", said, "each value once"))
        found[name.strip()] = value.strip()
    if problems:
        raise BadInput(problems)
    return found


KINDS = ("processes", "threads", "serial")
MOST_WORKERS = 1024
MOST_SECONDS, LEAST_MB, MOST_MB = 30 * 86400, 16, 10**7


@dataclass(frozen=True)
class EngineAsked:
    """Where and under which limits jobs are to be computed, as typed; `read_engine` makes EngineOptions of it."""

    workers: str | None = None
    kind: str | None = None
    dask: bool = False
    scheduler: str | None = None
    run_timeout: str | None = None
    run_memory: str | None = None
    only: str | None = None


engine_options = as_one(
    "engine", EngineAsked,
    click.option("--workers", metavar="W", help="Runs at a time (default: one a core)."),
    click.option("--engine", "kind", metavar="KIND",
                 help="processes (default), threads, or serial: in this process, for debugging."),
    click.option("--dask", is_flag=True, help="On a Dask cluster of this machine."),
    click.option("--scheduler", metavar="ADDRESS", help="On the workers of this Dask scheduler: tcp://host:port."),
    click.option("--run-timeout", metavar="SECONDS", help="Give a run up that takes longer."),
    click.option("--run-memory", metavar="MB", help="Give a run up that needs more memory than this."),
    click.option("--only", metavar="PART", help="Only this one run, in this process: to repeat a failed one."))


def read_engine(problems: list, given: EngineAsked) -> EngineOptions:
    """The engine that the options ask for; what is wrong with them is added to `problems`."""
    from undercount.experiments.ask import read_whole
    from undercount.experiments.compute.engines import EngineOptions
    from undercount.experiments.compute.limits import STATM
    from undercount.model.files.problems import Problem, nearest
    from undercount.model.files.toml_in import describe

    def whole(option: str, text: str | None, low: int, high: int) -> int | None:
        return None if text is None else read_whole(problems, option, text, low, high)

    kind = given.kind or KINDS[0]
    if kind not in KINDS:
        problems.append(Problem("command line", "--engine", describe(kind), ", ".join(KINDS),
                                nearest=nearest(kind, KINDS)))
        kind = KINDS[0]
    scheduler, limited = given.scheduler, (("--run-timeout", given.run_timeout), ("--run-memory", given.run_memory))
    kind = "dask" if given.dask or scheduler is not None else kind
    workers = whole("--workers", given.workers, 1, MOST_WORKERS)
    memory = whole("--run-memory", given.run_memory, LEAST_MB, MOST_MB)
    timeout = None if given.run_timeout is None else _seconds(given.run_timeout)
    address = scheduler is None or re.fullmatch(r"[a-z]{1,10}://[^\s/]{1,300}:[0-9]{1,5}", scheduler)
    # (is it so?, option, what was found, what is allowed)
    rows = [(kind == "dask" and text is not None, option, "it together with --dask or --scheduler", "one of them")
            for option, text in (("--engine", given.kind), ("--only", given.only))]
    rows += [(not address, "--scheduler", describe(scheduler), "an address such as tcp://host:8786")]
    rows += [(scheduler is not None and text, option, "it together with --scheduler",
              "one of them: a scheduler has its own workers")
             for option, text in (("--dask", given.dask), ("--workers", given.workers))]
    rows += [(given.run_timeout is not None and timeout is None, "--run-timeout", describe(given.run_timeout),
              f"seconds, from 0.01 to {MOST_SECONDS}"),
             (given.run_memory is not None and not STATM.exists(), "--run-memory", "a system that cannot limit it",
              "Linux")]
    rows += [(kind == "threads" and text is not None, option, "it together with --engine threads",
              "processes: a run in a thread cannot be stopped") for option, text in limited]
    problems += [Problem("command line", *row) for wrong, *row in rows if wrong]
    if kind == "threads":
        timeout = memory = None
    return EngineOptions(kind, workers, scheduler, timeout, memory, given.only)


def _seconds(text: str) -> float | None:
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text.strip()):
        return None
    value = float(text)
    return value if 0.01 <= value <= MOST_SECONDS else None
