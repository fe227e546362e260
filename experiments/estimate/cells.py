"""What a cell of a table of lists may say: on a list or not, and how many persons."""

from __future__ import annotations

from undercount.model.files.counts import parse_count, parse_whole

ON_LIST = {"0": False, "1": True, "0.0": False, "1.0": True, "false": False, "true": True, "no": False, "yes": True}


def on_list(cell: str) -> bool | None:
    """None if the cell says neither."""
    return ON_LIST.get(cell.lower())


def whole(cell: str) -> int | None:
    """None if the cell is no whole number."""
    try:
        return parse_whole(cell)
    except ValueError:
        return None


def persons(cell: str) -> tuple[int, int] | None:
    """The least and most that a count may stand for; None if it is none. Lists withhold zeros like small counts."""
    try:
        return parse_count(cell, below=0)
    except ValueError:
        return None
