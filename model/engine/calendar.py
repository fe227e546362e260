"""Who waits for a month: a list of rows a month, each of which knows its neighbours.

`calendar[0, month]` is 1 + the first row of a month's list, `calendar[1, row]` 1 + the next one and
`calendar[2, row]` 1 + the one before; 0 is none. Who waits for a month after the last is in no list.
"""

from __future__ import annotations

from undercount.model.engine.compiled import rule


@rule
def waits(me, w):
    """Enters the list of the month `me.wakes`."""
    if me.wakes >= len(w.hidden):
        return
    first = w.calendar[0, me.wakes]
    w.calendar[1, me.row] = first
    w.calendar[2, me.row] = 0
    if first > 0:
        w.calendar[2, first - 1] = me.row + 1
    w.calendar[0, me.wakes] = me.row + 1


@rule
def waits_no_longer(me, w):
    """Leaves the list of the month `me.wakes`, before that month."""
    if me.wakes >= len(w.hidden):
        return
    after, before = w.calendar[1, me.row], w.calendar[2, me.row]
    if after > 0:
        w.calendar[2, after - 1] = before
    if before > 0:
        w.calendar[1, before - 1] = after
    else:
        w.calendar[0, me.wakes] = after
