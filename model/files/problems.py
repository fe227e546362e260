"""What is wrong with an input, one line a mistake, all mistakes of a file at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Problem:
    """One mistake: where it stands, what was found, what is allowed, the nearest valid name."""

    file: str | Path
    key: str
    found: str
    allowed: str
    line: int | None = None
    nearest: str | None = None

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else f"{self.file}"
        hint = f"; did you mean {self.nearest!r}?" if self.nearest else ""
        return f"{where}: {self.key}: found {self.found}; allowed: {self.allowed}{hint}"


class BadInput(Exception):
    """Raised when an input cannot be used; carries every problem found, never only the first."""

    def __init__(self, problems: Problem | Iterable[Problem]):
        self.problems = [problems] if isinstance(problems, Problem) else list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def note(text: str) -> None:
    """Tell the user something that is no mistake: commands print it on stderr, once."""
    import logging

    logging.getLogger("undercount").warning(text)


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The valid name that `name` most resembles, or the only one that it is the beginning of; None if there is none."""
    known = [str(n) for n in names]
    matches = difflib.get_close_matches(str(name), known, n=1, cutoff=0.6)
    longer = [n for n in known if len(str(name)) > 2 and n.startswith(str(name))]
    return matches[0] if matches else longer[0] if len(longer) == 1 else None
