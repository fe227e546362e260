"""TOML in: values with the lines they stand on, and mistakes instead of tracebacks.

TOML is data: nothing in a file can execute anything, and no content raises anything but BadInput.
"""

from __future__ import annotations

import math
import re
import tomllib
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from undercount.model.files.problems import Problem, nearest
from undercount.model.files.tables_in import SHOWN, Problems, read_text

LARGEST_FILE = 250_000  # bytes; the largest that ships has about 31,000
_BARE = r"[A-Za-z0-9_-]+"
_KEY = rf"(?:{_BARE}|\"[^\"\\]*\"|'[^']*')"
_DOTTED = rf"{_KEY}(?:\s*\.\s*{_KEY})*"
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_DOTTED})\s*\]")
_SETTING = re.compile(rf"\s*({_DOTTED})\s*=")
# tomllib takes quadratic time over a key of very many parts; nobody writes one of fifty.
_DEEP_KEY = re.compile(r"""(?<![\w"'.-])(?:[\w"'-]++\s*+\.\s*+){50}""")
# What is no key, whatever it looks like: strings over several lines, others, comments. One that is not closed reaches
# to the end, so that a text takes time in proportion to its length.
_NO_KEY = re.compile(r'''
    """ (?:\\. | (?!""")[^\\])*+ (?:""" | \\?\Z)  |  \'{3} (?:(?!\'{3}).)*+ (?:\'{3} | \Z)
    | (?P<short> " (?:\\[^\n] | [^"\\\n])*+ (?:" | \\?(?=\n|\Z))  |  ' [^'\n]*+ (?:' | (?=\n|\Z)))
    | \# [^\n]*+''', re.DOTALL | re.VERBOSE)

Where = tuple[str | int, ...]


@dataclass
class Source:
    """Where values come from (a file, or `--set`), and the list that their mistakes go to."""

    file: str
    problems: Problems
    lines: dict[Where, int] = field(default_factory=dict)

    def line(self, where: Where) -> int | None:
        """The line of a key, or of the nearest table around it; None where not known."""
        for end in range(len(where), 0, -1):
            if where[:end] in self.lines:
                return self.lines[where[:end]]
        return None

    def bad(self, where: Where, key: str, found: str, allowed: str, names: Collection[str] = (),
            hint: str | None = None) -> None:
        """Report a mistake; `names` are the valid names that `where` may have been meant as."""
        self.problems.count += 1
        if len(self.problems.listed) < SHOWN:
            if names and hint is None:
                hint = nearest(str(where[-1])[:40], names)
            self.problems.listed.append(
                Problem(self.file, plain(key)[:80].strip() or describe(key), found, allowed, self.line(where), hint))


@dataclass
class Document:
    """A TOML file as read."""

    path: Path
    values: dict
    source: Source
    sha256: str


def read_toml(path: Path, problems: Problems) -> Document | None:
    """Read a TOML file; None after reporting why it cannot be read."""
    before = problems.count
    source = Source(plain(str(path)), problems)
    try:
        too_large = path.is_file() and path.stat().st_size > LARGEST_FILE
    except (OSError, ValueError):
        too_large = False  # read_text says why
    if too_large:
        source.bad((), "file", f"more than {LARGEST_FILE} bytes", "a TOML file of reasonable size")
        return None
    text, digest = read_text(path, problems)
    if problems.count > before:
        return None
    try:
        if _DEEP_KEY.search(_blanked(text, "x")):
            raise RecursionError
        values = tomllib.loads(text)
    except RecursionError:
        source.bad((), "syntax", "tables nested too deep", "valid TOML, nested at most a few levels")
        return None
    except ValueError as error:  # also a number of thousands of digits, or an impossible date
        if line := line_of(error, text):
            source.lines[("syntax",)] = line
        source.bad(("syntax",), "syntax", plain(str(error))[:120], "valid TOML")
        return None
    source.lines = key_lines(text)
    return Document(path, values, source, digest)


def key_lines(text: str) -> dict[Where, int]:
    """The line of each key and table; arrays of tables count from 0.

    A scanner, not a parser: a key that it misses only costs a line number in a message.
    """
    lines: dict[Where, int] = {}
    counts: dict[Where, int] = {}
    prefix: Where = ()
    for number, line in enumerate(_blanked(text).split("\n"), start=1):
        if header := _HEADER.match(line):
            prefix = _parts(header[2])
            if header[1] == "[[":
                counts[prefix] = counts.get(prefix, -1) + 1
                prefix = (*prefix, counts[prefix])
            lines.setdefault(prefix, number)
        elif setting := _SETTING.match(line):
            lines.setdefault(prefix + _parts(setting[1]), number)
    return lines


def line_of(error: ValueError, text: str) -> int | None:
    """The line that tomllib says an error is on; None where it does not say."""
    if str(error).endswith("(at end of document)"):
        return text.rstrip().count("\n") + 1
    line = re.search(r"\(at line (\d+), column \d+\)$", str(error))
    return int(line[1]) if line else None


def _blanked(text: str, by: str = "") -> str:
    """The text, line for line, without comments and strings over several lines; other strings are made of `by`."""
    def blank(found: re.Match) -> str:
        if found["short"]:
            return by * len(found[0]) if by else found[0]
        return "\n" * found[0].count("\n")

    return _NO_KEY.sub(blank, text)


def _parts(dotted: str) -> Where:
    return tuple(part.strip("\"'") for part in re.findall(_KEY, dotted))


def plain(text: str) -> str:
    """Text safe to print on a terminal: control characters are shown escaped."""
    return "".join(c if _harmless(c) else repr(c)[1:-1] for c in text)


def _harmless(c: str) -> bool:
    return c.isprintable() or unicodedata.category(c) == "Zs"


def readable(text: str) -> bool:
    """Whether text holds no control characters beside line ends and tabs."""
    return all(c in "\n\t" or _harmless(c) for c in text)


def describe(value: object) -> str:
    """A found value for a message: short whatever it is."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if value.bit_length() < 200 else "a number far too large"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else value[:57] + "...") if value else "an empty text"
    # A table or list may be nested deeper than repr() can follow.
    kind = {dict: "a table", list: "a list"}.get(type(value))
    return kind or plain(f"{type(value).__name__} {value}")[:60]


def finite(value: object) -> float | None:
    """An int or float as a finite float; None for anything else (true and false are no numbers)."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        number = float(value) + 0.0  # -0.0 becomes 0.0
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
