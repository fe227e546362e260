"""A count as tables publish it: exact, or withheld and known only to lie between two ends.

`<5` is 1 to 4 where who withholds small counts publishes zeros as they are, and 0 to 4 where zeros are withheld too.
"""

from __future__ import annotations

import re

LARGEST = 1_000_000_000
DASHES = "-\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}"
COUNT = "a whole number without thousands separators, or what is known of a withheld one: <5, 1-4"
_EXACT = re.compile(r"\+?([0-9]{1,18})(?:\.0{0,2})?")  # 163.0, not 1.000, which may be a thousand
_BELOW = re.compile(r"(<=?|\N{LESS-THAN OR EQUAL TO}) ?([0-9]{1,18})")
_BETWEEN = re.compile(rf"([0-9]{{1,18}}) ?[{DASHES}] ?([0-9]{{1,18}})")


def parse_whole(text: str) -> int:
    """A whole number of at least 0, also where a program wrote it as `163.0`. Raises ValueError."""
    match = _EXACT.fullmatch(text)
    if not match:
        raise ValueError(text)
    return int(match[1])


def parse_count(text: str, largest: int = LARGEST, below: int = 1) -> tuple[int, int]:
    """The least and the most that a cell may stand for; the same where it is exact. Raises ValueError.

    below  the least that `<5` may stand for
    """
    if match := _BELOW.fullmatch(text):
        least, most = below, int(match[2]) - (match[1] == "<")
    elif match := _BETWEEN.fullmatch(text):
        least, most = int(match[1]), int(match[2])
    else:
        least = most = parse_whole(text)
    if not least <= most <= largest:
        raise ValueError(text)
    return least, most
