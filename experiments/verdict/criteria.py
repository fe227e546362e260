"""Every bound that a verdict is judged by, with its reason; methods, document and words take them from here."""

from __future__ import annotations

# --- what may be asked at all ------------------------------------------------------------------------

FEWEST_CELLS = 4  # known cells: two countries in two periods; fewer say nothing of a change
# Held-out worlds of every explanation: a tenth of them, within these. A share of 0.7 is then known to 0.08 with 100
# and to 0.04 with 300 (90 %); no method is believed that was not tested.
FEWEST_HELD_OUT, MOST_HELD_OUT, HELD_OUT_SHARE = 100, 300, 10
FEWEST_TRAINED = 60  # worlds of an explanation below which nothing can be learnt from the others
SIMULATED = (0.005, 0.995)  # quantiles of simulated totals beyond which an observed one is outside what was simulated

# --- can explanations be told apart? -----------------------------------------------------------------

CONFUSED = 0.3  # share in which one is taken for the other: two that go wrong three times in ten are not told apart
RECOGNISED = 0.70  # mean share of held-out worlds recognised: the same, seen from the diagonal of the matrix

# --- may a family be named? --------------------------------------------------------------------------

# Odds against the prior odds below which evidence is not worth more than a bare mention: Kass and Raftery
# (1995), Bayes factors, doi:10.1080/01621459.1995.10476572
ODDS = 3.0
HALF = 0.5  # more than all others together
LARGEST_ERROR = 0.10  # of stated probabilities: a "0.7" must come true in 0.6 to 0.8 of the cases
SAME_FAMILY = 1.0  # share of the variants that name the same family: an answer that hangs on a choice of method is none
LOSS = 0.01  # nats a world that the summaries may lose: less could not move a verdict

# --- does an explanation fit? ------------------------------------------------------------------------

LEVEL = 0.90  # of every interval and band
# Share of the cells inside bands of LEVEL: of 28 independent cells a right model has fewer in one case of eighteen.
CELLS_COVERED = 0.80

# --- may the hidden flow be relied on? ---------------------------------------------------------------

CHECKED = 200  # held-out worlds for coverage and ranks, at most half of them; the others set the levels
COVERED = (168, 190)  # of CHECKED inside intervals of LEVEL: the binomial's 180, less and more 2.8 and 2.4 errors
RANKS = 0.05  # chance that one test of uniform ranks or more fails where all are uniform (Bonferroni)
STAYED, STAYED_WORDS = 0.10, "a tenth"  # a change of less is called "stayed" (a convention)

# --- did the data speak of an unknown? ---------------------------------------------------------------

INFORMED = 0.2  # contraction that its whole interval must reach: with few draws contractions scatter widely


def covered(checked_on: int) -> tuple[int, int]:
    """COVERED of so many worlds."""
    low, high = (round(bound * checked_on / CHECKED) for bound in COVERED)
    return low, high
