"""One swept name and its values, as typed or as a file has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from undercount.experiments.sweeps.point import canonical
from undercount.model.files.problems import Problem
from undercount.model.files.toml_in import Source, Where, describe, finite

MOST_VALUES = 1000
VALUES = "values such as 0.6,1,1.4, or low:high:n with n equidistant values"
RANGE = "NAME, whose range the scenario has, or NAME=low:high"

Value = float | str | bool


@dataclass(frozen=True)
class Axis:
    """values  of a grid, in their order; none in a design
    span       of a design: low and high; None is the scenario's own range
    """

    name: str
    values: tuple[Value, ...] = ()
    span: tuple[float, float] | None = None
    file: str = "command line"
    line: int | None = None
    short: str = ""  # low:high:n, where the values are equidistant

    def as_typed(self, short: bool = True) -> str:
        """What stands behind --sweep or --over; without `short` every value."""
        if self.values:
            values = self.short if short and self.short else ",".join(_word(value) for value in self.values)
            return f"{self.name}={values}"
        return self.name if self.span is None else "{}={!r}:{!r}".format(self.name, *self.span)

    def problem(self, found: str, allowed: str, nearest: str | None = None) -> Problem:
        return Problem(self.file, self.name, found, allowed, self.line, nearest)


def grid_axis(source: Source, where: Where, name: str, raw: object) -> Axis | None:
    """An axis of a grid from a text `a,b,c` or `low:high:n`, a list, or a table of low, high and points.

    None after reporting what is wrong.
    """
    if isinstance(raw, str):
        raw = _from_text(raw)
    short = ""
    if isinstance(raw, Mapping):
        if (values := _equidistant(source, where, name, raw)) is not None:
            short = "{:.12g}:{:.12g}:{:g}".format(*(raw[each] for each in ("low", "high", "points")))
        raw = values
    elif not isinstance(raw, list):
        source.bad(where, name, describe(raw), VALUES)
        return None
    if raw is None:
        return None
    values = tuple(_plain(value) for value in raw)
    if not values or len(values) > MOST_VALUES or any(value is None for value in values):
        source.bad(where, name, f"{len(values)} values" if None not in values else "a value that is neither number, "
                   "text nor true or false", f"1 to {MOST_VALUES} {VALUES}")
        return None
    if twice := next((value for n, value in enumerate(values) if value in values[:n]), None):
        source.bad(where, name, f"{_word(twice)} twice", "values that differ")
        return None
    return Axis(canonical(name), values, file=source.file, line=source.line(where), short=short)


def range_axis(source: Source, where: Where, text: object) -> Axis | None:
    """An axis of a design from `NAME` or `NAME=low:high`; None after reporting what is wrong."""
    name, equals, span = str(text).partition("=")
    if not isinstance(text, str) or not name.strip():
        source.bad(where, "over", describe(text), RANGE)
        return None
    low, _, high = span.partition(":")
    ends = _number(low), _number(high)
    if equals and (None in ends or ends[0] >= ends[1]):
        source.bad(where, name.strip(), describe(span), "low:high, two numbers, the smaller one first")
        return None
    return Axis(canonical(name.strip()), (), ends if equals else None, source.file, source.line(where))


def _from_text(text: str) -> list[Value] | dict[str, Any]:
    parts = [part.strip() for part in text.split(":")]
    if len(parts) == 3:
        return {"low": _typed(parts[0]), "high": _typed(parts[1]), "points": _typed(parts[2])}
    return [_typed(part.strip()) for part in text.split(",") if part.strip()]


def _equidistant(source: Source, where: Where, name: str, raw: Mapping[str, Any]) -> list[float] | None:
    names = ("low", "high", "points")
    for other in raw:
        if other not in names:
            source.bad((*where, other), f"{name}.{other}", describe(other), "keys low, high, points", names)
            return None
    low, high, points = (finite(raw.get(each)) for each in names)
    if low is None or high is None or low >= high:
        source.bad(where, name, f"low {describe(raw.get('low'))}, high {describe(raw.get('high'))}",
                   "two numbers, low below high")
    elif points is None or points != int(points) or not 2 <= points <= MOST_VALUES:
        source.bad(where, name, f"{describe(raw.get('points'))} points", f"a whole number from 2 to {MOST_VALUES}")
    else:
        # Rounded, so that a step of 0.004 reads as typed.
        return [float(f"{value:.12g}") for value in np.linspace(low, high, int(points))]
    return None


def _typed(text: str) -> Value:
    number = _number(text)
    return text if number is None else number


def _number(text: str) -> float | None:
    try:
        return finite(float(text)) if "_" not in text else None
    except ValueError:
        return None


def _plain(value: object) -> Value | None:
    if isinstance(value, bool | str):
        return value
    return finite(value)


def _word(value: Value) -> str:
    return describe(value) if isinstance(value, bool) else value if isinstance(value, str) else f"{value:.12g}"
