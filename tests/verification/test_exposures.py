"""Where those listed were held and for how long, against what was seen of every person at every month's end."""

import numpy as np
from undercount.model.engine.layout import ASSISTED, EXPLOITED, HELD, HELD_MONTHS, IDENTIFIED, MISIDENTIFIED, WARM_UP
from undercount.model.world import World

from tests.helpers import shrunk, template


def test_months_held_are_those_seen():
    """With one person an agent nothing splits: a row stays the same person."""
    run = World(template(people_per_agent=1, region=shrunk(60)), 4)
    seen, expected = [], np.zeros_like(run.exposures)
    while run.t < run.template.months:
        before = run.migrants.copy()
        run.run(run.t + 1)
        after, t = run.migrants, run.t - 1
        january = t - int(run.facts["since_january"][t, 0])
        now = after[:len(before)]
        listed = (before["situation"] == IDENTIFIED) & ((now["situation"] != IDENTIFIED) | (now["waiting"] < before["waiting"]))
        for row in np.flatnonzero(listed & (now["situation"] != MISIDENTIFIED)):
            spell, held, month = 0, 0, before["since"][row] - 1
            place, venue = before["place"][row], before["venue"][row]
            while month >= 0 and row < len(seen[month]) and seen[month][row] == place + 1:
                spell, held, month = spell + 1, held + (month >= january), month - 1
            if spell and before["since"][row] >= january:
                lists = now["lists"][row]
                expected[t, place, lists, venue] += np.array([1, held]) * before["weight"][row]
        seen.append(np.where(after["situation"] == EXPLOITED, after["place"] + 1, 0))
    found, wanted = (each[WARM_UP:].sum(axis=0) for each in (run.exposures, expected))
    assert np.array_equal(found, wanted) and wanted[..., HELD].sum() > 50
    assert np.all(run.exposures[..., HELD].sum(axis=-1) <= run.histories)
    assert np.all(run.exposures[..., HELD_MONTHS] <= 12 * run.exposures[..., HELD])
    assert ASSISTED in run.migrants["situation"]
