"""Who waits for a month: a list of rows a month, on pages that follow one another.

A month's list can be read without looking at any row, and whoever stands in it knows where (`me.line`), so that it can
leave: the last of the list takes its place. `agenda[month]` says what page the list has come to (0: none yet) and how
many rows stand on it; `calendar[page]` are its rows, and first of all the page before. Pages that were read are used
again. Who waits for a month after the last is in no list.
"""

from __future__ import annotations

from undercount.model.engine.compiled import rule
from undercount.model.engine.layout import PAGE, PAGES, UNUSED


@rule
def waits(me, w):
    """Enters the list of the month `me.wakes`."""
    if me.wakes >= len(w.hidden):
        return
    month = w.agenda[me.wakes]
    if month.page == 0 or month.rows == PAGE - 1:
        turns_page(month, w)
    month.rows += 1
    w.calendar[month.page, month.rows] = me.row
    me.line = month.page * PAGE + month.rows


@rule
def waits_no_longer(me, w):
    """Leaves the list of the month `me.wakes`, before that month."""
    if me.wakes >= len(w.hidden):
        return
    month = w.agenda[me.wakes]
    last = w.calendar[month.page, month.rows]
    w.calendar[me.line // PAGE, me.line % PAGE] = last
    w.people[last].line = me.line
    month.rows -= 1
    if month.rows == 0:
        gives_page_back(month, w)


@rule
def turns_page(month, w):
    """A list goes on on a page that nobody uses."""
    page = w.counts[UNUSED]
    if page > 0:
        w.counts[UNUSED] = w.calendar[page, 0]
    else:
        w.counts[PAGES] += 1
        page = w.counts[PAGES]
    w.calendar[page, 0] = month.page
    month.page, month.rows = page, 0


@rule
def gives_page_back(month, w):
    """The last page of a list is read, or empty."""
    page = month.page
    month.page = w.calendar[page, 0]
    month.rows = PAGE - 1 if month.page > 0 else 0
    w.calendar[page, 0] = w.counts[UNUSED]
    w.counts[UNUSED] = page
