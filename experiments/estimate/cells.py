"""What a cell of a table of lists may say: on a list or not, and how many persons."""

from __future__ import annotations

import re

from undercount.model.files.tables_in import LARGEST

ON_LIST = {"0": False, "1": True, "0.0": False, "1.0": True, "false": False, "true": True, "no": False, "yes": True}
WHOLE = re.compile(r"([0-9]{1,10})(\.0+)?")  # some programs write whole numbers as 27.0
WITHHELD = re.compile(r"(<|<=|≤)\s*([0-9]{1,9})|([0-9]{1,9})\s*[-–]\s*([0-9]{1,9})")
COUNTS = "a whole number from 0, or what is known of a withheld one: <5, 1-4"


def on_list(cell: str) -> bool | None:
    """None if the cell says neither."""
    return ON_LIST.get(cell.lower())


def whole(cell: str) -> int | None:
    match = WHOLE.fullmatch(cell)
    return int(match[1]) if match and int(match[1]) <= LARGEST else None


def persons(cell: str) -> tuple[int, int] | None:
    """The least and most that a count may stand for; None if it is none."""
    count = whole(cell)
    if count is not None:
        return count, count
    match = WITHHELD.fullmatch(cell)
    if not match:
        return None
    sign, above, first, last = match.groups()
    least, most = (0, int(above) - (sign == "<")) if sign else (int(first), int(last))
    return (least, most) if 0 <= least <= most else None
