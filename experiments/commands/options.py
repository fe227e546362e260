"""Options and small helpers that several commands share."""

from __future__ import annotations

from collections.abc import Iterable

import click


def settings_option(function):
    """`--set group.key=value`, any number of times; gives a dict of name to text."""
    return click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", callback=_settings,
                        help="Replace a value: group.key=0.4, refusal=off, events.NAME.factor=2. May be repeated.",
                        )(function)


def _settings(ctx: click.Context, param: click.Parameter, texts: Iterable[str]) -> dict[str, str]:
    from model.problems import BadInput, Problem
    from model.toml_in import describe

    pairs = [text.partition("=") for text in texts]
    problems = [Problem("--set", name or "(no name)", describe("".join((name, equals, value))), "NAME=VALUE")
                for name, equals, value in pairs if not name.strip() or not equals]
    if problems:
        raise BadInput(problems)
    return {name.strip(): value.strip() for name, _, value in pairs}
