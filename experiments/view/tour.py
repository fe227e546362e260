"""Six steps for somebody who has never seen a model: what to look at, in the order of the argument."""

from __future__ import annotations

STEPS = (
    {"target": ".uc-maps", "title": "Two made-up worlds",
     "text": "Each map is a world of synthetic people who look for work abroad, recruiters, officials and helpers. "
             "Lines are people taken into exploitation in a month, black dots victims found. Nobody here exists."},
    {"target": ".uc-clock", "title": "Let time run",
     "text": "Play runs both worlds month by month; Step goes one month at a time. The sentence above each map says "
             "what was counted this year, and what happened."},
    {"target": ".uc-counts", "title": "What the world saw",
     "text": "Bars are the victims that each world's lists count in a year. Diamonds are the figures that were really "
             "published. Both worlds rise and fall like them, so a reader of the table could hardly tell them apart."},
    {"target": ".uc-flow", "title": "What nobody saw",
     "text": "The lines are the people newly exploited in each month: the truth of each world, which no list shows. "
             "Compare their fall with that of the bars."},
    {"target": ".uc-below", "title": "Where people get lost",
     "text": "The steps from a person in exploitation to a person counted, this year beside the peak year. The chain "
             "under them shares out the fall of the count, exactly: fewer people, or fewer of them seen."},
    {"target": ".uc-side", "title": "Ask what if",
     "text": "Choose another explanation or another draw of the verdict, move a slider, or drag the month in which "
             "something begins. One sentence tells what followed. A link brings the settings back."},
)
